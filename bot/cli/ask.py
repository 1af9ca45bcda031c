"""``footnote ask``: one question, one answer."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from bot.cli.answers import Answer
from bot.cli.output import say_json, tell

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("ask")
@click.argument("words", nargs=-1, required=True, metavar="QUESTION...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, words: tuple[str, ...], *, as_json: bool) -> None:
    """Answer one question from what was synced. With - as the question, it is read from standard input."""
    from bot.answering.route import routed
    from bot.settings import load

    question = " ".join(words)
    text = sys.stdin.buffer.read().decode("utf-8", "replace") if question == "-" else question
    if not text.strip():
        raise click.UsageError('The question is empty; ask one: footnote ask "How do I start?".')
    settings = load()
    routed(text.strip())  # raises TooLong before anything is opened
    answer = asyncio.run(_ask(settings, text.strip(), as_json=as_json))
    if as_json:
        say_json(answer.as_object())
        if answer.reference is not None:
            tell(f"The answer is not whole; its reference in the log is {answer.reference}.")
    ctx.exit(answer.exit_code)


async def _ask(settings: Settings, text: str, *, as_json: bool) -> Answer:
    from bot.app import answering, terminal
    from bot.cli.emptiness import must_hold_something
    from bot.cli.pausing import must_not_be_paused
    from bot.cli.person import user
    from bot.journal import Unkept

    answer = Answer()
    here = terminal(settings, user=user())
    question = here.question(text)
    await must_not_be_paused(settings, question.place)
    async with answering(settings) as (engine, catalog):
        await must_hold_something(catalog, settings.team)
        readers = partial(here.audience, question.place, question.asker)
        parts = answer.noting(engine.answer(question, readers, asyncio.Event()))
        if as_json:
            async for _ in parts:
                pass
        else:
            await here.reply(question, parts, Unkept())
    return answer
