"""What people write, change, delete and mark on Discord, as its gateway tells it, read. Pure; never raises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from adapters.base import Deleted, Edited, Halted, MessageRef, Person, Place, Question, Rated
from adapters.discord.base import Spot
from adapters.discord.events import DIRECT, Dropped, Heard
from adapters.discord.payload import ident, number, when
from adapters.discord.saying import called, mentions, mentions_others, said, stops
from adapters.overhearing import overheard
from adapters.payload import at, items, text

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.base import Vote
    from adapters.discord.events import Read, Where

_SPOKEN: Final = frozenset({0, 19})
"""Kinds of messages that people write: a message, and a reply."""
_SYSTEM: Final = "643945264868098049"
"""Who Discord's own messages are from."""
_VOTES: Final[dict[str, Vote]] = {"\N{THUMBS UP SIGN}": 1, "\N{THUMBS DOWN SIGN}": -1}
_TONES: Final = dict.fromkeys(range(0x1F3FB, 0x1F400))
_BECOMES: Final = timedelta(hours=6)
"""How old a message is at most that becomes a question by an edit: within a day, one that was asked is known."""


def spoken(given: object, where: Where, spot: Spot | None) -> Read:
    """Read a message."""
    if why := ours(given, where) or _nowhere(given, spot):
        return Dropped(why=why)
    question = _question(given, where, _spot(given, spot))
    addressed = _addressed(given, where)
    if halted := _halted(question, question if addressed else None):
        return halted
    if addressed:
        return question
    if mentions_others(given, where) or _to_another(given):
        return Dropped(why="said to somebody else")
    match overheard(question.text):
        case "chatter":
            return Dropped(why="chatter")
        case "perhaps":
            return Heard(question=replace(question, overheard=True))
        case "question":
            return Heard(question=question)


def changed(given: object, where: Where, spot: Spot | None, now: datetime) -> Read:
    """Read an edit; one that mentions the bot may ask a question, which is the same one if it was asked already.

    Discord does not say what stood there before.
    """
    if why := ours(given, where) or wordless(given):
        return Dropped(why=why)
    edited = Edited(question=_message(given), text=said(given, where))
    lately = now - when(ident(given, "id")) < _BECOMES
    if not (lately and mentions(given, where)) or _direct(given) or _nowhere(given, spot):
        return edited
    return _question(given, where, _spot(given, spot))


def deleted(given: object, messages: tuple[str, ...]) -> tuple[Read, ...]:
    """Read that messages are gone."""
    guild, channel = ident(given, "guild_id") or DIRECT, ident(given, "channel_id")
    found = tuple(Deleted(question=f"discord:{guild}:{channel}:{one}") for one in messages if one and channel)
    return found or (Dropped(why="incomplete"),)


def idents(given: object, name: str) -> tuple[str, ...]:
    """Give the ids of a list."""
    found = (ident({name: one}, name) for one in items(given, name))
    return tuple(one for one in found if one)


def reaction(given: object, where: Where, now: datetime, *, added: bool) -> Read:
    """Read a thumb that was put on a message, or taken away; whose message it is Discord says of the first alone."""
    name = text(given, "emoji", "name").translate(_TONES)
    user, channel, message = (ident(given, part) for part in ("user_id", "channel_id", "message_id"))
    if name not in _VOTES or at(given, "emoji", "id") is not None:
        return Dropped(why="no thumb")
    if not (user and channel and message) or user == where.me or at(given, "member", "user", "bot") is True:
        return Dropped(why="incomplete, or a bot")
    if ident(given, "message_author_id") not in {"", where.me}:
        return Dropped(why="on a message of somebody else")
    workspace = f"discord:{ident(given, 'guild_id') or DIRECT}"
    return Rated(
        target=MessageRef(platform="discord", workspace=workspace, channel=channel, message=message),
        person=Person(id=user, name=called(at(given, "member", "user"), at(given, "member")) or user),
        vote=_VOTES[name] if added else 0,
        at=now,
    )


def ours(given: object, where: Where) -> str:
    """Say why a message is none that a person wrote for the bot to hear, where it is not."""
    author = ident(given, "author", "id")
    return "the bot itself" if author and author == where.me else unheard(given)


def unheard(given: object) -> str:
    """Say why a message is none that a person wrote to be heard, whoever the bot is, where it is not."""
    author = ident(given, "author", "id")
    if at(given, "author", "bot") is True or at(given, "author", "system") is True or author == _SYSTEM:
        return "a bot"
    if at(given, "webhook_id") is not None:
        return "a webhook"
    if at(given, "type") is not None and number(given, "type", otherwise=-1) not in _SPOKEN:
        return "a message that nobody wrote"
    if not (author and ident(given, "id") and ident(given, "channel_id")):
        return "incomplete"
    return ""


def wordless(given: object) -> str:
    """Say why an edit is none of words: Discord tells in the same way of a thread, and of what a link leads to."""
    worded = text(given, "edited_timestamp") and isinstance(at(given, "content"), str)
    return "" if worded else "an edit that changes no words"


def _nowhere(given: object, spot: Spot | None) -> str:
    if _direct(given):
        return "in a guild that nobody names" if at(given, "member") is not None else ""
    if spot is None:
        return "in a channel that nobody knows"
    return "in a direct message of several" if spot.sort in {"direct", "group"} else ""


def _direct(given: object) -> bool:
    return not ident(given, "guild_id")


def _spot(given: object, spot: Spot | None) -> Spot:
    return Spot(sort="direct", channel=ident(given, "channel_id")) if spot is None or _direct(given) else spot


def _message(given: object) -> str:
    guild = ident(given, "guild_id") or DIRECT
    return f"discord:{guild}:{ident(given, 'channel_id')}:{ident(given, 'id')}"


def _addressed(given: object, where: Where) -> bool:
    """Whether a message is meant for the bot: where nobody else is, by a mention, or as a reply to it."""
    replied = ident(given, "referenced_message", "author", "id")
    return _direct(given) or mentions(given, where) or bool(replied and replied == where.me)


def _to_another(given: object) -> bool:
    replied = ident(given, "referenced_message", "author", "id")
    return replied not in {"", ident(given, "author", "id")}


def _question(given: object, where: Where, spot: Spot) -> Question:
    guild, message, author = ident(given, "guild_id") or DIRECT, ident(given, "id"), ident(given, "author", "id")
    asked_at = when(message)
    direct = spot.sort == "direct"
    # The thread that is made of a message, to answer it, has the id of the message.
    thread = spot.thread or (message if spot.sort == "text" else None)
    conversation = f"discord:{guild}:{spot.channel if direct else thread or message}"
    follows = None if direct or spot.thread else _follows(given, where, guild)
    return Question(
        id=_message(given),
        conversation=conversation,
        place=Place(
            platform="discord",
            workspace=f"discord:{guild}",
            channel=spot.channel,
            thread=None if direct else thread,
            private_to=author if direct else None,
        ),
        asker=Person(id=author, name=called(at(given, "author"), at(given, "member"))),
        text=said(given, where),
        asked_at=asked_at,
        follows=follows,
        first_asked_at=asked_at if follows else None,
    )


def _follows(given: object, where: Where, guild: str) -> str | None:
    """Give the conversation of the answer that a message replies to, where its author asked for that, or may have.

    What follows on another conversation is answered from that, and not from what is said around it.
    """
    replied = at(given, "referenced_message")
    if not where.me or ident(replied, "author", "id") != where.me:
        return None
    if begun := ident(replied, "interaction_metadata", "id"):
        asker = ident(replied, "interaction_metadata", "user", "id")
        return f"discord:{guild}:{begun}" if asker in {"", ident(given, "author", "id")} else None
    before = ident(replied, "message_reference", "message_id")
    return f"discord:{guild}:{before}" if before and number(replied, "message_reference", "type") == 0 else None


def _halted(question: Question, ask: Question | None) -> Halted | None:
    """Read "stop" where something goes on; as the first message of a conversation it is a question like any other."""
    begins = question.conversation.rpartition(":")[2] == question.id.rpartition(":")[2]
    if not stops(question.text) or (begins and question.follows is None):
        return None
    talk = question.follows if begins and question.follows else question.conversation
    return Halted(conversation=talk, person=question.asker, workspace=question.place.workspace, ask=ask)
