"""The double itself: Discord's people and rules behind a server that runs in the test's own loop."""

from __future__ import annotations

from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Self

import yarl

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from tests.doubles.discord.acting import Acting
from tests.doubles.discord.api import Api
from tests.doubles.discord.faults import Plan
from tests.doubles.discord.gateway import Gateway
from tests.doubles.discord.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.doubles.discord.call import Call
    from tests.doubles.discord.faults import Fault
    from tests.doubles.discord.rates import Rates
    from tests.doubles.slack.clock import Clock

_TOKEN = "MTAw.GmadeUp.of-a-bot-that-lives-on-loopback"


class Discord(Acting):
    """See the package's docstring. ``port`` 0 is any that is free; ``shards`` is what Discord recommends."""

    def __init__(self, clock: Clock | None = None, *, port: int = 0, shards: int = 1) -> None:
        super().__init__(clock)
        self.token = _TOKEN
        self.gateway = Gateway(self.world, self.token, self.intents_granted, self.bell, self.tasks)
        self.api = Api(self.world, self.intents_granted)
        self.api.asked = self.asked
        self.api.shards = shards
        self._server = Server(self.api, self.gateway, self.bell, self.token)
        self._port = port

    async def __aenter__(self) -> Self:
        await self._server.start(self._port)
        self.gateway.url = self.gateway_url
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        self.gateway.let_in()
        await self._server.stop()
        await self.tasks.close()
        if kind is None:
            assert not self.complaints, "\n".join(self.complaints)

    @property
    def api_url(self) -> str:
        return self._server.url

    @property
    def gateway_url(self) -> str:
        return self.api.gateway_url

    @property
    def rates(self) -> Rates:
        return self._server.rates

    @property
    def complaints(self) -> list[str]:
        """What was wrong with the bot's requests; a list to clear where that was meant."""
        return self._server.complaints

    @property
    def calls(self) -> list[Call]:
        """Every request, in order."""
        return self._server.calls

    def called(self, method: str = "*", path: str = "*") -> list[Call]:
        """The requests of a method whose path is like this: ``/channels/*/messages``."""
        return [one for one in self.calls if method in ("*", one.method) and fnmatchcase(one.path, path)]

    def misbehave(  # noqa: PLR0913 - what goes wrong, where, when and how often
        self,
        fault: Fault,
        method: str = "*",
        path: str = "*",
        *,
        times: int | None = None,
        after: int = 0,
        retry_after: float = 0.05,
    ) -> None:
        """Go wrong with the next ``times`` requests that are like this (or all), once ``after`` more went well."""
        plan = Plan(fault=fault, method=method, path=path, times=times, after=after, retry_after=retry_after)
        self._server.faults.plan(plan)

    def recover(self) -> None:
        """Answer as it should, what was held back included."""
        self._server.faults.recover()

    @contextmanager
    def redirected(self) -> Iterator[None]:
        """Let discord.py in this process come here."""
        before: tuple[Any, Any] = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self.api_url, yarl.URL(self.gateway_url)
        try:
            yield
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


assert discord.http.INTERNAL_API_VERSION == 10
