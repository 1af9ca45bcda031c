"""What a typed line means; no I/O."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal, TypeAlias

Word: TypeAlias = Literal["new", "history", "threads", "sources", "usage", "yes", "help", "quit"]

WORDS: dict[str, Word] = {
    "/new": "new",
    "/history": "history",
    "/threads": "threads",
    "/sources": "sources",
    "/usage": "usage",
    "/yes": "yes",
    "/help": "help",
    "/quit": "quit",
    "/exit": "quit",
}

_ENDS = {"exit", "quit", "q"}
"""What other programs end by, and no question."""

HELP = (
    ("/new", "start a new thread"),
    ("/history", "show this thread"),
    ("/threads", "list your threads"),
    ("/thread N", "go on with thread N of that list"),
    ("/sources", "show what the last answer rests on, quoted"),
    ("/usage", "show what of your limits is used"),
    ("/yes", "say that you still want an answer, when you are asked so"),
    ("+ or -", "rate the last answer"),
    ("/help", "show this"),
    ("/quit", "end (so does Ctrl-D)"),
    ("Ctrl-C", "stop the answer; once more ends"),
)


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty line."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Anything that is no command: a question."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command without an argument."""

    word: Word


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with a thread of the overview; ``number`` counts from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A thumb up or down."""

    vote: Literal[1, -1]


@dataclass(frozen=True, slots=True)
class Unclear:
    """No command of ours; ``told`` says what would be."""

    told: str


Line: TypeAlias = Nothing | Ask | Command | Resume | Rate | Unclear


def read(line: str) -> Line:
    """Read one line. What begins with ``/`` and a letter is a command; a path such as ``/etc/hosts?`` is a question."""
    text = line.strip()
    if not text:
        return Nothing()
    if text in {"+", "-"}:
        return Rate(1 if text == "+" else -1)
    word, _, argument = text.partition(" ")
    if text.lower() in _ENDS:
        return Command("quit")
    if not word[1:].isalpha() or not word.startswith("/"):
        return Ask(text)
    return _command(word.lower(), argument.strip())


def _command(word: str, argument: str) -> Line:
    if word == "/thread":
        return _resume(argument)
    if word not in WORDS:
        near = difflib.get_close_matches(word, [*WORDS, "/thread"], n=1)
        meant = f"did you mean {near[0]}?" if near else "/help lists the commands."
        return Unclear(f"There is no command {word[:40]}; {meant}")
    if argument:
        return Unclear(f"{word} takes nothing after it; leave out “{argument[:40]}”.")
    return Command(WORDS[word])


def _resume(argument: str) -> Line:
    if not argument.isdecimal() or len(argument) > 6 or int(argument) == 0:  # noqa: PLR2004 - longer than any list
        return Unclear("Say which: /thread 2 goes on with the second thread that /threads lists.")
    return Resume(int(argument))
