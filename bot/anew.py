"""A question that was answered, asked again where its answer stands. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.base import Person, Place, Question
from bot.answering.turns import thread_of
from bot.errors import NoSuchAnswer

if TYPE_CHECKING:
    from adapters.base import Again
    from bot.answering.turns import Answered


def anew(answered: Answered | None, asked: Question | None, wish: Again) -> Question:
    """Give the new question, in the same words and the same conversation; it is asked by whoever wishes it.

    ``asked`` is what the answer is to while its last words are being shown and its turn is not yet kept.
    Raises NoSuchAnswer, in the same words whether it is not kept or not theirs to see at that place.
    """
    before = _before(answered, asked)
    if before is None or not _seen(before.place, wish):
        raise NoSuchAnswer("That answer is not kept here, so it cannot be asked for again. Ask in your own words.")
    return replace(before, id=wish.question, place=wish.place, asker=wish.person, asked_at=wish.at, overheard=False)


def _before(answered: Answered | None, asked: Question | None) -> Question | None:
    """Give the question that was answered, in its newest words."""
    if answered is None:
        if asked is None:
            return None
        there = replace(asked.place, thread=thread_of(asked))
        return replace(asked, place=there, follows=None, first_asked_at=None)
    turn = answered.turn
    place = Place(
        platform=answered.platform,
        workspace=answered.workspace,
        channel=turn.channel or "",
        thread=turn.thread,
        private_to=turn.private_to,
    )
    return Question(
        id="",
        conversation=answered.conversation,
        place=place,
        asker=Person(id=turn.asker or "", name=""),
        text=turn.question,
        asked_at=turn.asked_at,
    )


def _seen(there: Place, wish: Again) -> bool:
    """Whether it was said in that very channel and thread; or, if in private, to this person, who is alone here too."""
    here = wish.place
    if (there.platform, there.workspace) != (here.platform, here.workspace):
        return False
    if there.private_to is not None:
        return there.private_to == wish.person.id == here.private_to
    if there.thread not in (None, here.thread):
        return False
    return there.channel == here.channel and here.private_to in (None, wish.person.id)
