"""What was spent, in words and for programs; no I/O."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from adapters.escaping import safe_line
from adapters.spending import dollars, pair, percent
from bot.cli.summaries import counted
from bot.money.base import DOLLAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bot.money.base import Micros
    from bot.money.forecasting import Period, Span
    from bot.money.usage import By, Nearly, SetApart, Share, Spent

_WORDS: Final[Mapping[Period, str]] = {"day": "Today", "week": "This week", "month": "This month"}
_COLUMNS: Final = 80
_NAME: Final = 33
"""Characters of a name: as many as the columns leave, and a person of Slack has."""
_CENTS_FROM: Final = 1_000 * DOLLAR
"""What costs more than this is shown without fractions of a cent."""
_HEADER: Final = ("cost", "calls", "questions", "tokens", "est.")
_WIDTHS: Final = (12, 8, 11, 8, 7)
_NOTHING: Final = (
    "Answers of models that cost money are counted here. OPENAI_API_KEY turns one on,",
    "and so does a table [[models]] in footnote.toml.",
)
_GUESSED: Final = "est.: calls whose server did not say what they used; their cost is estimated."


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
        yield from (Line(_limit(one), "yellow") for one in report.nearly)
    yield Line()
    yield from _top(report)


def as_object(report: Report) -> dict[str, Any]:
    """Give a report for programs: money in whole micro-dollars, times in ISO 8601."""
    return {
        "unit": "micro-dollars",
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
    spent = dollars(cost) if limit is None else f"{pair(cost, limit)} ({percent(cost, limit)})"
    if stretch.forecast:
        return f"{spent}; forecast {dollars(stretch.forecast)}"
    return f"{spent}; too early for a forecast" if cost else spent


def _limit(one: Nearly) -> str:
    share = percent(one.used, one.limit)
    used = f"{one.used:,} of {one.limit:,} questions"
    if one.unit == "micros":
        used = pair(one.used, one.limit)
    name = "everyone together" if one.holder == "everyone" else safe_line(one.name)
    rest = f"{used} ({share}) {'this month' if one.holder == 'workspace' else 'today'}"
    return f"  {_cell(name, min(_NAME, _COLUMNS - 3 - len(rest)))} {rest}"


def _top(report: Report) -> Iterator[Line]:
    spent = report.listed.spent
    when = _WORDS[report.listed.period]
    if not report.top:
        yield Line(f"Nothing was spent {when.lower()}.")
        yield from map(Line, _NOTHING)
        return
    yield Line(
        f"{when} by {report.by}: {counted(spent.calls, 'call')} for {counted(spent.questions, 'question')}", "bold"
    )
    yield Line(_row(report.by, _HEADER), "dim")
    yield from (Line(_row(safe_line(share.name), _cells(share.spent))) for share in report.top)
    yield Line()
    if any(share.spent.guessed for share in report.top):
        yield Line(_GUESSED, "dim")
    yield Line(f"Days, weeks and months end at 00:00 UTC. The list of prices is of {report.prices_dated}.", "dim")


def _cells(spent: Spent) -> tuple[str, ...]:
    return (
        dollars(spent.cost, 4 if spent.cost < _CENTS_FROM else 2),
        f"{spent.calls:,}",
        f"{spent.questions:,}",
        short(spent.prompt_tokens + spent.answer_tokens),
        percent(spent.guessed, spent.calls),
    )


def _row(name: str, cells: Sequence[str]) -> str:
    return _cell(name, _NAME) + "".join(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))


def _cell(name: str, width: int) -> str:
    """Give a name its width; of one that is too long the end, in which it differs from others."""
    return f"{name:<{width}}" if len(name) <= width else f"…{name[1 - width :]}"


def short(count: int) -> str:
    """Give a count with three digits or so: 999, 12.3 k, 4.56 M."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.{2 if count < 10 * size else 1}f} {unit}"
    return str(count)
