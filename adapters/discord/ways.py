"""The ways in which the messages of a reply go out: a channel, a thread that begins with it, a ticket, a person.

A way posts, edits and takes away once; what became of that is for ``adapters.discord.posting`` to find out.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol, cast

from adapters.discord import kit, lookup
from adapters.discord.errors import DiscordError, Refused, Unsure
from adapters.discord.payload import ident
from adapters.payload import text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from adapters.clock import Clock
    from adapters.discord.calls import Calls
    from adapters.discord.contents import Body
    from adapters.discord.events import Ticket
    from adapters.discord.kit import Row

    Held = Callable[[], Awaitable[object]]

UNKNOWN_MESSAGE: Final = 10008
_THREAD_EXISTS: Final = 160004
_NO_REPLIES: Final = 160002
_ARCHIVED: Final = 50083
_UNKNOWN: Final = frozenset({10015, 10062})
_OVER: Final = 50027
"""What Discord says once a ticket is good for nothing, as if the bot's token were none."""
_FORM: Final = 50035
_BAD: Final = 400
_NOT_HERE: Final = 50024
"""What Discord says where a channel has no such thing."""
_ELSEWHERE: Final = frozenset({403, 404, 405, 501})
"""HTTP's for what is forbidden, gone, or not to be had there."""
_SHUT: Final = frozenset({_OVER, _NOT_HERE, _ARCHIVED, 20026, 50008, 50033, 50278, 160005, 160006})
"""What Discord says, by other numbers of HTTP's, of places where nothing can be said: locked, full, of no use."""
_BLOCKED: Final = frozenset({200000, 200001})
"""What Discord says of words that a rule of the server's forbids, in a message and in a title."""
_WITHIN: Final = 20.0
_KEPT: Final = 1_440
"""Minutes without a message after which a thread is put away."""
_SPARE: Final = 5.0
_LIFE: Final = 900.0
_YOUNG: Final = 10.0
"""Seconds in which Discord may not know yet that a ticket is to be answered later."""
_PAUSE: Final = 0.5
_MESSAGE: Final = "/channels/{channel_id}/messages/{message_id}"
_WEBHOOK: Final = "/webhooks/{webhook_id}/{webhook_token}"


class Withdrawn(Exception):
    """The message that asks is gone, or the one that answers was taken away: nothing more is said."""


def shut(refused: Refused) -> bool:
    """Say whether nothing can be said there, whatever it is and however often it is tried."""
    return refused.status in _ELSEWHERE or refused.code in _SHUT


def blocked(refused: Refused) -> bool:
    """Say whether the server's own rules forbid these words."""
    return refused.code in _BLOCKED


class Way(Protocol):
    """One way; ``channel`` is where its messages stand, "" as long as that is not known."""

    channel: str

    async def open(self) -> None:
        """Find out where its messages stand, where that can be known before one does. Raises DiscordError."""
        ...

    def sure(self, part: int, /) -> bool:
        """Whether a part that may have been posted may be posted once more, or found."""
        ...

    async def post(self, held: Held, part: int, body: Body, /) -> tuple[str, str]:
        """Post a part; give the message, and what it says. Raises DiscordError, Withdrawn and what ``held`` does."""
        ...

    async def edit(self, held: Held, part: int, message: str, body: Body, /) -> None:
        """Let a message say this. Raises as ``post`` does."""
        ...

    async def remove(self, held: Held, message: str, /) -> None:
        """Take a message away. Raises as ``post`` does."""
        ...

    async def found(self, key: str, since: datetime, /) -> str | None:
        """Look for a message. Raises DiscordError."""
        ...


class Chat(Way):
    """A channel or a thread; the first part answers the message ``asked`` there."""

    def __init__(self, calls: Calls, me: str, channel: str, asked: str = "") -> None:
        """Go nowhere yet."""
        self._calls = calls
        self._me = me
        self._asked = asked
        self.channel = channel

    async def open(self) -> None:
        """It is known."""

    def sure(self, part: int, /) -> bool:  # noqa: ARG002 - it is the same for each
        """Discord knows what was posted by its nonce, and for longer by its key."""
        return True

    async def post(self, held: Held, part: int, body: Body, /) -> tuple[str, str]:
        """Post it as an answer, or as any message where the bot may not see what it answers."""
        sent = dict(body)
        if self._asked and part == 0:
            sent["message_reference"] = {"message_id": self._asked, "fail_if_not_exists": False}
        path = "/channels/{channel_id}/messages"
        try:
            answer = await self._calls.act(held, "POST", path, within=_WITHIN, channel_id=self.channel, json=sent)
        except Refused as refused:
            if refused.code != _NO_REPLIES and not _odd(refused):
                raise
            less = dict(body) if refused.code == _NO_REPLIES else plain(body)
            answer = await self._calls.act(held, "POST", path, within=_WITHIN, channel_id=self.channel, json=less)
        return _told(answer), text(answer, "content")

    async def edit(self, held: Held, part: int, message: str, body: Body, /) -> None:  # noqa: ARG002
        """Edit it; a thread that was put away is opened for that."""
        where = {"channel_id": self.channel, "message_id": message}
        try:
            await self._calls.act(held, "PATCH", _MESSAGE, within=_WITHIN, json=body, **where)
        except Refused as refused:
            if _odd(refused):
                await self._calls.act(held, "PATCH", _MESSAGE, within=_WITHIN, json=plain(body), **where)
                return
            if refused.code != _ARCHIVED:
                raise
            opened = {"archived": False}
            await self._calls.act(held, "PATCH", "/channels/{channel_id}", json=opened, channel_id=self.channel)
            await self._calls.act(held, "PATCH", _MESSAGE, within=_WITHIN, json=body, **where)

    async def remove(self, held: Held, message: str, /) -> None:
        """Delete it."""
        await self._calls.act(held, "DELETE", _MESSAGE, channel_id=self.channel, message_id=message)

    async def found(self, key: str, since: datetime, /) -> str | None:
        """Look into the history."""
        return await lookup.found(self._calls, self._me, self.channel, since, key)


class Threaded(Chat):
    """A thread that is created from the message that asks, once there is something to post; it has that one's id."""

    def __init__(self, calls: Calls, me: str, channel: str, asked: str, title: str) -> None:
        """Create nothing yet."""
        super().__init__(calls, me, asked)
        self._parent = channel
        self._title = title
        self._open = False

    async def post(self, held: Held, part: int, body: Body, /) -> tuple[str, str]:
        """Create the thread, if it is not there, and post in it."""
        if not self._open:
            await self._create(held)
            self._open = True
        return await super().post(held, part, body)

    async def _create(self, held: Held) -> None:
        created = {"name": self._title, "auto_archive_duration": _KEPT}
        path = f"{_MESSAGE}/threads"
        try:
            await self._calls.act(held, "POST", path, json=created, channel_id=self._parent, message_id=self.channel)
        except Refused as refused:
            if refused.code == UNKNOWN_MESSAGE:
                raise Withdrawn from refused
            if blocked(refused) or _odd(refused):  # the title, or threads at all: the answer itself may be taken
                raise Refused(f"POST {path}", _NOT_HERE, refused.status, refused.told) from refused
            if refused.code != _THREAD_EXISTS:
                raise


class Direct(Chat):
    """Somebody's direct messages, which are opened once there is something to post."""

    def __init__(self, calls: Calls, me: str, person: str) -> None:
        """Open nothing yet."""
        super().__init__(calls, me, "")
        self._person = person

    async def post(self, held: Held, part: int, body: Body, /) -> tuple[str, str]:
        """Open them, and post there."""
        await self.open()
        return await super().post(held, part, body)

    async def found(self, key: str, since: datetime, /) -> str | None:
        """Open them, and look there."""
        await self.open()
        return await super().found(key, since)

    async def open(self) -> None:
        """Find out which channel they are."""
        if not self.channel:
            wanted = {"recipient_id": self._person}
            self.channel = _told(await self._calls.ask("POST", "/users/@me/channels", json=wanted))


class Ticketed(Way):
    """The ticket of an interaction: its first answer is there already, and is edited, as often as need be.

    What comes after that goes to ``chat``, or to the person alone where the ticket is private.
    """

    def __init__(self, calls: Calls, ticket: Ticket, chat: Chat, clock: Clock) -> None:
        """Answer nothing yet."""
        self._calls = calls
        self._ticket = ticket
        self._chat = chat
        self._clock = clock
        self._followed = ticket.private
        self.channel = chat.channel

    async def open(self) -> None:
        """It is known: what its person alone sees is noted with the channel in which they asked."""

    def sure(self, part: int, /) -> bool:
        """What only its person sees is found by nobody."""
        return part == 0 or not self._followed

    async def post(self, held: Held, part: int, body: Body, /) -> tuple[str, str]:
        """Edit the first answer, or post what follows it."""
        if part == 0:
            return await self._original(held, body), ""
        if not self._followed:
            try:
                return await self._chat.post(held, part, body)
            except Refused as refused:
                if not shut(refused):
                    raise
                self._followed = True
        return await self.follow(held, body), ""

    async def follow(self, held: Held, body: Body) -> str:
        """Post what is seen by whom the first answer is seen, or by its person alone. Raises as ``post`` does."""
        sent = {name: value for name, value in body.items() if name not in {"nonce", "enforce_nonce"}}
        hidden = kit.EPHEMERAL if self._ticket.private else 0
        sent["flags"] = kit.SUPPRESS_EMBEDS | hidden
        sent["components"] = kit.pressable(cast("list[Row]", body["components"]))
        return _told(await self._act(held, "POST", "", sent))

    async def whisper(self, held: Held, body: Body) -> None:
        """Say something to the person alone instead of the answer that everybody waits for. Raises as ``post`` does."""
        await self._original(held, {**body, "content": "…"})  # what follows a wait would be seen by whom that is
        await self.aside(held, body)
        with suppress(DiscordError):
            await self._act(held, "DELETE", "/messages/@original", None)

    async def aside(self, held: Held, body: Body) -> str:
        """Say something to the person alone, beside the answer, and give the message. Raises as ``post`` does."""
        return _told(await self._act(held, "POST", "", {**body, "flags": kit.SUPPRESS_EMBEDS | kit.EPHEMERAL}))

    async def edit(self, held: Held, part: int, message: str, body: Body, /) -> None:
        """Edit by the ticket, or as the bot where it posted as the bot."""
        if part == 0:
            await self._original(held, body)
        elif self._followed:
            await self._act(held, "PATCH", f"/messages/{message}", body)
        else:
            await self._chat.edit(held, part, message, body)

    async def remove(self, held: Held, message: str, /) -> None:
        """Delete it by the ticket."""
        await self._act(held, "DELETE", f"/messages/{message}", None)

    async def found(self, key: str, since: datetime, /) -> str | None:
        """Look into the history, where what everybody sees is found."""
        return None if self._followed else await self._chat.found(key, since)

    async def _original(self, held: Held, body: Body) -> str:
        sent = {name: value for name, value in body.items() if name not in {"nonce", "enforce_nonce"}}
        while True:
            try:
                answer = await self._act(held, "PATCH", "/messages/@original", sent)
                return ident(answer, "id") or "@original"  # it has that name, too, where nobody says another
            except Refused as refused:
                if _odd(refused) and sent.keys() - {"content", "allowed_mentions"}:
                    sent = plain(sent)
                    continue
                if refused.code not in _UNKNOWN or self._age > _YOUNG:
                    raise
            await self._clock.sleep(_PAUSE)  # the answer that it comes later is under way

    async def _act(self, held: Held, method: str, path: str, body: Body | None) -> object:
        if self._age > _LIFE - _SPARE:
            raise Refused(f"{method} {_WEBHOOK}{path}", _OVER, 404, "The ticket is over")
        given: dict[str, object] = {} if body is None else {"json": body}
        ticket = {"webhook_id": self._ticket.application, "webhook_token": self._ticket.token}
        return await self._calls.act(held, method, f"{_WEBHOOK}{path}", within=_WITHIN, **given, **ticket)

    @property
    def _age(self) -> float:
        return self._clock.now() - (self._ticket.until.timestamp() - _LIFE)


def plain(body: Body) -> Body:
    """Give nothing but the words, for a server that does not take all that Discord does."""
    return {name: body[name] for name in ("content", "allowed_mentions") if name in body}


def _odd(refused: Refused) -> bool:
    """Whether a server does not take what a message is made of."""
    return refused.code == _FORM or (refused.status == _BAD and refused.code == 0)


def _told(answer: object) -> str:
    """Give the id of what Discord says that it made."""
    if not (made := ident(answer, "id")):
        raise Unsure("Discord did not say what it made.")
    return made
