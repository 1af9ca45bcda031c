"""From a thread on Slack to an answer that has a footnote to a message in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from adapters.markup import cited
from adapters.plain import rendered
from bot.models.extractive import Extractive
from tests.adapters.slack_reading.test_reading import question
from tests.bot.answering.test_engine import Bench, ending, sources, tree

if TYPE_CHECKING:
    from adapters.slack.reading import Reading
    from tests.doubles.slack import Channel, Slack, User


async def test_a_thread_answers_with_a_link_to_its_message(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "The store listing is handled by Dora.")
    asked = question(slack, slack.says(anna, general, f"{slack.mention} who handles the store listing?", thread=root))
    bench = Bench(Extractive())
    around = partial(reading.around, asked)
    parts = [part async for part in bench.engine.answer(asked, bench.readers, bench.stop, around=around)]
    assert rendered(tree(parts)) == "The store listing is handled by Dora. [1]"
    (line,) = [line for line in sources(parts).citations if line.number in cited(tree(parts))]
    assert line.url == f"https://acme.slack.com/archives/{general.id}/p{root.ts.replace('.', '')}"
    assert line.title.startswith("anna in this thread")


async def test_a_question_that_is_asked_twice_does_not_answer_itself(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, f"{slack.mention} who handles the store listing?")
    asked = question(slack, slack.says(anna, general, f"{slack.mention} who handles the store listing?", thread=root))
    bench = Bench(Extractive())
    around = partial(reading.around, asked)
    parts = [part async for part in bench.engine.answer(asked, bench.readers, bench.stop, around=around)]
    assert ending(parts).verdict == "unknown"
