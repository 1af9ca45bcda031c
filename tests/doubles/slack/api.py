"""The Web API without its wires: a method, a token and arguments to an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.doubles.slack.arguments import Asked, Method, words
from tests.doubles.slack.errors import Refused
from tests.doubles.slack.methods import METHODS
from tests.doubles.slack.rates import MANY, Rates
from tests.doubles.slack.state import needs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.slack.emitting import Emitter
    from tests.doubles.slack.records import Installation, Json
    from tests.doubles.slack.state import State

PAGE_OUTSIDE_THE_MARKETPLACE: Final = 15


@dataclass(slots=True, kw_only=True)
class Call:
    """A call as it came, and the error that it met, if any. ``error`` is "" while it is under way."""

    method: str
    team: str
    arguments: Mapping[str, Any]
    at: float
    error: str | None = ""


@dataclass(slots=True, kw_only=True)
class Api:
    state: State
    emit: Emitter
    rates: Rates = field(default_factory=Rates)
    longest_page: int = 1000

    def answer(self, call: Call, token: str | None) -> Json:
        """Carry out a call; raise ``Refused`` where Slack would."""
        # Bolt's clients send the workspace with every call; Slack reads it of organisations' tokens alone.
        arguments = {name: value for name, value in call.arguments.items() if name not in {"token", "team_id"}}
        if call.method == "oauth.v2.access":
            return self._installed(arguments)
        if call.method == "apps.connections.open":
            return self._connection(token)
        caller = self._caller(token)
        call.team = caller.team
        method = _OWN.get(call.method) or METHODS.get(call.method)
        if method is None:
            raise Refused("unknown_method", req_method=call.method)
        self._spend(call.method, method, caller, arguments)
        if method.scope:
            needs(caller, method.scope)
        method.check(arguments)
        longest = self.longest_page if call.method in {"conversations.history", "conversations.replies"} else 1000
        asked = Asked(state=self.state, emit=self.emit, caller=caller, given=arguments, longest_page=longest)
        return method.answer(asked)

    def _caller(self, token: str | None) -> Installation:
        if not token:
            raise Refused("not_authed")
        if token == self.state.app.token:
            raise Refused("not_allowed_token_type")
        for installation in self.state.installations.values():
            if installation.token == token:
                if installation.gone:
                    raise Refused(installation.gone)
                return installation
        raise Refused("invalid_auth")

    def _spend(self, name: str, method: Method, caller: Installation, arguments: Mapping[str, Any]) -> None:
        key = caller.team + (f"/{arguments.get('channel')}" if method.rate.per == "channel" else "")
        if (wait := self.rates.spend(name, method.rate, key, self.state.clock.now())) is not None:
            raise Refused("ratelimited", retry_after=wait)

    def _connection(self, token: str | None) -> Json:
        if not token:
            raise Refused("not_authed")
        if token != self.state.app.token:
            raise Refused("not_allowed_token_type" if token.startswith("xoxb-") else "invalid_auth")
        if (wait := self.rates.spend("apps.connections.open", MANY, "", self.state.clock.now())) is not None:
            raise Refused("ratelimited", retry_after=wait)
        url = self.state.url.replace("http", "ws", 1)
        return {"url": f"{url}/link/?ticket={self.state.ticket()}&app_id={self.state.app.id}"}

    def _installed(self, arguments: Mapping[str, Any]) -> Json:
        """Give the installation that somebody agreed to, for the code that their browser brought."""
        app = self.state.app
        if (arguments.get("client_id"), arguments.get("client_secret")) != (app.client_id, app.client_secret):
            raise Refused("bad_client_secret")
        again = arguments.get("grant_type") == "refresh_token"
        found, what = (self.state.refreshing, "refresh_token") if again else (self.state.codes, "code")
        team = found.pop(str(arguments.get(what)), None)
        if team is None:
            raise Refused(f"invalid_{what}")
        installation, workspace = self.state.installations[team], self.state.workspaces[team]
        if again:
            installation.token = f"xoxe.xoxb-{self.state.id('')}-double"
        return {
            "access_token": installation.token,
            "token_type": "bot",
            "scope": ",".join(sorted(installation.scopes)),
            "bot_user_id": installation.bot.id,
            "app_id": app.id,
            "team": {"id": team, "name": workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": next(one.id for one in self.state.users.values() if one.team == team)},
            **self._rotation(team),
        }

    def _rotation(self, team: str) -> Json:
        """Give, where tokens are good for a while, for how long, and the token that gives the next one."""
        if self.state.app.token_seconds is None:
            return {}
        name = f"xoxe-1-{self.state.id('')}-double"
        self.state.refreshing[name] = team
        return {"expires_in": self.state.app.token_seconds, "refresh_token": name}


def _auth_test(asked: Asked) -> Json:
    workspace = asked.state.workspaces[asked.caller.team]
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": asked.caller.bot.name,
        "team_id": workspace.id,
        "user_id": asked.caller.bot.id,
        "bot_id": asked.caller.bot.bot_id,
        "is_enterprise_install": False,
    }


def _revoke(asked: Asked) -> Json:
    if asked.yes("test"):
        return {"revoked": False}
    asked.caller.gone = "token_revoked"
    return {"revoked": True}


_OWN: Final = {
    "auth.test": Method(answer=_auth_test, rate=MANY),
    "auth.revoke": Method(answer=_revoke, rate=MANY, optional=words("test")),
}
