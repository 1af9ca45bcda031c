"""Slack on loopback: its Web API, its websockets, its files and its response URLs, over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING

from aiohttp import web

from tests.doubles.slack import hooks
from tests.doubles.slack.api import Api, Call
from tests.doubles.slack.arguments import read
from tests.doubles.slack.errors import Refused
from tests.doubles.slack.faults import Faults

if TYPE_CHECKING:
    from tests.doubles.slack.clock import Bell
    from tests.doubles.slack.faults import Fault
    from tests.doubles.slack.records import Json
    from tests.doubles.slack.sockets import Sockets

_BODY = 4 * 1024 * 1024


class Server:
    """Answers for an ``Api``; ``calls`` are all that came, in order, those that failed included."""

    def __init__(self, api: Api, sockets: Sockets, bell: Bell) -> None:
        self.api = api
        self.faults = Faults()
        self.calls: list[Call] = []
        self._failed: list[Exception] = []
        self._bell = bell
        app = web.Application(client_max_size=_BODY)
        app.router.add_route("*", "/api/{method}", self._method)
        app.router.add_get("/link/", sockets.serve)
        app.router.add_get("/files-pri/{id}/{name}", self._file)
        app.router.add_post("/hooks/{path:.+}", self._hook)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start(self, port: int = 0) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.api.state.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        self.faults.recover()
        await self._runner.cleanup()
        if self._failed:
            raise self._failed[0]

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        plan = self.faults.met(method)
        fault = plan.fault if plan else None
        if fault == "slow before":
            await self.faults.released.wait()
        if fault == "dropped before":
            self.calls.append(self._call(method, error="dropped"))
            return _broken(request)
        call, answer, status, headers = await self._answered(request, method, fault, plan.retry_after if plan else 0)
        self._bell.ring()
        if fault == "slow after":
            await self.faults.released.wait()
        if fault == "dropped after":
            return _broken(request)
        if fault == "garbage":
            return web.Response(text="<html>not JSON", content_type="application/json")
        return web.json_response(
            {"ok": True, **answer} if call.error is None else answer, status=status, headers=headers
        )

    async def _answered(
        self, request: web.Request, method: str, fault: Fault | None, retry_after: int
    ) -> tuple[Call, Json, int, dict[str, str]]:
        call = self._call(method)
        self.calls.append(call)
        try:
            call.arguments = read(request.content_type, dict(request.query), await request.read()) | _secret(request)
            _misbehave(fault, retry_after)
            answer = self.api.answer(call, _token(request, call))
        except Refused as refused:
            call.error = refused.error
            if refused.retry_after is not None:
                return call, refused.body, 429, {"Retry-After": str(refused.retry_after)}
            return call, refused.body, 500 if refused.error == "fatal_error" else 200, {}
        except Exception as failure:
            self._failed.append(failure)
            raise
        call.error = None
        return call, answer, 200, {"X-OAuth-Scopes": self._scopes(call.team)}

    def _scopes(self, team: str) -> str:
        installation = self.api.state.installations.get(team)
        return ",".join(sorted(installation.scopes)) if installation else ""

    def _call(self, method: str, error: str = "") -> Call:
        return Call(method=method, team="", arguments={}, at=self.api.state.clock.now(), error=error)

    async def _file(self, request: web.Request) -> web.Response:
        """A file's bytes; to who brings no token that may have them, Slack shows its login page, and says 200."""
        state = self.api.state
        found = state.files.get(request.match_info["id"].partition("-")[2])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        bearer = next((one for one in state.installations.values() if one.token == token and not one.gone), None)
        if found is None:
            return web.Response(status=404, text="file_not_found")
        if bearer is None or bearer.team != found.team or "files:read" not in bearer.scopes:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        return web.Response(body=found.content, content_type=found.mimetype.partition(";")[0])

    async def _hook(self, request: web.Request) -> web.Response:
        try:
            said = json.loads(await request.read())
            hooks.post(self.api.state, self.api.emit, request.match_info["path"], said)
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        except Refused as refused:
            return web.json_response(refused.body, status=404 if refused.error == "no_service" else 200)
        self._bell.ring()
        return web.Response(text="ok")


def _misbehave(fault: Fault | None, retry_after: int) -> None:
    if fault == "ratelimited":
        raise Refused("ratelimited", retry_after=retry_after)
    if fault in {"error", "invalid_auth", "unknown_method"}:
        raise Refused("fatal_error" if fault == "error" else fault)


def _secret(request: web.Request) -> dict[str, str]:
    """The app's id and secret, which OAuth brings as a user and a password."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Basic "):
        return {}
    user, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return {"client_id": user, "client_secret": password}


def _token(request: web.Request, call: Call) -> str | None:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ")
    given = call.arguments.get("token")
    return given if isinstance(given, str) else None


def _broken(request: web.Request) -> web.Response:
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        transport.abort()
    return web.Response()
