"""What was spent, in words and for programs; no I/O."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from adapters.escaping import safe_line
from adapters.spending import dollars, moment, percent
from bot.cli.summaries import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bot.money.base import Micros
    from bot.money.forecasting import Period, Span
    from bot.money.usage import By, Nearly, SetApart, Share, Spent

_WORDS: Final[Mapping[Period, str]] = {"day": "Today", "week": "This week", "month": "This month"}
_NAME: Final = 33
"""Characters of a name: as many as 80 columns leave, and a person of Slack has."""
_HEADER: Final = ("cost", "calls", "questions", "tokens", "est.")
_WIDTHS: Final = (12, 8, 11, 8, 7)
_NOTHING: Final = (
    "Nothing was spent {when}. Answers of models that cost money are counted here: OPENAI_API_KEY, or a table "
    "[[models]] in footnote.toml, turns one on."
)
_GUESSED: Final = "est.: the calls of which the server did not say what they used; their cost is an upper estimate."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What was spent in a period so far, and what it may come to; ``limit`` is that of everyone together."""

    period: Period
    span: Span
    spent: Spent
    limit: Micros | None
    forecast: Micros | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that ``footnote usage`` shows; ``top`` is of the period ``listed``."""

    by: By
    listed: Stretch
    stretches: tuple[Stretch, ...]
    top: Sequence[Share]
    set_apart: SetApart
    nearly: Sequence[Nearly]
    prices_dated: date


@dataclass(frozen=True, slots=True)
class Line:
    """A line and how it looks where a person sees it."""

    text: str = ""
    style: str = ""


def lines(report: Report) -> Iterator[Line]:
    """Give a report for people, at most 80 columns wide."""
    for stretch in report.stretches:
        yield Line(f"{_WORDS[stretch.period]:<11} {_against_limit(stretch)}")
    if report.set_apart.calls:
        calls = counted(report.set_apart.calls, "call")
        yield Line(f"{'Set apart':<11} {dollars(report.set_apart.worst)} at most, for {calls} under way")
    if report.nearly:
        yield Line()
        yield Line("Limits of which 80 % and more are used", "bold")
        yield from (Line(f"  {_limit(one)}", "yellow") for one in report.nearly)
    yield Line()
    yield from _top(report)


def as_object(report: Report) -> dict[str, Any]:
    """Give a report for programs: money in whole micro-dollars, times in ISO 8601."""
    return {
        **{stretch.period: _stretch(stretch) for stretch in report.stretches},
        "set_apart": asdict(report.set_apart),
        "nearly_used_up": [asdict(one) for one in report.nearly],
        "by": report.by,
        "period": report.listed.period,
        "top": [{"name": share.name} | asdict(share.spent) for share in report.top],
        "prices_dated": report.prices_dated.isoformat(),
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {
        "from": stretch.span.begin.isoformat(),
        "to": stretch.span.end.isoformat(),
        "spent": asdict(stretch.spent),
        "limit": stretch.limit,
        "forecast": stretch.forecast,
    }


def _against_limit(stretch: Stretch) -> str:
    cost, limit = stretch.spent.cost, stretch.limit
    spent = dollars(cost) if limit is None else f"{dollars(cost)} of {dollars(limit)} ({percent(cost, limit)})"
    if stretch.forecast is None:
        return f"{spent}; too early for a forecast"
    return f"{spent}; about {dollars(stretch.forecast)} by {moment(stretch.span.end)}"


def _limit(one: Nearly) -> str:
    share = percent(one.used, one.limit)
    used = f"{one.used:,} of {one.limit:,} questions"
    if one.unit == "micros":
        used = f"{dollars(one.used)} of {dollars(one.limit)}"
    name = "everyone together" if one.holder == "everyone" else safe_line(one.name)
    return f"{_clipped(name):<{_NAME}} {used} ({share}) of {one.period}"


def _top(report: Report) -> Iterator[Line]:
    spent = report.listed.spent
    when = _WORDS[report.listed.period]
    if not report.top:
        yield Line(_NOTHING.format(when=when.lower()))
        return
    yield Line(
        f"{when} by {report.by}: {counted(spent.calls, 'call')} for {counted(spent.questions, 'question')}", "bold"
    )
    yield Line(_row(report.by, _HEADER), "dim")
    yield from (Line(_row(safe_line(share.name), _cells(share.spent))) for share in report.top)
    yield Line()
    if any(share.spent.guessed for share in report.top):
        yield Line(_GUESSED, "dim")
    yield Line(f"Calls cost what footnote.toml says, or else the list of prices of {report.prices_dated}.", "dim")


def _cells(spent: Spent) -> tuple[str, ...]:
    return (
        dollars(spent.cost, 4),
        f"{spent.calls:,}",
        f"{spent.questions:,}",
        short(spent.prompt_tokens + spent.answer_tokens),
        percent(spent.guessed, spent.calls),
    )


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{_clipped(name):<{_NAME}}" + "".join(
        f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)
    )


def _clipped(name: str) -> str:
    """Keep the end of a name, in which one differs from another."""
    return name if len(name) <= _NAME else f"…{name[1 - _NAME :]}"


def short(count: int) -> str:
    """Give a count with three digits or so: 999, 12.3 k, 4.56 M."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.{2 if count < 10 * size else 1}f} {unit}"
    return str(count)
