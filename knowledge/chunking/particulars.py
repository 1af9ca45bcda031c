"""What a document says about itself: front matter of Markdown, ``<meta>`` of HTML. Its word wins over its source's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knowledge.chunking.cleaning import one_line
from knowledge.genres import named

if TYPE_CHECKING:
    from collections.abc import Mapping

_FENCE = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z][\w .-]*?)\s*:(?:\s+(.*))?\Z")
_ITEM = re.compile(r"\s*-\s+(.*)")
_LIST = re.compile(r"\[(.*)\]\Z", re.DOTALL)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_LONGEST = 300
_MOST_TAGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What was said; None and () where nothing was."""

    title: str | None = None
    genre: str | None = None
    """The word for its kind as it stands there, which may be none that is known."""
    url: str | None = None
    publisher: str | None = None
    year: int | None = None
    tags: tuple[str, ...] = ()
    product: str | None = None
    version: str | None = None
    owner: str | None = None
    updated_at: datetime | None = None


def front_matter(text: str) -> tuple[Particulars, int]:
    """Read the block between two lines of three hyphens at the very top; say also at which character the text begins.

    Scalars, quoted or not, and lists in brackets or in lines with hyphens are read; anything deeper is passed over.
    """
    found = _FENCE.match(text)
    if not found:
        return Particulars(), 0
    return particulars(_pairs(found[1] or "")), found.end()


def particulars(said: Mapping[str, list[str]]) -> Particulars:
    """Make particulars of names in lower case and their values; what makes no sense is left out."""
    published = _first(said, "published", "date")
    return Particulars(
        title=_first(said, "title"),
        genre=_genre(said),
        url=_web(_first(said, "url", "link", "canonical_url")),
        publisher=_first(said, "publisher"),
        year=_year(_first(said, "year") or published),
        tags=_tags(said),
        product=_first(said, "product"),
        version=_first(said, "version"),
        owner=_first(said, "owner", "author"),
        updated_at=moment(_first(said, "updated", "updated_at", "last_updated", "lastmod") or published),
    )


def moment(text: str | None) -> datetime | None:
    """Read a date or time in ISO 8601; without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(text or "")
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except ValueError:
        return None


def _pairs(block: str) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    name = ""
    for line in block.split("\n"):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        item = _ITEM.match(line)
        if item and name:
            pairs[name].append(_scalar(item[1]))
        elif pair := _PAIR.match(line):
            name = pair[1].lower()
            pairs[name] = _values(pair[2] or "")
    return pairs


def _values(text: str) -> list[str]:
    text = text.strip()
    if found := _LIST.match(text):
        return [_scalar(part) for part in found[1].split(",") if part.strip()]
    return [_scalar(text)] if text else []


def _scalar(text: str) -> str:
    text = text.strip()
    if text[:1] in {'"', "'"}:
        closing = text.find(text[0], 1)
        return text[1:closing] if closing > 0 else text[1:]
    return text.split(" #", 1)[0].strip()


def _first(said: Mapping[str, list[str]], *names: str) -> str | None:
    for name in names:
        value = one_line(" ".join(said.get(name, ())))[:_LONGEST]
        if value and value not in {"|", ">", "~", "null"}:
            return value
    return None


def _genre(said: Mapping[str, list[str]]) -> str | None:
    """The first word that is known for a kind. What site generators call a type seldom is one, and is passed over."""
    words = [word for name in ("kind", "genre", "type") if (word := _first(said, name))]
    return next((word for word in words if named(word)), _first(said, "kind", "genre"))


def _tags(said: Mapping[str, list[str]]) -> tuple[str, ...]:
    values = said.get("tags") or said.get("keywords") or []
    parts = values[0].split(",") if len(values) == 1 else values
    return tuple(dict.fromkeys(tag for part in parts if (tag := one_line(part)[:_LONGEST])))[:_MOST_TAGS]


def _web(url: str | None) -> str | None:
    """A link that a citation may carry: the web's, never a script's or a file's."""
    return url if url and re.match(r"https?://[^\s<>\"'`]+\Z", url, re.IGNORECASE) else None


def _year(text: str | None) -> int | None:
    found = _YEAR.search(text or "")
    return int(found[1]) if found else None
