"""Who reads is asked again, and what they may not read any more is not shown; more may be offered to the asker."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.audience import NOBODY
from adapters.base import Audience, Person
from adapters.parts import Ending, PrivateOffer, Sources, Status, Text, Usage
from adapters.plain import rendered
from bot.answering import permission, replies
from bot.answering.turns import NewTurn, PastTurn
from bot.errors import ModelDown
from knowledge.errors import Busy
from tests.bot.answering.test_engine import GOOD, INSTALL, KEYS, Bench, ending, question, sources, tree
from tests.doubles.adapters import NOON
from tests.doubles.answering import Passages, Remembered, passage
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Mapping

    from adapters.parts import Part
    from bot.models.base import Delta, Heard, LanguageModel, Prompt
    from knowledge.base import Retrieved, Scope

ASKED = "How often is an API key rotated?"
UNKNOWN = rendered(replies.unknown(()))
TEAM = Audience(everyone=frozenset({"team"}), asker=frozenset())
MORE = Audience(everyone=frozenset({"team"}), asker=frozenset({"ann"}))


class Guarded(Passages):
    """Passages with readers; ``looks`` counts what is asked of them."""

    def __init__(self, readers: Mapping[str, set[str]]) -> None:
        super().__init__(*(one for one in (KEYS, INSTALL) if one.document in readers))
        self.readers = dict(readers)
        self.looks: list[str] = []
        self.broken = False

    def remove(self, document: str) -> None:
        self.readers.pop(document, None)

    def _open(self, document: str, scope: Scope) -> bool:
        return bool(self.readers.get(document, set()) & scope.principals)

    async def retrieve(self, text: str, /, *, scope: Scope, **told: object) -> Retrieved:
        self.looks.append("search")
        if self.broken and len(self.looks) > 1:
            raise Busy("The knowledge is busy.")
        there = Passages(*(one for one in self.passages if self._open(one.document, scope)))
        self.scopes.append(scope)
        return await there.retrieve(text, scope=scope)

    async def readable(self, documents: Collection[str], scope: Scope) -> frozenset[str]:
        self.looks.append("look up")
        return frozenset(one for one in documents if self._open(one, scope))


class Meddling(Scripted):
    """Does something before its first word, or after so many characters."""

    def __init__(self, text: str, does: Callable[[], None], *, after: int = 0, error: Exception | None = None) -> None:
        super().__init__(text, error=error)
        self._does = does
        self._after = after

    async def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        said = 0
        if not self._after:
            self._does()
        async for delta in super().stream(prompt, heard):
            yield delta
            before, said = said, said + len(str(delta))
            if before < self._after <= said:
                self._does()


class Readers:
    """Whoever reads now, and how often that was asked."""

    def __init__(self, audience: Audience = TEAM) -> None:
        self.now = audience
        self.asked = 0

    async def __call__(self) -> Audience:
        self.asked += 1
        return self.now


def bench(
    *models: LanguageModel,
    shelf: Passages,
    readers: Readers,
    turns: Remembered | None = None,
    seconds: Callable[[], float] = lambda: 0.0,
) -> Bench:
    made = Bench(*models, shelf=shelf, turns=turns, seconds=seconds)
    made.readers = readers
    return made


def words(parts: list[Part]) -> str:
    """Everything that somebody might read, the source list too."""
    lines = [line for part in parts if isinstance(part, Sources) for line in part.citations]
    return "\n".join((rendered(tree(parts)), *(f"{line.title} {line.url} {line.quote}" for line in lines)))


async def test_who_reads_is_asked_before_the_search_and_again_before_the_first_sentence() -> None:
    readers = Readers()
    asked = bench(Scripted(GOOD), shelf=Guarded({"keys.md": {"team"}}), readers=readers)
    parts = await asked.ask(ASKED)
    assert ending(parts).verdict == "answered"
    assert readers.asked == 2
    await asked.ask("hello", number=2)
    assert readers.asked == 2


async def test_what_was_revoked_while_the_model_wrote_is_not_shown() -> None:
    shelf = Guarded({"keys.md": {"team"}, "install.md": {"team"}})
    model = Meddling(GOOD, lambda: shelf.readers.update({"keys.md": {"board"}}))
    parts = await bench(model, shelf=shelf, readers=Readers()).ask(ASKED)
    assert ending(parts).verdict == "unknown"
    assert "key" not in words(parts).replace("I don't know", "").lower()
    assert [part.doing for part in parts if isinstance(part, Status)].count("searching") == 2


async def test_an_answer_is_begun_anew_with_what_is_left() -> None:
    shelf = Guarded({"keys.md": {"team"}, "install.md": {"team"}})
    model = Meddling(GOOD, lambda: shelf.remove("install.md"))
    parts = await bench(model, shelf=shelf, readers=Readers()).ask(ASKED)
    assert ending(parts).verdict == "answered"
    assert [line.document for line in sources(parts).citations] == ["keys.md"]
    assert sum(isinstance(part, Sources) for part in parts) == 1
    assert [len(prompt.passages) for prompt in model.asked] == [2, 1]


async def test_somebody_who_comes_in_while_the_model_writes_reads_nothing_that_they_may_not() -> None:
    readers = Readers()

    def come() -> None:
        readers.now = Audience(everyone=frozenset({"public"}), asker=frozenset({"team"}))

    shelf = Guarded({"keys.md": {"team"}})
    parts = await bench(Meddling(GOOD, come), shelf=shelf, readers=readers).ask(ASKED)
    assert "90 days" not in words(parts)
    assert ending(parts).verdict == "unknown"


async def test_a_right_that_goes_twice_ends_in_the_words_for_what_is_not_known() -> None:
    shelf = Guarded({"keys.md": {"team"}, "install.md": {"team"}})
    rights = iter([{"keys.md": {"team"}}, {}])
    model = Meddling(GOOD, lambda: setattr(shelf, "readers", next(rights)))
    asked = bench(model, shelf=shelf, readers=Readers())
    parts = await asked.ask(ASKED)
    assert rendered(tree(parts)) == UNKNOWN
    assert not any(isinstance(part, Sources) for part in parts)
    assert [turn.documents for turn in asked.turns.recorded] == [frozenset()]
    assert (ending(parts).verification, ending(parts).model, ending(parts).usage) == (None, None, Usage())


async def test_the_first_sentence_of_a_model_that_is_asked_later_is_looked_at_as_well() -> None:
    shelf = Guarded({"keys.md": {"team"}})
    down = Meddling("", shelf.readers.clear, error=ModelDown("Down.", begun=True))
    parts = await bench(down, Scripted(GOOD), shelf=shelf, readers=Readers()).ask(ASKED)
    assert rendered(tree(parts)) == UNKNOWN


async def test_an_answer_under_way_breaks_off_some_seconds_after_a_right_is_gone() -> None:
    shelf, clock = Guarded({"keys.md": {"team"}}), [0.0]

    def revoke() -> None:
        shelf.readers.clear()
        clock[0] += permission.AGAIN

    model = Meddling(GOOD, revoke, after=55)
    parts = await bench(model, shelf=shelf, readers=Readers(), seconds=lambda: clock[0]).ask(ASKED)
    assert ending(parts).verdict == "cut"
    assert "90 days" in words(parts)
    assert "old key" not in rendered(tree(parts))
    assert rendered(replies.cut()) in rendered(tree(parts))


@pytest.mark.parametrize("revoked", [False, True])
async def test_what_another_source_says_is_looked_at_once_more_when_the_last_sentence_is_shown(
    *, revoked: bool
) -> None:
    shelf = Guarded({"keys.md": {"team"}, "draft.md": {"team"}})
    shelf.passages = (KEYS, passage("draft.md", "An API key is rotated every 30 days. Nobody agreed to it yet."))
    asked = bench(Scripted("An API key is rotated every 90 days. [1]"), shelf=shelf, readers=Readers())
    parts = []
    async for part in asked.engine.answer(question(ASKED), asked.readers, asyncio.Event()):
        parts.append(part)
        if isinstance(part, Text) and revoked:
            shelf.remove("draft.md")
    assert ("every 30 days" in rendered(tree(parts))) is not revoked
    assert ("Sources differ" in rendered(tree(parts))) is not revoked


async def test_a_history_that_was_revoked_meanwhile_begins_the_answer_anew_without_it() -> None:
    shelf = Guarded({"keys.md": {"team"}, "old.md": {"team"}})
    past = PastTurn(question="Old?", answer="Old answer.", verdict="answered", documents=frozenset({"old.md"}))
    model = Meddling(GOOD, lambda: shelf.remove("old.md"))
    parts = await bench(model, shelf=shelf, readers=Readers(), turns=Remembered(past)).ask(ASKED)
    assert ending(parts).verdict == "answered"
    assert [len(prompt.history) for prompt in model.asked] == [1, 0]


async def test_a_turn_rests_on_all_that_was_in_its_prompt() -> None:
    past = PastTurn(question="Old?", answer="Old answer.", verdict="answered", documents=frozenset({"old.md"}))
    shelf = Guarded({"keys.md": {"team"}, "install.md": {"team"}, "old.md": {"team"}})
    asked = bench(Scripted(GOOD), shelf=shelf, readers=Readers(), turns=Remembered(past))
    await asked.ask(ASKED)
    (turn,) = asked.turns.recorded
    assert turn.documents == {"keys.md", "install.md", "old.md"}
    assert [line.document for line in turn.citations] == ["keys.md"]


@pytest.mark.parametrize(("private_to", "entered"), [(None, 1), ("ann", 0)])
async def test_what_was_private_to_somebody_enters_no_prompt_of_others(private_to: str | None, entered: int) -> None:
    past = PastTurn(question="Old?", answer="Old answer.", verdict="answered", private_to=private_to)
    model = Scripted(GOOD)
    shelf = Guarded({"keys.md": {"team"}})
    await bench(model, shelf=shelf, readers=Readers(), turns=Remembered(past)).ask(ASKED)
    assert len(model.asked[0].history) == entered


async def test_of_readers_that_cannot_be_known_nothing_is_searched() -> None:
    async def broken() -> Audience:
        raise ConnectionError

    shelf = Guarded({"keys.md": {"team", "public"}})
    asked = Bench(Scripted(GOOD), shelf=shelf)
    asked.readers = broken
    with capture_logs():
        parts = await asked.ask(ASKED)
    assert rendered(tree(parts)) == UNKNOWN
    assert all(not scope.principals for scope in shelf.scopes)


async def test_a_platform_that_says_nothing_in_time_counts_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent() -> Audience:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(permission, "_PATIENCE", 0.0)
    with capture_logs():
        assert await permission.audience_of(silent) == NOBODY


async def test_what_only_the_asker_may_read_is_offered_in_private_and_not_shown() -> None:
    asked = bench(Scripted(GOOD), shelf=Guarded({"keys.md": {"ann"}}), readers=Readers(MORE))
    parts = await asked.ask(ASKED)
    assert [type(part) for part in parts[-2:]] == [PrivateOffer, Ending]
    assert words(parts) == f"{UNKNOWN}\n\n{rendered(replies.privately())}"
    assert ending(parts).verdict == "unknown"


async def test_there_is_no_offer_where_the_asker_may_read_no_more_than_everyone() -> None:
    parts = await bench(Scripted(GOOD), shelf=Guarded({"keys.md": {"ann"}}), readers=Readers()).ask(ASKED)
    assert [type(part) for part in parts] == [Status, Text, Ending]
    assert words(parts) == UNKNOWN


async def test_where_the_model_finds_no_answer_in_what_all_may_read_there_may_be_one_in_private() -> None:
    shelf = Guarded({"keys.md": {"team"}, "install.md": {"ann"}})
    asked = bench(Scripted("The passages do not answer this question."), shelf=shelf, readers=Readers(MORE))
    assert any(isinstance(part, PrivateOffer) for part in await asked.ask("Which API key does Footnote on Linux need?"))
    shelf.readers["install.md"] = {"board"}
    asked = bench(Scripted("The passages do not answer this question."), shelf=shelf, readers=Readers(MORE))
    assert not any(isinstance(part, PrivateOffer) for part in await asked.ask(ASKED))


@pytest.mark.parametrize("audience", [TEAM, MORE])
async def test_what_may_not_be_read_and_what_does_not_exist_are_the_same_parts_and_the_same_work(
    audience: Audience,
) -> None:
    seen = []
    for readers in ({"keys.md": {"board"}, "install.md": {"team"}}, {"install.md": {"team"}}):
        shelf, model = Guarded(readers), Scripted(GOOD)
        who = Readers(audience)
        parts = await bench(model, shelf=shelf, readers=who).ask(ASKED)
        seen.append((parts, shelf.looks, shelf.scopes, who.asked, len(model.asked)))
    assert seen[0] == seen[1]
    assert seen[0][1].count("search") == (2 if audience is MORE else 1)


async def test_a_search_for_an_offer_that_fails_leaves_the_answer_as_it_is() -> None:
    shelf = Guarded({"keys.md": {"ann"}})
    shelf.broken = True
    parts = await bench(Scripted(GOOD), shelf=shelf, readers=Readers(MORE)).ask(ASKED)
    assert ending(parts).verdict == "unknown"
    assert not any(isinstance(part, PrivateOffer) for part in parts)


async def test_a_question_asked_again_in_private_leans_on_what_its_asker_had_asked_where_they_asked_first() -> None:
    turns = Remembered()
    again = replace(question(ASKED), follows="channel", first_asked_at=NOON)
    for number, (minute, asker) in enumerate([(-2, again.asker), (-1, Person(id="eve", name="Eve")), (1, again.asker)]):
        told = replace(question(f"{number}?"), id=f"q{number}", conversation="channel", asker=asker)
        told = replace(told, asked_at=NOON + timedelta(minutes=minute))
        await turns.record(NewTurn(answer=f"a{number}", question=told, text=f"Said {number}.", verdict="answered"))
    for follows, said in ((again, ["Said 0."]), (replace(again, first_asked_at=None), [])):
        model = Scripted(GOOD)
        asked = bench(model, shelf=Guarded({"keys.md": {"team"}}), readers=Readers(), turns=turns)
        _ = [part async for part in asked.engine.answer(replace(follows, id=f"{said}"), asked.readers, asked.stop)]
        assert [exchange.answer for exchange in model.asked[0].history if "Said" in exchange.answer] == said
