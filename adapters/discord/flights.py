"""Requests to Discord under way: whoever waits for one may stop to, and nothing else is hurt by that.

discord.py lets all requests of a client wait for one that is told to wait, and would for ever if that one were
cancelled meanwhile. So it comes to its end, though nobody waits for it; all others are cancelled, since a request that
gets no answer holds up those of its kind.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from aiohttp import TraceConfig

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import SimpleNamespace

    from aiohttp import ClientSession, TraceRequestEndParams, TraceRequestStartParams
    from discord.http import Route

_TOO_MANY: Final = 429


@dataclass(slots=True)
class Flight:
    """One request: it waits to be sent, is sent, or rests, as Discord told it to."""

    state: Literal["waiting", "sent", "resting"] = "waiting"


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
                if flight.state != "resting":
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
        _say(context, "sent")

    async def ended(_: ClientSession, context: SimpleNamespace, params: TraceRequestEndParams) -> None:
        _say(context, "resting" if params.response.status == _TOO_MANY else "sent")

    trace.on_request_start.append(started)
    trace.on_request_end.append(ended)
    return trace


def _say(context: SimpleNamespace, state: Literal["sent", "resting"]) -> None:
    flight = getattr(context, "trace_request_ctx", None)
    if isinstance(flight, Flight):
        flight.state = state
