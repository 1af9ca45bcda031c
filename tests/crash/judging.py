"""What a platform showed, judged: what is missing, what stands there twice, what came out of its order. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.crash.sinking import END, SPLIT

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = ("one", "two", "three")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Questions by what went wrong with them.

    Short is an answer that stood there whole, until a process that had stood still wrote over it what it had meant to
    write before: no platform has an edit that says what it expects to find.
    """

    lost: frozenset[str]
    short: frozenset[str]
    twice: frozenset[str]
    disordered: frozenset[str]

    def __str__(self) -> str:
        kept = f"lost {len(self.lost)}, short {len(self.short)}"
        return f"{kept}, visible twice {len(self.twice)}, out of order {len(self.disordered)}"


@dataclass(slots=True)
class _Shown:
    """One question's messages, by part, and when the first came and the last word stood there."""

    conversation: str
    messages: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    first: int | None = None
    whole: int | None = None


def judged(lines: Iterable[str], questions: int, conversations: int) -> Judged:
    """Judge a sink's log against what was asked."""
    shown: dict[str, _Shown] = {}
    for at, line in enumerate(lines):
        _note(shown, at, json.loads(line))
    asked = [f"q{number:05}" for number in range(questions)]
    whole = {name for name in asked if name in shown and _is_whole(name, shown[name])}
    once = {name for name, one in shown.items() if one.whole is not None}
    return Judged(
        lost=frozenset(asked) - whole - once,
        short=frozenset(once - whole),
        twice=frozenset(
            name for name, one in shown.items() if any(len(messages) > 1 for messages in one.messages.values())
        ),
        disordered=frozenset(_disordered(asked, shown, conversations)),
    )


def _note(shown: dict[str, _Shown], at: int, wish: dict[str, Any]) -> None:
    one = shown.setdefault(wish["question"], _Shown(wish["conversation"]))
    one.messages[wish["part"]][wish["message"]] = wish["text"]
    if one.first is None:
        one.first = at
    if one.whole is None and END in wish["text"]:
        one.whole = at


def _is_whole(name: str, one: _Shown) -> bool:
    """Whether every part stands there as the script says it; of a double, one copy that does is enough."""
    texts = [f"Answer {int(name[1:])}: {word}." for word in WORDS] + [END]
    wanted = {0: " ".join(texts[:SPLIT]), 1: " ".join(texts[SPLIT:])}
    return all(text in one.messages[part].values() for part, text in wanted.items())


def _disordered(asked: list[str], shown: dict[str, _Shown], conversations: int) -> Iterable[str]:
    """Give the questions whose answer began before the answer to the one before them was whole."""
    for before, after in zip(asked, asked[conversations:], strict=False):
        one, other = shown.get(before), shown.get(after)
        if other is None or other.first is None:
            continue
        if one is None or one.whole is None or one.whole > other.first:
            yield after
