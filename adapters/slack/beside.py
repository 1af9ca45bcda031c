"""What is said beside an answer: above it where no message asks its question, and directly to whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from adapters.slack import answers, kit, lookup
from adapters.slack.contents import Content
from adapters.slack.errors import Away, Refused, SlackError
from adapters.slack.mending import BESIDE
from adapters.slack.payload import ident
from adapters.slack.posting import SHUT
from adapters.slack.sharing import OPEN

if TYPE_CHECKING:
    from adapters.slack.posting import Posting

_OFFER: Final = BESIDE
_FAREWELL: Final = BESIDE + 1
_log: structlog.stdlib.BoundLogger = structlog.get_logger()


def is_person(channel: str) -> bool:
    """Say whether a place is somebody's direct messages, named by that person."""
    return channel.startswith(("U", "W"))


async def direct(posting: Posting, person: str) -> Posting:
    """Turn to somebody's direct messages; where they cannot be opened, a post to the person may. Raises SlackError."""
    if known := posting.sharing.direct(person):
        return posting.at(known, None)
    await posting.sharing.turn(OPEN)
    try:
        channel = ident(await posting.workspace.calls.ask(OPEN, users=person), "channel", "id")
    except SlackError as error:
        if isinstance(error, Away) or (isinstance(error, Refused) and error.code in SHUT):
            raise
        channel = ""
    before = (one.message.channel for one in posting.journal.earlier)
    channel = channel or next((one for one in before if one.startswith("D")), "")
    if channel:
        posting.sharing.opened(person, channel)
    return posting.at(channel or person, None)


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
    if why == "thread_not_found" and not await _stands(posting):
        return  # whoever took their question back wants no answer
    await _aside(posting, _FAREWELL, "I can no longer write in the channel where you asked me this.")


async def _stands(posting: Posting) -> bool:
    """Whether what was asked beneath stands still."""
    return posting.thread is None or await lookup.asked(posting.workspace, posting.where, posting.thread)


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
    except SlackError as error:  # an answer that stands is not to fail for it
        _log.warning("somebody cannot be told directly", why=error.told)
