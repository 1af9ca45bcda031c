"""Who listens: one process at a time, the one that holds the lease; and whatever ends its client, another one begins.

Where several processes listened, Discord would tell each of them everything.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import discord
import structlog

from adapters.discord.errors import DiscordError, Misset

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from adapters.clock import Clock
    from adapters.discord.base import Lease
    from adapters.discord.connection import Connection
    from adapters.discord.listening import Listening

_PAUSES: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before each further client, the last again and again."""
_SETTLED: Final = 120.0
"""Seconds that a client lasts that was not ended at once in effect."""
_DEAF: Final = 180.0
"""Seconds for which a client may be without a connection that it is to have."""
_LOOKING: Final = 5.0
_CERTAIN: Final = 120.0
"""Seconds after which it is certain that all was heard: discord.py closes what it heard nothing of for so long."""
_RELEASING: Final = 2.0
_CLOSING: Final = 5.0
_REFUSED: Final = 4004
_TOKEN: Final = "DISCORD_TOKEN is not accepted: take the token of your bot (Bot, Reset Token)."  # noqa: S105 - no token
_CONTENT: Final = (
    "The bot may not read what people write without mentioning it: switch on the Message Content Intent of your "
    "application (Bot, Privileged Gateway Intents at https://discord.com/developers/applications). Until the next "
    "start it does without: it answers commands, mentions and direct messages, but no follow-ups without a mention."
)
_NOWHERE: Final = "the server at DISCORD_API_URL names no gateway: set DISCORD_GATEWAY_URL"
_log = structlog.get_logger()


class Looks(Protocol):
    """Looks back for what was said while nobody listened."""

    @property
    def pending(self) -> bool:
        """Whether there is still something to look for."""
        ...

    def since(self, at: float | None, /) -> None:
        """Have looked for what was said since then; None is as far back as it goes."""
        ...


@dataclass(slots=True, kw_only=True)
class Gateway:
    """Listens while it runs and holds the lease.

    ``opened`` makes a client, with what people write or without; ``held`` is done whenever the lease is held anew.
    """

    connection: Connection
    lease: Lease
    opened: Callable[[bool], Listening]
    held: Callable[[], Coroutine[Any, Any, None]]
    looks: Looks
    clock: Clock
    _content: bool = True
    _until: float | None = field(default=None, init=False)
    """Until when everything was heard for certain, as far as is known."""
    _began: float = field(default=0.0, init=False)
    """When the session began, before which all was looked for once no look is pending."""

    async def run(self) -> None:
        """Listen, whenever nobody else does, until cancelled. Raises Misset where Discord does not know the token."""
        try:
            while True:
                await self._acquired()
                await self._holding()
        finally:
            with suppress(Exception):
                async with asyncio.timeout(_RELEASING):
                    await self.lease.release()

    def anew(self) -> None:
        """Look for what was said between two sessions."""
        _log.info("connected to Discord")
        self._began = self.clock.now()
        self.looks.since(self._until)

    async def _acquired(self) -> None:
        while True:
            try:
                if await self.lease.acquire():
                    self._until = await self.lease.heard()
                    return
            except Exception as error:  # noqa: BLE001 - whatever a store's library raises
                _log.warning("nobody knows who listens to Discord", error=type(error).__name__)
            await self.clock.sleep(self.lease.seconds / 3)

    async def _holding(self) -> None:
        _log.info("listens to Discord")
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(self._listen()), group.create_task(self.held())]
                await self._renewed()
                for task in beside:
                    task.cancel()
        except ExceptionGroup as errors:
            raise _first(errors) from errors
        _log.warning("listens to Discord no more: another process does, or nobody knows")

    async def _renewed(self) -> None:
        """Renew the lease, and return where it is not held any more, or may soon be another's."""
        whole = self.lease.seconds
        until = self.clock.now() + whole * 0.8
        pause = whole / 3
        while True:
            await self.clock.sleep(min(pause, max(0.0, until - self.clock.now())))
            began = self.clock.now()
            try:
                async with asyncio.timeout(max(0.1, until - began)):
                    if not await self.lease.renew(self._heard()):
                        return
                until, pause = began + whole * 0.8, whole / 3
            except Exception as error:  # noqa: BLE001 - the same
                _log.warning("not known whether this process is to listen", error=type(error).__name__)
                pause = whole / 15
            if self.clock.now() >= until:
                return

    def _heard(self) -> float | None:
        """Say until when everything was heard for certain; None where that is not known to be later than before."""
        client = self.connection.gateway
        if client is not None and getattr(client, "whole", False) and not self.looks.pending:
            self._until = max(self._until or 0.0, self._began, self.clock.now() - _CERTAIN)
            return self._until
        return None

    async def _listen(self) -> None:
        failures = 0
        while True:
            began = self.clock.now()
            try:
                await self._connected()
            except discord.PrivilegedIntentsRequired as error:
                if self._content:
                    self._content = False
                    _log.warning(_CONTENT)
                    continue
                _ended(error)
            except Misset:
                raise
            except discord.LoginFailure as error:
                raise Misset(_TOKEN) from error
            except Exception as error:  # whatever ends one client, another takes its place
                if isinstance(error, discord.ConnectionClosed) and error.code == _REFUSED:
                    raise Misset(_TOKEN) from error
                _ended(error)
            failures = 0 if self.clock.now() - began >= _SETTLED else failures + 1
            await self.clock.sleep(_PAUSES[min(max(failures, 1), len(_PAUSES)) - 1])

    async def _connected(self) -> None:
        """Listen with one client, until it ends or is deaf; whoever comes then finds that the bot can be asked for."""
        await self.connection.client()
        client = self.opened(self._content)
        self.connection.owns(client)
        try:
            await client.login(self.connection.token)
            self.connection.gateway = client
            await self._heard_by(client)
        finally:
            self.connection.gateway = None
            if not client.is_closed():
                await _closed(client)

    async def _heard_by(self, client: Listening) -> None:
        """Hear one client to its end. It swallows a cancellation while it connects anew, so it is closed before."""
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watched(client))
            connecting = group.create_task(_ends(client))
            try:
                await asyncio.wait([connecting, watching], return_when=asyncio.FIRST_COMPLETED)
            finally:
                watching.cancel()
                await _closed(client)
                connecting.cancel()
        if not connecting.cancelled() and (error := connecting.result()) is not None:
            raise error

    async def _watched(self, client: Listening) -> None:
        """Return once a client has been deaf for too long."""
        last = self.clock.now()
        while True:
            await self.clock.sleep(_LOOKING)
            if client.whole:
                last = self.clock.now()
            elif self.clock.now() - last >= _DEAF:
                _log.warning("nothing came from Discord for minutes, so the connection is made anew")
                return


async def _ends(client: Listening) -> Exception | None:
    """Give by what a client ended: an error in its group would cancel its being closed."""
    try:
        await client.connect()
    except Exception as error:  # noqa: BLE001 - it is given on
        return error
    return None


async def _closed(client: Listening) -> None:
    """Close a client once, whether or not its server says goodbye."""
    try:
        async with asyncio.timeout(_CLOSING):
            await client.close()
    except TimeoutError:
        await client.http.close()


def _ended(error: Exception) -> None:
    told = (
        f"Discord closed the connection with code {error.code}."
        if isinstance(error, discord.ConnectionClosed)
        else None
    )
    told = _NOWHERE if isinstance(error, discord.GatewayNotFound) else getattr(error, "told", told)
    trace = None if isinstance(error, DiscordError | discord.DiscordException | OSError | TimeoutError) else error
    _log.warning("not connected to Discord", error=type(error).__name__, why=told, exc_info=trace)


def _first(errors: ExceptionGroup) -> Exception:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
