"""What is said beside an answer: above it where no message asks its question, and directly to whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from adapters.slack import answers, kit
from adapters.slack.contents import Content
from adapters.slack.errors import Refused
from adapters.slack.mending import BESIDE
from adapters.slack.payload import ident

if TYPE_CHECKING:
    from adapters.slack.posting import Posting

_OFFER: Final = BESIDE
_FAREWELL: Final = BESIDE + 1
_log: structlog.stdlib.BoundLogger = structlog.get_logger()


def is_person(channel: str) -> bool:
    """Say whether a place is somebody's direct messages, named by that person."""
    return channel.startswith(("U", "W"))


async def direct(posting: Posting, person: str) -> Posting:
    """Turn to somebody's direct messages. Raises SlackError."""
    opened = await posting.workspace.calls.ask("conversations.open", users=person)
    return posting.at(ident(opened, "channel", "id"), None)


async def root(posting: Posting) -> str:
    """Give the message beneath which a question that stands in none is answered; it says who asked what."""
    journal = posting.journal
    stands = (one.message for one in journal.earlier if one.part == 0)
    if (known := next((one.message for one in stands if one.channel == posting.channel), None)) is not None:
        return known
    if journal.unsure and (found := await posting.found(await journal.before(0))):
        await posting.noted(0, found)
        return found
    words = answers.asked(posting.question.asker.id, posting.question.text)
    return await posting.post(0, Content(blocks=[kit.section(words)], text=words))


async def offer(posting: Posting) -> None:
    """Offer the asker an answer where nobody else reads."""
    words = "I found an answer to your question that you may read, and not everybody there."
    await _aside(posting, _OFFER, words, answers.privately(posting.question.id))


async def farewell(posting: Posting, why: str) -> None:
    """Tell whoever asked that their answer cannot be shown where they asked; nobody else would know."""
    _log.warning("nothing can be said at this place", why=why)
    if why == "thread_not_found" or is_person(posting.channel) or posting.channel.startswith("D"):
        return
    await _aside(posting, _FAREWELL, "I can no longer write in the channel where you asked me this.")


async def _aside(posting: Posting, part: int, words: str, *below: kit.Block) -> None:
    """Say something about their question to the asker alone, once."""
    journal, question = posting.journal, posting.question
    if any(one.part == part for one in journal.earlier):
        return
    quoted = kit.section(answers.asked(question.asker.id, question.text))
    try:
        theirs = await direct(posting, question.asker.id)
        if journal.unsure and (ts := await theirs.found(await journal.before(part))):
            await theirs.noted(part, ts)
            return
        await theirs.post(part, Content(blocks=[quoted, kit.section(words), *below], text=words))
    except Refused as refused:
        _log.warning("somebody cannot be told directly", why=refused.code)
