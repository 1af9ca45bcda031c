"""Shows replies and notices on Discord: where they go, who may have them, and what stands around them."""

from __future__ import annotations

from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from adapters import refusing
from adapters.clock import waited
from adapters.discord import answers, escaping, render
from adapters.discord.beside import Asides, farewell, head, offer
from adapters.discord.contents import Content, ended
from adapters.discord.errors import Refused
from adapters.discord.mending import mended, taken_up
from adapters.discord.origins import guild, origin
from adapters.discord.posting import Posting
from adapters.discord.progress import Progress, typing
from adapters.discord.refusing import MEMBERS, marked, whispered
from adapters.discord.routes import Routes
from adapters.discord.ways import Chat, Direct, Withdrawn, blocked, shut
from adapters.errands import together
from adapters.growing import Growing
from adapters.noticing import unasked
from adapters.once import Once
from adapters.showing import Rewritten, Showing, whole

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Sequence

    from adapters.base import Journal, Notice, Place, Question
    from adapters.clock import Clock
    from adapters.discord.base import Facts, Tickets
    from adapters.discord.connection import Connection
    from adapters.discord.kit import Row
    from adapters.discord.ways import Way
    from adapters.errands import Errands
    from adapters.leaves import Links
    from adapters.markup import Tree
    from adapters.parts import Part
    from adapters.policies import Policies
    from adapters.showing import Message

_DAY: Final = 86_400.0
_EVERY: Final = 1.0
"""Seconds between two edits of a message; whatever Discord's headers say, nobody reads faster."""
_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Replying:
    """The half of the adapter that speaks."""

    def __init__(  # noqa: PLR0913 - all that replies are made of
        self,
        connection: Connection,
        facts: Facts,
        tickets: Tickets,
        policies: Policies,
        clock: Clock,
        *,
        errands: Errands,
    ) -> None:
        """Say nothing yet; ``errands`` is what no reply waits for."""
        self._connection = connection
        self._facts = facts
        self._tickets = tickets
        self._policies = policies
        self._clock = clock
        self._errands = errands
        self._offers: Once[tuple[str, str, str]] = Once(clock, _DAY)

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show the parts; see ``adapters.base.Adapter.reply``. Raises DiscordError where it may go well later."""
        async with aclosing(parts), aclosing(refusing.worded(parts)) as worded:
            asides = await self._asides(question, journal)
            if await self._facts.member(guild(question.place), question.asker.id) is False:
                if question.overheard or await whispered(asides, refusing.said(MEMBERS)):
                    return
                parts = refusing.told(MEMBERS)
            elif origin(question).by != "message":
                parts = worded
            try:
                await self._reply(asides, parts)
            except Withdrawn:
                return  # whoever took their question back, or the answer away, wants none
            except Refused as refused:
                if not shut(refused) and not blocked(refused):
                    _log.warning("Discord does not take a reply", why=refused.told)
                    raise
                await farewell(asides, refused)

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Post a notice in a channel, or to somebody directly. Raises DiscordError."""
        calls, me = await self._connection.calls(), (await self._connection.who()).me
        direct = Direct(calls, me, place.private_to) if place.private_to else None
        way: Way = direct or Chat(calls, me, place.thread or place.channel)
        posting = Posting(*unasked(place, self._clock.now()), [way], self._clock)
        for part, tree in enumerate(render.pieces(notice.blocks, {})):
            with suppress(Withdrawn):
                await posting.post(part, Content(tree=tree))

    async def _asides(self, question: Question, journal: Journal) -> Asides:
        """Find out where a reply goes."""
        calls, me = await self._connection.calls(), (await self._connection.who()).me
        ticket = await self._tickets.of(question.id) if origin(question).by != "message" else None
        routes = Routes(calls=calls, me=me, facts=self._facts, clock=self._clock)
        posting = Posting(question, journal, await routes.ways(question, ticket), self._clock)
        return Asides(calls=calls, me=me, posting=posting, offers=self._offers)

    async def _reply(self, asides: Asides, parts: AsyncGenerator[Part]) -> None:
        posting, question = asides.posting, asides.posting.question
        fresh, by = not (posting.journal.earlier or posting.journal.unsure), origin(question).by
        if fresh and by != "message" and question.place.private_to is None:
            found = await refusing.begun(parts)
            if (refused := refusing.refusal(found)) and await whispered(asides, refused):
                return
            parts = refusing.resumed(found, parts)
        if fresh and by == "message" and not question.overheard:
            self._errands.start(typing(asides.calls, posting))
        reply = _Reply(asides, silent=self._policies.at(question.place).answers == "silent")
        await reply.show(parts)
        if reply.growing.offered and not question.overheard:
            await offer(asides)


class _Reply:
    """One reply, from its first part to its end. At a ``silent`` place a refusal is a mark."""

    def __init__(self, asides: Asides, *, silent: bool) -> None:
        self._asides = asides
        self._posting = asides.posting
        self._question = asides.posting.question
        self._silent = silent
        self._head = head(self._question)
        self._fresh = not taken_up(asides.posting.journal)
        self.growing = Growing(render.Below(escaping.size(self._head) + 1))
        self._progress = Progress(self._posting, self._head, self._hides)
        self.growing.progress = self._progress.show

    async def show(self, parts: AsyncGenerator[Part]) -> None:
        """Show the parts as they come."""
        async with together() as group:
            puller = group.create_task(self._pulled(parts))
            if self._fresh:
                group.create_task(self._progress.run(group))
            showing = Showing(
                posting=self._posting,
                growing=self.growing,
                first=0,
                said=self._said,
                begin=self._begin,
                hides=self._hides,
                wait=partial(waited, self._posting.clock, self.growing.changed, group),
            )
            try:
                await self._shown(showing, puller)
            finally:
                self._progress.close()
                showing.release()

    async def _pulled(self, parts: AsyncGenerator[Part]) -> None:
        await self.growing.pull(parts)
        self._progress.close()

    async def _shown(self, showing: Showing[Content], puller: asyncio.Task[None]) -> None:
        """Show an answer to its end, and what stands around it; or a mark instead of it."""
        growing = self.growing
        if self._fresh:
            await showing.show(puller)
        else:
            await puller
            if growing.failure is not None:
                raise growing.failure
        if not showing.begun:
            await self._instead()
        contents = self._whole()
        if self._fresh:
            await self._completed(showing, contents)
        else:
            await mended(self._posting, contents)
        if missing := self._posting.doubtful:  # never repeated: it would stand twice, if it does stand there
            rows = self._rows() if len(contents) - 1 in missing else []
            said = Content(lines=[answers.small(answers.MISSING)], rows=rows)
            await self._posting.post(len(contents), said)

    async def _completed(self, showing: Showing[Content], contents: Sequence[Content]) -> None:
        """Bring what is shown to its last state, and post what is not."""
        shown = self.growing.pages.written if showing.begun else 0
        if shown:
            await showing.finish(below=True)
        for part, content in enumerate(contents[shown:], shown):
            await self._posting.post(part, content)
        if not contents:
            await self._posting.remove(0)  # what the bot did is of no interest any more

    async def _instead(self) -> None:
        """Put a mark, or words, in the place of an answer that says nothing."""
        growing, ending = self.growing, self.growing.ending
        if self._question.overheard and not growing.answers:
            growing.cut(0, ())
            return
        if ending is None:
            return
        said = bool(growing.pages.written)
        mark = refusing.mark(ending, silent=self._silent, worded=said)
        if mark and await marked(self._asides, mark, ending, growing.pages[0] if said else ()):
            growing.cut(0, ())
        elif not said and (mark or ending.verdict == "failed"):
            growing.pages.add(refusing.words(ending), {}, continues=False)

    def _whole(self) -> list[Content]:
        """Give all messages of an answer that is over."""
        pages = whole(self.growing, self._page)
        return [*pages[:-1], *ended(pages[-1], self._lines(), self._rows())] if pages else self._stopped()

    def _stopped(self) -> list[Content]:
        ending = self.growing.ending
        if ending is None or ending.verdict != "stopped" or self._question.overheard:
            return []
        return [Content(head=self._head, lines=[answers.small("Stopped.")])]

    def _said(self, page: int, closing: bool) -> Content:  # noqa: FBT001 - Showing asks so
        """Give a page as a message, with as much of what ends an answer as finds room below the last."""
        content = self._page(page, closing)
        return ended(content, self._lines(), self._rows())[0] if closing else content

    def _page(self, page: int, _: bool) -> Content:  # noqa: FBT001 - the same
        growing = self.growing
        return Content(head="" if page else self._head, tree=growing.pages[page], linked=growing.linked)

    def _lines(self) -> list[str]:
        growing = self.growing
        return answers.lines(growing.ending, growing.citations, growing.linked) if growing.ending else []

    def _rows(self) -> list[Row]:
        ending, place = self.growing.ending, self._question.place
        alone = guild(place) if place.private_to is not None else ""
        return answers.closing(ending, self.growing.citations, self._question.id, alone) if ending else []

    async def _begin(self, part: int, tree: Tree, linked: Links) -> Message[Content] | None:
        """Show the first of a page in a message that is edited from then on, where it can be."""
        self._progress.close()
        if not self._posting.way.sure(part):
            return None
        rows = answers.stopping(self._question.id)
        top = "" if part else self._head

        def said(tree: Tree, linked: Links) -> Content:
            return Content(head=top, tree=tree, linked=linked, rows=rows)

        rewritten = Rewritten(self._posting, part, said, every=_EVERY, ready=lambda _: 0.0)
        return rewritten if await rewritten.begin(tree, linked, 1) else None

    def _hides(self) -> bool:
        """Whether nothing may be shown yet: of what is overheard but an answer, at a silent place a refusal."""
        return not self.growing.answers if self._question.overheard else self._silent and not self.growing.founded
