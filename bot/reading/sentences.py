"""Running text into sentences, as it streams in. Pure; any cutting of the stream gives the same sentences.

A decision waits until nothing that may still come can change it. All look-ahead is bounded, so the work is linear.
"""

from __future__ import annotations

import re
from typing import Final

_POINT = re.compile(r"[.!?…。！？`]")  # noqa: RUF001 -- full-width stops end sentences too
_TICKS = re.compile(r"`{1,16}")
_MARK = r"(?:\[[\d^][\d,;\s–-]{0,24}\]|【\d{1,3}[^】\n]{0,24}】)"
_TAIL = re.compile(rf"(?P<stop>[.!?…。！？]{{1,8}})[\"'”’»)*_]{{0,8}}(?P<marks>(?:\s{{0,4}}{_MARK}){{0,8}})")  # noqa: RUF001
_OPEN = re.compile(r"\s{0,40}(?:[\[【][^\]】]{0,28})?\Z")
_NEXT = re.compile(r"\s{1,40}(?P<char>\S)")
_LAST_WORD = re.compile(r"(?:[^\W_]\.){1,4}[^\W_]\Z|[^\W_]{1,8}\Z")
_DOTS: Final = frozenset({"...", "…", "..", "....", "…."})

# Never end a sentence; the second set does before a capital, the third only where no number follows.
_NEVER = frozenset(
    [
        "e.g",
        "i.e",
        "eg",
        "ie",
        "vs",
        "cf",
        "approx",
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "st",
        "mt",
        "resp",
        "incl",
        "excl",
        "ca",
        "viz",
        "z.b",
        "d.h",
        "bzw",
        "ggf",
    ]
)
_BEFORE_CAPITAL = frozenset(
    ["etc", "inc", "ltd", "co", "corp", "jr", "sr", "al", "dept", "est", "a.m", "p.m", "u.s", "u.k", "e.u", "usw"]
)
_BEFORE_NUMBER = frozenset(
    ["no", "nos", "fig", "figs", "sec", "ch", "vol", "pp", "p", "eq", "ed", "art", "par", "nr", "abs"]
)


class Sentences:
    """Takes text and gives whole sentences, each with the citation marks that stand behind its full stop."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._text = ""
        self._seen = 0
        self._ticks = 0

    def feed(self, text: str) -> list[str]:
        """Take more text; give the sentences that are certain now."""
        self._text += text
        return self._taken(final=False)

    def end(self) -> list[str]:
        """Give what is left, and begin anew."""
        given = self._taken(final=True)
        if rest := self._text.strip():
            given.append(rest)
        self._text, self._seen, self._ticks = "", 0, 0
        return given

    def _taken(self, *, final: bool) -> list[str]:
        given: list[str] = []
        start = 0
        while (point := _POINT.search(self._text, self._seen)) is not None:
            at = point.start()
            step = self._ticked(at, final=final) if point[0] == "`" else self._stop(at, final=final)
            if step is None:
                break
            self._seen, cut = step
            if cut:
                given.append(self._text[start : self._seen].strip())
                start = self._seen
        else:
            self._seen = len(self._text)
        self._text, self._seen = self._text[start:], self._seen - start
        return given

    def _ticked(self, at: int, *, final: bool) -> tuple[int, bool] | None:
        """Enter or leave inline code, in which nothing ends a sentence."""
        run = _TICKS.match(self._text, at)
        end = run.end() if run else at + 1
        if end == len(self._text) and end - at < 16 and not final:  # noqa: PLR2004 -- the run's own bound
            return None
        if self._ticks == 0:
            self._ticks = end - at
        elif self._ticks == end - at:
            self._ticks = 0
        return end, False

    def _stop(self, at: int, *, final: bool) -> tuple[int, bool] | None:
        """Judge a full stop: where to go on, and whether a sentence ends there; None while undecided."""
        tail = _TAIL.match(self._text, at)
        if tail is None or self._ticks:
            return at + 1, False
        end = tail.end()
        if not final and _OPEN.match(self._text, end):
            return None
        return end, bool(tail["marks"]) or self._ends(tail["stop"], at, end)

    def _ends(self, stop: str, at: int, end: int) -> bool:
        if stop[0] in "。！？":  # noqa: RUF001
            return True
        if end >= len(self._text):
            return True
        following = _NEXT.match(self._text, end)
        if following is None:
            return self._text[end].isspace()
        char = following["char"]
        if stop in _DOTS or char.islower():
            return False
        return stop != "." or not _abbreviates(self._text[max(0, at - 12) : at], char)


def _abbreviates(before: str, following: str) -> bool:
    match = _LAST_WORD.search(before)
    if match is None:
        return False
    word = match[0]
    if len(word) == 1 and word.isalpha() and word.isupper() and word != "I":
        begins = match.start() == 0 or before[match.start() - 1] != "-"  # Ctrl-C is no initial
        return begins and following.isupper()
    word = word.lower()
    if word in _BEFORE_NUMBER:
        return following.isdigit()
    return word in _NEVER or (word in _BEFORE_CAPITAL and not following.isupper())


def split(text: str) -> list[str]:
    """Give the sentences of a whole text."""
    sentences = Sentences()
    return [*sentences.feed(text), *sentences.end()]
