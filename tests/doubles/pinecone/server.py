"""Pinecone on loopback: one index over real HTTP, in a thread of this process, for any process to use.

Its errors have the two forms of the service: the data plane's ``{code, message, details}`` and the control plane's
``{error: {code, message}, status}``.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from typing import TYPE_CHECKING, Any, Final, Self

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.doubles.pinecone import limits
from tests.doubles.pinecone.faults import Fault, Faults, Kind
from tests.doubles.pinecone.index import DEFAULT, Answer, Index
from tests.doubles.pinecone.limits import ApiError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

KEY: Final = "pcsk_double_key_of_the_tests"
NAME: Final = "knowledge"
_STATUSES: Final[Mapping[int, str]] = {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}


class Pinecone:
    """A service with one index; ``faults`` say what goes wrong, ``index`` what it holds."""

    def __init__(self, index: Index, key: str = KEY) -> None:
        self.index = index
        self.key = key
        self.faults = Faults()
        self.port = 0
        self._up = threading.Event()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> Counter[Kind]:
        """How many there were of each kind, failed ones included."""
        return self.faults.requests

    def misbehave(
        self, fault: Fault, *kinds: Kind, after: int = 0, times: int | None = None, retry_after: str | None = None
    ) -> None:
        """Do so with the next ``times`` requests of these kinds, or with all until ``recover``."""
        self.faults.plan(fault, *kinds, after=after, times=times, retry_after=retry_after)

    def recover(self) -> None:
        """Answer as it should, and be there."""
        self.faults.clear()
        self._loop.call_soon_threadsafe(self._recovered.set)
        if self._gone:
            self._stop()
            self._start()

    def forget(self, index: Index) -> None:
        """Begin anew with another index."""
        self.recover()
        self.index = index
        self.requests.clear()

    def catch_up(self) -> None:
        """Let all that was written be seen."""
        self.index.shelves.catch_up()

    def go(self) -> None:
        """Be gone: connections break, and new ones are refused from the moment at which this returns."""
        self._gone = True
        closed = threading.Event()

        def close() -> None:
            for listener in self._server.servers:
                listener.close()
            closed.set()

        if threading.current_thread() is self._thread:
            close()
        else:
            self._loop.call_soon_threadsafe(close)
            closed.wait()

    def _start(self) -> None:
        # Its protocol is named, or asyncio does not turn Nagle's algorithm off, which costs 40 ms an answer.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen()
        self.port = listening.getsockname()[1]
        self._gone = False
        quiet: dict[str, Any] = {"log_config": None, "access_log": False, "timeout_keep_alive": 600}
        config = uvicorn.Config(_App(self), http="h11", ws="none", lifespan="off", **quiet)
        self._server = uvicorn.Server(config)
        self._up.clear()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(listening),), name="pinecone")
        self._thread.start()
        self._up.wait()

    async def _serve(self, listening: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        self._recovered = asyncio.Event()
        self._loop.call_soon(self._up.set)
        await self._server.serve(sockets=[listening])

    def _stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()


class _App:
    """Counts, misbehaves, and answers; what breaks connections needs more of the server than ASGI gives."""

    def __init__(self, service: Pinecone) -> None:
        self._service = service
        self._app = _routes(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        service = self._service
        kind = _kind(scope["method"], scope["path"])
        fault, after = service.faults.met(kind) if kind else (None, None)
        service.index.shelves.request()
        if fault == "gone":
            service.go()
        if service._gone or fault == "dropped":
            await _broken(send)
        elif fault == "dropped after":
            await self._app(scope, receive, _unsaid)
            await _broken(send)
        elif fault == "slow":
            await _stalled(receive, service._recovered)
            await _broken(send)
        elif fault == "garbage":
            await PlainTextResponse("<html>not JSON", media_type="text/html")(scope, receive, send)
        elif fault is not None:
            await _failed(int(fault), after)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _unsaid(message: Message) -> None:
    """Send nothing."""


async def _broken(send: Send) -> None:
    send.__self__.transport.abort()  # type: ignore[attr-defined]  # the cycle of uvicorn's h11 protocol
    await asyncio.sleep(0)


async def _stalled(receive: Receive, recovered: asyncio.Event) -> None:
    """Wait until the client leaves, or the service recovers."""

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    waiting = {asyncio.ensure_future(left()), asyncio.ensure_future(recovered.wait())}  # noqa: TID251 - for one wait
    _, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in others:
        each.cancel()


def _failed(status: int, after: str | None) -> Response:
    headers = {"retry-after": after} if after else {}
    told = {"code": 8, "message": f"{_STATUSES.get(status, 'ERROR')}: try again later", "details": []}
    return JSONResponse(told, status, headers)


def _kind(method: str, path: str) -> Kind | None:
    if path.startswith("/namespaces/") or (path == "/namespaces" and method == "POST"):
        return "namespace"
    if path.startswith("/indexes/"):
        return "describe"
    kinds: Mapping[str, Kind] = {
        "/vectors/upsert": "upsert",
        "/vectors/delete": "delete",
        "/vectors/update": "update",
        "/query": "query",
        "/vectors/fetch": "fetch",
        "/vectors/fetch_by_metadata": "fetch_by_metadata",
        "/vectors/list": "list",
        "/describe_index_stats": "stats",
        "/namespaces": "namespaces",
    }
    return kinds.get(path)


def _routes(service: Pinecone) -> Starlette:
    """An index answers as it is at the time: tests put others in its place."""

    def posted(path: str, answer: Callable[[Index, Mapping[str, Any]], Answer]) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answered(request, service, answer)

        return Route(path, endpoint, methods=["POST"])

    def got(path: str, answer: Callable[[Request], Answer], method: str = "GET") -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answered(request, service, lambda _index, _body: answer(request))

        return Route(path, endpoint, methods=[method])

    return Starlette(
        routes=[
            posted("/vectors/upsert", Index.upsert),
            posted("/vectors/delete", Index.delete),
            posted("/vectors/update", Index.update),
            posted("/query", Index.query),
            posted("/vectors/fetch_by_metadata", Index.fetch_by_metadata),
            posted("/describe_index_stats", lambda index, _: index.stats()),
            posted("/namespaces", lambda index, body: index.create_namespace(body["name"])),
            got("/vectors/fetch", lambda asked: service.index.fetch(_all(asked, "ids"), _in(asked))),
            got("/vectors/list", lambda asked: service.index.listed(_in(asked), *_paged(asked))),
            got("/namespaces", lambda asked: service.index.namespaces(*_paged(asked))),
            got("/namespaces/{name:path}", lambda asked: service.index.describe_namespace(_named(asked))),
            got("/namespaces/{name:path}", lambda asked: service.index.delete_namespace(_named(asked)), "DELETE"),
            got("/indexes/{name}", lambda asked: _described(service, _named(asked))),
        ]
    )


async def _answered(
    request: Request, service: Pinecone, answer: Callable[[Index, Mapping[str, Any]], Answer]
) -> Response:
    try:
        if request.headers.get("api-key") != service.key:
            return PlainTextResponse("Unauthorized", 401)
        body = await request.body()
        if len(body) > limits.BODY:
            raise ApiError(413, 11, f"Request size {len(body)} exceeds the limit of {limits.BODY} bytes")
        if not request.headers.get("x-pinecone-api-version"):
            raise limits.invalid("X-Pinecone-Api-Version is missing")
        given = answer(service.index, json.loads(body) if body else {})
    except ApiError as error:
        return _error(request, error)
    return JSONResponse(given.body, headers={"x-pinecone-request-id": "1", **given.headers})


def _error(request: Request, error: ApiError) -> Response:
    if request.url.path.startswith("/indexes/"):
        told: object = {"error": {"code": "NOT_FOUND", "message": error.message}, "status": error.status}
    else:
        told = {"code": error.code, "message": error.message, "details": []}
    return JSONResponse(told, error.status)


def _all(request: Request, name: str) -> list[str]:
    return request.query_params.getlist(name)


def _named(request: Request) -> str:
    name: str = request.path_params["name"]
    return name


def _in(request: Request) -> str:
    return request.query_params.get("namespace") or DEFAULT


def _paged(request: Request) -> tuple[str, int | None, str | None]:
    asked = request.query_params
    limit = asked.get("limit")
    return asked.get("prefix", ""), None if limit is None else int(limit), asked.get("paginationToken")


def _described(service: Pinecone, name: str) -> Answer:
    if name != NAME:
        raise ApiError(404, limits.NOT_FOUND, f"Resource {name} not found")
    vectors = {"type": "dense_vector", "dimension": service.index.dimension, "metric": service.index.metric}
    return Answer(
        {
            "name": name,
            "host": service.url,
            "schema": {"fields": {"_values": vectors}},
            "deployment": {"deployment_type": "managed", "cloud": "aws", "region": "us-east-1"},
            "deletion_protection": "disabled",
            "status": {"ready": True, "state": "Ready"},
        }
    )
