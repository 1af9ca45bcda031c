"""What ``footnote pause``, ``footnote resume`` and whoever asks here share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Place
    from bot.pauses import Pause
    from bot.settings import Settings


def place_name(_: click.Context, __: click.Parameter, given: str | None) -> str:
    """Check the name of a place, which is everything where none is given."""
    from bot.paused import EVERYTHING, LONGEST, NAME

    name = EVERYTHING if given is None else given
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise click.BadParameter(
            "name a platform such as slack, or a channel such as slack:C0123; all means everything."
        )
    return name


async def must_not_be_paused(settings: Settings, place: Place) -> None:
    """Raise an error that says what to do where this place is paused."""
    from bot.app import pauses
    from bot.paused import names

    async with pauses(settings) as known:
        holding = [pause for pause in await known.listed() if pause.name in names(place)]
    if holding:
        raise click.ClickException(
            f"Footnote is paused here: {line(holding[0])}. footnote resume {holding[0].name} ends that."
        )


def line(pause: Pause) -> str:
    """Say what is paused, since when, and by whom."""
    return f"{pause.name}, since {pause.since:%Y-%m-%d %H:%M} UTC by {pause.by}"


def as_object(pauses: Sequence[Pause]) -> dict[str, Any]:
    """Give them for JSON."""
    return {
        "paused": [{"name": one.name, "since": one.since.isoformat(timespec="seconds"), "by": one.by} for one in pauses]
    }
