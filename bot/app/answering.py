"""What answers: an engine with its knowledge, its models, and the money to ask them."""

from __future__ import annotations

from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from bot.app.knowing import knowledge
from bot.app.logs import logged

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.answering.engine import Engine
    from bot.answering.gate import Gate
    from bot.answering.turns import Turns as KeptTurns
    from bot.app.knowing import Knowledge
    from bot.database import Database
    from bot.models.base import LanguageModel
    from bot.settings import Settings
    from knowledge.base import Embedder
    from knowledge.catalog import Catalog


def engine(settings: Settings, known: Knowledge, turns: KeptTurns, model: LanguageModel, gate: Gate) -> Engine:
    """Put an engine together; its knowledge is that of the team."""
    from bot.answering import prompt_files
    from bot.answering.engine import Engine

    return Engine(
        retriever=known.retriever,
        catalog=known.catalog,
        model=model,
        turns=turns,
        prompt=prompt_files.load(),
        workspace=settings.team,
        gate=gate.sufficient,
    )


@asynccontextmanager
async def answering(settings: Settings) -> AsyncGenerator[tuple[Engine, Catalog]]:
    """Open all that answering takes: an engine, and the catalog of what it knows."""
    async with assembled(settings) as (answerer, known, _):
        yield answerer, known.catalog


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncGenerator[tuple[Engine, Knowledge, Database]]:
    """Open an engine and what it stands on."""
    from bot.database import Database
    from bot.turns import Turns

    logged(settings)
    async with AsyncExitStack() as opened:
        known = await opened.enter_async_context(knowledge(settings))
        database = await opened.enter_async_context(Database(settings.database))
        model = await opened.enter_async_context(model(settings, known.embedder))
        yield engine(settings, known, Turns(database), model, await known.gate()), known, database


@asynccontextmanager
async def model(settings: Settings, embedder: Embedder) -> AsyncGenerator[LanguageModel]:
    """Give the chat model where there is a key for it, else the one that quotes."""
    if settings.openai_api_key is None:
        from bot.models.extractive import Extractive

        yield Extractive(embedder.embed)
        return
    from bot.models.openai import OpenAiChat

    model = OpenAiChat(settings.openai_base_url, settings.openai_api_key.get_secret_value(), settings.model)
    async with aclosing(model):
        yield model
