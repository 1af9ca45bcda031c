from __future__ import annotations

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from bot.ops import readiness
from bot.ops.readiness import Check, Readiness


class Probe:
    """Works, unless it was given an error to raise."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return "It works."


class Service:
    def __init__(self, probe: Probe, *, required: bool = True) -> None:
        self.time = 0.0
        self.readiness = Readiness(lambda: self.time)
        self.readiness.expect([Check(name="store", probe=probe, down="It does not.", required=required)])
        self.readiness.phase = "serving"

    def store(self) -> tuple[object, object, object]:
        told = self.readiness.report()["dependencies"]["store"]
        return told["state"], told["age"], told["told"]


async def test_before_the_first_check_nothing_is_known() -> None:
    service = Service(Probe())
    assert not service.readiness.ready()
    assert service.store() == ("unknown", None, "It was not checked yet.")


async def test_a_good_check_makes_it_ready_and_grows_old() -> None:
    service = Service(Probe())
    await service.readiness.check()
    service.time = 7.0
    assert service.readiness.ready()
    assert service.store() == ("up", 7.0, "It works.")


async def test_a_check_that_is_too_old_counts_no_more() -> None:
    service = Service(Probe())
    await service.readiness.check()
    service.time = 46.0
    assert not service.readiness.ready()
    assert service.store()[0] == "down"


async def test_what_fails_is_down_and_keeps_the_age_of_its_last_good_check() -> None:
    probe = Probe()
    service = Service(probe)
    await service.readiness.check()
    probe.error = ConnectionError("password=hunter22")
    service.time = 5.0
    with capture_logs() as logs:
        for _ in range(3):
            await service.readiness.check()
        assert not service.readiness.ready()
        assert service.store() == ("down", 5.0, "It does not.")
        assert "hunter22" not in json.dumps(service.readiness.report())
        probe.error = None
        await service.readiness.check()
    assert service.readiness.ready()
    assert [line["event"] for line in logs] == ["a dependency cannot be used", "a dependency can be used again"]


async def test_what_is_not_required_may_be_down() -> None:
    service = Service(Probe(LookupError()), required=False)
    with capture_logs():
        await service.readiness.check()
    assert service.readiness.ready()
    assert service.store()[0] == "down"


async def test_a_check_that_hangs_is_down_and_holds_no_other_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(readiness, "_PATIENCE", 0.0)
    service = Service(Probe())
    service.readiness.expect([Check(name="hung", probe=hang, down="It hangs.")])
    with capture_logs():
        await service.readiness.check()
    assert service.readiness.report()["dependencies"]["hung"]["state"] == "down"


@pytest.mark.parametrize("phase", ["starting", "draining"])
async def test_it_is_ready_only_while_it_serves(phase: readiness.Phase) -> None:
    service = Service(Probe())
    await service.readiness.check()
    service.readiness.phase = phase
    assert not service.readiness.ready()


async def test_asking_checks_nothing() -> None:
    probe = Probe()
    service = Service(probe)
    for _ in range(10):
        service.readiness.report()
        service.readiness.ready()
    assert probe.calls == 0
