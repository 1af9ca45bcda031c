from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.base import Place
from bot.money.alerts import PAUSES, Alerts, place_of, told
from bot.money.base import Account, Payer
from tests.doubles.adapters import RecordingAdapter

if TYPE_CHECKING:
    from adapters.base import Notice

ADMINS = "recording:T1:channel:C9"
PAYER = Payer(person="slack:T1:person:U1", workspace="slack:T1", channel="slack:T1:channel:C1")
TODAY = Account(
    holder="everyone",
    unit="micros",
    used=84_120_000,
    limit=100_000_000,
    resets_at=datetime(2026, 11, 26, tzinfo=UTC),
)
PLAN = Account(holder="workspace", unit="questions", used=80, limit=100, resets_at=datetime(2026, 12, 1, tzinfo=UTC))
FOLLOWS = (
    "From 90 % on small models answer and people may ask half as often; at 100 % answers are quotes from the documents "
    "until then."
)


class Platform(RecordingAdapter):
    """Fails so many times, then takes every notice; ``heard`` says that it took one."""

    def __init__(self, failures: int = 0) -> None:
        super().__init__()
        self.tries = 0
        self.heard = asyncio.Event()
        self._failures = failures

    async def notify(self, place: Place, notice: Notice, /) -> None:
        self.tries += 1
        if self.tries <= self._failures:
            raise ConnectionResetError
        await super().notify(place, notice)
        self.heard.set()


class Pauses:
    """Sleeps not at all, and remembers for how long it should have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def test_an_alert_says_how_much_of_which_limit_until_when_and_what_follows() -> None:
    assert told(TODAY, PAYER) == (
        "Today's limit of everyone together is 84 % used: $84.12 of $100.00. It resets at 00:00 UTC on "
        f"26 November. {FOLLOWS}"
    )
    assert told(PLAN, PAYER) == (
        "This month's limit of slack:T1 is 80 % used: 80 of 100 questions. It resets at 00:00 UTC on "
        f"1 December. {FOLLOWS}"
    )


@pytest.mark.parametrize(
    ("channel", "place"),
    [
        ("slack:T1:channel:C1", Place(platform="slack", workspace="slack:T1", channel="C1")),
        ("terminal:local:channel:terminal", Place(platform="terminal", workspace="terminal:local", channel="terminal")),
    ],
)
def test_a_channels_principal_is_a_place(channel: str, place: Place) -> None:
    assert place_of(channel) == place


async def test_an_alert_is_logged_and_said_at_its_place() -> None:
    platform = Platform()
    alerts = Alerts(ADMINS, {"recording": platform})
    with capture_logs() as logs:
        async with alerts.running(), asyncio.timeout(30):
            alerts(PLAN, PAYER)
            await platform.heard.wait()
    assert platform.notices == [(place_of(ADMINS), told(PLAN, PAYER))]
    (line,) = logs
    assert (line["log_level"], line["event"]) == ("warning", "a limit is nearly used up")
    assert (line["workspace"], line["used"], line["limit"]) == ("slack:T1", 80, 100)


async def test_alerts_from_before_it_runs_are_said_in_their_order() -> None:
    platform = Platform()
    alerts = Alerts(ADMINS, {"recording": platform})
    alerts(TODAY, PAYER)
    alerts(PLAN, PAYER)
    async with alerts.running(), asyncio.timeout(30):
        while len(platform.notices) < 2:
            platform.heard.clear()
            await platform.heard.wait()
    assert [text for _, text in platform.notices] == [told(TODAY, PAYER), told(PLAN, PAYER)]


async def test_a_platform_that_fails_for_a_while_is_tried_again() -> None:
    platform, pauses = Platform(failures=len(PAUSES)), Pauses()
    alerts = Alerts(ADMINS, {"recording": platform}, sleep=pauses)
    with capture_logs() as logs:
        async with alerts.running(), asyncio.timeout(30):
            alerts(TODAY, PAYER)
            await platform.heard.wait()
    assert pauses.seconds == list(PAUSES)
    assert len(platform.notices) == 1
    assert "error" not in {line["log_level"] for line in logs}


async def test_a_platform_that_stays_away_costs_one_alert_and_a_line_in_the_log() -> None:
    platform, pauses = Platform(failures=len(PAUSES) + 1), Pauses()
    alerts = Alerts(ADMINS, {"recording": platform}, sleep=pauses)
    with capture_logs() as logs:
        async with alerts.running(), asyncio.timeout(30):
            alerts(TODAY, PAYER)
            alerts(PLAN, PAYER)
            await platform.heard.wait()
    assert [text for _, text in platform.notices] == [told(PLAN, PAYER)]
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["an alert could not be said"]


@pytest.mark.parametrize("place", [None, "slack:T1:channel:C1"])
async def test_without_a_place_here_it_is_said_in_the_log_alone(place: str | None) -> None:
    platform = Platform()
    alerts = Alerts(place, {"recording": platform})
    with capture_logs() as logs:
        async with alerts.running():
            alerts(TODAY, PAYER)
            await asyncio.sleep(0)
    assert platform.tries == 0
    assert [line["event"] for line in logs][:1] == ["a limit is nearly used up"]
    assert any("this log alone" in line["event"] for line in logs) == (place is not None)


async def test_a_flood_of_alerts_is_never_the_ledgers_trouble() -> None:
    alerts = Alerts(ADMINS, {"recording": Platform()})
    with capture_logs() as logs:
        for _ in range(1_000):
            alerts(TODAY, PAYER)
    assert sum(line["event"] == "a limit is nearly used up" for line in logs) == 1_000
