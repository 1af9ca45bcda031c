"""Discord on loopback: its REST API and its gateway, over real HTTP and a real websocket."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from aiohttp import web
from simcord.backend.errors import BackendError
from simcord.http.router import RouteNotImplemented, UnsupportedField

from tests.doubles.discord import specification
from tests.doubles.discord.call import Call
from tests.doubles.discord.faults import Faults
from tests.doubles.discord.rates import Rates

if TYPE_CHECKING:
    from tests.doubles.discord.api import Api
    from tests.doubles.discord.faults import Plan
    from tests.doubles.discord.gateway import Gateway
    from tests.doubles.discord.rates import Standing
    from tests.doubles.slack.clock import Bell

_PREFIX: Final = "/api/v10"
_BODY: Final = 4 * 1024 * 1024
_VIA: Final = {"Via": "1.1 google"}


class Server:
    """Answers for an ``Api``; ``calls`` are all that came, in order, those that failed included."""

    def __init__(self, api: Api, gateway: Gateway, bell: Bell, token: str) -> None:
        self.api = api
        self.faults = Faults()
        self.rates = Rates()
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.url = ""
        self._failed: list[Exception] = []
        self._bell = bell
        self._token = token
        self._started = time.monotonic()
        self._at = api.world.real.now()
        app = web.Application(client_max_size=_BODY)
        app.router.add_route("*", _PREFIX + "/{path:.+}", self._serve)
        app.router.add_get("/gateway", gateway.serve)
        app.router.add_get("/gateway/", gateway.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start(self, port: int) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.url = f"http://{address}{_PREFIX}"
        self.api.gateway_url = f"ws://{address}/gateway"

    async def stop(self) -> None:
        self.faults.recover()
        await self._runner.cleanup()
        if self._failed:
            raise self._failed[0]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = await self._read(request)
        plan = self.faults.met(call.method, call.path)
        call.fault = plan.fault if plan else None
        if call.fault == "slow":
            await self.faults.released.wait()
        self.calls.append(call)
        if call.fault == "dropped before":
            return self._broken(request)
        try:
            answer = self._answered(request, call, plan)
        except Exception as failure:
            self._failed.append(failure)
            raise
        self._bell.ring()
        if call.fault == "slow after":
            await self.faults.released.wait()
        if call.fault == "dropped after":
            return self._broken(request)
        if call.fault == "garbage":
            return web.Response(text="<html>not JSON", content_type="text/html")
        return answer

    async def _read(self, request: web.Request) -> Call:
        raw = request.raw_path.split("?", 1)[0].removeprefix(_PREFIX)
        body: Any = None
        if request.content_type == "multipart/form-data":
            form = await request.post()
            body = json.loads(str(form.get("payload_json", "null")))
        elif request.can_read_body:
            body = json.loads(await request.read() or "null")
        return Call(
            method=request.method,
            path=unquote(raw),
            params=dict(request.query),
            json=body,
            at=self.api.world.real.now(),
        )

    def _answered(self, request: web.Request, call: Call, plan: Plan | None) -> web.Response:
        ours = call.open or request.headers.get("Authorization") == f"Bot {self._token}"
        if not ours:
            return self._refusal(call, BackendError(401, 0, "401: Unauthorized"))
        standing = self._spent(call)
        if plan is not None and (broken := self._misbehaved(call, plan)) is not None:
            return broken
        if standing is not None and standing.refused:
            return self._limited(call, standing)
        wrong = specification.complaint(call.method, call.path, call.json)
        if wrong is not None:
            self.complaints.append(wrong)
        try:
            status, body = self.api.answer(call)
        except (RouteNotImplemented, UnsupportedField) as missing:
            self.complaints.append(str(missing))
            return self._refusal(call, BackendError(404, 0, "404: Not Found"))
        except BackendError as refused:
            return self._refusal(call, refused, standing)
        call.status = status
        headers = self._headers(standing)
        return web.Response(status=status, headers=headers) if body is None else _json(body, status, headers)

    def _spent(self, call: Call) -> Standing | None:
        # What was moved, and the time that passes anyway: discord.py waits by the wall's clock.
        now = time.monotonic()
        real = self.api.world.real.now() - self._at
        moved = max(0.0, real - (now - self._started)) if self.api.world.real._runs else real
        all_of_it = None if call.open else self.rates.spend_any(now + moved)
        if all_of_it is not None and all_of_it.refused:
            all_of_it.bucket = "global"
            return all_of_it
        return self.rates.spend(call.method, call.route, call.major, now + moved)

    def _headers(self, standing: Standing | None) -> dict[str, str]:
        return {**_VIA, **(standing.headers() if standing and self.rates.enforced else {})}

    def _limited(self, call: Call, standing: Standing) -> web.Response:
        everything = standing.bucket == "global"
        call.status = 429
        body = {"message": "You are being rate limited.", "retry_after": standing.left, "global": everything}
        scope = {"X-RateLimit-Scope": "global" if everything else "user", "Retry-After": f"{standing.left:.3f}"}
        headers = {**_VIA, "X-RateLimit-Global": "true"} if everything else self._headers(standing)
        return _json(body, 429, {**headers, **scope})

    def _misbehaved(self, call: Call, plan: Plan) -> web.Response | None:
        fault, wait = plan.fault, plan.retry_after
        if fault in ("500", "502", "503", "504"):
            call.status = int(fault)
            return web.Response(status=call.status, text="upstream connect error", headers=_VIA)
        if fault == "429 banned":
            call.status = 429
            return web.Response(status=429, text="error code: 1015", headers={"Retry-After": "600"})
        if not fault.startswith("429"):
            return None
        call.status = 429
        if fault == "429 by its body":
            return _json({"message": "Slow down.", "retry_after": wait}, 429, {})
        if fault == "429 by its header":
            return _json({"message": "Slow down."}, 429, {"Retry-After": f"{wait:.3f}"})
        headers = {**_VIA, "Retry-After": f"{wait:.3f}"}
        if fault == "429":
            known = {"Limit": "5", "Remaining": "0", "Reset-After": f"{wait:.3f}", "Bucket": "0" * 32}
            headers |= {f"X-RateLimit-{name}": value for name, value in known.items()} | {"X-RateLimit-Scope": "user"}
        everything = fault == "429 global"
        if everything:
            headers["X-RateLimit-Global"] = "true"
        body = {"message": "You are being rate limited.", "retry_after": wait, "global": everything}
        return _json(body, 429, headers)

    def _refusal(self, call: Call, refused: BackendError, standing: Standing | None = None) -> web.Response:
        call.status, call.code = refused.status, refused.code
        return _json(refused.to_json(), refused.status, self._headers(standing))

    def _broken(self, request: web.Request) -> web.Response:
        """Close the connection, so that what is answered reaches nobody."""
        self._bell.ring()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _json(body: object, status: int, headers: dict[str, str]) -> web.Response:
    # discord.py wants exactly this type, and reads as text what has a charset besides.
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={**headers, "Content-Type": "application/json"}
    )
