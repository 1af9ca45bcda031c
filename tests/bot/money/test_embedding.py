"""Embedding for money, over real HTTP: what is booked is what the server bills, however its requests end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.errors import OverBudget, StoreAway
from bot.money.base import Bill
from bot.money.embedding import Paying
from bot.money.forecasting import span
from bot.money.ledger import SqlLedger
from bot.money.usage import Usage
from bot.plans import Plans
from bot.policy import MoneySettings
from knowledge.endpoint.base import Endpoint, Patience
from knowledge.endpoint.embedder import opened
from knowledge.errors import KnowledgeError, Unaffordable
from tests.contracts.ledger import PAYER, Chosen, a_call, used
from tests.doubles.chains import Flat
from tests.doubles.embeddings import REFUSED, Embeddings, Fault
from tests.doubles.hashing import Hashing
from tests.doubles.ledger import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from bot.database import Database
    from bot.money.base import Account, Call, Ledger, Payer, Reservation
    from knowledge.base import Embedder
    from knowledge.endpoint.base import Priced
    from knowledge.endpoint.embedder import EndpointEmbedder

SMALL = "text-embedding-3-small"
TEXT = "Backups run every night at two."
TOKENS = 8
"""Of that text."""
QUICK = Patience(total=8.0, one=2.0, tries=2)
"""For a server that says nothing."""
PATIENT = Patience(total=90.0, one=30.0, tries=2)
"""For one that does, on a busy machine."""
TEAM = "slack:T1"


class Nothing:
    """A price of nothing."""

    def cost(self, *, prompt_tokens: int, answer_tokens: int, cached_tokens: int = 0) -> int:
        return 0


def flat(_: Priced) -> Flat:
    return Flat()


@pytest.fixture(scope="module")
def running() -> Iterator[Embeddings]:
    with Embeddings() as server:
        yield server


@pytest.fixture
def provider(running: Embeddings) -> Embeddings:
    running.reset()
    return running


@pytest.fixture
async def embedder(provider: Embeddings, request: pytest.FixtureRequest) -> AsyncGenerator[EndpointEmbedder]:
    async def at_once(_: float) -> None:
        await asyncio.sleep(0)

    told = getattr(request.node, "callspec", None)
    waits = QUICK if told is not None and told.params.get("fault") == "slow" else PATIENT
    endpoint = Endpoint(model=SMALL, base_url=provider.url, key="a-key", dimensions=64, question=waits, passage=waits)
    async with opened(endpoint, pause=at_once) as embedder:
        yield embedder


def asking(ledger: Ledger, embedder: Embedder, answer: str = "a1") -> Embedder:
    return Paying(ledger=ledger, price_of=flat).by_asker(PAYER, answer)(embedder)


def syncing(ledger: Ledger, embedder: Embedder, run: str = "1") -> Embedder:
    return Paying(ledger=ledger, price_of=flat).by_workspace(TEAM, run)(embedder)


async def booked(ledger: Ledger) -> int:
    return (await used(ledger))["everyone", "micros"]


async def wave(embedder: Embedder, times: int, *, purpose: str = "question") -> list[KnowledgeError | None]:
    """Embed many at once; give what each came to."""

    async def one() -> KnowledgeError | None:
        try:
            await embedder.embed([TEXT], purpose=purpose)  # type: ignore[arg-type]  # one of two words
        except KnowledgeError as error:
            return error
        return None

    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(one()) for _ in range(times)]
    return [task.result() for task in asked]


async def test_a_question_costs_what_its_server_says(embedder: EndpointEmbedder, provider: Embeddings) -> None:
    ledger = MemoryLedger()
    await asking(ledger, embedder).embed([TEXT], purpose="question")
    (charge,) = ledger.charges.values()
    assert (charge.cost, charge.call.worst, provider.tokens) == (TOKENS, TOKENS, TOKENS)
    assert (charge.call.feature, charge.call.model, charge.call.answer) == ("embedding", SMALL, "a1")
    assert charge.call.payer == PAYER


def test_an_embedder_on_this_machine_stays_as_it_is() -> None:
    local = Hashing()
    assert asking(MemoryLedger(), local) is local


async def test_one_that_costs_nothing_needs_no_account(embedder: EndpointEmbedder) -> None:
    ledger = MemoryLedger()
    paying = Paying(ledger=ledger, price_of=lambda _: Nothing())
    assert await wave(paying.by_asker(PAYER, "a1")(embedder), 1) == [None]
    assert ledger.charges == {}


async def test_finding_out_how_long_vectors_are_is_paid_by_the_workspace(provider: Embeddings) -> None:
    ledger = MemoryLedger()
    endpoint = Endpoint(model="nomic-embed-text", base_url=provider.url)
    meter = Paying(ledger=ledger, price_of=flat).meter(endpoint, TEAM, "start")
    async with opened(endpoint, meter=meter) as embedder:
        assert embedder.spec.dimensions == 96
    (charge,) = ledger.charges.values()
    assert (charge.cost, charge.call.payer.workspace) == (provider.tokens, TEAM)
    assert charge.call.worst > charge.cost


@pytest.mark.parametrize(
    "fault",
    [
        *REFUSED,
        "408",
        "504",
        "slow",
        "dropped",
        "dropped at once",
        "page",
        "count",
        "nan",
        "length",
        "silent about usage",
        "boasting",
    ],
)
async def test_what_is_booked_is_what_was_billed_to_the_token(
    embedder: EndpointEmbedder, provider: Embeddings, fault: Fault
) -> None:
    ledger = MemoryLedger()
    provider.misbehave(fault, after=2, times=5)
    await wave(asking(ledger, embedder), 8)
    assert await booked(ledger) == provider.tokens >= 3 * TOKENS
    assert not any(charge.open for charge in ledger.charges.values())


@pytest.mark.parametrize("fault", REFUSED)
async def test_a_request_that_is_refused_costs_nothing(
    embedder: EndpointEmbedder, provider: Embeddings, fault: Fault
) -> None:
    ledger = MemoryLedger()
    provider.misbehave(fault)
    assert all(await wave(asking(ledger, embedder), 3))
    assert (provider.tokens, ledger.charges) == (0, {})


async def test_a_request_that_never_reached_a_server_costs_nothing() -> None:
    ledger = MemoryLedger()
    endpoint = Endpoint(model=SMALL, base_url="http://127.0.0.1:9/v1", question=replace(QUICK, tries=1))
    async with opened(endpoint) as nowhere:
        assert all(await wave(asking(ledger, nowhere), 3))
    assert ledger.charges == {}


async def test_what_is_cancelled_on_its_way_is_booked_as_billed(
    database: Database, embedder: EndpointEmbedder, provider: Embeddings
) -> None:
    ledger = SqlLedger(database, Chosen(), wait_seconds=0.0)
    paying = asking(ledger, embedder)
    provider.misbehave("slow", after=3)
    async with ledger.running(), asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(paying.embed([TEXT], purpose="question")) for _ in range(8)]
        await provider.arrived(8)
        for task in asked:
            task.cancel()
    assert await booked(ledger) == provider.tokens == 8 * TOKENS
    assert (await Usage(database).set_apart()).calls == 0


async def test_what_is_cancelled_while_money_is_set_apart_leaves_none(
    database: Database, embedder: EndpointEmbedder, provider: Embeddings
) -> None:
    ledger = SqlLedger(database, Chosen(), wait_seconds=0.0)
    async with ledger.running():
        for steps in range(12):
            task = asyncio.ensure_future(asking(ledger, embedder).embed([TEXT], purpose="question"))  # noqa: TID251
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    assert (await Usage(database).set_apart()).calls == 0
    assert await booked(ledger) >= provider.tokens


async def test_fifty_at_once_never_exceed_a_limit(
    database: Database, embedder: EndpointEmbedder, provider: Embeddings
) -> None:
    limit = 20 * TOKENS + 3
    ledger = SqlLedger(database, Chosen(person=None, everyone=limit), wait_seconds=0.0)
    came = await wave(asking(ledger, embedder), 50)
    assert sum(one is None for one in came) == provider.tokens // TOKENS
    assert await booked(ledger) == provider.tokens <= limit
    assert all(isinstance(one, Unaffordable) for one in came if one is not None)
    await wave(asking(ledger, embedder), 50)
    assert await booked(ledger) == provider.tokens == 20 * TOKENS


async def test_a_sync_waits_for_money_that_others_may_leave_and_a_question_does_not(
    embedder: EndpointEmbedder,
) -> None:
    ledger = MemoryLedger(Chosen(person=None, everyone=100), wait_seconds=600.0)
    held = await ledger.reserve(a_call(worst=100))
    async with asyncio.timeout(30):
        (error,) = await wave(asking(ledger, embedder), 1)
    assert isinstance(error, Unaffordable)
    assert isinstance(error.__cause__, OverBudget)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(wave(syncing(ledger, embedder), 1, purpose="passage"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await ledger.release(held)
    assert waiting.result() == [None]


async def test_no_persons_day_holds_for_a_sync(embedder: EndpointEmbedder) -> None:
    money = MoneySettings.model_validate({"person_day": 0})
    ledger = MemoryLedger(Plans(money).limits)
    await syncing(ledger, embedder).embed([TEXT] * 3, purpose="passage")
    (charge,) = ledger.charges.values()
    assert charge.cost == 3 * TOKENS
    assert (charge.call.payer.person, charge.call.payer.workspace, charge.call.answer) == (TEAM, TEAM, "sync:1")
    (error,) = await wave(asking(ledger, embedder), 1)
    assert isinstance(error, Unaffordable)


@pytest.mark.parametrize(
    ("chosen", "spent", "told"),
    [
        (Chosen(everyone=20), 20, "Today's money is used up, or what is left too little for the next passages; there"),
        (Chosen(plan=20), 19, "This workspace's money for this month is used up, or what is left too little"),
        (Chosen(plan=5), 0, "may cost more than this workspace's plan allows in a month: raise that limit"),
        (Chosen(everyone=0), 0, "Whoever runs me allows no money, and the embedding model costs some"),
    ],
)
async def test_a_sync_that_reaches_a_limit_says_when_to_go_on(
    embedder: EndpointEmbedder, provider: Embeddings, chosen: Chosen, spent: int, told: str
) -> None:
    ledger = MemoryLedger(chosen)
    if spent:
        reservation = await ledger.reserve(a_call(worst=spent))
        await ledger.settle(reservation, Bill(prompt_tokens=spent, answer_tokens=0, cost=spent))
    (error,) = await wave(syncing(ledger, embedder), 1, purpose="passage")
    assert isinstance(error, Unaffordable)
    assert told in error.told
    assert provider.asked == []


async def test_money_fails_closed(embedder: EndpointEmbedder, provider: Embeddings) -> None:
    class Away(MemoryLedger):
        async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
            raise StoreAway("PostgreSQL does not answer.")

    for paying in (asking, syncing):
        (error,) = await wave(paying(Away(), embedder), 1)
        assert isinstance(error, Unaffordable)
        assert "PostgreSQL does not answer." in error.told
    assert provider.asked == []


async def test_what_embedding_costs_is_reported_and_warned_of(database: Database, embedder: EndpointEmbedder) -> None:
    today = span("day", datetime.now(UTC))
    alerts: list[tuple[Account, Payer]] = []
    ledger = SqlLedger(
        database, Chosen(everyone=8 * TOKENS), wait_seconds=0.0, alert=lambda one, payer: alerts.append((one, payer))
    )
    await asking(ledger, embedder).embed([TEXT], purpose="question")
    await syncing(ledger, embedder).embed([TEXT] * 6, purpose="passage")
    (share,) = await Usage(database).top("feature", today)
    assert (share.name, share.spent.cost, share.spent.prompt_tokens) == ("embedding", 7 * TOKENS, 7 * TOKENS)
    assert (share.spent.calls, share.spent.questions) == (2, 1)
    persons = await Usage(database).top("person", today)
    assert [one.name for one in persons] == [TEAM, PAYER.person]
    assert [(account.holder, payer.person) for account, payer in alerts] == [("everyone", TEAM)]
