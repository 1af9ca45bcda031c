"""What answers: an engine with its knowledge, its models, and the money to ask them."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.app.embedding import paying
from bot.app.knowing import knowledge
from bot.app.logs import logged

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from adapters.messages import Attached, Said
    from bot.answering.around import Surroundings
    from bot.answering.engine import Engine
    from bot.answering.gate import Sufficient
    from bot.app.knowing import Knowledge
    from bot.database import Database
    from bot.models.base import LanguageModel
    from bot.models.chain import Chain
    from bot.models.endpoint import Endpoint
    from bot.money.base import Account, Ledger, Payer, Price, Rate
    from bot.ops.readiness import Check
    from bot.policy import NamedModel
    from bot.settings import Settings
    from knowledge.base import Embedder, Passage
    from knowledge.catalog import Catalog

_HEARD: Final = 500
"""Messages and pieces of files whose sentences are remembered: those of some conversations under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """An engine and what it stands on, open. ``checks`` are for ``/readyz``."""

    engine: Engine
    known: Knowledge
    database: Database
    ledger: Ledger
    checks: Sequence[Check]


@asynccontextmanager
async def answering(settings: Settings) -> AsyncGenerator[tuple[Engine, Catalog]]:
    """Open all that answering takes: an engine, and the catalog of what it knows."""
    async with assembled(settings, None, settings.rates_of_one) as parts:
        yield parts.engine, parts.known.catalog


@asynccontextmanager
async def assembled(
    settings: Settings, alert: Callable[[Account, Payer], None] | None, windows: Sequence[Rate]
) -> AsyncGenerator[Assembled]:
    """Open an engine and what it stands on; ``alert`` hears of limits that are nearly used up.

    ``windows`` are how often a person may ask.
    Raises BadSettings, KnowledgeError and StoreError.
    """
    from bot.answering import prompt_files
    from bot.answering.admitting import Admission
    from bot.answering.engine import Engine
    from bot.database import Database
    from bot.money.counting import counting
    from bot.money.ledger import SqlLedger
    from bot.plans import Plans
    from bot.turns import Turns

    logged(settings)
    plans = Plans(settings.money, settings.plans, settings.workspaces)
    price_of = prices(settings)
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(Database(settings.database))
        ledger = SqlLedger(database, plans.limits, wait_seconds=settings.money.wait_seconds, alert=alert)
        await opened.enter_async_context(ledger.running())
        known = await opened.enter_async_context(knowledge(settings, ledger=ledger))
        counted = await opened.enter_async_context(counting(redis_url))
        gate = await known.gate()
        models = await opened.enter_async_context(chain(settings, known.reader, price_of))
        engine = Engine(
            retriever=known.retriever,
            catalog=known.catalog,
            admission=Admission(ledger=ledger, rates=counted.rates, windows=windows),
            chain=models,
            turns=Turns(database),
            prompts=prompt_files.load(),
            workspace=settings.team,
            gate=gate.sufficient,
            paying=paying(settings, ledger).by_asker,
            stale_days=settings.stale_days,
            surroundings=surroundings(known.reader, gate.sufficient),
        )
        checks = (_model_check(models), _vectors_check(known), *counted.checks)
        yield Assembled(engine=engine, known=known, database=database, ledger=ledger, checks=checks)


def surroundings(reader: Embedder, sufficient: Sufficient) -> Surroundings:
    """Read what was said where a question was asked, with the embedder of this machine: nothing of it is sent away."""
    from bot.answering.around import Surroundings
    from knowledge.attaching import attached
    from knowledge.sentences import Sentences
    from knowledge.tokens import count

    def cut(file: Attached, said: Said) -> Sequence[Passage]:
        return attached(
            file.content, file=file.id, name=file.name, media=file.media, url=file.url, at=said.at, count=count
        )

    return Surroundings(sufficient=sufficient, cut=cut, reads=Sentences(reader, kept=_HEARD))


def prices(settings: Settings) -> Callable[[NamedModel], Price | None]:
    """Know what each configured model costs. Raises BadSettings where nobody does."""
    from bot.providers import listed

    models = listed(settings)
    if not models:
        return lambda _: None
    from datetime import UTC, datetime

    from bot.money.prices import Prices, Sold

    sold = [Sold(model=one.name, base_url=one.base_url) for one in models]
    found = dict(zip(sold, Prices(settings.prices, now=datetime.now(UTC)).needed(sold), strict=True))
    return lambda one: found[Sold(model=one.name, base_url=one.base_url)]


@asynccontextmanager
async def chain(
    settings: Settings, embedder: Embedder, price_of: Callable[[NamedModel], Price | None]
) -> AsyncGenerator[Chain]:
    """Open the chain of models, which ends with the one that quotes."""
    import time

    from bot.models.extractive import Extractive
    from bot.models.openai import OpenAiChat
    from bot.providers import chain as chained

    async with AsyncExitStack() as opened:

        def model(endpoint: Endpoint) -> LanguageModel:
            made = OpenAiChat(endpoint)
            opened.push_async_callback(made.aclose)
            return made

        yield chained(settings, model=model, price_of=price_of, last=Extractive(embedder.embed), clock=time.monotonic)


def _model_check(models: Chain) -> Check:
    """Say how the models are, without asking one: that would cost money."""
    from bot.errors import NotReady
    from bot.ops.readiness import Check

    async def probe() -> str:
        if models.links and models.resting:
            raise NotReady(models.told())
        return models.told()

    return Check(name="model", probe=probe, down="All models are resting: answers are quotes.", required=False)


def _vectors_check(known: Knowledge) -> Check:
    """Say whether questions are searched by meaning; nothing is asked of an index or an embedder for it."""
    from bot.ops.readiness import Check

    async def probe() -> str:
        await known.serving.now()
        return "Questions are searched by keywords and by meaning."

    return Check(name="vectors", probe=probe, down="Questions are searched by keywords alone.", required=False)
