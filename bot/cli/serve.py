"""``footnote serve``: every configured platform, as a service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("serve")
@click.option("--worker", is_flag=True, help="Only answer what other processes took in, without HTTP.")
def command(*, worker: bool) -> None:
    """Run every configured platform, with HTTP for health and webhooks on PORT, until SIGTERM or Ctrl-C.

    Answers under way then have their time to end; the rest is left to the next process.
    """
    from bot.settings import load

    asyncio.run(_serve(load(), worker=worker))


async def _serve(settings: Settings, *, worker: bool) -> None:
    from bot.app import platforms, serve
    from bot.cli.output import tell, watched
    from bot.ending import Told
    from bot.serving import TIDY

    def aloud(sentence: str) -> None:
        if watched():
            tell(sentence)

    told = Told(settings.drain_seconds + TIDY)
    await serve(settings, platforms(settings), told, takes_in=not worker, aloud=aloud)
