"""The source list of an answer, in words; no I/O. Everything in it is neutralised."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from adapters.addresses import web
from adapters.neutral import neutral_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from adapters.parts import Citation

_QUOTE_LIMIT = 600
_YEAR = 365.25
_MONTH = 30.5
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def used(citations: Sequence[Citation], cited: Collection[int]) -> tuple[Citation, ...]:
    """Give the citations that the text really used, by number."""
    return tuple(sorted((c for c in citations if c.number in cited), key=lambda c: c.number))


def path(citation: Citation) -> str:
    """Give ``title › section › section``; a first section that repeats the title is left out."""
    section = citation.section[1:] if citation.section[:1] == (citation.title,) else citation.section
    return " › ".join(neutral_line(part) for part in (citation.title, *section))


def whence(citation: Citation) -> str:
    """Give the stored address, else the document's id, and what is known of publisher, date and age."""
    parts = (web(citation.url) or neutral_line(citation.document), *published(citation), *ages(citation))
    return " · ".join(part for part in parts if part)


def noted(citation: Citation, dated: str, shown: Callable[[str], str], *, linked: bool) -> str:
    """Give all that is known of a source behind its title, in one line; what others wrote is ``shown`` so.

    ``dated`` is its date as a platform writes it, and ``linked`` whether its title leads to it.
    """
    whence = () if linked or not path(citation) else (citation.document,)
    known, aged = ([shown(one) for one in notes] for notes in ((*whence, publisher(citation)), ages(citation)))
    return "".join(f" · {note}" for note in (*known, changed(citation, dated), *aged) if note)


def published(citation: Citation) -> tuple[str, ...]:
    """Say who published a source, and when it was changed or said."""
    dated = citation.dated
    day = "" if dated is None else dated.date().isoformat()
    if dated is not None and citation.said:
        day = f"{aware(dated):%Y-%m-%d %H:%M} UTC"
    return tuple(part for part in (publisher(citation), changed(citation, day)) if part)


def publisher(citation: Citation) -> str:
    """Say who published a source, and in which year, if its date does not say that already."""
    year = "" if citation.dated and citation.dated.year == citation.year else str(citation.year or "")
    return neutral_line(" ".join(part for part in (citation.publisher or "", year) if part))


def changed(citation: Citation, dated: str) -> str:
    """Say when a source was changed, and how long ago that is if it is old; of what was said only when."""
    if not dated or citation.said:
        return dated
    return f"changed {dated}" if citation.stale_days is None else f"changed {dated}, {ago(citation.stale_days)}"


def day(at: datetime) -> str:
    """Give a day as people write it, in the same words whatever the machine's language is: 26 Nov 2026."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def aware(at: datetime) -> datetime:
    """Give a time in UTC; one without a zone is in UTC already."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def ages(citation: Citation) -> tuple[str, ...]:
    """Say of an old source without a date that it is old, and of an earlier edition which one is newer."""
    undated = citation.stale_days is not None and citation.dated is None
    old = f"last changed {ago(citation.stale_days or 0)}" if undated else None
    newer = f"newer edition: {neutral_line(citation.newer)}" if citation.newer else None
    return tuple(part for part in (old, newer) if part)


def ago(days: int) -> str:
    """Give a time that has passed in the words of a person, rounded down: 3 years ago, 5 months ago, 12 days ago."""
    for length, name in ((_YEAR, "year"), (_MONTH, "month"), (1, "day")):
        number = int(days / length)
        if number:
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    return "today"


def quote(citation: Citation) -> str:
    """Give the quoted passage on one line, cut after 600 characters."""
    text = neutral_line(citation.quote)
    return text if len(text) <= _QUOTE_LIMIT else text[:_QUOTE_LIMIT].rsplit(" ", 1)[0] + " …"


def listed(citations: Sequence[Citation]) -> str:
    """Give the list as text: two lines a source."""
    return "\n".join(f"[{c.number}] {path(c)}\n    {whence(c)}" for c in citations)
