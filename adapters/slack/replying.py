"""Shows replies and notices on Slack: where they go, who may have them, and what stands around them."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from adapters import refusing
from adapters.clock import waited
from adapters.errands import together
from adapters.growing import Growing
from adapters.noticing import unasked
from adapters.showing import BESIDE, Showing, whole
from adapters.slack import answers, kit, render
from adapters.slack.beside import direct, farewell, is_person, offer, root, stopped, to_asker
from adapters.slack.contents import Content
from adapters.slack.errors import Refused
from adapters.slack.mending import mended
from adapters.slack.naming import with_names
from adapters.slack.origins import origin
from adapters.slack.payload import direct as is_direct
from adapters.slack.posting import Posting, hopeless
from adapters.slack.progress import Progress
from adapters.slack.refusing import MEMBERS, marked, whispered
from adapters.slack.responses import Responses, respond
from adapters.slack.sharing import Sharing
from adapters.slack.streaming import Beginning

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator

    from adapters.audience import Standing
    from adapters.base import Journal, Notice, Place, Question
    from adapters.clock import Clock
    from adapters.errands import Errands
    from adapters.parts import Part
    from adapters.policies import Policies
    from adapters.slack.workspaces import Workspace, Workspaces

_UNINVITED: Final = frozenset({"told", "limited", "paused", "failed"})
"""How something ends that nobody would rather have had among others."""
_SOON: Final = 1.5
"""Seconds that an answer to a command may take before its asker is told that it is coming."""
_LOOKING: Final = "I am looking for an answer…"


class Standings(Protocol):
    """Knows people; ``adapters.slack.facts.Facts``."""

    async def standing(self, team: str, user: str, /) -> Standing:
        """Say what somebody is to a workspace."""
        ...

    async def name(self, team: str, user: str, /) -> str:
        """Give what somebody is called, or their id."""
        ...


class Replying:
    """The half of the adapter that speaks. ``guests`` says whether guests of a workspace are answered."""

    def __init__(  # noqa: PLR0913 - its collaborators, and what is set for it
        self,
        workspaces: Workspaces,
        facts: Standings,
        policies: Policies,
        clock: Clock,
        *,
        guests: bool,
        errands: Errands,
    ) -> None:
        """Say nothing yet; ``errands`` is what no reply waits for."""
        self._errands = errands
        self._workspaces = workspaces
        self._facts = facts
        self._policies = policies
        self._clock = clock
        self._guests = guests
        self._responses = Responses(clock)
        self._shared: dict[str, Sharing] = {}

    def responds(self, question_id: str, response_url: str) -> None:
        """Remember where the answers to a slash command may go."""
        self._responses.remember(question_id, response_url)

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show the parts; see ``adapters.base.Adapter.reply``. Raises SlackError where it may go well later."""
        async with aclosing(parts), aclosing(refusing.worded(parts)) as worded:
            workspace = await self._workspaces.of(_team(question.place))
            words = await with_names(question.text, workspace.team, self._facts)
            posting = self._posting(workspace, replace(question, text=words), journal)
            standing = await self._facts.standing(_team(question.place), question.asker.id)
            if standing == "outsider" or (standing == "guest" and not self._guests):
                if question.overheard:
                    return
                if not _alone(posting.channel) and await whispered(posting, refusing.said(MEMBERS)):
                    return
                parts = refusing.told(MEMBERS)
            elif origin(question).by != "message":
                parts = worded
            try:
                await self._reply(posting, parts)
            except Refused as refused:
                if not hopeless(refused):
                    raise
                await farewell(posting, refused.code)

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Post a notice in a channel, or to somebody directly. Raises SlackError."""
        workspace = await self._workspaces.of(_team(place))
        posting = self._posting(workspace, *unasked(place, self._clock.now()))
        if is_person(place.channel):
            posting = await direct(posting, place.channel)
        for part, tree in enumerate(render.pieces(notice.blocks, {})):
            await posting.post(part, Content(tree=tree))

    async def _reply(self, posting: Posting, parts: AsyncGenerator[Part]) -> None:
        first, growing, asked = 0, Growing(render), origin(posting.question)
        overheard = posting.question.overheard
        fresh = not (posting.journal.earlier or posting.journal.unsure)
        if asked.by != "message" and fresh and not _alone(posting.channel):
            found = await refusing.begun(parts)
            if (refused := refusing.refusal(found)) and await whispered(posting, refused):
                return
            parts = refusing.resumed(found, parts)
        if is_person(posting.channel):
            if await self._responded(posting, growing, parts):
                return
            posting = await direct(posting, posting.channel)
        if posting.thread is None or asked.by == "about":
            stands = await root(posting)
            posting = posting if posting.thread else posting.at(posting.where, stands)
            first = 1
        progress = Progress(posting, begun=_taken_up(posting.journal, first) and not overheard)
        growing.progress = None if overheard else progress.show
        self._errands.start(progress.run())
        try:
            await self._grown(posting, growing, parts, progress, first)
        finally:
            progress.close()
        if growing.offered and not overheard:
            await offer(posting)

    async def _grown(
        self, posting: Posting, growing: Growing, parts: AsyncGenerator[Part], progress: Progress, first: int
    ) -> None:
        """Show the parts as they come."""
        async with together() as group:
            puller = group.create_task(_pulled(growing, parts, progress))
            beginning = Beginning(posting, lambda: progress.stoppable)
            showing = Showing(
                posting=posting,
                growing=growing,
                first=first,
                said=partial(_said, growing, posting.question),
                begin=beginning.begin,
                hides=partial(self._hides, posting.question, growing),
                wait=partial(waited, self._clock, growing.changed, group),
            )
            try:
                await self._shown(posting, growing, showing, puller, first)
            finally:
                showing.release()
            progress.end(shown=bool(showing.stands), ended=beginning.told)

    async def _shown(
        self, posting: Posting, growing: Growing, showing: Showing[Content], puller: asyncio.Task[None], first: int
    ) -> None:
        """Show an answer from its first part to its end, and what stands around it; or a mark instead of it."""
        question, taken_up = posting.question, _taken_up(posting.journal, first)
        if taken_up:
            await puller
            if growing.failure is not None:
                raise growing.failure
        else:
            await showing.show(puller)
        ending, pages = growing.ending, growing.pages
        if question.overheard and not growing.answers:
            ending = None
            growing.cut(0, ())
        if ending and not showing.begun:
            mark = refusing.mark(ending, silent=self._silent(question), worded=bool(pages.written))
            if mark and await marked(posting, mark, ending, pages[0] if pages.written else ()):
                growing.cut(0, ())
            elif mark and not pages.written:
                pages.add(refusing.words(ending), {}, continues=False)
            elif ending.verdict == "stopped" and not (pages.written or taken_up):
                showing.stands += await stopped(posting, first)
                return
        if taken_up:
            showing.stands += await mended(posting, first, whole(growing, partial(_said, growing, question)))
        else:
            await showing.finish(below=bool(_below(growing, question)))

    async def _responded(self, posting: Posting, growing: Growing, parts: AsyncGenerator[Part]) -> bool:
        """Answer a command for its asker's eyes where they typed it; on any doubt not, but as a direct message."""
        url, journal = self._responses.take(posting.question.id), posting.journal
        if url is None or journal.unsure or journal.earlier:
            return False
        api = posting.workspace.calls.client.base_url

        async def sign() -> None:
            await self._clock.sleep(_SOON)
            if not growing.over:
                await respond(url, api, [Content(text=_LOOKING, blocks=[kit.section(_LOOKING)])])

        self._errands.start(sign())
        await growing.pull(parts)
        if growing.failure is not None:
            raise growing.failure
        await journal.before(0)
        contents, ending = whole(growing, partial(_said, growing, posting.question)), growing.ending
        if contents and ending and ending.verdict not in _UNINVITED:
            inviting = answers.inviting(posting.workspace.bot)
            contents[-1] = replace(contents[-1], below=[*contents[-1].below, inviting])
        if contents:
            contents[0] = replace(contents[0], blocks=[kit.context([await to_asker(posting)])])
        taken = await respond(url, api, contents)
        growing.pages.skip(taken)
        return taken == len(contents) > 0

    def sharing(self, workspace: Workspace) -> Sharing:
        """Give what all replies in a workspace share."""
        return self._shared.setdefault(workspace.team, Sharing(clock=self._clock))

    def _posting(self, workspace: Workspace, question: Question, journal: Journal) -> Posting:
        return Posting(
            workspace=workspace,
            sharing=self.sharing(workspace),
            clock=self._clock,
            question=question,
            journal=journal,
            channel=question.place.channel,
            thread=question.place.thread,
        )

    def _hides(self, question: Question, growing: Growing) -> bool:
        """Whether nothing may be shown yet: of what is overheard but an answer, at a silent place a refusal."""
        return not growing.answers if question.overheard else self._silent(question) and not growing.founded

    def _silent(self, question: Question) -> bool:
        return self._policies.at(question.place).answers == "silent"


def _said(growing: Growing, question: Question, page: int, closing: bool) -> Content:  # noqa: FBT001 - Showing asks so
    """Give a page as a message, with what stands below the last."""
    return Content(tree=growing.pages[page], linked=growing.linked, below=_below(growing, question) if closing else [])


def _below(growing: Growing, question: Question) -> list[kit.Block]:
    ending = growing.ending
    return answers.closing(ending, growing.citations, question.id) if ending else []


async def _pulled(growing: Growing, parts: AsyncGenerator[Part], progress: Progress) -> None:
    """Take every part; from then on, there is little to say and nothing to stop."""
    await growing.pull(parts)
    progress.settle()


def _taken_up(journal: Journal, first: int) -> bool:
    """Whether a page of this reply may stand there already."""
    return journal.unsure or any(first <= one.part < BESIDE for one in journal.earlier)


def _alone(channel: str) -> bool:
    """Whether whoever asks there is the only one who reads it."""
    return is_person(channel) or is_direct(channel)


def _team(place: Place) -> str:
    return place.workspace.partition(":")[2]
