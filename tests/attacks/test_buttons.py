"""Buttons that were shown to somebody else, at the desk: what attack 31 comes to whatever the platform."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.base import Person, Stopped, Wanted, WantedPrivately
from bot.database import Database
from bot.desk import FrontDesk
from bot.errors import NoSuchOffer, NotYours
from bot.feedback.ratings import Ratings
from bot.inbox import Inbox
from bot.settings import Settings
from bot.turns import Turns
from tests.attacks.stage import a_question
from tests.doubles.audiences import recall

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.attack

ASKED = a_question("When do deploys happen?", 1)
HERE, ELSEWHERE = ASKED.place.workspace, "terminal:other"
THIEF = Person(id="mallory", name=ASKED.asker.name)
PRESSING = [(THIEF, HERE), (ASKED.asker, ELSEWHERE), (THIEF, ELSEWHERE)]


def desk(database: Database, inbox: Inbox) -> FrontDesk:
    turns = Turns(database)
    return FrontDesk(inbox=inbox, turns=turns, recall=recall(turns), ratings=Ratings(database))


@pytest.mark.parametrize(("person", "workspace"), PRESSING)
async def test_another_persons_button_changes_nothing(tmp_path: Path, person: Person, workspace: str) -> None:
    async with Database(Settings(home=tmp_path).database) as database:
        inbox = Inbox(database, Turns(database))
        front = desk(database, inbox)
        await front.accept(ASKED)
        with suppress(NotYours):
            await front.accept(Stopped(question=ASKED.id, person=person, workspace=workspace))
        (owed,) = await inbox.claim(1, {"terminal"})
        assert owed.stop is None
        await inbox.offered(owed.claim)
        await front.accept(Wanted(question=ASKED.id, person=person, workspace=workspace))
        assert await inbox.claim(1, {"terminal"}) == ()
        await front.accept(Wanted(question=ASKED.id, person=ASKED.asker, workspace=HERE))
        await front.accept(Stopped(question=ASKED.id, person=ASKED.asker, workspace=HERE))
        (owed,) = await inbox.claim(1, {"terminal"})
        assert (owed.wanted, owed.stop) == (True, "stopped")


@pytest.mark.parametrize(("person", "workspace"), PRESSING)
async def test_another_persons_offer_is_over(tmp_path: Path, person: Person, workspace: str) -> None:
    private = replace(ASKED.place, workspace=workspace, channel="d1", private_to=person.id)
    wish = WantedPrivately(question=ASKED.id, person=person, place=private, conversation="d1", at=ASKED.asked_at)
    async with Database(Settings(home=tmp_path).database) as database:
        inbox = Inbox(database, Turns(database))
        await desk(database, inbox).accept(ASKED)
        with pytest.raises(NoSuchOffer):
            await desk(database, inbox).accept(wish)
        assert await inbox.owed() == 1
