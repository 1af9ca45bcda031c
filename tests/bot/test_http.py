from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import httpx2
import pytest
from starlette.responses import JSONResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.errors import NoPort, NoSuchAnswer, Stopping, StoreAway
from bot.ops import http
from bot.ops.http import LARGEST_BODY, _bound, application, listening
from bot.ops.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

    from bot.ops.readiness import Phase


class Site:
    """The app with one platform's routes, asked in this process."""

    def __init__(self) -> None:
        self.raises: Exception | None = None
        self.readiness = Readiness()
        self.readiness.phase = "serving"
        self.app = application(self.readiness, [Route("/bird/post", self._post, methods=["POST"])])

    async def _post(self, request: Request) -> JSONResponse:
        if self.raises is not None:
            raise self.raises
        return JSONResponse({"bytes": len(await request.body())})

    async def ask(self, method: str, path: str, **more: object) -> httpx2.Response:
        transport = httpx2.ASGITransport(self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://bot") as client:
            return await client.request(method, path, **more)  # type: ignore[arg-type]


async def test_a_platforms_route_is_served() -> None:
    answer = await Site().ask("POST", "/bird/post", content=b"coo")
    assert (answer.status_code, answer.json()) == (200, {"bytes": 3})


@pytest.mark.parametrize(("phase", "status"), [("starting", 503), ("serving", 200), ("draining", 503)])
async def test_only_while_it_serves_anything_but_health_is_open(phase: Phase, status: int) -> None:
    site = Site()
    site.readiness.phase = phase
    answer = await site.ask("POST", "/bird/post")
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert (await site.ask("GET", "/healthz")).json() == {"alive": True}
    assert (await site.ask("GET", "/readyz")).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/", 404), ("GET", "/docs", 404), ("GET", "/bird/post", 405)]
)
async def test_what_is_not_there_is_told_in_json(method: str, path: str, status: int) -> None:
    answer = await Site().ask(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


async def test_health_may_be_asked_for_by_its_head_alone() -> None:
    assert (await Site().ask("HEAD", "/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [(Stopping("It stops."), 503), (StoreAway("It is away."), 503), (NoSuchAnswer("There is none."), 422)],
)
async def test_what_the_desk_raises_says_whether_to_deliver_again(error: Exception, status: int) -> None:
    site = Site()
    site.raises = error
    answer = await site.ask("POST", "/bird/post")
    assert (answer.status_code, answer.json()) == (status, {"error": str(error)})


async def test_what_nobody_foresaw_is_a_reference_and_a_line_in_the_log() -> None:
    site = Site()
    site.raises = LookupError("a secret")
    with capture_logs() as logs:
        answer = await site.ask("POST", "/bird/post")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert [line["reference"] for line in logs] == [answer.json()["reference"]]


async def test_a_body_is_bounded_said_or_found_to_be_too_large() -> None:
    async def pieces() -> AsyncGenerator[bytes]:
        for _ in range(3):
            yield b"x" * (LARGEST_BODY // 2)

    site = Site()
    assert (await site.ask("POST", "/bird/post", content=b"x" * LARGEST_BODY)).status_code == 200
    for content in (b"x" * (LARGEST_BODY + 1), pieces()):
        answer = await site.ask("POST", "/bird/post", content=content)
        assert (answer.status_code, answer.json()) == (413, {"error": "This body is larger than 1 MiB."})


async def test_it_listens_on_a_port_that_the_system_chose_until_the_body_ends() -> None:
    async with listening(Site().app, "127.0.0.1", 0) as port, httpx2.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/healthz")
        assert answer.json() == {"alive": True}
        assert "server" not in answer.headers
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_request_that_hangs_does_not_keep_it_listening() -> None:
    async def hang(_: Request) -> JSONResponse:
        await asyncio.Event().wait()
        return JSONResponse({})

    readiness = Readiness()
    readiness.phase = "serving"
    app = application(readiness, [Route("/hang", hang)])
    with capture_logs():
        async with asyncio.timeout(30), listening(app, "127.0.0.1", 0) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /hang HTTP/1.1\r\nHost: bot\r\n\r\n")
            await writer.drain()
    writer.close()


@pytest.mark.parametrize(
    "piece", [b"", b"GET /heal", b"POST /bird/post HTTP/1.1\r\nHost: bot\r\nContent-Length: 9\r\n\r\nco"]
)
async def test_a_request_that_does_not_come_in_is_given_up(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_WHOLE", 0.05)
    with capture_logs():
        async with asyncio.timeout(30), listening(Site().app, "127.0.0.1", 0) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(piece)
            assert await reader.read() == b""
            writer.close()


async def test_a_request_that_came_in_may_take_longer_and_the_next_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_WHOLE", 0.3)
    goes_on = asyncio.Event()

    async def slow(_: Request) -> JSONResponse:
        await goes_on.wait()
        return JSONResponse({})

    readiness = Readiness()
    readiness.phase = "serving"
    app = application(readiness, [Route("/slow", slow)])
    async with asyncio.timeout(30), listening(app, "127.0.0.1", 0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /slow HTTP/1.1\r\nHost: bot\r\n\r\n")
        later, other = await asyncio.open_connection("127.0.0.1", port)
        assert await later.read() == b""
        other.close()
        goes_on.set()
        assert (await reader.readuntil(b"{}")).startswith(b"HTTP/1.1 200")
        writer.write(b"GET /sl")
        assert await reader.read() == b""
        writer.close()


async def test_an_error_of_the_body_comes_out_as_itself() -> None:
    with pytest.raises(LookupError):
        async with listening(Site().app, "127.0.0.1", 0):
            raise LookupError


async def test_a_port_in_use_and_a_foreign_address_are_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(NoPort, match="in use by another process"):
        async with listening(Site().app, "127.0.0.1", taken.getsockname()[1]):
            pass
    with pytest.raises(NoPort, match=r"192\.0\.2\.1 is no address of this machine"):
        async with listening(Site().app, "192.0.2.1", 0):
            pass


def test_no_answer_waits_for_the_acknowledgement_of_another() -> None:
    with _bound("127.0.0.1", 0) as bound, socket.create_connection(bound.getsockname()):
        accepted, _ = bound.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
