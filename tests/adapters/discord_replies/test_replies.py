"""Replies on Discord, from their first part to what stands below them."""

from __future__ import annotations

import asyncio
import itertools
from functools import partial
from typing import TYPE_CHECKING

import pytest

from adapters.base import LeaseLost
from adapters.markup import CodeBlock, Plain, Table
from adapters.parts import Ending, Sources, Status, Text
from tests.doubles.adapters import AN_ANSWER, CITATIONS
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from tests.doubles.discord_stage import Stage

BUTTONS = ["Sources", "👍", "👎", "Ask again"]


def _words(shown: str) -> str:
    return shown.replace("\u2060", "")


async def test_a_short_answer_is_one_post_in_a_thread_with_sources_and_buttons(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    parts = await stage.tell(question, *AN_ANSWER, journal=journal)
    (answer,) = stage.answers(asked)
    assert "Set OPENAI\\_API\\_KEY.[[1]](<https://docs.example/settings>)" in answer.content
    assert "-# [[1]](<https://docs.example/settings>) Settings › Keys · changed 21 Nov 2026" in answer.content
    assert answer.flags & (1 << 2)
    assert answer.pings == []
    assert answer.buttons == BUTTONS
    assert answer.nonce == (await journal.before(0))
    thread = stage.discord.thread_of(asked)
    assert thread is not None
    assert thread.name == "how long do keys live?"
    assert stage.discord.answers(stage.general) == []
    assert stage.discord.typing(stage.general) == 1
    assert parts.closed
    assert journal.intents == [0]
    assert [(one.part, one.message.message, one.message.channel) for one in journal.outcomes] == [
        (0, answer.id, thread.id)
    ]


async def test_a_longer_answer_grows_by_edits_and_nothing_of_it_is_lost(stage: Stage) -> None:
    asked, question = stage.asks()
    texts = sentences(15)
    await stage.tell(question, Status(doing="searching"), Sources(citations=CITATIONS), *spread(texts, 1.0), ANSWERED)
    (answer,) = stage.answers(asked)
    assert [f"Sentence {at} " in answer.shown for at in range(15)] == [True] * 15
    assert answer.shown.count("ends.") == 15
    assert answer.buttons == BUTTONS
    edits = answer.edits
    assert len(edits) > 5
    assert all(later.at - before.at >= 0.99 for before, later in itertools.pairwise(edits[:-1]))
    assert all(before.content != later.content for before, later in itertools.pairwise(edits[:-1]))


async def test_what_the_bot_does_is_seen_where_the_answer_will_stand_and_can_be_stopped(stage: Stage) -> None:
    asked, question = stage.asks()
    seen: list[tuple[str, list[str]]] = []

    def shows(words: str) -> bool:
        return any(words in one.shown for one in stage.answers(asked))

    async def look() -> None:
        for words in ("Searching…", "Reading 5 sources…"):
            await stage.discord.until(partial(shows, words))
            seen.append((stage.answers(asked)[0].content, stage.answers(asked)[0].buttons))

    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        statuses = Status(doing="searching"), 20.0, Status(doing="reading", sources=5), 20.0
        await stage.tell(question, *statuses, *AN_ANSWER[2:])
    assert seen == [("-# Searching…", ["Stop"]), ("-# Reading 5 sources…", ["Stop"])]
    (answer,) = stage.answers(asked)
    assert answer.edits[0].content == "-# Searching…"
    assert "Searching" not in answer.content
    assert answer.buttons == BUTTONS


async def test_what_is_stopped_before_it_says_anything_says_so(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, Status(doing="searching"), 5.0, Ending(answer="a1", verdict="stopped"))
    (answer,) = stage.answers(asked)
    assert answer.content == "-# Stopped."
    assert answer.buttons == []


async def test_what_is_stopped_while_it_grows_ends_as_it_is(stage: Stage) -> None:
    asked, question = stage.asks()
    stopped = Ending(answer="a1", verdict="stopped", cited=(1,))
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(4), 2.0), stopped)
    (answer,) = stage.answers(asked)
    assert "Sentence 3 " in answer.shown
    assert "Stopped." in answer.shown
    assert answer.buttons == BUTTONS


async def test_a_long_answer_with_tables_and_code_is_whole(stage: Stage) -> None:
    asked, question = stage.asks()
    code = "\n".join(f"line({at})" for at in range(300))
    header = ((Plain("Name"),), (Plain("Value"),))
    rows = [Text(block=Table(header, (((Plain(f"row{at}."),), (Plain("x"),)),)), continues=at > 0) for at in range(40)]
    parts = [*sentences(120, 15), Text(block=CodeBlock(code, "python")), *rows, *sentences(100, 15)]
    await stage.tell(question, Sources(citations=CITATIONS), *spread(parts, 0.3), ANSWERED)
    answers = stage.answers(asked)
    whole = "\n".join(one.shown for one in answers)
    assert len(whole) > 20_000
    assert [whole.count(f"Sentence {at} ") for at in range(100)] == [2] * 100
    assert [whole.count(f"line({at})") for at in range(300)] == [1] * 300
    assert [_words(whole).count(f"row{at}.") for at in range(40)] == [1] * 40
    assert all(len(one.content) <= 2_000 for one in answers)
    assert [one.buttons for one in answers] == [[]] * (len(answers) - 1) + [BUTTONS]
    assert all(call.status and call.status < 300 for call in stage.discord.calls)


async def test_sources_that_find_no_room_stand_in_a_message_of_their_own(stage: Stage) -> None:
    asked, question = stage.asks()
    many = tuple(
        CITATIONS[0].__class__(
            number=at, title=f"Title {at} " + "of many words " * 6, url=None, quote="q", document=f"doc-{at}"
        )
        for at in range(1, 31)
    )
    ending = Ending(answer="a1", verdict="answered", cited=tuple(range(1, 31)))
    await stage.tell(question, Sources(citations=many), *sentences(10, 20), ending)
    answers = stage.answers(asked)
    whole = "\n".join(one.shown for one in answers)
    assert [whole.count(f"Title {at} of") for at in range(1, 31)] == [1] * 30
    assert len(answers) > 1
    assert answers[-1].buttons == BUTTONS
    assert all(len(one.content) <= 2_000 for one in answers)


async def test_whoever_lost_the_lease_posts_nothing(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    journal.lost = True
    with pytest.raises(LeaseLost):
        await stage.tell(question, *AN_ANSWER, journal=journal)
    assert stage.discord.thread_of(asked) is None


async def test_whoever_loses_the_lease_while_it_grows_writes_no_more(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)

    async def lose() -> None:
        await stage.discord.until(lambda: stage.answers(asked))
        journal.lost = True

    async with asyncio.TaskGroup() as group:
        group.create_task(lose())
        with pytest.raises(LeaseLost):
            await stage.tell(
                question, Sources(citations=CITATIONS), *spread(sentences(9), 5.0), ANSWERED, journal=journal
            )
    (answer,) = stage.answers(asked)
    assert "Sentence 8 " not in answer.shown


async def test_what_breaks_an_answer_is_raised_once_what_came_before_is_shown(stage: Stage) -> None:
    asked, question = stage.asks()
    with pytest.raises(OSError, match="away"):
        await stage.tell(question, Sources(citations=CITATIONS), *sentences(3), 5.0, OSError("away"))
    (answer,) = stage.answers(asked)
    assert "Sentence 2 " in answer.shown
