"""A provider of models on loopback: ``llmock`` behind a meter, misbehaving as a test says and from which call on.

The meter stands where the bytes leave, counts each token that is sent as OpenAI would, and writes its own count into
the usage that is reported; so what a client books can be held against what was served, token by token.
"""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

from llmock.scenarios import Fail, Plan, Reply, RequestInfo, ScenarioQueue, SlowFirstToken, StreamFault
from llmock.testing import LLMockServer

from knowledge.tokens import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Fault: TypeAlias = Literal[
    "401", "402", "404", "429", "500", "503", "garbage", "garbage later", "silent", "stalled", "cut", "dropped"
]
ANSWER: Final = "An API key is rotated every 90 days. [1] Keep it secret. [1]"
_FOREVER: Final = 600.0
_LATER: Final = 4
"""Events after which a stream breaks: the role, and three words."""
_PLANS: Final[Mapping[Fault, Plan]] = {
    **{status: Plan(fail=Fail(int(status))) for status in ("401", "402", "404", "500", "503")},
    "429": Plan(fail=Fail(429, retry_after=1)),
    "garbage": Plan(stream_fault=StreamFault("malformed", after_chunks=1)),
    "garbage later": Plan(stream_fault=StreamFault("malformed", after_chunks=_LATER)),
    "silent": Plan(slow_first_token=SlowFirstToken(_FOREVER)),
    "stalled": Plan(stream_fault=StreamFault("stall", after_chunks=_LATER, stall_seconds=_FOREVER)),
    "cut": Plan(stream_fault=StreamFault("truncate", after_chunks=_LATER)),
    "dropped": Plan(stream_fault=StreamFault("disconnect", after_chunks=_LATER)),
}
BEFORE_TEXT: Final[tuple[Fault, ...]] = ("401", "402", "404", "429", "500", "503", "garbage", "silent")
AFTER_TEXT: Final[tuple[Fault, ...]] = ("garbage later", "stalled", "cut", "dropped")


@dataclass(slots=True, kw_only=True)
class Served:
    """One call as the provider saw it: tokens that it read, and those that it sent. A refused one has none.

    What it still sends after garbage is not counted: it is the garbage's fault that nobody reads it.
    """

    model: str
    status: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    whole: bool = False
    garbled: bool = False


class Provider:
    """A server in a thread of this process, which other processes may use as well."""

    def __init__(self, answer: str = ANSWER) -> None:
        self.calls: list[Served] = []
        """Every call since it began, in order, those under way included."""
        self._script = _Script(answer)
        self._server = LLMockServer()
        self._server.app.add_middleware(_Meter, calls=self.calls)
        self._server.state.scenarios = self._script

    def __enter__(self) -> Self:
        self._server.start()
        inner: Any = self._server
        inner._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer waits 40 ms
        inner._server.config.timeout_keep_alive = _FOREVER
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return self._server.base_url("openai")

    @property
    def port(self) -> int:
        return self._server.port

    def misbehave(self, fault: Fault, *, after: int = 0, times: int | None = None) -> None:
        """Do so from now on, once ``after`` more calls went well, for so many ``times`` or until ``recover``."""
        self._script.fault(fault, after, times)

    def recover(self) -> None:
        """Answer as it should."""
        self._script.clear()

    @property
    def prompt_tokens(self) -> int:
        """Tokens read, of all calls."""
        return sum(call.prompt_tokens for call in self.calls)

    @property
    def answer_tokens(self) -> int:
        """Tokens sent, of all calls, those that broke off included."""
        return sum(call.answer_tokens for call in self.calls)


class _Script(ScenarioQueue):
    """What happens to each call. Asked by the server's thread, told by the test's."""

    def __init__(self, answer: str) -> None:
        super().__init__()
        self._changing = threading.Lock()
        self._reply = Reply(text=answer)
        self._plan = Plan()
        self._after = 0
        self._left: int | None = 0

    def fault(self, fault: Fault, after: int, times: int | None) -> None:
        with self._changing:
            self._plan, self._after, self._left = _PLANS[fault], after, times

    def clear(self) -> None:
        with self._changing:
            self._left = 0

    def plan_for(self, info: RequestInfo) -> Plan:
        with self._changing:
            plan = self._next()
        return Plan(
            fail=plan.fail,
            slow_first_token=plan.slow_first_token,
            stream_fault=plan.stream_fault,
            reply=self._reply,
        )

    def _next(self) -> Plan:
        if self._left == 0:
            return Plan()
        if self._after:
            self._after -= 1
            return Plan()
        if self._left is not None:
            self._left -= 1
        return self._plan


@dataclass(slots=True)
class _Meter:
    """Counts what goes over the wire. The server sends each event as a message of its own."""

    app: ASGIApp
    calls: list[Served] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _body(receive)
        asked = json.loads(body)
        served = Served(model=asked["model"])
        self.calls.append(served)
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def metered(message: Message) -> None:
            await send(_counted(message, served, asked))

        await self.app(scope, again, metered)


def _counted(message: Message, served: Served, asked: Mapping[str, Any]) -> Message:
    """Count before it is sent: what may have been seen must have been counted."""
    if message["type"] == "http.response.start":
        served.status = message["status"]
        if served.status < 400:
            served.prompt_tokens = 3 + sum(4 + count(one["content"]) for one in asked["messages"])
        return message
    event: bytes = message.get("body", b"")
    if served.status >= 400 or served.garbled or not event.startswith(b"data: {"):
        return message
    try:
        chunk = json.loads(event.removeprefix(b"data: "))
    except ValueError:  # sent on purpose
        served.garbled = True
        return message
    for choice in chunk["choices"]:
        served.answer_tokens += count(choice["delta"].get("content") or "")
        served.whole = choice["finish_reason"] is not None
    if chunk.get("usage"):
        chunk["usage"] = {
            "prompt_tokens": served.prompt_tokens,
            "completion_tokens": served.answer_tokens,
            "total_tokens": served.prompt_tokens + served.answer_tokens,
        }
    return {**message, "body": f"data: {json.dumps(chunk)}\n\n".encode()}


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)
