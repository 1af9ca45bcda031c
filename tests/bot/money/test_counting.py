from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.errors import BadSettings, RedisAway
from bot.money.counting import counting
from bot.money.windows import Windows
from bot.stores import redis
from tests.contracts.rates import ask, fill
from tests.doubles.network import encrypted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles import valkey


async def test_without_a_redis_each_process_counts_by_itself() -> None:
    async with counting(None) as counted:
        assert isinstance(counted.rates, Windows)
        assert counted.checks == ()


async def test_with_a_redis_all_who_share_it_count_together(
    redis_server: valkey.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = {**(redis.Redis.__init__.__kwdefaults__ or {}), "budget": 30.0}  # a busy machine is no outage here
    monkeypatch.setattr(redis.Redis.__init__, "__kwdefaults__", defaults)
    async with counting(redis_server.address) as one, counting(redis_server.address) as another:
        await fill(one.rates, 3)
        assert await ask(another.rates, "fourth") is not None
        (check,) = one.checks
        assert (check.name, check.required) == ("redis", False)
        assert await check.probe() == "Redis answers, so all processes count questions together."


async def test_a_redis_that_is_not_there_keeps_nobody_from_starting() -> None:
    with capture_logs() as logs:
        async with counting("redis://127.0.0.1:1") as counted:
            await fill(counted.rates, 3)
            assert await ask(counted.rates, "fourth") is not None
            with pytest.raises(RedisAway):
                await counted.checks[0].probe()
    assert [line["event"] for line in logs] == ["Redis cannot be used, and is done without"]


async def test_a_package_that_is_missing_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.stores.redis", raising=False)
    for name in [name for name in sys.modules if name == "redis" or name.startswith("redis.")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(BadSettings, match=r"pip install 'footnote-bot\[redis\]'"):
        async with counting("redis://cache"):
            pass


async def test_a_file_of_certificates_that_is_missing_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "ca.pem"
    with pytest.raises(BadSettings, match=str(missing)):
        async with counting(f"rediss://cache?ssl_ca_certs={missing}"):
            pass


async def test_that_a_certificate_is_not_verified_is_said(redis_server: valkey.Server) -> None:
    with capture_logs() as logs:
        async with encrypted(redis_server.port) as port, counting(f"rediss://127.0.0.1:{port}?ssl_cert_reqs=none"):
            pass
    assert [line["event"] for line in logs] == ["the certificate of Redis is not verified, as REDIS_URL says"]
