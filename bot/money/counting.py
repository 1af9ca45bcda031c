"""Opens the rates that the settings ask for: shared ones where there is a Redis, else those of this process."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.errors import BadSettings
from bot.money.windows import Windows
from bot.ops.readiness import Check
from bot.ops.supervising import Side, beside
from bot.stores.redis_address import redis_address

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.money.base import Rates
    from bot.stores.redis import Redis

_ALONE = "Redis cannot be used, so each process counts questions by itself."
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Rates, open, and what ``/readyz`` says of them."""

    rates: Rates
    checks: tuple[Check, ...] = ()


@asynccontextmanager
async def counting(redis_url: str | None) -> AsyncGenerator[Counting]:
    """Count in this process, and with others where they share a Redis, which need not be there yet.

    Raises BadSettings where the package for it is missing, or a file that its address names.
    """
    local = Windows()
    if redis_url is None:
        yield Counting(rates=local)
        return
    redis = _redis(redis_url)
    from bot.money.shared import SharedWindows  # noqa: PLC0415 - with its library, which need not be installed
    from bot.stores.redis import EVERY  # noqa: PLC0415

    shared = SharedWindows(redis, local)
    check = Check(name="redis", probe=shared.probe, down=_ALONE, required=False)
    async with redis, beside(Side(name="Redis", work=redis.look, every=EVERY)):
        yield Counting(rates=shared, checks=(check,))


def _redis(url: str) -> Redis:
    try:
        from bot.stores.redis import Redis  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "redis":
            raise
        told = "REDIS_URL needs a package that is not installed: run pip install 'footnote-bot[redis]'."
        raise BadSettings(told) from error
    address = redis_address(url)
    if not address.verified:
        _log.warning("the certificate of Redis is not verified, as REDIS_URL says", server=address.shown)
    try:
        return Redis(address)
    except OSError as error:
        told = f"The file of certificates that REDIS_URL names cannot be read: {address.authorities}"
        raise BadSettings(told) from error
