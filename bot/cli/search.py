"""``footnote search``: the passages that a question finds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from adapters.escaping import safe_line
from bot.cli.output import say, say_json, tell
from bot.cli.person import scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import Settings
    from knowledge.base import Passage, Retrieved, Signals

_TOKENS_A_PASSAGE = 400
_SNIPPET = 240
_LEAST = 0.005
"""A score that is shown as 0.00 has found nothing of what was asked."""


@click.command("search")
@click.argument("given", nargs=-1, required=True, metavar="WORDS...")
@click.option("--limit", type=click.IntRange(1, 50), default=5, show_default=True, help="Passages to show.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(given: tuple[str, ...], *, limit: int, as_json: bool) -> None:
    """Show the passages that a search finds, best first. Filters such as year:2024 or source:docs narrow it."""
    from bot.answering.route import routed
    from bot.settings import load

    words = " ".join(given)
    if not words.strip():
        raise click.UsageError('Say what to search for: footnote search "some words".')
    settings = load()
    routed(words.strip())  # raises TooLong before anything is opened
    retrieved = asyncio.run(_search(settings, words, limit))
    passages = [passage for passage in retrieved.passages if passage.score >= _LEAST]
    if as_json:
        say_json({"query": words, "passages": [_object(n, p) for n, p in enumerate(passages, 1)]})
    elif passages:
        if _held_nowhere(retrieved.signals):
            tell("No passage holds these words; those that come closest in meaning are shown.")
        _print(passages)
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


def _held_nowhere(signals: Signals) -> bool:
    return signals.terms > 0 and signals.missing >= 1


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


def _print(passages: Sequence[Passage]) -> None:
    for number, passage in enumerate(passages, 1):
        heading = " › ".join(map(safe_line, (passage.title, *passage.heading)))
        mark = f"{number}. "
        say(f"{passage.score:.2f}  {heading}", "bold", first=mark, margin=" " * len(mark))
        say(f"   {safe_line(passage.url or passage.document)}", "dim")
        text = safe_line(passage.text)
        say(f"   {text if len(text) <= _SNIPPET else text[:_SNIPPET].rsplit(' ', 1)[0] + ' …'}")
