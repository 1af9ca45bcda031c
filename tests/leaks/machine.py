"""A machine that moves people and documents about and asks all the while, and stops at the first thing that leaks."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from adapters.base import Person, Question, WantedPrivately
from adapters.wishes import History
from bot.asides import aside
from tests.leaks.house import Fault, House, opened
from tests.leaks.town import CHANNELS, PEOPLE, PRINCIPALS, ROLES, TEAM, TOPICS, Town, paper, place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from adapters.base import Place
    from tests.leaks.house import Where

Found = TypeVar("Found")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
MOST = 14
"""Documents at a time."""
people = st.sampled_from(sorted(PEOPLE))
channels = st.sampled_from(sorted(CHANNELS))
spots = st.one_of(st.just(""), st.just(""), st.just(""), channels)
"""Where somebody asks: mostly in one busy channel of the run, so that there is a history to lean on."""
some = st.sets(st.sampled_from(PRINCIPALS), min_size=1, max_size=2)
readers = st.one_of(some, some, st.sampled_from([{"public"}, {TEAM}]))
topics = st.sampled_from(TOPICS)
wordings = st.sampled_from(["How is the {} ledger opened?", "And who opens it?", "What about the {}?"])
places = st.sampled_from(["channel", "channel", "channel", "direct", "whisper"])
moments = st.sampled_from(["before", "midway", "end"])


class Leak(AssertionError):
    """Somebody was shown what they may not read."""


class Leaks(RuleBasedStateMachine):
    """``where`` makes an empty store; ``template`` is a migrated database of turns; ``fault`` is planted."""

    where: ClassVar[Callable[[Path], Where]]
    template: ClassVar[Path]
    fault: ClassVar[Fault] = Fault()
    steps: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        self._offers: list[Question] = []
        self._asked: list[Question] = []
        self._number = 0
        self._leaks: list[str] = []

    @initialize(busy=channels)
    def open(self, busy: str) -> None:
        self._busy = busy
        shutil.copy(self.template, self._folder / "turns.db")
        self.town = Town()
        made = opened(type(self).where(self._folder), self._folder / "turns.db", self.town, self.fault)
        self.house: House = self._run(self._stack.enter_async_context(made))
        for number, principal in enumerate(("public", TEAM, f"{TEAM}:channel:{busy}", f"{TEAM}:group:S0", "public")):
            self._put(TOPICS[number % 2], {principal})
        self._run(self.house.sync())

    def teardown(self) -> None:
        with self._runner:
            self._run(self._stack.aclose())

    @precondition(lambda self: len(self.house.shelf.on_it) < MOST)
    @rule(topic=topics, names=readers)
    def write(self, topic: str, names: set[str]) -> None:
        self._put(topic, names)
        self._run(self.house.sync())

    @precondition(lambda self: self.house.shelf.on_it)
    @rule(data=st.data(), names=readers)
    def move(self, data: st.DataObject, names: set[str]) -> None:
        self._run(self._moved(self._one(data), names))

    @precondition(lambda self: self.house.shelf.on_it)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self._run(self._moved(self._one(data), None))

    @rule(person=people, channel=channels)
    def come_or_go(self, person: str, channel: str) -> None:
        self.town.among[channel] ^= {person}

    @rule(person=people, role=st.sampled_from(ROLES))
    def give_or_take_a_role(self, person: str, role: str) -> None:
        self.town.roles.setdefault(person, set()).__ixor__({role})

    @rule(data=st.data(), channel=spots, sort=places, topic=topics, wording=wordings)
    def ask(self, data: st.DataObject, channel: str, sort: str, topic: str, wording: str) -> None:
        self._ask(self._question(data, channel, sort, wording.format(topic)))

    @precondition(lambda self: self.house.shelf.on_it)
    @rule(data=st.data(), channel=spots, sort=places, topic=topics, names=readers | st.none(), moment=moments)
    def ask_while_a_document_moves(  # noqa: PLR0913, PLR0917 - the dice
        self, data: st.DataObject, channel: str, sort: str, topic: str, names: set[str] | None, moment: str
    ) -> None:
        one = self._one(data)
        question = self._question(data, channel, sort, f"How is the {topic} ledger opened?")
        self._ask(question, moment, lambda: self._moved(one, names))

    @rule(data=st.data(), channel=spots, topic=topics, newcomer=people, moment=moments)
    def ask_while_somebody_comes_in(
        self, data: st.DataObject, channel: str, topic: str, newcomer: str, moment: str
    ) -> None:
        async def come() -> None:
            self.town.among[channel or self._busy].add(newcomer)

        self._ask(self._question(data, channel, "channel", f"How is the {topic} ledger opened?"), moment, come)

    @precondition(lambda self: self._offers)
    @rule(data=st.data())
    def accept_a_private_offer(self, data: st.DataObject) -> None:
        asked = self._offers.pop(data.draw(st.integers(0, len(self._offers) - 1)))
        person, number = asked.asker, self._next()
        wish = WantedPrivately(
            question=asked.id,
            person=person,
            place=place(f"D{person.id}", person.id),
            conversation=f"D{person.id}",
            at=NOON,
        )
        self._ask(replace(aside(asked, wish), id=f"q{number}"))

    @precondition(lambda self: self._asked)
    @rule(data=st.data(), person=people, alone=st.booleans())
    def look_back(self, data: st.DataObject, person: str, *, alone: bool) -> None:
        """Anybody may look at any conversation, where they read."""
        asked = data.draw(st.sampled_from(self._asked))
        here = place(asked.place.channel, person if alone or asked.place.channel not in CHANNELS else None)
        wish = History(conversation=asked.conversation, person=Person(id=person, name=person), place=here)
        self._held(self._run(self.house.remembered(wish)), here, "history")
        self._judge()

    @invariant()
    def count(self) -> None:
        self._count("steps")

    def _ask(self, question: Question, moment: str = "", happens: Callable[[], Awaitable[None]] | None = None) -> None:
        house, parrot = self.house, self.house.parrot

        async def happening() -> None:
            assert happens is not None
            await happens()
            house.clock[0] += 10

        house.clock[0] += 10
        parrot.heard = lambda text: self._held(text, question.place, "prompt")
        parrot.before = happening if moment == "before" else None
        parrot.midway = happening if moment == "midway" else None
        parrot.end = happening if moment == "end" else None
        parts, offered = self._run(house.asked(question, lambda text: self._held(text, question.place, "part")))
        parrot.before = parrot.midway = parrot.end = None
        self._judge()
        self._asked.append(question)
        verdict = getattr(parts[-1], "verdict", "none")
        assert verdict in ("answered", "unknown", "cut", "told"), verdict
        self._count(f"{moment} {verdict}".strip())
        self._count(f"{'private' if question.place.private_to else 'shared'} {verdict}")
        if offered:
            self._count("offered")
            self._offers.append(question)

    def _held(self, text: str, where: Place, what: str) -> None:
        for mark in self.town.secret(where):
            if mark in text:
                self._leaks.append(f"{mark} in a {what} at {where}: {text}")  # the engine would answer an error

    def _judge(self) -> None:
        if self._leaks:
            raise Leak(self._leaks[0])

    def _question(self, data: st.DataObject, channel: str, sort: str, text: str) -> Question:
        number, channel = self._next(), channel or self._busy
        present = sorted(self.town.readers(place(channel)))
        person = data.draw(st.sampled_from(present or sorted(PEOPLE)))
        alone = person if sort == "whisper" else None
        here = place(f"D{person}", person) if sort == "direct" else place(channel, alone)
        if here.private_to is not None:
            self.town.whispered[f"hush{number}x"] = person
            text = f"{text} hush{number}x"
        return Question(
            id=f"q{number}",
            conversation=here.channel,
            place=here,
            asker=Person(id=person, name=person),
            text=text,
            asked_at=NOON,
        )

    async def _moved(self, name: str, names: set[str] | None) -> None:
        """Give a document other readers, or none at all any more, and publish that."""
        shelf = self.house.shelf
        if names is None:
            gone = shelf.on_it.pop(name)
            await self.house.sync()
            self.town.gone.add(gone.title.rpartition(" ")[2])
        else:
            shelf.put(replace(shelf.on_it[name], readers=frozenset(names)))
            await self.house.sync()

    def _put(self, topic: str, names: set[str]) -> None:
        self.house.shelf.put(paper(f"zq{self._next()}x", topic, names))

    def _one(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.house.shelf.on_it)))

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _count(self, what: str) -> None:
        self.steps[what] = self.steps.get(what, 0) + 1

    def _run(self, work: Coroutine[object, object, Found]) -> Found:
        return self._runner.run(work)
