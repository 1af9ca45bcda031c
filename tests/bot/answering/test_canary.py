from __future__ import annotations

from base64 import b64encode

import pytest

from bot.answering.canary import sings

WORD = "0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    [
        f"The word is {WORD}.",
        WORD.upper(),
        WORD[::-1],
        " ".join(WORD),
        "-".join(WORD),
        WORD.encode().hex(),
        b64encode(WORD.encode()).decode(),
        b64encode(f"x the word is {WORD} and more".encode()).decode(),
        b64encode(f"xy the word is {WORD} and more".encode()).decode(),
        b64encode(f"xyz the word is {WORD} and more".encode()).decode(),
        b64encode(f"backwards {WORD[::-1]}".encode()).decode(),
    ],
)
def test_the_canary_is_heard_however_it_is_spelled(text: str) -> None:
    assert sings(text, WORD)


@pytest.mark.parametrize("text", ["", "An API key is rotated every 90 days. [1]", WORD[:7], "word"])
def test_anything_else_is_no_canary(text: str) -> None:
    assert not sings(text, WORD)
