"""Payloads that are spoiled, and requests that nobody of Slack's sent: nothing breaks, and nothing is done for them."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.doubles.slack import Clock, Slack
from tests.doubles.slack_junk import _spoiled
from tests.doubles.slack_payloads import ALL
from tests.doubles.slack_team import HANDBOOK, QUESTION, known, team, whole

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles.slack.signed import Requests

JUNK: tuple[Any, ...] = (None, True, -1, 1e308, "", "x" * 5_000, "\x00", [], {}, [[{}]], "U0ME", "1700000000.000100")


async def _statuses(tmp_path: Path, spoiled: int, forged: int) -> tuple[set[int], set[int], Slack]:
    chance = random.Random(11)  # noqa: S311 - which payload is spoiled where, no secret
    async with Slack(clock=Clock(runs=True)) as slack:
        settings = await known(tmp_path, slack, {frozenset({f"slack:{slack.home.id}"}): {"deploying.md": HANDBOOK}})
        async with team(slack, settings, "http") as bot, aiohttp.ClientSession() as session:
            anna = slack.person("Anna")
            general = slack.channel("general", anna)
            requests = slack.requests
            assert requests is not None
            broken = set()
            for _ in range(spoiled):
                payload = _spoiled(chance.choice(ALL), chance.random, chance.choice(JUNK))
                broken.add(await _sent(session, requests, payload))
            refused = set()
            for number in range(forged):
                refused.add(await _forged(session, requests, number, chance))
            assert bot.model.asked == []
            asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
            await slack.until(lambda: whole(slack.answers(general, asked)), within=60)
            assert len(bot.model.asked) == 1
    return broken, refused, slack


async def _sent(session: aiohttp.ClientSession, requests: Requests, payload: object) -> int:
    body = json.dumps(payload)
    headers = {**requests.signature(body), "Content-Type": "application/json"}
    async with session.post(requests.url, data=body.encode(), headers=headers) as answer:
        return answer.status


async def _forged(session: aiohttp.ClientSession, requests: Requests, number: int, chance: random.Random) -> int:
    """Send a good payload with a bad proof: none, another secret's, an old one, a torn one, another body's."""
    body = json.dumps(chance.choice(ALL))
    now = time.time()
    proofs: list[dict[str, str]] = [
        {},
        dict(requests.signature(body, secret=f"{number}")),
        dict(requests.signature(body, at=now - chance.randint(301, 100_000))),
        dict(requests.signature(body, at=now + chance.randint(301, 100_000))),
        dict(requests.signature(body)) | {"X-Slack-Request-Timestamp": "abc"},
        dict(requests.signature(body)) | {"X-Slack-Signature": "v0="},
        dict(requests.signature(body + " ")),
    ]
    kind = chance.choice(("application/json", "application/x-www-form-urlencoded", "text/plain", ""))
    data = chance.choice((body.encode(), b"{", b"\xff\xfe", body.encode()))
    async with session.post(
        requests.url, data=data, headers={**proofs[number % len(proofs)], "Content-Type": kind}
    ) as answer:
        return answer.status


@pytest.mark.crash
async def test_of_2_000_spoiled_payloads_and_300_forged_requests_none_breaks_or_does_anything(tmp_path: Path) -> None:
    broken, refused, _ = await _statuses(tmp_path, 2_000, 300)
    assert all(status < 500 for status in broken | refused)
    assert all(400 <= status < 500 for status in refused)


async def test_a_few_spoiled_payloads_and_forged_requests_break_nothing(tmp_path: Path) -> None:
    broken, refused, _ = await _statuses(tmp_path, 100, 28)
    assert all(status < 500 for status in broken | refused)
    assert all(400 <= status < 500 for status in refused)
