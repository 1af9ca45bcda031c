"""What was said in the thread that a question was asked in, with names, addresses and files; within two seconds.

Nothing of it is kept: who reads the thread reads this, and what is deleted there is gone here too.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import structlog

from adapters.messages import Attached, Said
from adapters.payload import items, text
from adapters.remembering import Remembered
from adapters.slack import thread
from adapters.slack.errors import Limited, SlackError
from adapters.slack.fetching import Wanted, fetched
from adapters.slack.payload import when
from adapters.slack.saying import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Question
    from adapters.clock import Clock
    from adapters.policies import Policies
    from adapters.slack.facts import Facts
    from adapters.slack.thread import Asked, File, Message
    from adapters.slack.workspaces import Workspace, Workspaces

_PATIENCE: Final = 1.8
"""Seconds in all."""
_PAGE: Final = 999
_PAGES: Final = 3
_SHORT: Final = 15
"""Messages that a page has at most for apps that are sold, which may ask for one a minute."""
_HOUR: Final = 3_600.0
_HEARD: Final = 5_000
_BASE: Final = re.compile(r"https?://[A-Za-z0-9.:-]+/")

_log = structlog.get_logger()


class Reading:
    """Reads the newest 30 messages of a thread. Slack gives them from the oldest, so a long thread takes some pages."""

    def __init__(
        self, workspaces: Workspaces, facts: Facts, policies: Policies, clock: Clock, *, patience: float = _PATIENCE
    ) -> None:
        """``patience`` is in seconds; what has not come by then is left out."""
        self._workspaces = workspaces
        self._facts = facts
        self._policies = policies
        self._clock = clock
        self._patience = patience
        self._bases: Remembered[str, str] = Remembered(clock, seconds=_HOUR, most=500)
        self._bare: OrderedDict[str, None] = OrderedDict()

    def heard(self, question: str, *, files: bool) -> None:
        """Remember that a question's message came without files, so that one which opens a thread needs no call."""
        if not files:
            self._bare[question] = None
            while len(self._bare) > _HEARD:
                self._bare.popitem(last=False)

    async def around(self, question: Question) -> Sequence[Said]:
        """Give what people wrote before a question, oldest first, and with nothing but files its own message."""
        where = thread.asked(question)
        if where is None or (where.root and question.id in self._bare):
            return ()
        try:
            return await self._read(question, where)
        except SlackError as error:
            _log.info("the thread of a question could not be read", why=error.told)
            return ()

    async def _read(self, question: Question, where: Asked) -> Sequence[Said]:
        workspace = await self._workspaces.of(question.place.workspace.removeprefix("slack:"))
        found = thread.said_before(await self._messages(workspace, where), where, workspace.bot)
        before = [one for one in found if one.stamp != where.own and not _asks(one, question, workspace)]
        own = [one for one in found if one.stamp == where.own and one.files]
        newest = thread.newest([*before, *own], where)
        if not newest:
            return ()
        files = thread.chosen(newest) if self._policies.at(question.place).files else ()
        names: dict[str, str] = {}
        contents: dict[str, bytes] = {}
        bases: list[str] = []
        async with asyncio.TaskGroup() as looking:
            for user in thread.people(newest):
                looking.create_task(self._named(workspace, user, names))
            for _, file in files:
                looking.create_task(self._fetched(workspace, file, contents))
            looking.create_task(self._based(workspace, bases))
        telling = _Telling(workspace, where, names, bases[0] if bases else None)
        attached = telling.attached(files, contents)
        made = (telling.said(one, attached.get(one.stamp, ())) for one in newest)
        return tuple(one for one in made if one.text or one.attached)

    async def _messages(self, workspace: Workspace, where: Asked) -> list[object]:
        """Give the thread's messages as far as they came in time, and as far as Slack lets them be read."""
        found: list[object] = []
        latest = {"latest": where.own, "inclusive": True} if where.own else {}
        cursor, until = "", self._clock.now() + self._patience / 2
        for _ in range(1 if where.root else _PAGES):
            following = {"cursor": cursor} if cursor else {}
            try:
                page = await self._page(workspace, where, until, latest | following)
            except SlackError:
                if found:
                    break
                raise
            found += items(page, "messages")
            cursor = text(page, "response_metadata", "next_cursor")
            if not cursor or len(items(page, "messages")) <= _SHORT + 1:
                break
        return found

    async def _page(self, workspace: Workspace, where: Asked, until: float, more: dict[str, object]) -> object:
        now = self._clock.now()
        if not workspace.threads.take(now):
            raise SlackError("Slack allows no more threads to be read for now.")
        try:
            return await workspace.calls.ask(
                "conversations.replies",
                within=max(0.1, until - now),
                channel=where.channel,
                ts=where.thread,
                limit=1 if where.root else _PAGE,
                **more,
            )
        except Limited as error:
            workspace.threads.refused(now, error.seconds)
            raise

    async def _named(self, workspace: Workspace, user: str, names: dict[str, str]) -> None:
        try:
            async with asyncio.timeout(self._patience / 2):
                names[user] = await self._facts.name(workspace.team, user)
        except TimeoutError:
            pass

    async def _fetched(self, workspace: Workspace, file: File, contents: dict[str, bytes]) -> None:
        try:
            async with asyncio.timeout(self._patience / 2):
                contents[file.id] = await fetched(Wanted(address=file.address, size=file.size), workspace.calls)
        except (SlackError, TimeoutError) as error:
            _log.info("a file in a thread could not be read", file=file.id, why=type(error).__name__)

    async def _based(self, workspace: Workspace, bases: list[str]) -> None:
        """Find out what the addresses of a workspace's messages begin with."""

        async def ask() -> str:
            answer = await workspace.calls.ask("auth.test", within=self._patience / 2)
            return text(answer, "url")

        try:
            async with asyncio.timeout(self._patience / 2):
                base = await self._bases.get(workspace.team, ask)
        except (SlackError, TimeoutError):
            return
        if _BASE.fullmatch(base):
            bases.append(base)


def _asks(message: Message, question: Question, workspace: Workspace) -> bool:
    """Whether a message is the question itself: one that is answered again stands there already."""
    return not message.files and said(message.text, workspace.bot) == question.text


class _Telling:
    """Says what stands in a thread as the bot reads it."""

    def __init__(self, workspace: Workspace, where: Asked, names: dict[str, str], base: str | None) -> None:
        """``base`` is what addresses of messages begin with, where that is known."""
        self._workspace = workspace
        self._where = where
        self._names = names
        self._base = base

    def said(self, message: Message, attached: tuple[Attached, ...]) -> Said:
        """Give a message; of the question's own there are only the files."""
        own = message.stamp == self._where.own
        words = "" if own else said(thread.with_names(message.text, self._names), self._workspace.bot)
        return Said(
            id=f"slack:{self._workspace.team}:{self._where.channel}:{message.stamp}",
            author=self._names.get(message.user, message.user),
            at=when(message.stamp),
            text=words,
            url=self._address(message.stamp),
            attached=attached,
        )

    def attached(
        self, files: Sequence[tuple[str, File]], contents: dict[str, bytes]
    ) -> dict[str, tuple[Attached, ...]]:
        """Give the files that came, by their messages; a file is shown where its message stands."""
        found: dict[str, tuple[Attached, ...]] = {}
        for stamp, file in files:
            if (content := contents.get(file.id)) is not None:
                one = Attached(
                    id=f"slack:{self._workspace.team}:file:{file.id}",
                    name=file.name,
                    media=file.media,
                    content=content,
                    url=self._address(stamp),
                )
                found[stamp] = (*found.get(stamp, ()), one)
        return found

    def _address(self, stamp: str) -> str | None:
        if self._base is None:
            return None
        page = f"{self._base}archives/{self._where.channel}/p{stamp.replace('.', '')}"
        in_thread = f"?thread_ts={self._where.thread}&cid={self._where.channel}"
        return page if stamp == self._where.thread else page + in_thread
