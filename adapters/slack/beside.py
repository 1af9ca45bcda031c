"""What is said beside an answer: above it where no message asks its question, and directly to whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from adapters.payload import text
from adapters.showing import BESIDE
from adapters.slack import answers, kit, lookup
from adapters.slack.contents import Content
from adapters.slack.errors import Away, Refused, SlackError
from adapters.slack.origins import origin
from adapters.slack.payload import ident
from adapters.slack.posting import SHUT
from adapters.slack.sharing import OPEN

if TYPE_CHECKING:
    from adapters.slack.posting import Posting

_OFFER: Final = BESIDE
_FAREWELL: Final = BESIDE + 1
_PATIENCE: Final = 3.0
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
    """Give the message that says who asked what, above the answer to a question that stands in none."""
    journal = posting.journal
    stands = (one.message for one in journal.earlier if one.part == 0)
    if (known := next((one.message for one in stands if one.channel == posting.channel), None)) is not None:
        posting.stands[0] = known
        return known
    if journal.unsure and (found := await posting.found(await journal.before(0))):
        await posting.noted(0, found)
        return found
    words = await _asked(posting)
    return await posting.post(0, Content(blocks=[kit.section(words)], text=words))


async def _asked(posting: Posting) -> str:
    """Say what was asked: by whom, where others read it, and about which message, where that is not plain to see."""
    question = posting.question
    asker, alone = question.asker.id, question.place.private_to is not None
    if not alone:
        came = origin(question)
        lower = came.by == "about" and came.stamp != posting.thread
        return answers.asked(asker, question.text, await _address(posting, came.channel, came.stamp) if lower else "")
    return await to_asker(posting)


async def to_asker(posting: Posting) -> str:
    """Say to the asker alone what they asked, by a command, a shortcut or a button."""
    question, came = posting.question, origin(posting.question)
    match came.by:
        case "about":
            how = answers.about(came.channel, await _address(posting, came.channel, came.stamp))
        case "again":
            how = " again"
        case _:
            how = ""
    return answers.you_asked(question.text, how)


async def _address(posting: Posting, channel: str, stamp: str) -> str:
    """Give the address of a message, where Slack says it."""
    try:
        found = await posting.workspace.calls.ask(
            "chat.getPermalink", within=_PATIENCE, channel=channel, message_ts=stamp
        )
    except SlackError:
        return ""
    return text(found, "permalink")


async def stopped(posting: Posting, part: int) -> list[str]:
    """Say that an answer was stopped of which nothing is shown, unless its question is gone; give what says it."""
    asked = origin(posting.question)
    if asked.by == "message" and await posting.gone(asked.stamp):
        return []
    words = "Stopped."
    return [await posting.post(part, Content(blocks=[kit.context([words])], text=words))]


async def offer(posting: Posting) -> None:
    """Offer the asker an answer where nobody else reads, once a day for the same words."""
    question, offers = posting.question, posting.sharing.offers
    place = question.place
    key = (question.conversation if place.thread else place.channel, question.asker.id, question.text)
    if offers.knows(key):
        return
    words = answers.offered(place.channel, question.text)
    if await _aside(posting, _OFFER, words, answers.privately(question.id)):
        offers.note(key)


async def farewell(posting: Posting, why: str) -> None:
    """Tell whoever asked that their answer cannot be shown where they asked; nobody else would know."""
    if why == "thread_not_found" and not await _stands(posting):
        return  # whoever took their question back wants no answer
    _log.warning("nothing can be said at this place", channel=posting.where, why=why)
    await _aside(posting, _FAREWELL, answers.shut_out(posting.where, posting.question.text))


async def _stands(posting: Posting) -> bool:
    """Whether what was asked beneath stands still."""
    return posting.thread is None or await lookup.asked(posting.workspace, posting.where, posting.thread)


async def _aside(posting: Posting, part: int, words: str, *below: kit.Block) -> bool:
    """Say something about their question to the asker alone, once; give whether they have it."""
    journal, question = posting.journal, posting.question
    if any(one.part == part for one in journal.earlier):
        return True
    try:
        theirs = await direct(posting, question.asker.id)
        if journal.unsure and (ts := await theirs.found(await journal.before(part))):
            await theirs.noted(part, ts)
            return True
        await theirs.post(part, Content(blocks=[kit.section(words), *below], text=words))
    except SlackError as error:  # an answer that stands is not to fail for it
        _log.warning("somebody cannot be told directly", why=error.told)
        return False
    return True
