"""What every adapter keeps to, fakes included. Subclass it, and say how to make one and how to read what it showed."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from starlette.routing import BaseRoute

from adapters.base import LeaseLost, Notice, Person, Place, Question
from adapters.markup import Paragraph, Plain
from adapters.parts import Ending
from tests.doubles.adapters import AN_ANSWER, MARY, RecordingDesk, Stream, a_question, said
from tests.doubles.journal import Remembering

if TYPE_CHECKING:
    from adapters.base import Adapter


class AdapterContract(ABC):
    """The rules of ``adapters.base.Adapter``."""

    @abstractmethod
    def adapter(self) -> Adapter:
        """Make one whose ``run`` asks one question and then ends."""

    @abstractmethod
    def shown(self) -> str:
        """Everything that the last one made has shown."""

    @abstractmethod
    def place(self) -> Place:
        """A place of its platform."""

    def asker(self) -> Person:
        """Somebody who reads at that place."""
        return MARY

    def asked(self) -> Question:
        """What she asks there."""
        return replace(a_question(place=self.place()), asker=self.asker())

    async def test_it_can_be_entered_and_left(self) -> None:
        async with self.adapter() as adapter:
            assert adapter.name
            assert all(isinstance(route, BaseRoute) for route in adapter.routes)

    async def test_a_reply_takes_every_part_and_closes_the_stream(self) -> None:
        stream = Stream(*AN_ANSWER)
        async with self.adapter() as adapter:
            await adapter.reply(self.asked(), stream(), Remembering())
        assert stream.given == len(AN_ANSWER)
        assert stream.closed

    async def test_a_reply_shows_the_sentences_in_their_order(self) -> None:
        parts = (said("First.", 1), said("Second.", 1, continues=True), said("Third."))
        async with self.adapter() as adapter:
            await adapter.reply(self.asked(), Stream(*parts, AN_ANSWER[-1])(), Remembering())
        text = self.shown()
        assert 0 <= text.find("First.") < text.find("Second.") < text.find("Third.")

    async def test_a_reply_without_text_is_no_error(self) -> None:
        async with self.adapter() as adapter:
            await adapter.reply(self.asked(), Stream(Ending(answer="a1", verdict="stopped"))(), Remembering())

    async def test_what_breaks_the_stream_is_raised_after_what_came_before_was_shown(self) -> None:
        async with self.adapter() as adapter:
            with pytest.raises(RuntimeError):
                await adapter.reply(self.asked(), Stream(said("Before."), RuntimeError())(), Remembering())
        assert "Before." in self.shown()

    async def test_a_cancelled_reply_closes_the_stream(self) -> None:
        stream = Stream(said("Before."), asyncio.CancelledError())
        async with self.adapter() as adapter:
            with suppress(asyncio.CancelledError):
                await adapter.reply(self.asked(), stream(), Remembering())
        assert stream.closed

    async def test_a_reply_notes_each_post_before_and_after_it(self) -> None:
        journal = Remembering()
        async with self.adapter() as adapter:
            await adapter.reply(self.asked(), Stream(*AN_ANSWER)(), journal)
        assert journal.intents
        assert [posted.part for posted in journal.outcomes] == journal.intents

    async def test_whoever_lost_the_lease_shows_nothing(self) -> None:
        journal = Remembering()
        journal.lost = True
        async with self.adapter() as adapter:
            with pytest.raises(LeaseLost):
                await adapter.reply(self.asked(), Stream(*AN_ANSWER)(), journal)
        assert "OPENAI_API_KEY" not in self.shown()

    async def test_run_takes_in_its_question_and_ends_with_its_platform(self) -> None:
        adapter = self.adapter()
        desk = _answering(adapter)
        async with adapter, asyncio.timeout(30):
            await adapter.run(desk)
        assert len(desk.events) == 1

    async def test_what_it_takes_in_is_named_as_no_other_platform_names_anything(self) -> None:
        adapter = self.adapter()
        desk = _answering(adapter)
        async with adapter, asyncio.timeout(30):
            await adapter.run(desk)
        (question,) = desk.events
        assert isinstance(question, Question)
        assert question.place.platform == adapter.name
        assert question.id.startswith(f"{adapter.name}:")
        assert question.conversation.startswith(f"{adapter.name}:")

    async def test_a_notice_is_shown_though_nobody_asked(self) -> None:
        notice = Notice(blocks=(Paragraph((Plain("84 % of the money for today"),)), Paragraph((Plain("are spent."),))))
        adapter = self.adapter()
        async with adapter, asyncio.timeout(30):
            await adapter.notify(self.place(), notice)
            await adapter.run(_answering(adapter))
        text = self.shown()
        assert 0 <= text.find("84 % of the money for today") < text.find("are spent.")

    async def test_at_a_place_of_another_platform_nobody_reads(self) -> None:
        elsewhere = Place(platform="elsewhere", workspace="elsewhere:1", channel="1")
        async with self.adapter() as adapter:
            assert (await adapter.audience(elsewhere, self.asker())).everyone == frozenset()

    async def test_what_is_private_to_somebody_else_is_read_by_nobody_who_asks(self) -> None:
        private = replace(self.place(), private_to="somebody-else")
        async with self.adapter() as adapter:
            assert (await adapter.audience(private, self.asker())).own == frozenset()

    async def test_whoever_asks_holds_what_everyone_does_and_alone_no_less(self) -> None:
        async with self.adapter() as adapter:
            found = await adapter.audience(self.place(), self.asker())
            alone = await adapter.audience(replace(self.place(), private_to=self.asker().id), self.asker())
        assert found.everyone <= found.own
        assert found.own <= alone.everyone

    async def test_whoever_reads_at_a_place_may_read_what_is_public(self) -> None:
        async with self.adapter() as adapter:
            assert "public" in (await adapter.audience(self.place(), self.asker())).everyone


def _answering(adapter: Adapter) -> RecordingDesk:
    """A desk that has every question answered at once."""

    async def answer(event: object) -> None:
        await adapter.reply(event, Stream(*AN_ANSWER)(), Remembering())  # type: ignore[arg-type]  # only questions are asked here

    return RecordingDesk(answer)
