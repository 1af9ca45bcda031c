"""What people do on Slack with commands, buttons, shortcuts and forms, read. Pure; never raises.

Whoever acts may not be who was meant to: ids in buttons and forms are what somebody sent, and whoever acts on them
checks the person again.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final

from adapters.base import (
    Again,
    Explained,
    MessageRef,
    Person,
    Place,
    Question,
    Rated,
    Stopped,
    Wanted,
    WantedPrivately,
)
from adapters.escaping import clipped
from adapters.payload import at, items, text
from adapters.slack import answers, views
from adapters.slack.events import AskingAbout, Commanded, Disliked, Dropped, QuotesWanted, Spot
from adapters.slack.payload import direct, ident, moment, when
from adapters.slack.saying import said
from adapters.slack.views import COMMENT, QUESTION, VALUE, WHY
from adapters.slack.wording import words as worded
from adapters.telling import REASONS

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.base import Vote
    from adapters.parts import AnswerId
    from adapters.slack.events import Read, Where

SHORTCUT: Final = "ask_about"
"""The callback id of the message shortcut, as the manifest names it."""
COMMAND: Final = "/ask"

_THREADS: Final = (
    ("message", "thread_ts"),
    ("container", "thread_ts"),
    ("message", "ts"),
    ("container", "message_ts"),
)
_STAMP: Final = r"([0-9]{1,10}(?:\.[0-9]{1,9})?)"
_SHOWN: Final = re.compile(rf"message ([A-Za-z0-9_-]{{1,64}}) {_STAMP}")
_SUBJECT: Final = re.compile(rf"([A-Za-z0-9_-]{{1,64}}) {_STAMP} {_STAMP}(?:\n(.*))?", re.DOTALL)
_ABOUT_LIMIT: Final = 1_500
"""Characters of a message that its form brings back; a form carries 3,000."""

_COMMAND: Final = re.compile(r"/[\w-]{1,32}")
_USAGE: Final = (
    "Write your question behind the command, such as `{command} how long do keys live?`. I answer from your team's "
    "documents, where everybody in the channel sees it, or to you alone where I am not in the channel."
)


def usage(command: str) -> str:
    """Say how to ask by a command, which some apps are given by another name."""
    return _USAGE.format(command=command if _COMMAND.fullmatch(command) else COMMAND)


def command(given: object, where: Where, at_: datetime) -> Read:
    """Read a slash command; it carries no time of its own. Whatever it is called, Slack sends only the app's own."""
    user, channel = ident(given, "user_id"), ident(given, "channel_id")
    if not (user and channel):
        return Dropped(why="incomplete")
    name = f"{where.workspace}:command:{_once(given, at_)}"
    question = Question(
        id=name,
        conversation=name,
        place=_at(where, channel, None, user),
        asker=Person(id=user, name=text(given, "user_name") or user),
        text=said(text(given, "text"), where.me),
        asked_at=at_,
    )
    return Commanded(question=question, response=text(given, "response_url"))


def _once(given: object, at_: datetime) -> str:
    """Name what somebody does, the same at each delivery; without a trigger by what else is never the same twice."""
    if trigger := text(given, "trigger_id"):
        return trigger
    minute = f"{at_:%Y-%m-%dT%H:%M}"
    words = (ident(given, "user_id"), ident(given, "channel_id"), text(given, "command"), text(given, "text"))
    known = text(given, "response_url") or json.dumps([*words, minute])
    return hashlib.sha256(known.encode(errors="surrogatepass")).hexdigest()[:32]


def interaction(given: object, where: Where, at_: datetime) -> Read:
    """Read a button, a shortcut or a form that was sent; ``at_`` is when, where the payload does not say."""
    person = _person(given)
    if not person.id:
        return Dropped(why="nobody did it")
    match text(given, "type"):
        case "block_actions":
            return _pressed(given, where, person, at_)
        case "message_action":
            return _shortcut(given, where, person)
        case "view_submission":
            return _form(given, where, person, at_)
        case _:
            return Dropped(why="no interaction of ours")


def _person(given: object) -> Person:
    user = ident(given, "user", "id")
    return Person(id=user, name=text(given, "user", "name") or text(given, "user", "username") or user)


def _pressed(given: object, where: Where, person: Person, at_: datetime) -> Read:
    action, *_ = [*items(given, "actions"), None]
    value, trigger = text(action, "value"), text(given, "trigger_id")
    if not value:
        return Dropped(why="no button of ours")
    match text(action, "action_id"):
        case answers.RATE:
            return _rated(value, person, _when(given, at_), given, where)
        case answers.WHY:
            return Disliked(rated=None, answer=value, workspace=where.workspace, trigger=trigger, spot=_spot(given))
        case answers.STOP:
            return Stopped(question=value, person=person, workspace=where.workspace)
        case answers.WANT:
            return Wanted(question=value, person=person, workspace=where.workspace)
        case answers.QUOTES:
            return QuotesWanted(answer=value, person=person, place=_place(given, where, person), trigger=trigger)
        case answers.AGAIN:
            return _again(value, given, where, person, at_)
        case answers.PRIVATELY:
            return _privately(value, given, where, person, at_)
        case _:
            return Dropped(why="no button of ours")


def _rated(value: str, person: Person, at_: datetime, given: object, where: Where) -> Read:
    votes: dict[str, Vote] = {answers.UP: 1, answers.DOWN: -1}
    vote, answer = votes.get(value[:1]), value[1:]
    if vote is None or not answer:
        return Dropped(why="no vote")
    rated, trigger = Rated(target=answer, person=person, vote=vote, at=at_), text(given, "trigger_id")
    if vote == 1:
        return rated
    return Disliked(rated=rated, answer=answer, workspace=where.workspace, trigger=trigger, spot=_spot(given))


def _when(given: object, at_: datetime) -> datetime:
    """Read when a button was pressed, which is now where Slack does not say."""
    stamp = moment(items(given, "actions")[0], "action_ts")
    return when(stamp) if stamp else at_


def _again(answer: str, given: object, where: Where, person: Person, at_: datetime) -> Read:
    place = _place(given, where, person)
    if not place.channel:
        return Dropped(why="incomplete")
    stamp = moment(items(given, "actions")[0], "action_ts") or f"{at_.timestamp():.6f}"
    name = f"{where.workspace}:again:{answer}:{stamp}"
    return Again(answer=answer, question=name, person=person, place=place, at=when(stamp))


def _privately(question: str, given: object, where: Where, person: Person, at_: datetime) -> Read:
    """Read that an offer is accepted: the answer comes below it, where it was made, in direct messages alone."""
    thread, channel = _thread(given), _channel(given)
    if not (thread and direct(channel)):
        return Dropped(why="no offer in direct messages")
    return WantedPrivately(
        question=question,
        person=person,
        place=_at(where, channel, thread, person.id),
        conversation=where.message(channel, thread),
        at=_when(given, at_),
    )


def _place(given: object, where: Where, person: Person) -> Place:
    """Read where a button stands. What only one person sees in a channel is theirs, and none of the channel's."""
    if at(given, "container", "is_ephemeral") is True:
        return Place(platform="slack", workspace=where.workspace, channel=person.id, private_to=person.id)
    return _at(where, _channel(given), _thread(given) or None, person.id)


def _at(where: Where, channel: str, thread: str | None, person: str) -> Place:
    """Give a place as this person has it: direct messages are theirs alone."""
    alone = person if direct(channel) else None
    return Place(platform="slack", workspace=where.workspace, channel=channel, thread=thread, private_to=alone)


def _channel(given: object) -> str:
    return ident(given, "channel", "id") or ident(given, "container", "channel_id")


def _spot(given: object) -> Spot:
    """Read where whoever pressed a button looks; a thread in which nothing was answered is none yet."""
    thread = moment(given, "message", "thread_ts") or moment(given, "container", "thread_ts")
    return Spot(channel=_channel(given), thread=thread)


def _thread(given: object) -> str:
    """Read the thread that a button stands in, or that begins with what it stands below."""
    found = [moment(given, *name) for name in _THREADS]
    return next((stamp for stamp in found if stamp), "")


def _shortcut(given: object, where: Where, person: Person) -> Read:
    channel = ident(given, "channel", "id")
    stamp = moment(given, "message", "ts") or moment(given, "message_ts")
    if text(given, "callback_id") != SHORTCUT or not (channel and stamp):
        return Dropped(why="no shortcut of ours")
    words = said(worded(at(given, "message")), where.me)
    return AskingAbout(
        message=MessageRef(platform="slack", workspace=where.workspace, channel=channel, message=stamp),
        subject=f"{channel} {stamp} {moment(given, 'message', 'thread_ts') or stamp}\n{clipped(words, _ABOUT_LIMIT)}",
        text=words,
        person=person,
        trigger=text(given, "trigger_id"),
    )


def about(form: object) -> str:
    """Give what the message says that a form asks about, for where it cannot be read any more."""
    subject = _SUBJECT.fullmatch(text(form, "view", "private_metadata"))
    return (subject[4] or "").strip() if subject and text(form, "view", "callback_id") == views.ASK else ""


def _form(given: object, where: Where, person: Person, at_: datetime) -> Read:
    view = at(given, "view")
    match text(view, "callback_id"):
        case views.REASON:
            return _reason(view, where, person, at_)
        case views.ASK:
            return _asked(view, where, person, at_)
        case _:
            return Dropped(why="no form of ours")


def _reason(view: object, where: Where, person: Person, at_: datetime) -> Read:
    answer, _ = views.about(text(view, "private_metadata"))
    reason = text(view, "state", "values", WHY, VALUE, "selected_option", "value")
    if not answer or reason not in REASONS:
        return Dropped(why="incomplete")
    comment = text(view, "state", "values", COMMENT, VALUE, "value")
    return Explained(answer=_answer(answer, where), person=person, reason=reason, comment=comment, at=at_)


def _answer(named: str, where: Where) -> AnswerId | MessageRef:
    shown = _SHOWN.fullmatch(named)
    if shown is None:
        return named
    return MessageRef(platform="slack", workspace=where.workspace, channel=shown[1], message=shown[2])


def _asked(view: object, where: Where, person: Person, at_: datetime) -> Read:
    """Read a question about a message: it is asked in that message's thread, and once for each form that is sent."""
    words = text(view, "state", "values", QUESTION, VALUE, "value").strip()
    form, subject = ident(view, "id"), _SUBJECT.fullmatch(text(view, "private_metadata"))
    if not (words and form and subject):
        return Dropped(why="incomplete")
    channel, stamp, thread, _ = subject.groups()
    return Question(
        id=f"{where.workspace}:shortcut:{channel}:{stamp}:{person.id}:{form}",
        conversation=where.message(channel, thread),
        place=_at(where, channel, thread, person.id),
        asker=person,
        text=words,
        asked_at=at_,
    )
