"""From a channel to a private answer, through desk, dispatcher and engine; and what may not be read, beside nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine as SqlEngine

from adapters.base import Person, Question, WantedPrivately
from adapters.parts import Ending, PrivateOffer, Sources
from adapters.wishes import History
from bot.desk import unlimited
from bot.errors import NoSuchOffer
from bot.serving import Assembled, working
from bot.settings import Settings
from tests.leaks.house import Doorkeeper, Fault, opened
from tests.leaks.machine import NOON
from tests.leaks.town import TEAM, Town, paper, place

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from adapters.parts import Part
    from bot.serving import Working
    from tests.doubles import postgres
    from tests.leaks.house import House, Where

ANN = Person(id="U0", name="U0")
HARBOUR = "How is the harbour ledger opened?"
OWN = frozenset({f"{TEAM}:person:U0"})


def asked(text: str, *, number: int = 1, channel: str = "C0") -> Question:
    return Question(id=f"q{number}", conversation=channel, place=place(channel), asker=ANN, text=text, asked_at=NOON)


@asynccontextmanager
async def living(
    path: Path, *documents: tuple[str, str, frozenset[str]], where: Where | None = None
) -> AsyncGenerator[House]:
    async with opened(where or path / "knowledge.db", path / "footnote.db", Town(), Fault()) as house:
        for mark, topic, readers in documents:
            house.shelf.put(paper(mark, topic, readers))
        await house.sync()
        yield house


@asynccontextmanager
async def served(path: Path, house: House) -> AsyncGenerator[tuple[Working, Doorkeeper]]:
    async def knowledge() -> str:
        return "fine"

    adapter = Doorkeeper(house.town)
    parts = Assembled(
        database=house.database,
        answer=house.engine.answer,
        usage=unlimited,
        readable=house.recall.readable,
        knowledge=knowledge,
    )
    async with working(Settings(home=path), parts, [adapter]) as work:
        yield work, adapter


def wish(question: Question, person: Person = ANN) -> WantedPrivately:
    private = place(f"D{person.id}", person.id)
    return WantedPrivately(question=question.id, person=person, place=private, conversation=private.channel, at=NOON)


async def test_an_offer_that_is_accepted_is_answered_where_only_the_asker_reads(tmp_path: Path) -> None:
    async with (
        living(tmp_path, ("zq1x", "harbour", OWN)) as house,
        served(tmp_path, house) as (work, adapter),
        asyncio.timeout(30),
    ):
        aloud = replace(asked(HARBOUR), asked_at=house.wall())
        await work.desk.accept(aloud)
        parts = await adapter.replied(aloud.id)
        assert isinstance(parts[-2], PrivateOffer)
        assert "zq1x" not in str(parts)
        await work.desk.accept(replace(wish(aloud), at=house.wall()))
        await work.desk.accept(replace(wish(aloud), at=house.wall()))
        answered = await adapter.replied(f"{aloud.id}:private")
        assert isinstance(answered[-1], Ending)
        assert answered[-1].verdict == "answered"
        assert "zq1x" in str(answered)
        mine = History(conversation="DU0", person=ANN, place=place("DU0", "U0"))
        while not (seen := await work.desk.history(mine)):  # noqa: ASYNC110 - the turn is kept after the reply
            await asyncio.sleep(0)
        assert ["zq1x" in turn.text for turn in seen] == [True]
        eve = Person(id="U1", name="U1")
        assert await work.desk.history(History(conversation="DU0", person=eve, place=place("DU0", "U1"))) == ()


async def test_somebody_elses_offer_cannot_be_accepted(tmp_path: Path) -> None:
    async with living(tmp_path) as house, served(tmp_path, house) as (work, adapter), asyncio.timeout(30):
        aloud = replace(asked(HARBOUR), asked_at=house.wall())
        await work.desk.accept(aloud)
        await adapter.replied(aloud.id)
        for mine in (wish(aloud, Person(id="U1", name="U1")), wish(replace(aloud, id="q9"))):
            with pytest.raises(NoSuchOffer):
                await work.desk.accept(mine)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count what is asked of any database, by its words."""
    statements: Counter[str] = Counter()

    def count(*told: object) -> None:
        statements[str(told[2])] += 1

    event.listen(SqlEngine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(SqlEngine, "before_cursor_execute", count)


async def seen(
    path: Path, secret: frozenset[str] | None, *texts: str, where: Where | None = None
) -> tuple[list[list[Part]], Counter[str], int]:
    """What comes of these questions where a document with these readers is there, or where there is none."""
    path.mkdir()
    common = ("zq1x", "orchard", frozenset({TEAM})), ("zq2x", "furnace", frozenset({TEAM}))
    there = [*common, ("zq3x", "harbour", secret)] if secret else [*common]
    async with living(path, *there, where=where) as house:
        prompts: list[str] = []
        house.parrot.heard = prompts.append
        with counted() as statements:
            parts = [
                (await house.asked(asked(text, number=number), lambda _: None))[0] for number, text in enumerate(texts)
            ]
    return [[_timeless(part) for part in answer] for answer in parts], statements, len(prompts)


def _timeless(part: Part) -> Part:
    return replace(part, took_ms=0) if isinstance(part, Ending) else part


QUESTIONS = [
    ["Who keeps the harbour?"],
    ["What does the zq3x warden do?"],
    ["How is the orchard ledger opened?", "And in the harbour?"],
    ["Is there a document called The harbour zq3x?"],
]


@pytest.mark.parametrize("texts", QUESTIONS)
async def test_a_document_that_may_not_be_read_is_no_other_than_one_that_does_not_exist(
    tmp_path: Path, texts: list[str]
) -> None:
    """The same parts, the same statements, the same calls of the model; by an asker who may read more than all."""
    hidden = await seen(tmp_path / "hidden", frozenset({f"{TEAM}:person:U5"}), *texts)
    absent = await seen(tmp_path / "absent", None, *texts)
    assert hidden == absent
    assert hidden[1].total() > 0


async def test_so_it_is_in_postgresql(tmp_path: Path, server: postgres.Server) -> None:
    there, absent = await asyncio.to_thread(server.empty), await asyncio.to_thread(server.empty)
    every = [text for texts in QUESTIONS for text in texts]
    parts, asked_there, prompts = await seen(tmp_path / "hidden", frozenset({f"{TEAM}:person:U5"}), *every, where=there)
    others, asked_absent, other_prompts = await seen(tmp_path / "absent", None, *every, where=absent)
    assert (parts, prompts) == (others, other_prompts)
    assert asked_there.total() == asked_absent.total()


async def test_one_that_the_asker_may_read_is_offered_in_the_same_words(tmp_path: Path) -> None:
    (own,), *_ = await seen(tmp_path / "own", OWN, HARBOUR)
    (absent,), *_ = await seen(tmp_path / "absent", None, HARBOUR)
    assert [part for part in own if not isinstance(part, PrivateOffer | Sources)] == [
        part for part in absent if not isinstance(part, Sources)
    ]
    assert any(isinstance(part, PrivateOffer) for part in own)
