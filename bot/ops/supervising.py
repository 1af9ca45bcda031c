"""Work beside the answers: what fails is said once, tried again after a growing pause, and ends nothing else."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

import structlog

from knowledge import owning

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 300.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A task that a service can live without; done again ``every`` so many seconds after it was done.

    After failures it is tried again after a pause that grows to ``longest_pause``.
    """

    name: str
    work: Callable[[], Awaitable[object]]
    every: float
    longest_pause: float = 300.0


@asynccontextmanager
async def beside(*sides: Side) -> AsyncGenerator[None]:
    """Do these while the body runs. An error of the body comes out as itself."""
    async with owning.beside(supervised(side) for side in sides):
        yield


async def supervised(side: Side, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> NoReturn:
    """Do it again and again, until cancelled."""
    failures = 0
    while True:
        try:
            await side.work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the service goes on
            failures += 1
            _report(side, error, failures)
            await sleep(min(side.longest_pause, pause(failures)))
        else:
            if failures:
                _log.warning("a side task works again", task=side.name)
            failures = 0
            await sleep(side.every)


def pause(failures: int) -> float:
    """Give the seconds until another try, after so many failures in a row: 1, 2, 4, up to 300."""
    return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(failures - 1, 20)))


def _report(side: Side, error: Exception, failures: int) -> None:
    """Say the first of failures in a row; an error of our trees explains itself, so it comes without a trace."""
    told = getattr(error, "told", None)
    if failures > 1:
        _log.debug("a side task failed again", task=side.name, failures=failures, why=told)
    elif told is None:
        _log.error("a side task failed and is tried again", task=side.name, exc_info=error)
    else:
        _log.warning("a side task failed and is tried again", task=side.name, why=told)
