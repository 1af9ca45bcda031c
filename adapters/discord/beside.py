"""What is said beside an answer: above it where no message asks its question, and to whoever asked alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from adapters.discord import answers
from adapters.discord.contents import Content
from adapters.discord.errors import DiscordError, Refused
from adapters.discord.origins import guild, origin
from adapters.discord.posting import Posting
from adapters.discord.ways import Direct, Ticketed, Withdrawn, blocked
from adapters.refusing import said
from adapters.showing import BESIDE

if TYPE_CHECKING:
    from adapters.base import Question
    from adapters.discord.calls import Calls
    from adapters.markup import Tree
    from adapters.once import Once

_OFFER: Final = 0
_FAREWELL: Final = 1
_log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asides:
    """What one reply may say to its asker alone; ``offers`` is what was offered within a day, by all replies."""

    calls: Calls
    me: str
    posting: Posting
    offers: Once[tuple[str, str, str]]

    def sentence(self, words: str) -> Tree:
        """Give words as a tree."""
        return said(words)


def head(question: Question) -> str:
    """Say what was asked, and by whom where others read it, above an answer whose question stands in no message."""
    came = origin(question)
    if came.by == "message":
        return ""
    about = f"{guild(question.place)}/{came.channel}/{came.message}" if came.by == "about" else ""
    if question.place.private_to is not None:
        return answers.small(answers.you_asked(question.text, about))
    return answers.small(answers.asked(question.asker.id, question.text, about))


async def offer(asides: Asides) -> None:
    """Offer the asker an answer where nobody else reads, once a day for the same words."""
    posting, question = asides.posting, asides.posting.question
    place = question.place
    name = (place.channel, question.asker.id, question.text)
    rows = answers.privately(question.id)
    if not rows or asides.offers.knows(name) or any(one.part == BESIDE + _OFFER for one in posting.journal.earlier):
        return
    content = Content(head=answers.offered(place.channel, question.text), rows=rows)
    if await _by_ticket(posting, content) or await privately(asides, _OFFER, content):
        asides.offers.note(name)


async def _by_ticket(posting: Posting, content: Content) -> bool:
    """Say it where a command was given; what may have arrived is not said there twice."""
    part = BESIDE + _OFFER
    if not isinstance(posting.way, Ticketed) or posting.journal.unsure:
        return False
    try:
        await posting.beside(part, await posting.way.aside(posting.held(part), content.body()))
    except Refused:
        return False
    except DiscordError as error:
        _log.warning("nobody knows whether somebody was told", why=error.told)
    return True


async def farewell(asides: Asides, refused: Refused) -> None:
    """Tell whoever asked why their answer cannot be shown where they asked; nobody else would know."""
    _log.warning("nothing can be said at this place", why=refused.told)
    question = asides.posting.question
    if blocked(refused):
        await asides.posting.settle()
    if question.overheard:
        return
    words = answers.forbidden if blocked(refused) else answers.shut_out
    await privately(asides, _FAREWELL, Content(head=words(question.place.channel, question.text)))


async def privately(asides: Asides, number: int, content: Content) -> bool:
    """Say something about their question to the asker by direct message, once; give whether they have it."""
    journal, question = asides.posting.journal, asides.posting.question
    part = BESIDE + number
    if any(one.part == part for one in journal.earlier):
        return True
    theirs = Posting(question, journal, [Direct(asides.calls, asides.me, question.asker.id)], asides.posting.clock)
    try:
        if not journal.unsure or not await theirs.sought(part):
            await theirs.post(part, content)
    except Withdrawn:
        return True  # it was said, and taken away
    except DiscordError as error:  # an answer that stands is not to fail for it
        _log.warning("somebody cannot be told directly", why=error.told)
        return False
    return True
