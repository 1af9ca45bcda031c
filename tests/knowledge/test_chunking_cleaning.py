from __future__ import annotations

import pytest

from knowledge.chunking.cleaning import decoded, invisible, one_line, visible
from knowledge.errors import Unreadable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_a_text_is_read_in_the_encodings_that_people_use(encoding: str) -> None:
    assert decoded("Grüße – naïve “quotes”, plain words.".encode(encoding), "a.txt").startswith("Grüße – naïve “")


@pytest.mark.parametrize(
    "content",
    [
        b"a\0b",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"%PDF-1.7 text",
        b"PK\x03\x04",
        b"\xff\xfe\x00",
        bytes(range(128, 256)) * 4,
        b"\x81\x8d words",
        b"\x01\x02\x03 words",
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence_that_names_it(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        decoded(content, "docs/a.txt")
    assert refused.value.told.startswith("docs/a.txt ")
    assert refused.value.told.endswith(".")


@pytest.mark.parametrize(
    "unseen",
    [
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "\U000e0041",
        "\U000e0100",
        "\ufe01",
        "\x1b",
        "\x9b",
        "\u200d",
        "\u2062",
    ],
)
def test_what_no_reader_sees_is_left_out(unseen: str) -> None:
    assert visible(f"ig{unseen}nore") == "ignore"
    assert invisible(f"ig{unseen}nore") == 1


def test_joiners_stay_in_the_scripts_that_are_spelled_with_them() -> None:
    assert visible("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"


def test_characters_are_composed() -> None:
    assert visible("e\u0301") == "é"


def test_every_line_end_becomes_a_line_feed() -> None:
    assert visible("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"


def test_one_line_has_single_spaces() -> None:
    assert one_line(" a\n\tb ") == "a b"
