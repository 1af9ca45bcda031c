"""The adapter of ``tests.crash.sink``: shows a reply as one message or two, and takes up what a killed one left."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from adapters.base import Adapter, Audience, MessageRef, Posted
from adapters.parts import Ending, Text
from adapters.plain import block_text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from pathlib import Path

    from adapters.base import Desk, Journal, Notice, Person, Place, Question
    from adapters.parts import Part

PLATFORM = "sink"
END = "[end]"
SPLIT = 2
"""Texts in the first message."""
_TRIES = 400


class SinkAdapter(Adapter):
    """``keys``: whether to rely on them. ``blind``: whether to forget to look, which is a fault. ``reach`` is told
    of each point that is passed.
    """

    name = PLATFORM
    anywhere = True

    def __init__(self, socket: Path, *, keys: bool, blind: bool = False, reach: Callable[[str], None]) -> None:
        self._socket = socket
        self._keys = keys
        self._blind = blind
        self._reach = reach
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for _, writer in self._free:
            writer.close()

    async def run(self, desk: Desk, /) -> None:
        await asyncio.Event().wait()

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        messages = {posted.part: posted.message.message for posted in journal.earlier}
        texts: list[str] = []
        async with aclosing(parts):
            async for part in parts:
                if isinstance(part, Text):
                    texts.append(block_text(part.block).strip())
                    await self._show(question, texts, messages, journal)
                elif isinstance(part, Ending):
                    texts.append(END)
                    await self._show(question, texts, messages, journal)

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        return Audience(everyone=frozenset({"public"}), asker=frozenset())

    async def notify(self, place: Place, notice: Notice, /) -> None:
        raise NotImplementedError  # the sink counts answers, and nothing else

    async def _show(self, question: Question, texts: list[str], messages: dict[int, str], journal: Journal) -> None:
        """Bring the messages to what there is to say so far; a message that says less is replaced whole."""
        number = int(len(texts) > SPLIT)
        shown = texts[:SPLIT] if number == 0 else texts[SPLIT:]
        await self._put(number, " ".join(shown), question, messages, journal)

    async def _put(
        self, number: int, text: str, question: Question, messages: dict[int, str], journal: Journal
    ) -> None:
        held = partial(journal.before, number)
        key = await held()
        self._reach("intent")
        wish = {"question": question.id, "conversation": question.conversation, "part": number, "text": text}
        if number not in messages:
            messages[number] = await self._found(key, journal) or await self._posted(wish, key, held)
            await journal.after(Posted(part=number, message=self._ref(messages[number])))
            self._reach("outcome")
        await self._ask(wish | {"do": "edit", "message": messages[number]}, held)  # what a known key shows may be old

    async def _found(self, key: str, journal: Journal) -> str | None:
        """Look for what a killed process may have posted, where the platform does not itself know the key."""
        if not journal.unsure or self._keys or self._blind:
            return None
        found: str | None = (await self._ask({"do": "find", "key": key}))["message"]
        return found

    async def _posted(self, wish: dict[str, Any], key: str, held: Callable[[], Awaitable[object]]) -> str:
        message: str = (await self._ask(wish | {"do": "post", "key": key}, held))["message"]
        self._reach("post accepted")
        return message

    def _ref(self, message: str) -> MessageRef:
        return MessageRef(platform=PLATFORM, workspace="sink:1", channel="c", message=message)

    async def _ask(self, wish: dict[str, Any], held: Callable[[], Awaitable[object]] | None = None) -> dict[str, Any]:
        """Ask the platform, as often as it takes; not knowing whether it heard, ask a post by key again only.

        ``held`` is asked last, when nothing is left to wait for before the wish is sent.
        """
        for _ in range(_TRIES):
            try:
                reader, writer = self._free.pop() if self._free else await asyncio.open_unix_connection(self._socket)
            except OSError:  # it is being started again: nothing was sent
                await asyncio.sleep(0.05)
                continue
            try:
                if held is not None:
                    await held()
                writer.write(json.dumps(wish).encode() + b"\n")
                await writer.drain()
                line = await reader.readline()
            except OSError:
                line = b""
            except BaseException:
                writer.close()
                raise
            if line:
                self._free.append((reader, writer))
                answer: dict[str, Any] = json.loads(line)
                return answer
            writer.close()
            if wish["do"] == "post" and not self._keys:
                raise ConnectionError("nobody knows whether it was posted")
        raise ConnectionError("the platform stays away")
