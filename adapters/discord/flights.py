"""Requests to Discord under way: whoever waits for one may stop to, and nothing else is hurt by that.

discord.py lets other requests of a client wait for one that is told to wait, or whose answer uses up a limit, and does
so for ever, or for long, if that one is cancelled meanwhile. So it comes to its end, though nobody waits for it, but is
not sent again. What is on its way is cancelled: a request that gets no answer holds up those of its kind.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from aiohttp import TraceConfig

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import SimpleNamespace

    from aiohttp import ClientSession, TraceRequestEndParams, TraceRequestExceptionParams, TraceRequestStartParams
    from discord.http import Route

_TOO_MANY: Final = 429


@dataclass(slots=True)
class Flight:
    """One request: it waits to be sent, is sent, has landed, or rests, as Discord told it to, which then did nothing.

    ``renew`` lets whoever waits for it wait anew from now on, and raises RuntimeError where they do not any more.
    """

    renew: Callable[[], None] | None = None
    state: Literal["waiting", "sent", "landed", "resting"] = "waiting"
    doubtful: bool = False
    """Whether it was sent before, and nobody knows what came of that."""
    left: bool = False
    """Whether nobody waits for it any more, so that it is not to be sent."""

    @property
    def undone(self) -> bool:
        """Whether Discord surely did nothing of it so far."""
        return self.state in {"waiting", "resting"} and not self.doubtful

    def sets_out(self) -> None:
        """Be sent, for the first time or once more. Raises Left."""
        if self.left:
            raise Left
        if self.renew is not None:
            try:
                self.renew()
            except RuntimeError as error:
                self.left = True
                raise Left from error
        self.doubtful |= self.state in {"sent", "landed"}
        self.state = "sent"

    def leave(self) -> bool:
        """Be waited for no more; give whether it may be cancelled now, and does not end by itself."""
        before, self.left = self.left, True
        return not before and self.state in {"waiting", "sent"}


class Left(Exception):
    """Nobody waits for a request that was about to be sent."""


class Request(Protocol):
    """What makes a request; discord.py's own, or this one around it."""

    async def __call__(self, route: Route, /, *, flight: Flight | None = None, **given: Any) -> Any:  # noqa: ANN401
        """Make it."""
        ...


class Flights:
    """One client's requests. While it is not open, there are none."""

    def __init__(self) -> None:
        """Be closed."""
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._group = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        group, self._group = self._group, None
        for task in self._tasks:
            task.cancel()
        if group is not None:
            await group.__aexit__(None, None, None)

    def owning(self, request: Callable[..., Awaitable[Any]]) -> Request:
        """Give what makes the same requests, each in a task of its own, which ends when the connection does."""

        async def owned(route: Route, /, *, flight: Flight | None = None, **given: Any) -> Any:  # noqa: ANN401
            flight = flight or Flight()
            made = request(route, trace_request_ctx=flight, **given)
            if self._group is None:
                return await made
            came: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            task = self._group.create_task(_fly(made, came))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            try:
                return await came
            except asyncio.CancelledError:
                if flight.leave():
                    task.cancel()
                raise

        return owned


async def _fly(made: Awaitable[Any], came: asyncio.Future[Any]) -> None:
    """See a request to its end; nobody may wait for it any more."""
    try:
        found = await made
    except asyncio.CancelledError:
        came.cancel()
        raise
    except Exception as error:  # noqa: BLE001 - whoever waits raises it
        if not came.done():
            came.set_exception(error)
    else:
        if not came.done():
            came.set_result(found)


def traced() -> TraceConfig:
    """Give what tells each flight what becomes of it."""
    trace = TraceConfig()

    async def started(_: ClientSession, context: SimpleNamespace, __: TraceRequestStartParams) -> None:
        if (flight := _flight(context)) is not None:
            flight.sets_out()

    async def ended(_: ClientSession, context: SimpleNamespace, params: TraceRequestEndParams) -> None:
        if (flight := _flight(context)) is not None:
            flight.state = "resting" if params.response.status == _TOO_MANY else "landed"

    async def failed(_: ClientSession, context: SimpleNamespace, __: TraceRequestExceptionParams) -> None:
        if (flight := _flight(context)) is not None:
            flight.state = "landed"

    trace.on_request_start.append(started)
    trace.on_request_exception.append(failed)
    trace.on_request_end.append(ended)
    return trace


def _flight(context: SimpleNamespace) -> Flight | None:
    found = getattr(context, "trace_request_ctx", None)
    return found if isinstance(found, Flight) else None
