"""The double itself: Slack's people and rules behind a server that runs in the test's own loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from tests.doubles.slack.acting import Acting
from tests.doubles.slack.api import PAGE_OUTSIDE_THE_MARKETPLACE, Api, Call
from tests.doubles.slack.building import Building
from tests.doubles.slack.rates import OUTSIDE_THE_MARKETPLACE
from tests.doubles.slack.server import Server
from tests.doubles.slack.signed import Requests
from tests.doubles.slack.sockets import Sockets
from tests.doubles.slack.speaking import Speaking

if TYPE_CHECKING:
    from tests.doubles.slack.clock import Clock
    from tests.doubles.slack.faults import Fault
    from tests.doubles.slack.rates import Rates


class Slack(Building, Speaking, Acting):
    """See the package's docstring. ``port`` 0 is any that is free."""

    def __init__(self, clock: Clock | None = None, *, port: int = 0, commercial: bool = False) -> None:
        super().__init__(clock)
        self.home = self.workspace("Acme")
        self.sockets = Sockets(self.state, self.clock, self.bell)
        self.delivery.carrier = self.sockets
        self.api = Api(state=self.state, emit=self.emit)
        self.requests: Requests | None = None
        self._server = Server(self.api, self.sockets, self.bell)
        self._port = port
        if commercial:
            self.api.longest_page = PAGE_OUTSIDE_THE_MARKETPLACE
            for method in ("conversations.history", "conversations.replies"):
                self.rates.instead[method] = OUTSIDE_THE_MARKETPLACE

    async def __aenter__(self) -> Self:
        await self._server.start(self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop()
        if self.requests:
            await self.requests.close()
        await self.tasks.close()

    @property
    def api_url(self) -> str:
        return f"{self.state.url}/api/"

    @property
    def token(self) -> str:
        return self.installation.token

    @property
    def app_token(self) -> str:
        return self.state.app.token

    @property
    def signing_secret(self) -> str:
        return self.state.app.signing_secret

    @property
    def rates(self) -> Rates:
        return self.api.rates

    @property
    def calls(self) -> list[Call]:
        """Every call to the Web API, in order."""
        return self._server.calls

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    async def deliver_to(self, url: str) -> Requests:
        """Tell the app by signed HTTP at this address from now on, instead of over websockets."""
        self.requests = Requests(self.state, self.clock, self.tasks, url)
        self.delivery.carrier = self.requests
        return self.requests

    def misbehave(
        self, fault: Fault, *methods: str, after: int = 0, times: int | None = None, retry_after: int = 30
    ) -> None:
        """Go wrong with the next ``times`` calls of these methods (or all), once ``after`` more went well."""
        self._server.faults.plan(fault, *methods, after=after, times=times, retry_after=retry_after)

    def recover(self) -> None:
        """Answer as it should, what was held back included."""
        self._server.faults.recover()
