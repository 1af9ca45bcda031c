"""Asks through the bot's own engine, chain and client, and dies at a named point of the ledger."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from adapters.parts import Ending
from bot.answering import prompt_files
from bot.answering.engine import Engine
from bot.errors import OverBudget
from bot.models.breaker import Breaker
from bot.models.chain import Link
from bot.models.endpoint import Endpoint
from bot.models.openai import OpenAiChat
from bot.money.ledger import SqlLedger
from tests.bot.answering.test_engine import AUDIENCE, KEYS, question
from tests.crash.spending_limits import limits, say
from tests.doubles.answering import Passages, Remembered, covered
from tests.doubles.audiences import always
from tests.doubles.chains import admission, chained

if TYPE_CHECKING:
    from bot.database import Database
    from bot.money.base import Bill, Call, Reservation
    from tests.crash.worker import Points

MODEL: Final = "gpt-4.1-mini"
IN_FLIGHT: Final = 8
"""``max_in_flight`` of a service, by default."""


class Dear:
    """A price at which two hundred answers cost more than five dollars: some three cents each, eleven at most."""

    def cost(self, *, prompt_tokens: int, answer_tokens: int, cached_tokens: int = 0) -> int:
        return 60 * prompt_tokens + 180 * answer_tokens


class MarkedLedger(SqlLedger):
    """A ledger that remembers what was used when it refused a call."""

    def __init__(self, database: Database, points: Points, **told: Any) -> None:  # noqa: ANN401 - as any ledger's
        super().__init__(database, limits, **told)
        self._points = points
        self.used: dict[str, int] = {}

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        try:
            reservation = await super().reserve(call, waits=waits)
        except OverBudget as error:
            self.used[call.answer] = error.account.used
            raise
        self._points.reach("reserved")
        return reservation

    async def settle(self, reservation: Reservation, bill: Bill, /) -> None:
        self._points.reach("answered")
        await super().settle(reservation, bill)
        self._points.reach("settled")


class Questioner:
    """Asks every question once, as many at a time as a service does; one that is only quoted was refused."""

    def __init__(self, ledger: MarkedLedger, port: int) -> None:
        self._ledger = ledger
        self._free = asyncio.Semaphore(IN_FLIGHT)
        chat = OpenAiChat(Endpoint(name=MODEL, base_url=f"http://127.0.0.1:{port}/v1", key="key"))
        shelf = Passages(KEYS)
        self._engine = Engine(
            retriever=shelf,
            catalog=shelf,
            admission=admission(ledger),
            chain=chained(Link(model=chat, strength="strong", price=Dear(), breaker=Breaker(lambda: 0.0))),
            turns=Remembered(),
            prompts=prompt_files.load(),
            workspace="terminal:local",
            gate=covered,
        )

    async def ask(self, answer: str) -> None:
        asked = question("How often is an API key rotated?")
        one = replace(asked, id=f"q-{answer}", conversation=answer, asker=replace(asked.asker, id=answer[-1]))
        parts = self._engine.answer(one, always(AUDIENCE), asyncio.Event(), answer=answer)
        async with self._free, aclosing(parts):
            last = [part async for part in parts][-1]
        if not isinstance(last, Ending) or last.verdict != "answered":
            raise RuntimeError(f"the engine did not answer: {last}")
        if last.model == MODEL:
            say("done", answer)
        else:
            say("refused", answer, self._ledger.used[answer])
