"""Slack's events, as the Events API and Socket Mode deliver them, read. Pure; never raises."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from adapters.base import Deleted, Edited, Halted, MessageRef, Person, Place, Question, Rated
from adapters.overhearing import overheard
from adapters.payload import at, items, text
from adapters.slack.events import (
    Arrived,
    Dropped,
    Heard,
    HomeOpened,
    Left,
    ReadersChanged,
    Uninstalled,
)
from adapters.slack.payload import direct, ident, moment, when
from adapters.slack.saying import mentions, mentions_others, said, stops
from adapters.slack.wording import words

if TYPE_CHECKING:
    from adapters.base import Vote
    from adapters.slack.events import Read, Where

_SPOKEN: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_SLACKBOT: Final = "USLACKBOT"
_TABS: Final[dict[str, Literal["home", "messages"]]] = {"home": "home", "messages": "messages"}
_VOTES: Final[dict[str, Vote]] = {"+1": 1, "thumbsup": 1, "-1": -1, "thumbsdown": -1}


def event(given: object, where: Where) -> Read:
    """Read the inner event of an envelope."""
    match text(given, "type"):
        case "app_mention":
            return _mention(given, where)
        case "message":
            return _message(given, where)
        case "reaction_added" | "reaction_removed":
            return _reaction(given, where)
        case "agent_session_stopped":
            return _stopped(given, where)
        case "app_home_opened":
            return _home(given, where)
        case "app_uninstalled":
            return Uninstalled(workspace=where.workspace)
        case "tokens_revoked":
            return _revoked(given, where)
        case _:
            return _readers(given, where)


def _readers(given: object, where: Where) -> Read:
    """Read what says that somebody reads more, or less, than before."""
    channel = ident(given, "channel")
    match text(given, "type"):
        case ("member_joined_channel" | "member_left_channel") as kind if channel:
            if not where.me or ident(given, "user") != where.me:
                return ReadersChanged(workspace=where.workspace, channel=channel)
            place = Place(platform="slack", workspace=where.workspace, channel=channel)
            return Arrived(place=place) if kind == "member_joined_channel" else Left(place=place)
        case "channel_shared" | "channel_unshared" if channel:
            return ReadersChanged(workspace=where.workspace, channel=channel)
        case "subteam_members_changed" | "user_change":
            return ReadersChanged(workspace=where.workspace, channel=None)
        case _:
            return Dropped(why="no event of ours")


def _mention(given: object, where: Where) -> Read:
    if why := _unheard(given, where):
        return Dropped(why=why)
    question = _question(given, where)
    if at(given, "edited") is not None:
        return Edited(question=question.id, text=question.text)
    return _halted(question, where, question) or question


def _message(given: object, where: Where) -> Read:
    match text(given, "subtype"):
        case "message_changed":
            return _changed(given, where)
        case "message_deleted":
            return _deleted(given, where)
        case subtype if subtype not in _SPOKEN or at(given, "hidden") is True:
            return Dropped(why="a message that nobody wrote")
        case _:
            return _spoken(given, where)


def _spoken(given: object, where: Where) -> Read:
    if why := _unheard(given, where):
        return Dropped(why=why)
    question = _question(given, where)
    addressed = _direct(given) or mentions(words(given), where.me)
    if halted := _halted(question, where, question if addressed else None):
        return halted
    if addressed:
        return question
    if mentions_others(words(given), where.me):
        return Dropped(why="said to somebody else")
    match overheard(question.text):
        case "chatter":
            return Dropped(why="chatter")
        case "perhaps":
            return Heard(question=replace(question, overheard=True), foreign=_foreign(given, where))
        case "question":
            return Heard(question=question, foreign=_foreign(given, where))


def _unheard(given: object, where: Where) -> str:
    """Say why a message starts nothing, where it does not."""
    user = ident(given, "user")
    if text(given, "bot_id") or user == _SLACKBOT or at(given, "bot_profile") is not None:
        return "a bot"
    if user == where.me and user:
        return "the bot itself"
    if not (user and ident(given, "channel") and moment(given, "ts")):
        return "incomplete"
    return ""


def _foreign(given: object, where: Where) -> bool:
    """Whether a message seems to be another company's; one that mentions the bot is told so where it is answered."""
    return where.outside(*(ident(given, name) for name in ("team", "user_team", "source_team")))


def _question(given: object, where: Where) -> Question:
    channel, stamp = ident(given, "channel"), moment(given, "ts")
    thread = moment(given, "thread_ts") or stamp
    user = ident(given, "user")
    return Question(
        id=where.message(channel, stamp),
        conversation=where.message(channel, thread),
        place=Place(
            platform="slack",
            workspace=where.workspace,
            channel=channel,
            thread=thread,
            private_to=user if _direct(given) else None,
        ),
        asker=Person(id=user, name=text(given, "user_profile", "display_name") or user),
        text=said(words(given), where.me),
        asked_at=when(stamp),
    )


def _halted(question: Question, where: Where, ask: Question | None) -> Halted | None:
    """Read "stop" in a thread; as the first message of one it is a question like any other."""
    if not stops(question.text) or question.conversation == question.id:
        return None
    return Halted(conversation=question.conversation, person=question.asker, workspace=where.workspace, ask=ask)


def _direct(given: object) -> bool:
    return text(given, "channel_type") == "im" or direct(ident(given, "channel"))


def _changed(given: object, where: Where) -> Read:
    """Read an edit. One by its author that mentions the bot for the first time is a question of its own.

    Where Slack does not say what stood there before, the message asked its question already.
    """
    now, before = at(given, "message"), at(given, "previous_message")
    message = {**now, "channel": ident(given, "channel")} if isinstance(now, dict) else {}
    question = where.message(ident(message, "channel"), moment(message, "ts"))
    if text(message, "subtype") == "tombstone":
        return Deleted(question=question)
    if why := _unheard(message, where):
        return Dropped(why=why)
    if words(message) == words(before):
        return Dropped(why="an edit that changes no words")
    if ident(message, "edited", "user") not in {"", ident(message, "user")}:
        return Dropped(why="an edit by somebody else")
    edited = moment(message, "edited", "ts")
    mentioned = not isinstance(before, dict) or mentions(words(before), where.me)
    if edited and mentions(words(message), where.me) and not mentioned:
        fresh = _question(message, where)
        return replace(fresh, id=f"{fresh.id}:{edited}", asked_at=when(edited))
    return Edited(question=question, text=said(words(message), where.me))


def _deleted(given: object, where: Where) -> Read:
    channel, stamp = ident(given, "channel"), moment(given, "deleted_ts") or moment(given, "previous_message", "ts")
    if not (channel and stamp):
        return Dropped(why="incomplete")
    if text(given, "previous_message", "bot_id") or ident(given, "previous_message", "user") in {where.me, _SLACKBOT}:
        return Dropped(why="a bot's message")
    return Deleted(question=where.message(channel, stamp))


def _reaction(given: object, where: Where) -> Read:
    name = text(given, "reaction").partition("::")[0]
    user, channel, stamp = ident(given, "user"), ident(given, "item", "channel"), moment(given, "item", "ts")
    if name not in _VOTES or text(given, "item", "type") != "message":
        return Dropped(why="no thumb on a message")
    if not (user and channel and stamp) or user in {where.me, _SLACKBOT}:
        return Dropped(why="incomplete, or the bot itself")
    if ident(given, "item_user") not in {"", where.me}:
        return Dropped(why="on a message of somebody else")
    return Rated(
        target=MessageRef(platform="slack", workspace=where.workspace, channel=channel, message=stamp),
        person=Person(id=user, name=user),
        vote=_VOTES[name] if text(given, "type") == "reaction_added" else 0,
        at=when(moment(given, "event_ts") or stamp),
    )


def _stopped(given: object, where: Where) -> Read:
    channel, thread, user = ident(given, "channel"), moment(given, "thread_ts"), ident(given, "user")
    if not (channel and thread and user):
        return Dropped(why="incomplete")
    return Halted(
        conversation=where.message(channel, thread), person=Person(id=user, name=user), workspace=where.workspace
    )


def _home(given: object, where: Where) -> Read:
    user, tab = ident(given, "user"), _TABS.get(text(given, "tab") or "home")
    if not user or tab is None:
        return Dropped(why="no page of ours")
    return HomeOpened(
        person=Person(id=user, name=user), workspace=where.workspace, channel=ident(given, "channel"), tab=tab
    )


def _revoked(given: object, where: Where) -> Read:
    """Read which tokens are gone: those of people are none of ours."""
    if not items(given, "tokens", "bot"):
        return Dropped(why="no token of ours")
    return Uninstalled(workspace=where.workspace)
