from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.terminal.lines import Key, Keyboard, Pipe

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_pipe_gives_its_lines_and_a_last_one_without_an_end() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, "One?\r\n\nTw\N{LATIN SMALL LETTER O WITH DIAERESIS}?".encode())
    os.close(theirs)
    pipe = Pipe(ours)
    assert [await pipe.read("") for _ in range(5)] == ["One?", "", "Twö?", Key.END, Key.END]
    os.close(ours)


async def test_a_regular_file_can_be_read_from(tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_bytes(b"One?\nTwo\xff?\n")
    with file.open("rb", buffering=0) as opened:
        pipe = Pipe(opened.fileno())
        assert [await pipe.read("") for _ in range(3)] == ["One?", "Two�?", Key.END]


async def test_nothing_at_all_can_be_read_from() -> None:
    with open(os.devnull, "rb", buffering=0) as nothing:  # noqa: ASYNC230, PTH123
        assert await Pipe(nothing.fileno()).read("") is Key.END


async def test_a_cancelled_wait_leaves_the_pipe_as_it_was() -> None:
    ours, theirs = os.pipe()
    pipe = Pipe(ours)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await pipe.read("")
    os.write(theirs, b"Later?\n")
    assert await pipe.read("") == "Later?"
    os.close(ours)
    os.close(theirs)


async def _typed(keys: str) -> str | Key:
    with create_pipe_input() as source:
        source.send_text(keys)
        async with asyncio.timeout(30):
            return await Keyboard(source, DummyOutput()).read("> ")


@pytest.mark.parametrize(
    ("keys", "read"),
    [("How?\r", "How?"), ("\x04", Key.END), ("\x03", Key.INTERRUPT), ("Hwo?\x03How?\r", "How?")],
    ids=["a line", "ctrl-d", "ctrl-c where nothing was typed", "ctrl-c clears what was typed"],
)
async def test_a_keyboard_gives_lines_and_keys(keys: str, read: str | Key) -> None:
    assert await _typed(keys) == read
