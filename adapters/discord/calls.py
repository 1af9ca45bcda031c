"""Calls to Discord's REST API, with what is known afterwards: done, refused, not done, or nobody knows.

They go through discord.py's own HTTP client, which waits as the headers of each route say, and asks again where Discord
answers 429 or is out of order; so a post needs a nonce, by which Discord knows it when it comes twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiohttp import ClientConnectorError, ClientError
from discord import DiscordServerError, HTTPException, InvalidData, RateLimited
from discord.http import Route

from adapters.discord.errors import Away, DiscordError, Limited, Refused, Unsure
from adapters.discord.flights import Flight
from adapters.discord.lenient import wait

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import discord

T = TypeVar("T")

_UNCOUNTED: Final = "/interactions/"
"""What Discord does not count among a bot's calls."""
_TOO_MANY: Final = 429
_NOT_IMPLEMENTED: Final = 501
"""What a server that only resembles Discord's may answer where it has no such call, and did nothing."""
_LATER: Final = 1.0
"""Seconds until a request may be tried again whose turn did not come, or that Discord still lets wait."""
_LEAST: Final = 0.2
"""Seconds between two requests at least, whatever a server says."""
_BANNED: Final = 60.0
"""Seconds to leave Discord alone that says "too many" in a way for which discord.py does not wait; at most, if it says
itself how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """One bot's calls; a path is written as Discord's documentation does, ``/channels/{channel_id}``, for its limits.

    ``client`` is logged in, and need not be connected. ``turn`` waits until one more call may be made at all.
    """

    client: discord.Client
    turn: Callable[[], Awaitable[None]]

    async def ask(self, method: str, path: str, /, *, within: float = 10.0, **given: Any) -> Any:  # noqa: ANN401
        """Call what changes nothing, or comes to the same twice; ``json`` and ``params`` go along, others into it.

        Gives what Discord answers, which anybody may have written. Raises DiscordError.
        """
        sent = {name: given.pop(name) for name in ("json", "params") if name in given}
        what, flight = f"{method} {path}", Flight()

        async def asked() -> Any:  # noqa: ANN401 - the same
            if not path.startswith(_UNCOUNTED):
                await self.turn()
            return await self.client.http.request(Route(method, path, **given), flight=flight, **sent)

        clock = asyncio.get_running_loop()
        until = clock.time() + within
        while True:
            try:
                return await answered(what, asked(), within=within, flight=flight)
            except Limited as error:
                pause = max(_LEAST, error.seconds)
                if clock.time() + pause >= until:
                    raise
            except Unsure as error:
                if flight.undone:
                    raise Limited(what, _LATER) from error
                raise
            await asyncio.sleep(pause)  # where discord.py does not wait itself

    async def act(
        self,
        held: Callable[[], Awaitable[object]],
        method: str,
        path: str,
        /,
        *,
        within: float = 60.0,
        **given: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Call what does something; ``held`` is asked right before, and may raise. Raises DiscordError."""
        await held()
        return await self.ask(method, path, within=within, **given)


async def answered(what: str, asked: Awaitable[T], /, *, within: float = 10.0, flight: Flight | None = None) -> T:
    """Give what one of discord.py's own calls comes to; ``what`` names it. Raises DiscordError.

    Where it is the request of a ``flight``, the seconds count anew from when that is sent.
    """
    try:
        async with asyncio.timeout(within) as patience:
            if flight is not None:
                flight.renew = lambda: patience.reschedule(asyncio.get_running_loop().time() + within)
            return await asked
    except RateLimited as error:
        raise Limited(what, error.retry_after) from error
    except HTTPException as error:
        raise _refusal(what, error) from error
    except ClientConnectorError as error:
        raise Away("Discord cannot be reached.") from error
    except (ClientError, OSError, TimeoutError, ValueError, TypeError, LookupError, RuntimeError, InvalidData) as error:
        raise Unsure(f"Discord gave no answer to {what}.") from error


def _refusal(what: str, error: HTTPException) -> DiscordError:
    if error.status == _TOO_MANY:
        told = wait(error.response)
        return Limited(what, _BANNED if told is None else min(told, _BANNED))
    if isinstance(error, DiscordServerError) and error.status != _NOT_IMPLEMENTED:
        return Unsure(f"Discord gave no answer to {what}.")
    return Refused(what, error.code, error.status, error.text[:200])
