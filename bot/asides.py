"""A question that was asked among others, asked again where its asker alone reads. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.base import Question
from bot.errors import NoSuchOffer

if TYPE_CHECKING:
    from adapters.base import WantedPrivately


def aside(asked: Question | None, wish: WantedPrivately) -> Question:
    """Give the new question; it may lean on what was said where it was asked first. Accepting twice gives the same one.

    Raises NoSuchOffer, in the same words whether the offer is over or was made to somebody else.
    """
    if asked is None or not _own(asked, wish):
        raise NoSuchOffer("That offer is over. Ask me again, in a direct message.")
    return Question(
        id=f"{asked.id}:private",
        conversation=wish.conversation,
        place=wish.place,
        asker=asked.asker,
        text=asked.text,
        asked_at=wish.at,
        follows=asked.conversation,
        first_asked_at=asked.asked_at,
    )


def _own(asked: Question, wish: WantedPrivately) -> bool:
    """Whether it is their own question, and the place one that only they read, of the same workspace."""
    there, here = wish.place, asked.place
    return (
        asked.asker.id == wish.person.id == there.private_to
        and (there.platform, there.workspace) == (here.platform, here.workspace)
        and wish.conversation != asked.conversation
    )
