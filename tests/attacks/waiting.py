"""Attacks on what is not built yet, each with the feature that it waits for, and how the code shows that it came.

Once a probe finds something, ``test_lines`` fails until the line has a test instead of a place here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from knowledge.base import Format

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A feature that is to come, and whether it is there."""

    feature: str
    there: Callable[[], bool]


def _made(*patterns: str) -> Callable[[], bool]:
    """Whether there is a module or package of such a name."""
    return lambda: any("__pycache__" not in path.parts for pattern in patterns for path in _ROOT.glob(pattern))


def _says(path: str, word: str) -> Callable[[], bool]:
    return lambda: word in (_ROOT / path).read_text(encoding="utf-8")


def _reads(*formats: str) -> Callable[[], bool]:
    """Whether documents of such a format are known."""
    return lambda: not set(formats).isdisjoint(get_args(Format))


_CACHE: Final = Waiting(
    feature="a cache of answers", there=_made("bot/**/*cache*", "bot/**/*caching*", "knowledge/**/*answer_cache*")
)
_CRAWLER: Final = Waiting(
    feature="a source of web pages",
    there=_made(*(f"knowledge/sources/{name}*" for name in ("web", "crawl", "page", "http", "url", "site", "feed"))),
)
_ANALYSIS: Final = Waiting(feature="charts and analysis", there=_made("bot/analysis*", "bot/**/*chart*"))

WAITING: Final = {
    11: _ANALYSIS,
    23: _CACHE,
    35: Waiting(
        feature="settings that people change", there=_made("bot/**/*admin*", "bot/**/*audit*", "bot/**/roles*")
    ),
    36: _CRAWLER,
    37: _CRAWLER,
    38: _CRAWLER,
    39: Waiting(feature="archives", there=_reads("zip", "archive", "tar")),
    40: Waiting(feature="PDF files", there=_reads("pdf")),
    41: Waiting(feature="Office files", there=_reads("docx", "xlsx", "pptx", "office")),
    42: Waiting(feature="images", there=_reads("image", "svg", "png")),
    47: _CACHE,
    48: _CACHE,
    49: _ANALYSIS,
}
