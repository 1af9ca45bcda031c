"""HTTP: health for whoever runs the process, and the routes of the platforms, on one port.

Every answer of our own is JSON, an error's is ``{"error": "…"}``; the server below answers in plain text what does
not get so far: what is no HTTP, and connections over the limit. Asking costs no dependency anything.
"""

from __future__ import annotations

import errno
import secrets
import socket
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import BotError, NoPort, Stopping, StoreError
from knowledge.owning import beside

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Generator, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.ops.readiness import Readiness

LARGEST_BODY: Final = 1_048_576
"""Bytes of a request's body; platforms send a few thousand."""
_TOO_LARGE: Final = "This body is larger than 1 MiB."
_MOST: Final = 1_000
"""Connections at a time; further ones get 503."""
_QUIET: Final = 75
"""Seconds that a connection may rest between two requests: longer than proxies keep theirs, which is 60 at most hosts,
so that none of them sends a request into a connection that closes."""
_WHOLE: Final = 10
"""Seconds that a request may take to come in, head and body; platforms send theirs at once."""
_GRACE: Final = 1
"""Seconds that requests have to end once all else has ended."""
_HEALTH: Final = ("/healthz", "/readyz")
_AGAIN: Final = {"Retry-After": "5"}
_log = structlog.get_logger()


def application(readiness: Readiness, routes: Sequence[BaseRoute]) -> ASGIApp:
    """Give the app: health first, then the platforms' routes, which are closed but while the service serves."""

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"alive": True})

    async def readyz(_: Request) -> JSONResponse:
        ready = readiness.ready()
        return JSONResponse(readiness.report(), 200 if ready else 503, None if ready else _AGAIN)

    own = [Route("/healthz", healthz), Route("/readyz", readyz)]
    app = FastAPI(routes=[*own, *routes], openapi_url=None, max_body_size=LARGEST_BODY)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(BotError, _told)
    app.add_exception_handler(Exception, _failed)
    return _Sized(_Logged(_Gate(app, readiness)))


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it was registered for
    known = {404: "There is nothing at this address.", 405: "This address does not take that method.", 413: _TOO_LARGE}
    return JSONResponse({"error": known.get(error.status_code, error.detail)}, error.status_code, error.headers)


async def _told(_: Request, error: Exception) -> JSONResponse:
    """Say what the desk raised, and whether delivering it again may help."""
    told = {"error": getattr(error, "told", "")}
    return JSONResponse(told, 503, _AGAIN) if isinstance(error, Stopping | StoreError) else JSONResponse(told, 422)


async def _failed(_: Request, error: Exception) -> JSONResponse:
    reference = secrets.token_hex(5)
    _log.error("a request failed", reference=reference, exc_info=error)
    return JSONResponse({"error": "Something went wrong here.", "reference": reference}, 500)


class _Sized:
    """Refuses a body that is said to be too large; what is found to be so while it is read, the app refuses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if not said.isdecimal() or int(said) <= LARGEST_BODY:
            await self._app(scope, receive, send)
            return
        await JSONResponse({"error": _TOO_LARGE}, 413)(scope, receive, send)


class _Logged:
    """Swallows what was raised through the app: it is logged and answered already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001 - the app's own handler had it
            return


class _Gate:
    """Answers 503 in the place of every route but health, while the service starts and once it drains."""

    def __init__(self, app: ASGIApp, readiness: Readiness) -> None:
        self._app = app
        self._readiness = readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        phase = self._readiness.phase
        if scope["type"] != "http" or phase == "serving" or scope["path"] in _HEALTH:
            await self._app(scope, receive, send)
            return
        doing = "starting" if phase == "starting" else "being stopped"
        await JSONResponse({"error": f"Footnote is {doing}. Try again soon."}, 503, _AGAIN)(scope, receive, send)


class _Connection(H11Protocol):
    """Ends when a request is not whole in time, however slowly it comes, so that such ones do not fill the limit."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body:
            self._unwatch()
        elif self._late is None and not self.transport.is_closing():
            self._late = self.loop.call_later(_WHOLE, self.transport.abort)

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class _Server(uvicorn.Server):
    """Leaves the signals to the service."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def listening(app: ASGIApp, host: str, port: int) -> AsyncGenerator[int]:
    """Serve the app while the body runs; give the port, which the system chose where it was 0. Raises NoPort."""
    config = uvicorn.Config(
        app,
        http=_Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST,
        timeout_keep_alive=_QUIET,
        timeout_graceful_shutdown=_GRACE,
    )
    server = _Server(config)
    with _bound(host, port) as bound:
        async with beside(()) as owner:  # the server ends by itself, once it is asked to
            owner.create_task(server.serve([bound]))
            try:
                yield bound.getsockname()[1]
            finally:
                server.should_exit = True


def _bound(host: str, port: int) -> socket.socket:
    """Listen from now on; whoever connects before the app is served waits for it."""
    many = ":" in host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family, dualstack_ipv6=many, backlog=2048)
    except OSError as error:
        raise NoPort(_why_not(error, host, port)) from error
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer after the first waits 40 ms
    return bound


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another process. End that one, or set PORT to another number."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} may not be used by this user. Set PORT to a number from 1024."
    return f"{host} is no address of this machine. Set FOOTNOTE_HOST to one that is, such as 0.0.0.0 for all of them."
