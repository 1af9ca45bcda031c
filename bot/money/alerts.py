"""Says that a limit is nearly used up: always in the log, and at a place where that is configured.

The ledger calls it in the middle of its work, so it only notes what there is to say; a task of its own says it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog

from adapters.base import Notice, Place
from adapters.markup import Paragraph, Plain
from adapters.spending import dollars, moment, percent
from bot.ops.supervising import Side, beside

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from adapters.base import Adapter, Principal
    from bot.money.base import Account, Payer

PAUSES: Final = (1.0, 5.0, 30.0, 120.0)
"""Seconds before it is tried again to say something at a place that could not be reached."""
_LEAVING: Final = 3.0
"""Seconds that a service which ends takes for what is not said yet."""
_MANY: Final = 100
"""Alerts that wait to be said, at most; a limit alerts once in its period, so there are never many."""
_FOLLOWS: Final = (
    "From 90 % on small models answer and people may ask half as often; at 100 % answers are quotes from the documents "
    "until then."
)
_log = structlog.get_logger()


class Alerts:
    """Takes alerts, and says them while it is ``running``. Calling it raises nothing and waits for nothing."""

    def __init__(
        self,
        place: Principal | None,
        adapters: Mapping[str, Adapter],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``place`` is a channel such as ``slack:T1:channel:C1``, or none; ``adapters`` are open, by their names."""
        self._place = place_of(place) if place else None
        self._adapter = adapters.get(self._place.platform) if self._place else None
        self._sleep = sleep
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_MANY)

    def __call__(self, account: Account, payer: Payer) -> None:
        """Log that a limit is nearly used up, and have it said."""
        whose = payer.workspace if account.holder == "workspace" else None
        _log.warning(
            "a limit is nearly used up",
            holder=account.holder,
            workspace=whose,
            unit=account.unit,
            used=account.used,
            limit=account.limit,
            resets_at=account.resets_at.isoformat(),
        )
        if self._adapter is not None and not self._waiting.full():
            self._waiting.put_nowait(told(account, payer))
        elif self._place is not None:
            _log.warning("the alert is said in this log alone", platform=self._place.platform)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Say what there is to say while the body runs, and once more what is left at its end."""
        async with beside(Side(name="alerts of money", work=self._say_next, every=0.0)):
            yield
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING):
                while not self._waiting.empty():
                    await self._said(self._waiting.get_nowait(), last=True)

    async def _say_next(self) -> None:
        """Wait for an alert, and try a few times to say it."""
        sentence = await self._waiting.get()
        for pause in (*PAUSES, None):
            if await self._said(sentence, last=pause is None) or pause is None:
                return
            await self._sleep(pause)

    async def _said(self, sentence: str, *, last: bool) -> bool:
        if self._adapter is None or self._place is None:
            return True
        try:
            await self._adapter.notify(self._place, Notice(blocks=(Paragraph((Plain(sentence),)),)))
        except Exception as error:  # noqa: BLE001 - a platform's library may raise anything
            log = _log.error if last else _log.info
            log("an alert could not be said", platform=self._place.platform, last=last, exc_info=error)
            return False
        return True


def place_of(channel: Principal) -> Place:
    """Give the place that is a channel."""
    workspace, _, name = channel.partition(":channel:")
    return Place(platform=workspace.partition(":")[0], workspace=workspace, channel=name)


def told(account: Account, payer: Payer) -> str:
    """Say how much of which limit is used, until when, and what follows."""
    share = percent(account.used, account.limit)
    whole = f"It resets at {moment(account.resets_at)}."
    return f"{_whose(account, payer)} {share} used: {_used(account)}. {whole} {_FOLLOWS}"


def _whose(account: Account, payer: Payer) -> str:
    match account.holder:
        case "person":
            return f"Today's limit of {payer.person} is"
        case "workspace":
            return f"This month's limit of {payer.workspace} is"
        case "everyone":
            return "Today's limit of everyone together is"


def _used(account: Account) -> str:
    if account.unit == "micros":
        return f"{dollars(account.used)} of {dollars(account.limit)}"
    return f"{account.used:,} of {account.limit:,} questions"
