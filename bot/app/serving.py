"""What serves: answering behind a terminal, or behind every platform that is configured."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from bot.app.answering import assembled
from bot.app.knowing import opened
from bot.app.logs import logged
from bot.app.sourcing import named

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from adapters.base import Adapter
    from adapters.terminal import Terminal
    from bot.app.knowing import Knowledge
    from bot.ending import Told
    from bot.money.base import Rate
    from bot.pauses import Pauses
    from bot.serving import Assembled
    from bot.settings import Settings
    from knowledge.base import Source
    from knowledge.carrying import Carried
    from knowledge.syncing import Summary


async def service(settings: Settings, adapter: Adapter, *, told: Callable[[str], None] | None = None) -> bool:
    """Serve one platform until it ends, SIGTERM comes or this is cancelled; give whether SIGTERM came.

    Answers under way then have their time to end. Meanwhile the sources that the settings name are kept up to date;
    ``told`` hears of it.
    """
    from bot.ending import until_told
    from bot.serving import working

    async with (
        _parts(settings, [adapter], settings.rates_of_one, told) as parts,
        adapter,
        working(settings, parts, [adapter]) as work,
    ):
        return await until_told(adapter.run(work.desk))


def platforms(settings: Settings) -> Sequence[Adapter]:
    """Make every platform that is configured. Raises BadSettings."""
    from bot import discord, slack

    slack.checked(settings.slack)
    discord.checked(settings.discord)
    made: list[Adapter] = []
    if settings.slack.configured:
        from bot.app.slack import platform

        made.append(platform(settings))
    if settings.discord.configured:
        from bot.app.discord import platform as discords

        made.append(discords(settings))
    return tuple(made)


async def serve(
    settings: Settings,
    adapters: Sequence[Adapter],
    told: Told,
    *,
    takes_in: bool = True,
    aloud: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve these platforms until told to end; see ``bot.serving.Service``."""
    from bot.serving import Service

    logged(settings)
    with told:
        await Service(settings, adapters, told, takes_in=takes_in, aloud=aloud).run(
            _parts(settings, adapters, settings.rates.windows)
        )


def terminal(settings: Settings, *, user: str) -> Terminal:
    """Make this process's terminal a platform, or the pipe that it reads from."""
    import secrets
    import sys
    from datetime import UTC, datetime

    from rich.console import Console

    from adapters.terminal import Terminal
    from adapters.terminal.lines import Keyboard, Pipe

    watched = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    return Terminal(
        team=settings.team,
        user=user,
        lines=Keyboard() if watched else Pipe(0),
        console=Console(markup=False, emoji=False, highlight=False),
        now=lambda: datetime.now(UTC),
        token=lambda: secrets.token_hex(8),
    )


@asynccontextmanager
async def pauses(settings: Settings) -> AsyncGenerator[Pauses]:
    """Open what is paused. Raises StoreError."""
    from bot.database import Database
    from bot.pauses import Pauses

    logged(settings)
    async with Database(settings.database) as database:
        yield Pauses(database)


def _upkeep(
    settings: Settings, known: Knowledge, told: Callable[[str], None] | None
) -> AbstractAsyncContextManager[None]:
    """Sync through a store and indexes of its own, beside those that answer, but with the same embedder."""
    from bot.upkeep import Upkeep
    from knowledge.embedding.lanes import behind

    async def sync(source: Source) -> Summary:
        with behind():
            async with opened(settings, embedders=known.embedders) as beside:
                return await beside.sync([source])

    async def carry() -> Carried | None:
        if await known.serving.waiting() is None:
            return None
        with behind():
            async with opened(settings, embedders=known.embedders) as beside:
                return await beside.carry()

    upkeep = Upkeep(sources=named(settings), sync=sync, minutes=settings.sync_minutes, told=told, carry=carry)
    return upkeep.running()


@asynccontextmanager
async def _parts(
    settings: Settings,
    adapters: Sequence[Adapter],
    windows: Sequence[Rate],
    told: Callable[[str], None] | None = None,
) -> AsyncGenerator[Assembled]:
    """Open what answering takes, follow what is published, and keep the named sources up to date."""
    import asyncio

    from bot.app.emptiness import lacking
    from bot.money.alerts import Alerts
    from bot.money.standing import usage_of
    from bot.serving import Assembled
    from knowledge.errors import KnowledgeError
    from knowledge.following import following
    from knowledge.tokens import count

    await asyncio.to_thread(count, "")  # loads its table for half a second, which leases cannot wait for later
    alerts = Alerts(settings.money.alert_place, {adapter.name: adapter for adapter in adapters})
    async with (
        assembled(settings, alerts, windows) as parts,
        alerts.running(),
        following(parts.known.serving),
        _upkeep(settings, parts.known, told),
    ):

        async def probe() -> str:
            if await parts.known.store.generation(settings.team):
                return "The knowledge can be searched."
            return "The knowledge can be searched, and nothing is synced yet."

        async def lacks() -> str | None:
            with suppress(KnowledgeError):  # a check says so
                return await lacking(settings, parts.known.catalog)
            return None

        yield Assembled(
            database=parts.database,
            answer=parts.engine.answer,
            usage=usage_of(parts.ledger),
            readable=parts.known.readable,
            knowledge=probe,
            checks=parts.checks,
            lacks=lacks,
        )
