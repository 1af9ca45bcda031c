"""``footnote pause``: no answers, everywhere or at one place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from bot.cli.output import say, say_json, tell
from bot.cli.pausing import as_object, line, place_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.pauses import Pause
    from bot.settings import Settings


@click.command("pause")
@click.argument("place", required=False, callback=place_name)
@click.option("--list", "listing", is_flag=True, help="Only show what is paused.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(place: str, *, listing: bool, as_json: bool) -> None:
    """Begin no more answers: everywhere, on a platform (slack), or in a channel (slack:C0123).

    Questions are kept, and answered after footnote resume. Answers under way end as they would.
    """
    from bot.settings import load

    settings = load()
    paused = asyncio.run(_paused(settings, None if listing else place))
    if as_json:
        say_json(as_object(paused))
    elif listing:
        for one in paused:
            say(line(one))
        if not paused:
            say("Nothing is paused.")
    else:
        said = next((line(one) for one in paused if one.name == place), place)
        say(f"Paused: {said}. Questions are kept until footnote resume {place}.")


async def _paused(settings: Settings, name: str | None) -> Sequence[Pause]:
    """Pause what has that name, if any is given; give all that is paused then."""
    from bot.app import pauses
    from bot.cli.person import user

    async with pauses(settings) as known:
        if name is not None:
            await known.pause(name, by=user())
            if await known.foreign(name):
                tell(f"No question has ever come from {name.partition(':')[0]}; is that its name?")
        return await known.listed()
