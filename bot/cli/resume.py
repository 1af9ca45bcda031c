"""``footnote resume``: answers again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from bot.cli.output import say, say_json
from bot.cli.pausing import as_object, place_name
from bot.cli.summaries import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.pauses import Pause
    from bot.settings import Settings


@click.command("resume")
@click.argument("place", required=False, callback=place_name)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(place: str, *, as_json: bool) -> None:
    """End the pause of this name; without one, the pause of everything. Other pauses stay.

    Questions that were kept are answered now; whoever asked more than an hour ago is asked first.
    """
    from bot.settings import load

    settings = load()
    held, left = asyncio.run(_resumed(settings, place))
    if as_json:
        say_json(as_object(left) | {"kept": held})
        return
    say(f"Resumed: {place}. {counted(held, 'question')} {'was' if held == 1 else 'were'} kept.")
    if left:
        say(f"Still paused: {', '.join(one.name for one in left)}.")


async def _resumed(settings: Settings, name: str) -> tuple[int, Sequence[Pause]]:
    """End a pause; give how many questions waited for that, and what is paused still."""
    from bot.app import pauses
    from bot.cli.person import user

    async with pauses(settings) as known:
        held = await known.held(name)
        await known.resume(name, by=user())
        return held, await known.listed()
