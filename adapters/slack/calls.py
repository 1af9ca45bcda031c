"""Calls to Slack's Web API, with what is known afterwards: done, refused, not done, or nobody knows.

The SDK's own retries are off: one of them posts again what was posted already. What may be asked again is, here, within
bounds; what may not is ``Unsure`` once its answer was lost, and whoever posted looks for it on the platform.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientConnectionError, ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.clock import Clock, Running
from adapters.slack.errors import Away, Limited, Refused, SlackError, Unsure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_sdk.web.async_client import AsyncWebClient

Answer = dict[str, Any]
"""What Slack answers; anybody may have written it, so it is read with ``adapters.slack.payload``."""

_PAUSES: Final = (0.2, 0.8, 2.0)
"""Seconds before each further try of what may be asked again."""
_ONE: Final = 15.0
"""Seconds that one try may take."""
_SERVER: Final = 500
_LACKING: Final = frozenset({404, 405, 501})
"""What a server answers, often as a page of HTML, where it does not know a method."""
_UNTIMELY: Final = 408
_PASSING: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""What Slack says where it may have done it and may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """One token's calls; methods are named as Slack names them, arguments as the SDK does."""

    client: AsyncWebClient
    clock: Clock = field(default_factory=Running)

    async def ask(self, method: str, /, *, within: float = 20.0, **arguments: object) -> Answer:
        """Call what changes nothing, or comes to the same twice, again where that helps, for so many seconds in all.

        Raises SlackError.
        """
        until = self.clock.now() + within
        for pause in (*_PAUSES, None):
            try:
                return await self._once(method, arguments, until)
            except Refused:
                raise
            except SlackError as error:
                wait = error.seconds if isinstance(error, Limited) else pause
                if pause is None or wait is None or self.clock.now() + wait >= until:
                    raise
                await self.clock.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def act(
        self, method: str, held: Callable[[], Awaitable[object]], /, *, within: float = 120.0, **arguments: object
    ) -> Answer:
        """Call what does something each time: again only where Slack did nothing, for so many seconds in all.

        ``held`` is asked before each try, when nothing is left to wait for, and may raise. Raises SlackError.
        """
        until = self.clock.now() + within
        for pause in (*_PAUSES, None):
            try:
                await held()
                return await self._once(method, arguments, until)
            except Refused:
                raise
            except (Limited, Away) as error:
                wait = error.seconds if isinstance(error, Limited) else pause
                if pause is None or wait is None or self.clock.now() + wait >= until:
                    raise
                await self.clock.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def _once(self, method: str, arguments: Mapping[str, object], until: float) -> Answer:
        call = getattr(self.client, method.replace(".", "_"))
        try:
            async with asyncio.timeout(max(0.05, min(_ONE, until - self.clock.now()))):
                answer = await call(**arguments)
        except SlackApiError as error:
            raise _refusal(method, error) from error
        except ClientConnectorError as error:
            raise Away("Slack cannot be reached.") from error
        except (ClientError, ClientConnectionError, TimeoutError, SlackClientError, ValueError) as error:
            raise Unsure(f"Slack gave no answer to {method}.") from error
        data: object = answer.data
        if not isinstance(data, dict):
            raise Unsure(f"Slack gave no answer to {method} that can be read.")
        return data


def faulty(status: int, code: str) -> bool:
    """Whether it is a fault of Slack's own, which ends by itself, and says nothing of what was asked for."""
    return status >= _SERVER or code in _PASSING


def _refusal(method: str, error: SlackApiError) -> SlackError:
    answer = error.response
    status, data = _status(answer), getattr(answer, "data", answer)
    code = data.get("error") if isinstance(data, dict) else None
    if status == 429 or code in {"ratelimited", "rate_limited"}:  # noqa: PLR2004 - what HTTP calls it
        return Limited(method, _seconds(getattr(answer, "headers", {})))
    if not isinstance(code, str):
        code = _unnamed(status, data)
    if code is None or code in _PASSING or (faulty(status, code) and status not in _LACKING):
        return Unsure(f"Slack gave no answer to {method}.")
    needed = data.get("needed") if isinstance(data, dict) else ""
    return Refused(method, code, needed if isinstance(needed, str) else "")


def _status(answer: object) -> int:
    """Give what HTTP said; what cannot be read as JSON comes as the answer of the HTTP client itself."""
    found = getattr(answer, "status_code", None) or getattr(answer, "status", 0)
    return found if isinstance(found, int) else 0


def _unnamed(status: int, data: object) -> str | None:
    """Give a word for a refusal that has none; None where it may be none."""
    if status in _LACKING:
        return "unknown_method"
    if 400 <= status < _SERVER and status != _UNTIMELY:  # noqa: PLR2004 - what HTTP calls a refusal
        return f"http_{status}"
    return "unnamed" if isinstance(data, dict) and data.get("ok") is False and status < _SERVER else None


def _seconds(headers: object) -> float:
    """Give how long Slack wants to be left alone; it says so in whole seconds."""
    given = headers.get("Retry-After", headers.get("retry-after")) if hasattr(headers, "get") else None
    try:
        return min(600.0, max(0.0, float(given or 1)))
    except (TypeError, ValueError):
        return 1.0
