"""Discord as a platform: one process hears its gateway, and all of them answer by its REST API."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import structlog

from adapters.base import Adapter
from adapters.discord.commands import synced
from adapters.discord.errors import DiscordError, Misset, Refused
from adapters.discord.gateway import Gateway
from adapters.discord.intake import Intake
from adapters.discord.interacting import Interacting
from adapters.discord.keeping import Keeping
from adapters.discord.lanes import Lanes
from adapters.discord.listening import Listening
from adapters.discord.lookback import LookBack
from adapters.discord.membership import Membership
from adapters.discord.quiet import quiet
from adapters.discord.telling import Telling
from adapters.errands import Errands

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from datetime import datetime

    from adapters.base import Audience, Desk, Journal, Notice, Person, Place, Question
    from adapters.clock import Clock
    from adapters.discord.base import Facts, Lease, Pages, Reading, Replying, Tickets
    from adapters.discord.connection import Connection
    from adapters.messages import Said
    from adapters.parts import Part
    from adapters.policies import Policies

_AGAIN: Final = 60.0
"""Seconds until Discord is told of the commands again, where it was away."""
_log = structlog.get_logger()


class Discord(Adapter):
    """All guilds that one bot was added to."""

    name = "discord"
    anywhere = True

    def __init__(  # noqa: PLR0913 - its collaborators, and what is set for it
        self,
        *,
        connection: Connection,
        facts: Facts,
        reading: Reading,
        replying: Replying,
        pages: Pages,
        tickets: Tickets,
        lease: Lease,
        gateway_url: str | None,
        policies: Policies,
        clock: Clock,
        now: Callable[[], datetime],
        errands: Errands | None = None,
    ) -> None:
        """Keep its parts; connect to nothing yet."""
        quiet()
        self._connection = connection
        self._facts = facts
        self._reading = reading
        self._replying = replying
        self._pages = pages
        self._tickets = tickets
        self._lease = lease
        self._gateway_url = gateway_url
        self._policies = policies
        self._clock = clock
        self._now = now
        self._errands = errands or Errands()

    async def __aenter__(self) -> Self:
        await self._connection.__aenter__()
        await self._errands.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        try:
            await self._errands.__aexit__(*exc)
        finally:
            await self._connection.__aexit__(*exc)

    async def run(self, desk: Desk, /) -> None:
        """Take in until cancelled. Raises Misset, whose ``told`` says what to do, where the bot cannot work as it is.

        While another process listens, this one waits for its turn.
        """
        try:
            async with asyncio.TaskGroup() as group:
                await self._run(desk, group)
        except ExceptionGroup as errors:
            raise _first(errors) from errors

    async def _run(self, desk: Desk, group: asyncio.TaskGroup) -> None:
        keeping = Keeping(desk=desk, clock=self._clock)
        membership = Membership(self._connection, self._facts, self._clock)
        telling = Telling(connection=self._connection)
        interacting = Interacting(
            desk=desk,
            keeping=keeping,
            membership=membership,
            telling=telling,
            facts=self._facts,
            pages=self._pages,
            tickets=self._tickets,
            clock=self._clock,
            now=self._now,
        )
        intake = Intake(
            desk=desk,
            connection=self._connection,
            keeping=keeping,
            membership=membership,
            telling=telling,
            interacting=interacting,
            facts=self._facts,
            pages=self._pages,
            reading=self._reading,
            tickets=self._tickets,
            policies=self._policies,
            lanes=Lanes(group.create_task),
            beside=group.create_task,
            unkept=lambda at: look.since(at),  # noqa: PLW0108 - it looks by what this takes in
            older=lambda question: look.older(question),  # noqa: PLW0108 - the same
            clock=self._clock,
            now=self._now,
        )
        look = LookBack(desk=desk, connection=self._connection, missed=intake.missed, clock=self._clock)
        gateway = Gateway(
            connection=self._connection,
            lease=self._lease,
            opened=lambda content: self._opened(_Ears(intake, gateway), content=content),
            held=self._synced,
            looks=look,
            clock=self._clock,
        )
        group.create_task(look.run())
        await gateway.run()

    def _opened(self, ears: _Ears, *, content: bool) -> Listening:
        return Listening(ears, self._clock, gateway_url=self._gateway_url, content=content)

    async def _synced(self) -> None:
        """Tell Discord of the commands, however long it is away."""
        while True:
            try:
                await synced(self._connection)
            except Misset:
                return  # whoever listens says so
            except Refused as error:
                _log.error("Discord does not take the commands", why=error.told)
                return
            except Exception as error:  # noqa: BLE001 - whatever a server says that only resembles Discord's
                why = error.told if isinstance(error, DiscordError) else type(error).__name__
                _log.warning("Discord was not told of the commands", why=why)
                await self._clock.sleep(_AGAIN)
            else:
                return

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show the parts."""
        await self._replying.reply(question, parts, journal)

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads at a place now."""
        return await self._facts.audience(place, asker)

    async def around(self, question: Question, /) -> Sequence[Said]:
        """Give what was said where a question was asked."""
        return await self._reading.around(question)

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Show a notice."""
        await self._replying.notify(place, notice)


@dataclass(frozen=True, slots=True)
class _Ears:
    """Hears for the intake, and tells whoever looks back of new sessions."""

    intake: Intake
    gateway: Gateway

    def hear(self, event: str, payload: object, /) -> None:
        self.intake.hear(event, payload)

    def arrived(self, guild: str, /) -> None:
        self.intake.arrived(guild)

    def left(self, guild: str, /) -> None:
        self.intake.left(guild)

    def anew(self) -> None:
        self.gateway.anew()


def _first(errors: ExceptionGroup) -> Exception:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
