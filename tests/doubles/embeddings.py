"""A server of embeddings on loopback that speaks as OpenAI's does, counts what it bills, and misbehaves when told.

Its vectors are hashed bags of words, so the same words are near each other, in every process; those of fewer dimensions
are made anew rather than cut. It keeps OpenAI's limits, and counts tokens by OpenAI's own vocabulary.
"""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

import numpy as np

from knowledge.endpoint.models import KNOWN
from knowledge.tokens import EMBEDDING, count
from tests.doubles.hashing import hashed

if TYPE_CHECKING:
    from collections.abc import Callable

Fault: TypeAlias = Literal[
    "401",
    "403",
    "404",
    "408",
    "429",
    "402",
    "quota",
    "500",
    "503",
    "504",
    "slow",
    "dropped",
    "dropped at once",
    "page",
    "count",
    "index",
    "nan",
    "zero",
    "length",
    "uneven",
    "words",
    "silent about usage",
    "boasting",
]
REFUSED: Final[tuple[Fault, ...]] = ("401", "403", "404", "429", "402", "quota", "500", "503")
"""Those that cost nothing."""
_TEXT, _INPUTS, _SUM = 8_192, 2_048, 300_000
_STATUS: Final[dict[Fault, tuple[int, str]]] = {
    "quota": (429, "insufficient_quota"),
    "429": (429, "rate_limit_exceeded"),
}


MODELS: Final = {name: known.dimensions for name, known in KNOWN.items()} | {"nomic-embed-text": 96}
"""With the length of their vectors: OpenAI's, and one that nobody knows."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request as the server saw it: ``tokens`` are what it bills."""

    model: str
    texts: list[str]
    dimensions: int | None
    format: str
    key: str
    status: int = 0
    tokens: int = 0


@dataclass(slots=True, kw_only=True)
class Embeddings:
    """A server in a thread of this process, which other processes may use as well.

    ``models`` are those that it has, with the length of their vectors. ``inputs`` and ``text`` are its limits.
    """

    models: dict[str, int] = field(default_factory=lambda: dict(MODELS))
    inputs: int = _INPUTS
    text: int = _TEXT
    knows_base64: bool = True
    retry_after: str | None = None
    shuffles: bool = False
    seconds: float = 0.0
    """How long it thinks before it answers."""
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    """Every request since it began, in order."""
    most_at_once: int = 0
    _now: int = 0
    _fault: Fault | None = None
    _after: int = 0
    _left: int | None = 0
    _changing: threading.Lock = field(default_factory=threading.Lock)
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None
    _thread: threading.Thread | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def tokens(self) -> int:
        """Tokens billed, of all requests."""
        return sum(one.tokens for one in self.asked)

    @property
    def texts(self) -> list[str]:
        """All texts that were embedded."""
        return [text for one in self.asked if one.status == 200 for text in one.texts]

    def misbehave(self, fault: Fault, *, after: int = 0, times: int | None = None) -> None:
        """Do so from now on, once ``after`` more requests went well, for so many ``times`` or until ``recover``."""
        with self._changing:
            self._fault, self._after, self._left = fault, after, times

    def reset(self) -> None:
        """Be as it was at its start, for the next test."""
        self.recover()
        self.asked.clear()
        self.inputs, self.text, self.most_at_once = _INPUTS, _TEXT, 0
        self.knows_base64, self.shuffles, self.retry_after, self.seconds = True, False, None, 0.0

    def recover(self) -> None:
        """Answer as it should."""
        with self._changing:
            self._left = 0

    async def arrived(self, requests: int) -> None:
        """Return once so many requests have arrived since it began."""

        def wait() -> None:
            with self._arrived:
                assert self._arrived.wait_for(lambda: len(self.asked) >= requests, timeout=20)

        await asyncio.to_thread(wait)

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = self._server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._closed())

    async def _closed(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        if self._open:
            await asyncio.wait(self._open)
        await self._loop.shutdown_default_executor()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._open.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._request(reader, writer):
                pass
        writer.close()
        self._open.discard(task)

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection is to be closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.strip().splitlines()[1:])
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        one = Asked(
            model=body["model"],
            texts=texts,
            dimensions=body.get("dimensions"),
            format=body.get("encoding_format", "float"),
            key=headers.get("authorization", "").removeprefix("bearer "),
        )
        fault = self._next()
        refused = self._refused(one, fault)
        one.status = refused[0] if refused else 200
        if not refused or fault in {"408", "504"}:  # whatever stands before it, the model worked
            one.tokens = sum(count(text, EMBEDDING) for text in one.texts)
        with self._arrived:
            self.asked.append(one)
            self._arrived.notify_all()
        if fault == "dropped at once":
            return False
        await self._think(600.0 if fault == "slow" else self.seconds)
        if fault == "dropped":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{")
            await writer.drain()
            return False
        writer.write(self._said(one, fault) if not refused else self._error(*refused))
        await writer.drain()
        return True

    async def _think(self, seconds: float) -> None:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._now -= 1

    def _next(self) -> Fault | None:
        with self._changing:
            if self._left == 0:
                return None
            if self._after:
                self._after -= 1
                return None
            if self._left is not None:
                self._left -= 1
            return self._fault

    def _refused(self, one: Asked, fault: Fault | None) -> tuple[int, str, str] | None:
        if fault is not None and (fault.isdecimal() or fault in _STATUS):
            status, code = _STATUS.get(fault, (int(fault) if fault.isdecimal() else 0, "an_error"))
            return status, code, "As the test wants it."
        if one.model not in self.models:
            return 404, "model_not_found", f"The model `{one.model}` does not exist."
        if one.format == "base64" and not self.knows_base64:
            return 400, "unknown", "encoding_format: extra fields not permitted"
        return self._limited(one)

    def _limited(self, one: Asked) -> tuple[int, str, str] | None:
        longest = max((count(text, EMBEDDING) for text in one.texts), default=0)
        known = KNOWN.get(one.model)
        if not one.texts or not all(one.texts):
            return 400, "invalid_input", "'$.input' is invalid: an input cannot be an empty string."
        if len(one.texts) > self.inputs:
            return 400, "invalid_input", f"'$.input' is invalid: maximum batch size is {self.inputs}."
        if longest > self.text:
            return 400, "invalid_input", f"This model's maximum context length is {self.text} tokens."
        if sum(count(text, EMBEDDING) for text in one.texts) > _SUM:
            return 400, "max_tokens_per_request", "Requested too many tokens, max 300000 tokens per request"
        if one.dimensions is not None and (
            one.dimensions > self.models[one.model] or (known is not None and not known.shortens)
        ):
            return 400, "invalid_dimensions", "This model does not support specifying dimensions."
        return None

    def _error(self, status: int, code: str, message: str) -> bytes:
        wait = {"Retry-After": self.retry_after} if self.retry_after is not None and status in {429, 503} else {}
        said = {"error": {"message": message, "type": code, "param": None, "code": code}}
        return _http(status, json.dumps(said).encode(), wait)

    def _said(self, one: Asked, fault: Fault | None) -> bytes:
        if fault == "page":
            return _http(200, b"<html>hello</html>", {"Content-Type": "text/html"})
        size = one.dimensions or self.models[one.model]
        rows = [_spoiled(hashed(text, size) * 3, fault, at) for at, text in enumerate(one.texts)]
        spoken = _spoken if one.format == "base64" and fault != "words" else _numbers
        data: list[dict[str, Any]] = [
            {"object": "embedding", "index": at + (fault == "index"), "embedding": spoken(row)}
            for at, row in enumerate(rows)
        ]
        if fault == "words":
            data[0]["embedding"] = ["one", "two"]
        if self.shuffles:
            data.reverse()
        said: dict[str, Any] = {"object": "list", "data": data[fault == "count" :], "model": one.model}
        if fault != "silent about usage":
            tokens = one.tokens * (1_000 if fault == "boasting" else 1)
            said["usage"] = {"prompt_tokens": tokens, "total_tokens": tokens}
        return _http(200, json.dumps(said).encode(), {})


def _spoiled(row: np.ndarray[Any, Any], fault: Fault | None, at: int) -> np.ndarray[Any, Any]:
    spoil: dict[Fault, Callable[[], np.ndarray[Any, Any]]] = {
        "nan": lambda: row * np.nan,
        "zero": lambda: row * 0,
        "length": lambda: row[:-1],
        "uneven": lambda: row[: len(row) - at % 2],
    }
    return spoil[fault]() if fault in spoil else row


def _spoken(row: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(row.astype("<f4").tobytes()).decode()


def _numbers(row: np.ndarray[Any, Any]) -> list[float]:
    return [float(number) for number in row]


def _http(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    all_of_them = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in all_of_them.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body
