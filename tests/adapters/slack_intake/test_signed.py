"""Requests to the address of Slack's events: what is Slack's is taken in, and nothing else is, nor breaks anything."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.clock import Running
from adapters.slack.unsigned import Unsigned
from tests.adapters.slack_intake.hearing import Bot, hearing
from tests.doubles.slack import Slack
from tests.doubles.slack_junk import junk, spoiled_payloads
from tests.doubles.slack_payloads import command, envelope, mention

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from tests.doubles.slack.signed import Requests

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BODY = json.dumps(envelope(mention()))


class Address:
    """The address, and a way to send it anything."""

    def __init__(self, bot: Bot, requests: Requests, session: aiohttp.ClientSession) -> None:
        self.bot = bot
        self.requests = requests
        self._session = session

    async def post(self, body: str | bytes, headers: Mapping[str, str], kind: str | None = JSON) -> tuple[int, str]:
        more = {"Content-Type": kind} if kind else {}
        skipped = () if kind else ("Content-Type",)
        data = io.BytesIO(body.encode() if isinstance(body, str) else body)
        async with self._session.post(
            self.requests.url, data=data, headers={**headers, **more}, skip_auto_headers=skipped
        ) as answer:
            return answer.status, await answer.text()

    async def signed(
        self, body: str, kind: str = JSON, *, at: float | None = None, secret: str | None = None
    ) -> tuple[int, str]:
        return await self.post(body, self.requests.signature(body, at=at, secret=secret), kind)


@asynccontextmanager
async def listening() -> AsyncGenerator[Address]:
    async with (
        Slack() as slack,
        aiohttp.ClientSession() as session,
        hearing(slack, Bot(slack, "signed")) as bot,
    ):
        assert slack.requests is not None
        yield Address(bot, slack.requests, session)


async def test_what_slack_did_not_sign_now_is_refused() -> None:
    async with listening() as address:
        good = dict(address.requests.signature(BODY))
        assert (await address.post(BODY, {}))[0] == 401
        assert (await address.signed(BODY, secret="another"))[0] == 401
        assert (await address.signed(BODY, at=time.time() - 600))[0] == 401
        assert (await address.signed(BODY, at=time.time() + 600))[0] == 401
        assert (await address.post(BODY + " ", good))[0] == 401
        for stamp in ("abc", "", "-1", "1e9", "9" * 5_000, "١٢٣".encode().decode("latin-1")):
            assert (await address.post(BODY, good | {"X-Slack-Request-Timestamp": stamp}))[0] == 401
        for signature in ("", "v0=", "v1=abc", "é"):
            assert (await address.post(BODY, good | {"X-Slack-Signature": signature}))[0] == 401
        assert address.bot.events == []
        assert (await address.post(BODY, good))[0] == 200
        assert len(address.bot.asked) == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", JSON, 400),
        ("", JSON, 400),
        ("[]", JSON, 400),
        ("null", JSON, 400),
        ("3", JSON, 400),
        ('"ssl_check"', JSON, 400),
        ("[" * 100_000, JSON, 400),
        ("", FORM, 400),
        ("payload={", FORM, 400),
        ("payload=[]", FORM, 400),
        ("{", FORM, 400),
        ("&".join(f"a{number}=1" for number in range(1_000)), FORM, 400),
        (BODY, "text/plain", 415),
        (BODY, "multipart/form-data", 415),
        ("x" * 1_100_000, JSON, 413),
    ],
)
async def test_what_slack_never_sends_is_refused_signed_or_not(body: str, kind: str, status: int) -> None:
    async with listening() as address:
        assert (await address.post(body, {}, kind))[0] == status
        assert (await address.signed(body, kind))[0] == status
        assert address.bot.events == []


async def test_what_is_no_text_or_of_no_kind_is_refused() -> None:
    async with listening() as address:
        assert (await address.post(b"\xff\xfe{}", {}))[0] == 400
        assert (await address.post(BODY, {}, None))[0] == 415
        assert (await address.post(b"", {}, None))[0] == 415


async def test_slacks_own_checks_are_answered() -> None:
    async with listening() as address:
        assert await address.requests.verify()
        assert await address.post(urlencode({"ssl_check": "1", "token": "x"}), {}, FORM) == (200, "")
        unsigned = json.dumps({"type": "url_verification", "challenge": "c"})
        assert (await address.post(unsigned, {}))[0] == 401


async def test_a_request_that_is_played_again_asks_the_same_question() -> None:
    async with listening() as address:
        signed = address.requests.signature(BODY)
        assert [await address.post(BODY, signed) for _ in range(2)] == [(200, ""), (200, "")]
        form = urlencode(command())
        signed = address.requests.signature(form)
        assert [(await address.post(form, signed, FORM))[0] for _ in range(2)] == [200, 200]
        assert len(address.bot.asked) == 2


async def test_nothing_that_is_signed_breaks_it() -> None:
    spoiled: list[object] = []

    @settings(max_examples=200, deadline=None, database=None, phases=[Phase.generate], derandomize=True)
    @given(st.one_of(spoiled_payloads(), junk))
    def draw(payload: object) -> None:
        spoiled.append(payload)

    await asyncio.to_thread(draw)
    assert len(spoiled) >= 100
    async with listening() as address:
        for payload in spoiled:
            body = json.dumps(payload)
            assert (await address.signed(body))[0] < 500
            form = urlencode({"payload": body})
            assert (await address.signed(form, FORM))[0] < 500


async def test_what_slack_says_of_too_many_events_is_acknowledged() -> None:
    async with listening() as address:
        said = {"type": "app_rate_limited", "team_id": "T0TEAM", "minute_rate_limited": 1_700_000_000}
        assert (await address.signed(json.dumps(said))) == (200, "")


async def test_what_bolt_reads_in_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN"):
        monkeypatch.setenv(name, "of another app")
    async with listening() as address:
        assert (await address.signed(BODY))[0] == 200
        assert (await address.post("ssl_check=1", {}, FORM))[0] == 200
        assert len(address.bot.asked) == 1


async def test_what_is_refused_is_not_written_down_by_bolt(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening() as address:
        assert (await address.signed(BODY, secret="another"))[0] == 401
        assert (await address.signed(BODY))[0] == 200
    assert not [record for record in caplog.records if record.name.startswith("slack") or "how?" in record.getMessage()]


@pytest.mark.parametrize(
    ("away", "secret", "said"),
    [
        (0, "another", "a request was not signed with SLACK_SIGNING_SECRET; is it the app's?"),
        (-600, None, "a request was signed at another time than this machine's clock shows; is the clock right?"),
        (600, None, "a request was signed at another time than this machine's clock shows; is the clock right?"),
    ],
)
async def test_a_signature_that_is_refused_is_told_once(away: int, secret: str | None, said: str) -> None:
    async with listening() as address:
        with capture_logs() as logs:
            for _ in range(3):
                assert (await address.signed(BODY, at=time.time() + away, secret=secret))[0] == 401
            assert (await address.signed(BODY))[0] == 200
    assert [(line["log_level"], line["event"]) for line in logs if "signed" in line["event"]] == [("warning", said)]


async def test_a_request_without_a_signature_is_told_for_what_it_is() -> None:
    async with listening() as address:
        with capture_logs() as logs:
            assert (await address.post(BODY, {}))[0] == 401
    assert [line["event"].partition(";")[0] for line in logs] == ["a request carries no signature of Slack's"]


def test_what_goes_on_to_be_refused_is_told_again_after_a_minute() -> None:
    class Moved(Running):
        at = 1_000.0

        def now(self) -> float:
            return self.at

    clock = Moved()
    unsigned = Unsigned(clock, wall=clock.now)
    with capture_logs() as logs:
        for _ in range(5):
            unsigned.refused(int(clock.now()))
            clock.at += 25.0
    assert len(logs) == 2


async def test_it_is_closed_while_the_adapter_does_not_run() -> None:
    async with Slack() as slack:
        bot = Bot(slack, "signed")
        taken = await bot.adapter._take(envelope(mention()), redelivered=False)
        assert taken.status == 503
