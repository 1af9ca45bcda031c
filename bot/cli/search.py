"""``footnote search``: the passages that a question finds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from adapters.escaping import safe_line
from bot.cli.output import say, say_json, tell
from bot.cli.person import scope

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.base import Passage, Retrieved

_TOKENS_A_PASSAGE = 400
_SNIPPET = 240


@click.command("search")
@click.argument("words")
@click.option("--limit", type=click.IntRange(1, 50), default=5, show_default=True, help="Passages to show.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(words: str, *, limit: int, as_json: bool) -> None:
    """Show the passages that a search finds, best first. Conditions such as year:2024 or source:docs narrow it."""
    from bot.settings import load

    if not words.strip():
        raise click.UsageError('Say what to search for: footnote search "some words".')
    retrieved = asyncio.run(_search(load(), words, limit))
    if as_json:
        say_json({"query": words, "passages": [_object(n, p) for n, p in enumerate(retrieved.passages, 1)]})
    elif retrieved.passages:
        _print(retrieved)
    else:
        tell("Nothing was found; try other words.")


async def _search(settings: Settings, words: str, limit: int) -> Retrieved:
    from bot.answering.filters import parsed
    from bot.app import knowledge
    from bot.cli.emptiness import must_hold_something

    text, filters = parsed(words)
    async with knowledge(settings) as known:
        await must_hold_something(known.catalog, settings.team)
        return await known.retriever.retrieve(
            text or words, scope=scope(settings), filters=filters, passages=limit, tokens=limit * _TOKENS_A_PASSAGE
        )


def _object(number: int, passage: Passage) -> dict[str, Any]:
    return {
        "number": number,
        "score": round(passage.score, 4),
        "title": passage.title,
        "heading": list(passage.heading),
        "document": passage.document,
        "url": passage.url,
        "text": passage.text,
    }


def _print(retrieved: Retrieved) -> None:
    for number, passage in enumerate(retrieved.passages, 1):
        say(f"{number}. {passage.score:.2f}  {' › '.join(map(safe_line, (passage.title, *passage.heading)))}", "bold")
        say(f"   {safe_line(passage.url or passage.document)}", "dim")
        text = safe_line(passage.text)
        say(f"   {text if len(text) <= _SNIPPET else text[:_SNIPPET].rsplit(' ', 1)[0] + ' …'}")
