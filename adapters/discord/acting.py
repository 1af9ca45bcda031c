"""What people do on Discord with commands, buttons and forms, read. Pure; never raises.

Whoever acts may not be who was meant to: ids in buttons and forms are what somebody sent, and whoever acts on them
checks the person again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from adapters.base import Again, Explained, MessageRef, Person, Place, Question, Rated, Stopped, Wanted, WantedPrivately
from adapters.discord import kit
from adapters.discord.events import (
    DIRECT,
    AskingAbout,
    Commanded,
    Disliked,
    Dropped,
    PageWanted,
    Pressed,
    QuotesWanted,
    Suggesting,
    Ticket,
)
from adapters.discord.payload import EPHEMERAL, ident, number
from adapters.discord.saying import called, said, spelled
from adapters.payload import at, items, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from adapters.base import Vote
    from adapters.discord.events import Read, Where

ABOUT: Final = "Ask about this"
"""The command in the menu of a message, as it is registered."""
PAGES: Final[dict[str, Literal["sources", "usage", "privacy", "help"]]] = {
    "sources": "sources",
    "usage": "usage",
    "privacy": "privacy",
    "help": "help",
}
REASON: Final = "reason"
ASK: Final = "ask"
"""What the forms are called in what comes back: that about an answer, and that about ``{channel}:{message}``."""
WHY: Final = "why"
COMMENT: Final = "comment"
QUESTION: Final = "question"
"""The fields of the forms."""

_ANSWER: Final = re.compile(r"(?:([1-9][0-9]{0,19})/)?([A-Za-z0-9_-]{1,64})")
"""An answer; in direct messages its guild may stand before it, as nothing else says there which it is of."""
_LIFE: Final = timedelta(minutes=15)
THREADS: Final = frozenset({10, 11, 12})
"""The kinds of channels that are threads."""
_COMMAND, _PRESSED, _TYPING, _SENT = 2, 3, 4, 5
_OF_MESSAGES: Final = 3
_DEEPEST: Final = 6
"""Levels of components in a form; Discord nests three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """What all interactions say: ``channel`` is the parent of a thread, and ``stands`` where it was done."""

    id: str
    guild: str
    stands: str
    channel: str
    thread: str | None
    person: Person
    ticket: Ticket
    at: datetime

    @property
    def workspace(self) -> str:
        return f"discord:{self.guild}"

    @property
    def direct(self) -> bool:
        return self.guild == DIRECT

    def place(self, *, private: bool) -> Place:
        """Give where it was done; direct messages are this person's alone."""
        alone = self.person.id if private or self.direct else None
        thread = None if self.direct else self.thread
        channel = self.channel
        return Place(platform="discord", workspace=self.workspace, channel=channel, thread=thread, private_to=alone)

    @property
    def talk(self) -> str:
        """The conversation that goes on where it was done, or begins with it."""
        return f"{self.workspace}:{self.stands if self.direct else self.thread or self.id}"


def interaction(given: object, where: Where, now: datetime) -> Read:
    """Read a command, a button, a form that was sent, or what somebody is typing; ``now`` is when it came."""
    act = _act(given, where, now)
    if isinstance(act, Dropped):
        return act
    match number(given, "type"):
        case kind if kind == _COMMAND:
            return _command(given, where, act)
        case kind if kind == _PRESSED:
            return _pressed(given, act)
        case kind if kind == _TYPING:
            return _typing(given, act)
        case kind if kind == _SENT:
            return _sent(given, where, act)
        case _:
            return Dropped(why="no interaction of ours")


def ticket_of(given: object, where: Where, now: datetime) -> Ticket | None:
    """Give the right to say something to the person alone, whatever they did; None where nothing gives it."""
    act = _act(given, where, now)
    return None if isinstance(act, Dropped) or number(given, "type") == _TYPING else replace(act.ticket, private=True)


def sees(given: object) -> bool | None:
    """Whether the bot sees the channel that an interaction comes from; None where Discord does not say."""
    permissions = text(given, "app_permissions")
    if not (permissions.isascii() and permissions.isdecimal() and len(permissions) < 40):  # noqa: PLR2004 - a bit set
        return None
    administrator, view = 1 << 3, 1 << 10
    return bool(int(permissions) & (administrator | view))


def _act(given: object, where: Where, now: datetime) -> _Act | Dropped:
    member, user = at(given, "member"), at(given, "member", "user") or at(given, "user")
    person, token = ident(user, "id"), text(given, "token")
    stands = ident(given, "channel_id") or ident(given, "channel", "id")
    if not (ident(given, "id") and token and person and stands):
        return Dropped(why="incomplete")
    guild = ident(given, "guild_id")
    if not guild and (number(given, "context") > 1 or number(given, "channel", "type") == 3):  # noqa: PLR2004 - a group
        return Dropped(why="in a direct message of several")
    parent = ident(given, "channel", "parent_id") if number(given, "channel", "type") in THREADS else ""
    return _Act(
        id=ident(given, "id"),
        guild=guild or DIRECT,
        stands=stands,
        channel=parent or stands,
        thread=stands if parent else None,
        person=Person(id=person, name=called(user, member)),
        ticket=Ticket(
            id=ident(given, "id"),
            token=token,
            application=ident(given, "application_id") or where.application,
            until=now + _LIFE,
        ),
        at=now,
    )


def _command(given: object, where: Where, act: _Act) -> Read:
    name = text(given, "data", "name")
    if number(given, "data", "type") == _OF_MESSAGES:
        return _about(given, where, act) if name == ABOUT else Dropped(why="no command of ours")
    if name in PAGES:
        place, ticket = act.place(private=True), replace(act.ticket, private=True)
        return PageWanted(page=PAGES[name], person=act.person, place=place, conversation=act.talk, ticket=ticket)
    options = {text(one, "name"): at(one, "value") for one in items(given, "data", "options")}
    if name != "ask" or not isinstance(asked := options.get("question"), str):
        return Dropped(why="no command of ours")
    words = spelled(asked, where, _names(at(given, "data", "resolved")))
    return _commanded(f"{act.workspace}:interaction:{act.id}", words, act, private=options.get("private") is True)


def _commanded(name: str, words: str, act: _Act, *, private: bool) -> Commanded:
    alone = private and not act.direct
    question = Question(
        id=name,
        conversation=name if alone else act.talk,
        place=act.place(private=private),
        asker=act.person,
        text=words,
        asked_at=act.at,
    )
    return Commanded(question=question, ticket=replace(act.ticket, private=alone))


def alone(found: Commanded) -> Commanded:
    """Give the same question, asked where its asker alone sees the answer."""
    question = found.question
    place = replace(question.place, private_to=question.asker.id)
    return Commanded(
        question=replace(question, place=place, conversation=question.id), ticket=replace(found.ticket, private=True)
    )


def _names(resolved: object) -> dict[str, str]:
    """Give what people, roles and channels are called that a command speaks of, by id."""
    found: dict[str, str] = {}
    for kind, sign in (("users", "@"), ("roles", "@"), ("channels", "#")):
        listed = at(resolved, kind)
        for one, named in listed.items() if isinstance(listed, dict) else ():
            known = called(named, at(resolved, "members", str(one))) if kind == "users" else text(named, "name")
            if known:
                found[str(one)] = f"{sign}{known}"
    return found


def _about(given: object, where: Where, act: _Act) -> Read:
    message = ident(given, "data", "target_id")
    if not message:
        return Dropped(why="incomplete")
    return AskingAbout(
        message=MessageRef(platform="discord", workspace=act.workspace, channel=act.stands, message=message),
        text=said(at(given, "data", "resolved", "messages", message), where),
        person=act.person,
        ticket=replace(act.ticket, private=True),
    )


def _typing(given: object, act: _Act) -> Read:
    focused = [one for one in items(given, "data", "options") if at(one, "focused") is True]
    if text(given, "data", "name") != "ask" or not focused or text(focused[0], "name") != "question":
        return Dropped(why="nothing to suggest")
    place = act.place(private=True)
    return Suggesting(typed=text(focused[0], "value"), person=act.person, place=place, ticket=act.ticket)


def _pressed(given: object, act: _Act) -> Read:
    action, value = kit.meant(text(given, "data", "custom_id")) or ("", "")
    hidden = bool(number(given, "message", "flags") & EPHEMERAL)
    ticket = replace(act.ticket, private=hidden)
    if action in {kit.STOP, kit.WANT, kit.PRIVATELY}:
        return Pressed(event=_asked(action, value, act), ticket=ticket)
    guild, answer = _answer(value)
    if not answer:
        return Dropped(why="no button of ours")
    act = replace(act, guild=guild) if guild and act.direct else act
    place = replace(act.place(private=hidden), private_to=act.person.id if hidden or guild or act.direct else None)
    return _answered(action, answer, replace(act, ticket=ticket), place)


def _asked(action: str, question: str, act: _Act) -> Stopped | Wanted | WantedPrivately:
    """Read a button with a question; in direct messages the question's id says which guild it is of."""
    guild = question.removeprefix("discord:").partition(":")[0] if act.direct else act.guild
    workspace = f"discord:{guild}"
    if action == kit.STOP:
        return Stopped(question=question, person=act.person, workspace=workspace)
    if action == kit.WANT:
        return Wanted(question=question, person=act.person, workspace=workspace)
    talk = f"{workspace}:{act.stands}" if act.direct else f"{question}:private"
    place = replace(act.place(private=True), workspace=workspace)
    return WantedPrivately(question=question, person=act.person, place=place, conversation=talk, at=act.at)


def _answered(action: str, answer: str, act: _Act, place: Place) -> Read:
    votes: dict[str, Vote] = {kit.UP: 1, kit.DOWN: -1, kit.WHY: -1}
    if vote := votes.get(action):
        rated = Rated(target=answer, person=act.person, vote=vote, at=act.at)
        return Pressed(event=rated, ticket=act.ticket) if vote == 1 else Disliked(rated=rated, ticket=act.ticket)
    if action == kit.QUOTES:
        return QuotesWanted(answer=answer, person=act.person, place=place, ticket=act.ticket)
    if action == kit.AGAIN:
        name = f"{place.workspace}:again:{answer}:{act.id}"
        again = Again(answer=answer, question=name, person=act.person, place=place, at=act.at)
        return Pressed(event=again, ticket=act.ticket)
    return Dropped(why="no button of ours")


def _answer(value: str) -> tuple[str, str]:
    found = _ANSWER.fullmatch(value)
    return (found[1] or "", found[2]) if found else ("", "")


def _sent(given: object, where: Where, act: _Act) -> Read:
    action, value = kit.meant(text(given, "data", "custom_id")) or ("", "")
    fields = dict(_fields(at(given, "data", "components"), 0))
    if action == ASK:
        return _asked_about(value, spelled(fields.get(QUESTION, ""), where, {}), act)
    _, answer = _answer(value)
    reason = fields.get(WHY, "")
    if action != REASON or not answer or not reason.isidentifier():
        return Dropped(why="no form of ours")
    comment = fields.get(COMMENT, "")
    explained = Explained(answer=answer, person=act.person, reason=reason, comment=comment, at=act.at)
    return Pressed(event=explained, ticket=replace(act.ticket, private=True))


def _asked_about(value: str, words: str, act: _Act) -> Read:
    """Read a question about a message; it is answered where it was asked, as a command is."""
    channel, _, message = value.partition(":")
    if not (words and ident({"id": channel}, "id") and ident({"id": message}, "id")):
        return Dropped(why="incomplete")
    return _commanded(f"{act.workspace}:about:{channel}:{message}:{act.id}", words, act, private=False)


def _fields(components: object, depth: int) -> Iterator[tuple[str, str]]:
    """Give the fields of a form that was sent with what was put in; labels and rows lie around them."""
    for one in (components if isinstance(components, list) else [components]) if depth < _DEEPEST else ():
        if not isinstance(one, dict):
            continue
        chosen = [value for value in items(one, "values") if isinstance(value, str)]
        if name := text(one, "custom_id"):
            yield name, (text(one, "value") or next(iter(chosen), "")).strip()
        yield from _fields(one.get("components"), depth + 1)
        yield from _fields(one.get("component"), depth + 1)
