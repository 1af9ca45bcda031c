"""Signed HTTP: the app is told things by requests to an address of its own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from tests.doubles.slack.delivery import PATIENCE, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.doubles.slack.clock import Clock, Tasks
    from tests.doubles.slack.delivery import Sent
    from tests.doubles.slack.state import State


class Requests:
    """Posts to ``url``, in Slack's forms and with its signature.

    A signature bears the wall's time, unless ``signs_at`` says another: that is what a receiver holds it against.
    """

    def __init__(self, state: State, clock: Clock, tasks: Tasks, url: str) -> None:
        self.url = url
        self.signs_at: Callable[[], float] = time.time
        self._state = state
        self._clock = clock
        self._tasks = tasks
        # A connection each time: one that was idle while this process stood still is closed just when it is used.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))

    async def close(self) -> None:
        await self._session.close()

    async def attempt(self, sent: Sent, number: int, /) -> Outcome:
        """Post once; anything but a 200 within three seconds is a failure."""
        kind, body = _body(sent)
        headers = {"Content-Type": kind, **self.signature(body)}
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": sent.reasons[-1]}
        come: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        posting = self._tasks.start(self._post(headers, body, come))
        alarm = self._clock.at(self._clock.now() + PATIENCE, lambda: _settle(come, Outcome(reason="http_timeout")))
        try:
            return await come
        finally:
            alarm.cancel()
            posting.cancel()

    async def verify(self) -> bool:
        """Ask the address whether it is the app's: does it say the challenge back?"""
        said = {"token": self._state.app.verification_token, "challenge": "3eZbrw1aB", "type": "url_verification"}
        body = json.dumps(said)
        headers = {"Content-Type": "application/json", **self.signature(body)}
        async with self._session.post(self.url, data=body, headers=headers) as answer:
            return answer.status == 200 and "3eZbrw1aB" in await answer.text()

    def signature(self, body: str, *, at: float | None = None, secret: str | None = None) -> Mapping[str, str]:
        """The headers that prove a body to be Slack's; at another time or with another secret, that do not."""
        stamp = str(int(self.signs_at() if at is None else at))
        key = (self._state.app.signing_secret if secret is None else secret).encode()
        digest = hmac.new(key, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    async def _post(self, headers: Mapping[str, str], body: str, come: asyncio.Future[Outcome]) -> None:
        try:
            async with self._session.post(self.url, data=body, headers=dict(headers)) as answer:
                text = await answer.text()
                _settle(come, _outcome(answer.status, answer.headers, text))
        except aiohttp.ClientError:
            _settle(come, Outcome(reason="connection_failed"))


def _outcome(status: int, headers: Mapping[str, str], text: str) -> Outcome:
    if status != 200:
        return Outcome(reason="http_error", final=headers.get("X-Slack-No-Retry") == "1")
    if not text:
        return Outcome()
    try:
        found = json.loads(text)
    except ValueError:
        found = {"text": text}
    return Outcome(answer=found if isinstance(found, dict) else {"text": text})


def _body(sent: Sent) -> tuple[str, str]:
    """The content type and the body: events are JSON, commands a form, interactions JSON in a form."""
    form = "application/x-www-form-urlencoded"
    match sent.type:
        case "events_api":
            return "application/json", json.dumps(sent.payload)
        case "slash_commands":
            return form, urlencode(sent.payload)
        case "interactive":
            return form, urlencode({"payload": json.dumps(sent.payload)})


def _settle(come: asyncio.Future[Outcome], outcome: Outcome) -> None:
    if not come.done():
        come.set_result(outcome)
