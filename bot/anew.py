"""A question that was answered, asked again where its answer stands. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.base import Question
from bot.errors import NoSuchAnswer

if TYPE_CHECKING:
    from adapters.base import Again
    from bot.answering.turns import Answered


def anew(answered: Answered | None, wish: Again) -> Question:
    """Give the new question, in the same words and the same conversation; it is asked by whoever wishes it.

    Raises NoSuchAnswer, in the same words whether it is not kept or not theirs to see at that place.
    """
    if answered is None or not _seen(answered, wish):
        raise NoSuchAnswer("That answer is not kept here, so it cannot be asked for again. Ask in your own words.")
    return Question(
        id=wish.question,
        conversation=answered.conversation,
        place=wish.place,
        asker=wish.person,
        text=answered.turn.question,
        asked_at=wish.at,
    )


def _seen(answered: Answered, wish: Again) -> bool:
    """Whether it was said in that very channel; or, if in private, to this person, who is alone here too."""
    turn, here = answered.turn, wish.place
    if (answered.platform, answered.workspace) != (here.platform, here.workspace):
        return False
    if turn.private_to is not None:
        return turn.private_to == wish.person.id == here.private_to
    return turn.channel == here.channel and here.private_to in (None, wish.person.id)
