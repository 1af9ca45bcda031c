"""Outages of a provider under load, each three times, through inbox, engine, chain and ledger.

Every question ends visibly, is answered by one model, is charged once, and no token that was served is left unpaid.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from adapters.markup import joined
from adapters.parts import Ending, Text
from adapters.plain import rendered
from bot.answering import prompt_files, replies
from bot.answering.engine import Engine
from bot.dispatcher import Dispatcher
from bot.inbox import Inbox
from bot.models.extractive import Extractive
from bot.models.openai import OpenAiChat
from bot.money.ledger import SqlLedger
from bot.plans import Plans
from bot.policy import MoneySettings, NamedModel
from bot.providers import chain
from bot.settings import Settings
from bot.tables import AccountRow, ChargeRow
from bot.turns import Turns
from tests.bot.answering.test_engine import KEYS
from tests.doubles.adapters import NOON, RecordingAdapter, a_question
from tests.doubles.answering import Passages, covered
from tests.doubles.chains import Flat, admission
from tests.doubles.provider import ANSWER, Fault, Provider

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from sqlalchemy import Row

    from adapters.markup import Tree
    from adapters.parts import Part
    from bot.database import Database
    from bot.models.base import LanguageModel
    from bot.models.endpoint import Endpoint

QUESTIONS = 20
ROUNDS = 3
FIRST, SECOND = "gpt-4.1", "gpt-4.1-mini"
BEFORE: tuple[Fault, ...] = ("401", "429", "500", "garbage", "silent")
AFTER: tuple[Fault, ...] = ("stalled", "cut")
REST = 30.0


@dataclass(kw_only=True)
class Service:
    """All of it but the knowledge; its breakers see a clock of the test's own."""

    database: Database
    inbox: Inbox
    adapter: RecordingAdapter
    changed: asyncio.Event
    now: float = 0.0
    asked: int = 0

    async def wave(self) -> list[list[Part]]:
        """Ask many at once, each in a conversation of its own, and wait until all are answered."""
        numbers = range(self.asked, self.asked + QUESTIONS)
        self.asked += QUESTIONS
        place = replace(a_question().place, platform="recording")
        for number in numbers:
            asked = a_question("Why is an API key rotated every 90 days?", place)
            await self.inbox.put(replace(asked, id=f"q{number}", conversation=f"c{number}"))
        async with asyncio.timeout(60):
            while await self.inbox.owed():
                await self.changed.wait()
                self.changed.clear()
        return [self.adapter.replies[f"q{number}"] for number in numbers]

    async def charges(self) -> Sequence[Row[tuple[ChargeRow]]]:
        table = ChargeRow.__table__
        return await self.database.read(lambda connection: connection.execute(select(table)).all())

    async def counted(self) -> int:
        """How many questions the workspace's plan counts."""
        questions = select(AccountRow.questions).where(AccountRow.holder == "workspace")
        return await self.database.read(lambda connection: connection.execute(questions).scalar_one_or_none() or 0)


@asynccontextmanager
async def serving(database: Database, *urls: str, patience: float) -> AsyncGenerator[Service]:
    """Serve with a chain over these addresses; the first has little patience."""
    changed, adapter = asyncio.Event(), RecordingAdapter()
    turns = Turns(database)
    inbox = Inbox(database, turns)
    inbox.on_change(lambda _: changed.set())
    service = Service(database=database, inbox=inbox, adapter=adapter, changed=changed)
    async with AsyncExitStack() as opened:

        def model(endpoint: Endpoint) -> LanguageModel:
            made = OpenAiChat(endpoint)
            opened.push_async_callback(made.aclose)
            return made

        models = [
            NamedModel(name=name, base_url=url, connect_seconds=30, first_token_seconds=seconds, idle_seconds=seconds)
            for name, url, seconds in zip((FIRST, SECOND), urls, (patience, 30.0), strict=False)
        ]
        ledger = SqlLedger(database, Plans(MoneySettings(person_day=Decimal(100))).limits, wait_seconds=10.0)
        await opened.enter_async_context(ledger.running())
        shelf = Passages(KEYS)
        engine = Engine(
            retriever=shelf,
            catalog=shelf,
            admission=admission(ledger),
            chain=chain(
                Settings(models=tuple(models)),
                model=model,
                price_of=lambda _: Flat(),
                last=Extractive(),
                clock=lambda: service.now,
            ),
            turns=turns,
            prompts=prompt_files.load(),
            workspace="w",
            gate=covered,
        )
        dispatcher = Dispatcher(
            database=database,
            inbox=inbox,
            adapters={"recording": adapter},
            answer=engine.answer,
            max_in_flight=QUESTIONS,
            now=NOON.timestamp,
        )
        await opened.enter_async_context(dispatcher.running())
        yield service


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Provider, Provider]]:
    with Provider() as first, Provider() as second:
        yield first, second


@pytest.fixture
def first(servers: tuple[Provider, Provider]) -> Provider:
    return _anew(servers[0])


@pytest.fixture
def second(servers: tuple[Provider, Provider]) -> Provider:
    return _anew(servers[1])


def _anew(provider: Provider) -> Provider:
    provider.recover()
    provider.calls.clear()
    return provider


def ending(parts: Sequence[Part]) -> Ending:
    (last,) = [part for part in parts if isinstance(part, Ending)]
    assert parts[-1] is last
    return last


def text(parts: Sequence[Part]) -> str:
    tree: Tree = ()
    for part in parts:
        if isinstance(part, Text):
            tree = joined(tree, part.block, continues=part.continues)
    return rendered(tree)


_UNDER_WAY = 8
"""Tokens of a stream that may be between a server and whoever reads it."""


async def all_is_paid(service: Service, first: Provider, second: Provider) -> None:
    """Nothing is open, every served token is booked, and each question that a model answered counts once."""
    charges = await service.charges()
    assert {charge.state for charge in charges} <= {"settled", "released"}
    for provider, name in ((first, FIRST), (second, SECOND)):
        paid = [charge for charge in charges if charge.model == name]
        assert sum(charge.prompt_tokens for charge in paid) >= provider.prompt_tokens
        # What was on its way when nobody waited for it any more was sent, and never seen.
        unseen = sum(min(call.answer_tokens, _UNDER_WAY) for call in provider.calls if not call.whole)
        assert sum(charge.answer_tokens for charge in paid) >= provider.answer_tokens - unseen
    counts = Counter(charge.answer for charge in charges if charge.counts and charge.state != "released")
    assert set(counts.values()) <= {1}
    assert await service.counted() == len(counts)
    settled = defaultdict(list)
    for charge in charges:
        if charge.state == "settled":
            settled[charge.answer].append(charge.estimated)
    assert all(whole.count(False) <= 1 for whole in settled.values())


@pytest.mark.parametrize("fault", BEFORE)
async def test_a_provider_that_fails_before_a_word_is_shown_costs_nobody_an_answer(
    database: Database, first: Provider, second: Provider, fault: Fault
) -> None:
    async with serving(database, first.url, second.url, patience=1.5 if fault == "silent" else 30.0) as service:
        for _ in range(ROUNDS):
            first.misbehave(fault)
            answered = await service.wave()
            assert {(ending(parts).verdict, ending(parts).model) for parts in answered} == {("answered", SECOND)}
            assert {text(parts).split(" [1]")[0] for parts in answered} == {ANSWER.split(" [1]")[0]}
            first.recover()
            service.now += REST
            await service.wave()
        await all_is_paid(service, first, second)
        assert await service.counted() == service.asked


@pytest.mark.parametrize("fault", AFTER)
async def test_a_provider_that_breaks_off_keeps_what_was_shown_and_never_mixes_two_models(
    database: Database, first: Provider, second: Provider, fault: Fault
) -> None:
    async with serving(database, first.url, second.url, patience=1.5 if fault == "stalled" else 30.0) as service:
        for _ in range(ROUNDS):
            first.misbehave(fault)
            answered = await service.wave()
            assert {ending(parts).verdict for parts in answered} <= {"answered", "cut"}
            first.recover()
            service.now += REST
            await service.wave()
        await all_is_paid(service, first, second)


async def test_with_every_provider_down_all_get_quotes_that_say_so_and_nothing_is_charged(
    database: Database, first: Provider, second: Provider
) -> None:
    async with serving(database, first.url, second.url, patience=30.0) as service:
        for _ in range(ROUNDS):
            first.misbehave("500")
            second.misbehave("429")
            answered = await service.wave()
            assert {(ending(parts).verdict, ending(parts).model) for parts in answered} == {("answered", "extractive")}
            assert all(text(parts).endswith(replies.RESTING) for parts in answered)
        assert {charge.state for charge in await service.charges()} == {"released"}
        assert await service.counted() == 0
