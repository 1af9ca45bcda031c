"""Which headings a part of a passage stands under: small sections share one, with their headings in its text. Pure.

Those that all of the passage stands under are not in its text, but in its heading path.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_FENCE: Final = re.compile(r"[ \t]*(`{3,}|~{3,})")


def under(text: str, part: str) -> tuple[str, ...]:
    """Give the headings over a part that stands in a text word for word; of several sections, those over them all."""
    start = text.find(part) if part else -1
    if start < 0:
        return ()
    end = start + len(part)
    return common(over for at, line, over in _lines(text) if line.strip() and at < end and at + len(line) > start)


def common(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Give what all paths begin with."""
    levels = takewhile(lambda titles: len(set(titles)) == 1, zip(*paths, strict=False))
    return tuple(titles[0] for titles in levels)


def _lines(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Give each line that is no heading, with its place and the headings over it."""
    over: list[tuple[int, str]] = []
    at, fence = 0, ""
    for line in text.splitlines(keepends=True):
        heading, mark = None if fence else _HEADING.match(line), _FENCE.match(line)
        if heading is not None:
            level = len(heading[1])
            over = [*(one for one in over if one[0] < level), (level, heading[2].rstrip().rstrip("#").rstrip())]
        else:
            yield at, line, tuple(title for _, title in over)
        if mark is not None:
            fence = _fenced(fence, mark[1], line)
        at += len(line)


def _fenced(fence: str, mark: str, line: str) -> str:
    """Give the fence that is open after a line with a mark."""
    if not fence:
        return mark
    return "" if mark.startswith(fence) and line.strip() == mark else fence
