from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.base import Audience, Person, Place
from adapters.parts import Citation
from adapters.plain import rendered
from adapters.wishes import History, Quoted
from bot.answering import replies
from bot.answering.turns import NewTurn
from bot.recall import Recall
from bot.turns import Turns
from tests.doubles.adapters import MARY, RecordingAdapter, a_question

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from adapters.base import Turn
    from bot.database import Database

PLACE = Place(platform="recording", workspace="slack:T1", channel="C1")
READERS = {"plan.md": "team", "pay.md": "board"}
WITHHELD = rendered(replies.withheld())


async def readable(documents: Collection[str], principals: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in documents if READERS.get(one) in principals)


EVE = Person(id="eve", name="Eve")
WITHHELD_QUESTION = rendered(replies.withheld_question())


async def kept(turns: Turns, text: str, *documents: str, place: Place = PLACE, asker: Person = MARY) -> None:
    await turns.record(
        NewTurn(
            answer=f"a {text}",
            question=replace(a_question(f"{text}?", place), id=text, asker=asker),
            text=text,
            verdict="answered",
            documents=frozenset(documents),
        )
    )


async def shown(turns: Turns, *held: str, place: Place = PLACE, person: Person = MARY) -> Sequence[Turn]:
    audience = Audience(everyone=frozenset(held), asker=frozenset({"board"}))
    recall = Recall(turns=turns, adapters={"recording": RecordingAdapter(audience=audience)}, readable=readable)
    return await recall.history(History(conversation="c1", person=person, place=place))


async def test_an_answer_that_not_everyone_may_read_now_is_replaced_by_a_sentence(database: Database) -> None:
    turns = Turns(database)
    await kept(turns, "plan", "plan.md")
    await kept(turns, "pay", "plan.md", "pay.md")
    await kept(turns, "small talk")
    assert [turn.text for turn in await shown(turns, "team", "board")] == ["plan", "pay", "small talk"]
    fewer = await shown(turns, "team")
    assert [turn.text for turn in fewer] == ["plan", WITHHELD, "small talk"]
    assert [turn.question for turn in fewer] == ["plan?", "pay?", "small talk?"]
    assert all(not turn.documents for turn in fewer)


async def test_a_question_whose_answer_is_withheld_is_shown_to_its_asker_alone(database: Database) -> None:
    turns = Turns(database)
    await kept(turns, "Does Nora still get 91,000", "pay.md")
    assert [turn.question for turn in await shown(turns, "team")] == ["Does Nora still get 91,000?"]
    (seen,) = await shown(turns, "team", person=EVE)
    assert (seen.question, seen.text) == (WITHHELD_QUESTION, WITHHELD)
    assert [turn.text for turn in await shown(turns, "board", person=EVE)] == ["Does Nora still get 91,000"]


async def test_a_conversation_is_shown_in_its_own_channel_and_to_each_what_they_asked_there(
    database: Database,
) -> None:
    turns = Turns(database)
    await kept(turns, "hers")
    await kept(turns, "his", asker=EVE)
    elsewhere = replace(PLACE, channel="C2")
    assert [turn.text for turn in await shown(turns)] == ["hers", "his"]
    assert await shown(turns, place=elsewhere) == ()
    assert await shown(turns, place=replace(elsewhere, private_to="eve")) == ()
    assert [turn.text for turn in await shown(turns, place=replace(elsewhere, private_to="mary"))] == ["hers"]


async def test_what_was_said_in_a_thread_is_shown_there_and_to_each_what_they_asked(database: Database) -> None:
    turns, within = Turns(database), replace(PLACE, thread="T7")
    await kept(turns, "hers", place=within)
    await kept(turns, "his", place=within, asker=EVE)
    assert [turn.text for turn in await shown(turns, place=within)] == ["hers", "his"]
    assert await shown(turns) == ()
    assert await shown(turns, place=replace(PLACE, thread="T8")) == ()
    assert [turn.text for turn in await shown(turns, place=replace(PLACE, private_to="mary"))] == ["hers"]


async def test_a_question_with_which_a_thread_begins_stands_in_the_channel(database: Database) -> None:
    turns = Turns(database)
    await kept(turns, "chat:7", place=replace(PLACE, thread="7"))
    assert [turn.text for turn in await shown(turns, person=EVE)] == ["chat:7"]


async def test_equal_names_in_two_workspaces_are_two_conversations_of_two_people(database: Database) -> None:
    turns = Turns(database)
    await kept(turns, "aloud")
    await kept(turns, "quiet", place=replace(PLACE, private_to="mary"))
    there = replace(PLACE, workspace="slack:T2", private_to="mary")
    assert await shown(turns, "team", "board", place=there) == ()


async def test_what_was_deleted_reads_like_what_may_not_be_read(database: Database) -> None:
    turns = Turns(database)
    await kept(turns, "gone", "gone.md")
    assert [turn.text for turn in await shown(turns, "team", "board")] == [WITHHELD]


async def test_private_turns_are_shown_to_their_person_alone(database: Database) -> None:
    turns = Turns(database)
    await kept(turns, "aloud")
    await kept(turns, "quiet", place=replace(PLACE, private_to="mary"))
    assert [turn.text for turn in await shown(turns)] == ["aloud"]
    assert [turn.text for turn in await shown(turns, place=replace(PLACE, private_to="eve"))] == ["aloud"]
    assert [turn.text for turn in await shown(turns, place=replace(PLACE, private_to="mary"))] == ["aloud", "quiet"]


async def test_on_a_platform_that_is_not_served_nothing_that_rests_on_documents_is_shown(database: Database) -> None:
    turns, unserved = Turns(database), replace(PLACE, platform="other")
    await kept(turns, "plan", "plan.md", place=unserved)
    assert [turn.text for turn in await shown(turns, "team", place=unserved)] == [WITHHELD]


async def quoted(turns: Turns, *held: str, place: Place = PLACE, person: Person = MARY) -> Sequence[Citation]:
    audience = Audience(everyone=frozenset(held), asker=frozenset({"board"}))
    recall = Recall(turns=turns, adapters={"recording": RecordingAdapter(audience=audience)}, readable=readable)
    return await recall.quoted(Quoted(answer="a1", person=person, place=place))


async def cited(turns: Turns, *, place: Place = PLACE) -> tuple[Citation, ...]:
    """Keep an answer that cites the plan, and that was written with the pay in front of its writer."""
    citations = (Citation(number=2, title="Plan", url=None, quote="so", document="plan.md"),)
    question, documents = a_question(place=place), frozenset({"pay.md"})
    await turns.record(
        NewTurn(
            answer="a1", question=question, text="So. [2]", verdict="answered", citations=citations, documents=documents
        )
    )
    return citations


async def test_quotes_are_shown_where_everybody_may_read_all_that_the_answer_rests_on(database: Database) -> None:
    turns = Turns(database)
    citations = await cited(turns)
    assert await quoted(turns, "team", "board", person=EVE) == citations
    assert await quoted(turns, "team") == ()


async def test_quotes_are_shown_where_the_answer_belongs(database: Database) -> None:
    turns = Turns(database)
    citations = await cited(turns)
    held, elsewhere = ("team", "board"), replace(PLACE, channel="C2")
    assert await quoted(turns, *held, place=elsewhere) == ()
    assert await quoted(turns, *held, place=replace(elsewhere, private_to="mary")) == citations
    assert await quoted(turns, *held, place=replace(elsewhere, private_to="eve"), person=EVE) == ()
    assert await quoted(turns, *held, place=replace(PLACE, workspace="slack:T2")) == ()
    assert await quoted(turns, *held, place=replace(PLACE, platform="other")) == ()


async def test_quotes_of_what_was_said_in_a_thread_are_shown_there(database: Database) -> None:
    turns, within, held = Turns(database), replace(PLACE, thread="T7"), ("team", "board")
    citations = await cited(turns, place=within)
    assert await quoted(turns, *held, place=within, person=EVE) == citations
    assert await quoted(turns, *held, person=EVE) == ()
    assert await quoted(turns, *held, place=replace(PLACE, private_to="eve"), person=EVE) == ()
    assert await quoted(turns, *held, place=replace(PLACE, private_to="mary")) == citations


async def test_quotes_of_a_private_answer_are_shown_to_its_person_alone(database: Database) -> None:
    turns = Turns(database)
    alone = replace(PLACE, private_to="mary")
    citations = await cited(turns, place=alone)
    held = ("team", "board")
    assert await quoted(turns, *held) == ()
    assert await quoted(turns, *held, place=alone, person=EVE) == ()
    assert await quoted(turns, *held, place=alone) == citations
