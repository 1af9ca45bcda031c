"""What was said where a question was asked, with names, addresses and files; within two seconds.

In a thread that is its newest messages, and what it began with; elsewhere what the question replies to. What people say
in a channel besides is none of it. Nothing is kept: what is deleted there is gone here too.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import structlog

from adapters.discord import thread
from adapters.discord.errors import DiscordError
from adapters.discord.events import DIRECT
from adapters.discord.fetching import Wanted, fetched
from adapters.discord.payload import ident, when
from adapters.messages import Attached, Said
from adapters.payload import at, text
from adapters.policies import Policies
from adapters.remembering import Remembered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from adapters.base import Question
    from adapters.clock import Clock
    from adapters.discord.base import Facts, Spot
    from adapters.discord.calls import Calls
    from adapters.discord.connection import Connection
    from adapters.discord.events import Where
    from adapters.discord.thread import Asked, File, Message

_PATIENCE: Final = 1.8
"""Seconds in all."""
_PAGE: Final = 100
_BACK: Final = 10
"""Messages that replies are followed back."""
_TITLE: Final = 60.0
_HEARD: Final = 5_000
_MESSAGE: Final = "/channels/{channel_id}/messages/{message_id}"

_log = structlog.get_logger()


class Reading:
    """Reads the newest 30 messages of a thread, or the ten at most that a question replies to."""

    def __init__(
        self,
        connection: Connection,
        facts: Facts,
        clock: Clock,
        *,
        policies: Policies | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        """``patience`` is in seconds; what has not come by then is left out."""
        self._connection = connection
        self._facts = facts
        self._policies = policies or Policies()
        self._patience = patience
        self._titles: Remembered[str, str] = Remembered(clock, seconds=_TITLE, most=500)
        self._bare: OrderedDict[str, None] = OrderedDict()

    def heard(self, question: str, *, bare: bool) -> None:
        """Remember that a question's message replies to none and has no files, so that it need not be read again."""
        if bare:
            self._bare[question] = None
            while len(self._bare) > _HEARD:
                self._bare.popitem(last=False)

    async def around(self, question: Question, /) -> Sequence[Said]:
        """Give what people wrote before a question, oldest first, and with nothing but files its own message.

        The message that it was asked about comes before all others.
        """
        where = thread.asked(question)
        if where is None or (where.thread is None and where.about is None and question.id in self._bare):
            return ()
        try:
            calls, me = await self._connection.calls(), await self._connection.who()
        except DiscordError as error:
            _log.info("what was said before a question could not be read", why=error.told)
            return ()
        return await _Look(self, question, where, calls, me).said()

    async def spot(self, guild: str, channel: str) -> Spot:
        """Say what a channel is. Raises DiscordError."""
        return await self._facts.spot(guild, channel)

    async def title(self, guild: str, post: str, /) -> str:
        """Give what a post is called; nothing where it is none. Raises DiscordError where Discord does not say."""
        if (await self.spot(guild, post)).sort != "post":
            return ""
        cached = self._connection.guild(guild)
        known = cached.get_thread(int(post)) if cached is not None else None
        if known is not None:
            return known.name

        async def ask() -> str:
            calls = await self._connection.calls()
            return text(await calls.ask("GET", "/channels/{channel_id}", channel_id=post), "name")

        return await self._titles.get(post, ask)

    def files(self, question: Question) -> bool:
        """Say whether files are read where a question was asked."""
        return self._policies.at(question.place).files

    @property
    def half(self) -> float:
        """Seconds for messages, and as many for files."""
        return self._patience / 2


class _Look:
    """One question's: what was found of it so far counts when the time is over."""

    def __init__(self, reading: Reading, question: Question, where: Asked, calls: Calls, me: Where) -> None:
        self._reading = reading
        self._question = question
        self._where = where
        self._calls = calls
        self._me = me
        self._found: list[object] = []
        self._title = ""
        self._contents: dict[str, bytes] = {}

    async def said(self) -> tuple[Said, ...]:
        """Look, and give what was found."""
        where = self._where
        async with asyncio.TaskGroup() as looking:
            if where.thread is not None:
                looking.create_task(self._timely(self._thread(where.thread)))
                looking.create_task(self._timely(self._titled(where.thread)))
            elif where.own is not None:
                looking.create_task(self._timely(self._chain(where.channel, where.own)))
            if where.about is not None:
                looking.create_task(self._timely(self._chain(*where.about)))
        before = [one for one in thread.said_before(self._found, where, self._me) if self._counts(one)]
        newest = thread.newest(before, where)
        if self._reading.files(self._question):
            async with asyncio.TaskGroup() as fetching:
                for _, file in thread.chosen(newest):
                    fetching.create_task(self._timely(self._fetched(file)))
        made = [self._told(one) for one in newest]
        if self._title and not any(one.id == where.thread for one in newest):
            made.insert(0, self._entitled())
        return tuple(one for one in made if one.text or one.attached)

    def _counts(self, message: Message) -> bool:
        """Whether a message is none that asks the question: one that is answered again stands there already."""
        if message.id == self._where.own:
            return bool(message.files) or message.id == self._where.thread
        return bool(message.files) or message.text != self._question.text

    async def _timely(self, looked: Awaitable[object]) -> None:
        try:
            async with asyncio.timeout(self._reading.half):
                await looked
        except (DiscordError, TimeoutError) as error:
            _log.info("something said before a question could not be read", why=str(error) or "it takes too long")

    async def _thread(self, here: str) -> None:
        """Read the newest messages, and the first one, or the one of its channel that the thread was made of."""
        until = {"before": str(int(self._where.until) + 1)} if self._where.until is not None else {}
        path, params = "/channels/{channel_id}/messages", {"limit": _PAGE, **until}
        given = await self._calls.ask("GET", path, channel_id=here, params=params)
        page = given if isinstance(given, list) else []
        self._found += page
        begun, first = thread.starter(page)
        if first is not None:
            self._found.append(first)
        elif begun or len(page) >= _PAGE:
            self._found.append(await self._first(here))

    async def _first(self, here: str) -> object:
        """Read the message of a thread's own id: a post's first one, or that of the channel which it was made of."""
        spot = await self._reading.spot(self._where.guild, here)
        return await self._message(here if spot.sort == "post" else spot.channel, here)

    async def _titled(self, here: str) -> None:
        self._title = await self._reading.title(self._where.guild, here)

    async def _chain(self, channel: str, message: str) -> None:
        """Read a message, and what it replies to, and so on."""
        given = await self._message(channel, message)
        self._found.append(given)
        for _ in range(_BACK):
            earlier = thread.replied(given, channel)
            if not earlier:
                return
            shown = at(given, "referenced_message")
            given = shown if ident(shown, "id") == earlier else await self._message(channel, earlier)
            self._found.append(given)

    async def _message(self, channel: str, message: str) -> object:
        given: object = await self._calls.ask("GET", _MESSAGE, channel_id=channel, message_id=message)
        return given if ident(given, "id") == message else None

    async def _fetched(self, file: File) -> None:
        self._contents[file.id] = await fetched(Wanted(address=file.address, size=file.size))

    def _told(self, message: Message) -> Said:
        """Give a message; of the question's own there are only the files, and of a post's first one its title too."""
        words = "" if message.id == self._where.own else message.text
        titled = f"{self._title}\n{words}".strip() if message.id == self._where.thread else words
        channel = message.channel or self._where.here
        return Said(
            id=f"discord:{self._where.guild}:{channel}:{message.id}",
            author=message.author,
            at=when(message.id),
            text=titled,
            url=self._address(channel, message.id),
            attached=tuple(self._attached(message, channel)),
        )

    def _attached(self, message: Message, channel: str) -> list[Attached]:
        return [
            Attached(
                id=f"discord:{self._where.guild}:file:{file.id}",
                name=file.name,
                media=file.media,
                content=self._contents[file.id],
                url=self._address(channel, message.id),
            )
            for file in message.files
            if file.id in self._contents
        ]

    def _entitled(self) -> Said:
        """Give the title of a post whose first message is gone, or was written by nobody."""
        post = self._where.here
        return Said(
            id=f"discord:{self._where.guild}:{post}:{post}",
            author="somebody",
            at=when(post),
            text=self._title,
            url=self._address(post, post),
        )

    def _address(self, channel: str, message: str) -> str:
        guild = DIRECT if self._where.direct else self._where.guild
        return f"https://discord.com/channels/{guild}/{channel}/{message}"
