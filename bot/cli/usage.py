"""``footnote usage``: what was spent, how that stands to the limits, and by whom or on what."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from bot.cli.output import say, say_json

if TYPE_CHECKING:
    from bot.cli.spending import Report
    from bot.money.forecasting import Period
    from bot.money.usage import By
    from bot.settings import Settings

BY: Final = ("person", "channel", "workspace", "feature", "model")
PERIODS: Final = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class _Wish:
    by: By
    period: Period
    now: datetime


@click.command("usage")
@click.option("--by", type=click.Choice(BY), default="model", show_default=True, help="What the list is of.")
@click.option(
    "--period", type=click.Choice(PERIODS), default="month", show_default=True, help="What the list is about."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; money is in micro-dollars.")
def command(*, by: By, period: Period, as_json: bool) -> None:
    """Show what models have cost today and this month, and the ten that cost most.

    Days, weeks and months are those of UTC; a week begins on Monday.
    """
    from bot.cli.spending import as_object, lines
    from bot.settings import load

    report = asyncio.run(_report(load(), _Wish(by, period, _now())))
    if as_json:
        say_json(as_object(report))
        return
    for line in lines(report):
        say(line.text, line.style)


def _now() -> datetime:
    return datetime.now(UTC)


async def _report(settings: Settings, wish: _Wish) -> Report:
    from bot.cli.spending import Report, Stretch
    from bot.database import Database
    from bot.money.forecasting import before, forecast, span
    from bot.money.prices import Prices
    from bot.money.usage import Usage
    from bot.plans import Plans
    from bot.policy import micros

    plans = Plans(settings.money, settings.plans, settings.workspaces)
    async with Database(settings.database) as database:
        usage = Usage(database)

        async def stretch(period: Period, limit: int | None = None) -> Stretch:
            here = span(period, wish.now)
            spent, earlier = await usage.spent(here), await usage.spent(before(period, wish.now))
            return Stretch(
                period=period,
                span=here,
                spent=spent,
                limit=limit,
                forecast=forecast(spent.cost, here.elapsed(wish.now), earlier.cost),
            )

        stretches = {"day": await stretch("day", micros(settings.money.all_day)), "month": await stretch("month")}
        if wish.period not in stretches:
            stretches[wish.period] = await stretch(wish.period)
        return Report(
            by=wish.by,
            listed=stretches[wish.period],
            stretches=tuple(stretches.values()),
            top=await usage.top(wish.by, stretches[wish.period].span),
            set_apart=await usage.set_apart(),
            nearly=await usage.nearly([f"{wish.now:%Y-%m-%d}", f"{wish.now:%Y-%m}"], plans.limits),
            prices_dated=Prices(now=wish.now).dated,
        )
