"""Shows replies and notices on Slack: where they go, who may have them, and what stands around them."""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from adapters.markup import Paragraph, Plain
from adapters.parts import Ending, Text
from adapters.slack import answers
from adapters.slack.beside import direct, farewell, is_person, offer, root
from adapters.slack.contents import Content
from adapters.slack.errors import Refused
from adapters.slack.growing import Growing
from adapters.slack.mending import BESIDE, mended
from adapters.slack.noticing import unasked
from adapters.slack.posting import GONE, Posting
from adapters.slack.progress import Progress
from adapters.slack.render import pieces
from adapters.slack.responses import Responses, respond
from adapters.slack.sharing import Sharing
from adapters.slack.showing import Showing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.audience import Standing
    from adapters.base import Journal, Notice, Place, Question
    from adapters.parts import Part, Verdict
    from adapters.policies import Policies
    from adapters.slack.clock import Clock
    from adapters.slack.workspaces import Workspace, Workspaces

_MESSAGE: Final = re.compile(r"slack:[^:]+:(?P<channel>[^:]+):(?P<ts>[0-9]+\.[0-9]+)(?::[0-9.]+)?")
"""The id of a question that a message asks."""
_MARKS: Final[dict[Verdict, str]] = {
    "limited": "hourglass_flowing_sand",
    "paused": "double_vertical_bar",
    "failed": "warning",
}
"""The reaction that stands for a refusal."""
_MEMBERS: Final = "I answer only members of this workspace."


class Standings(Protocol):
    """Knows people; ``adapters.slack.facts.Facts``."""

    async def standing(self, team: str, user: str, /) -> Standing:
        """Say what somebody is to a workspace."""
        ...


class Replying:
    """The half of the adapter that speaks. ``guests`` says whether guests of a workspace are answered."""

    def __init__(
        self, workspaces: Workspaces, facts: Standings, policies: Policies, clock: Clock, *, guests: bool
    ) -> None:
        """Say nothing yet."""
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
        async with aclosing(parts):
            workspace = await self._workspaces.of(_team(question.place))
            standing = await self._facts.standing(_team(question.place), question.asker.id)
            if standing == "outsider" or (standing == "guest" and not self._guests):
                await parts.aclose()
                parts = _told(_MEMBERS)
            posting = self._posting(workspace, question, journal)
            try:
                await self._reply(posting, parts)
            except Refused as refused:
                if refused.code not in GONE:
                    raise
                await farewell(posting, refused.code)

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Post a notice in a channel, or to somebody directly. Raises SlackError."""
        workspace = await self._workspaces.of(_team(place))
        posting = self._posting(workspace, *unasked(place, self._clock.now()))
        if is_person(place.channel):
            posting = await direct(posting, place.channel)
        for part, tree in enumerate(pieces(notice.blocks, {})):
            await posting.post(part, Content(tree=tree))

    async def _reply(self, posting: Posting, parts: AsyncGenerator[Part]) -> None:
        first, growing = 0, Growing()
        if is_person(posting.channel):
            if await self._responded(posting, growing, parts):
                return
            posting = await direct(posting, posting.channel)
        if posting.thread is None:
            posting = posting.at(posting.channel, await root(posting))
            first = 1
        progress = Progress(posting, begun=_taken_up(posting.journal, first))
        growing.progress = progress.show
        async with _together() as group:
            telling = group.create_task(progress.run(partial(self._wait, progress.changed, group)))
            puller = group.create_task(_pulled(growing, parts, progress))
            showing = Showing(
                posting=posting,
                growing=growing,
                first=first,
                silent=self._silent(posting.question),
                stoppable=lambda: progress.stoppable,
                wait=partial(self._wait, growing.changed, group),
            )
            try:
                await self._shown(posting, growing, showing, puller, first)
            finally:
                showing.release()
            progress.close()
            await telling
            await progress.end(shown=bool(showing.stands), ended=showing.told)
        if growing.offered:
            await offer(posting)

    async def _shown(
        self, posting: Posting, growing: Growing, showing: Showing, puller: asyncio.Task[None], first: int
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
        if ending and not showing.begun and (mark := self._mark(question, ending, worded=bool(pages.written))):
            await posting.react(_asked_at(posting), mark)
            growing.cut(0, ())
        below = answers.closing(ending, growing.citations, question.id) if ending else []
        if taken_up:
            last = growing.pages.written - 1
            contents = [growing.content(at, below if at == last else ()) for at in range(last + 1)]
            showing.stands += await mended(posting, first, contents)
        else:
            await showing.finish(below)

    async def _wait(self, changed: asyncio.Event, group: asyncio.TaskGroup, seconds: float | None) -> None:
        """Wait until there is more, or so many seconds passed."""

        async def nap(seconds: float) -> None:
            await self._clock.sleep(seconds)
            changed.set()

        alarm = None if seconds is None else group.create_task(nap(seconds))
        await changed.wait()
        changed.clear()
        if alarm is not None:
            alarm.cancel()

    async def _responded(self, posting: Posting, growing: Growing, parts: AsyncGenerator[Part]) -> bool:
        """Answer a command for its asker's eyes where they typed it; on any doubt not, but as a direct message."""
        url, journal = self._responses.take(posting.question.id), posting.journal
        if url is None or journal.unsure or journal.earlier:
            return False
        await growing.pull(parts)
        if growing.failure is not None:
            raise growing.failure
        await journal.before(0)
        ending, last = growing.ending, growing.pages.written - 1
        below = answers.closing(ending, growing.citations, posting.question.id) if ending else []
        below.append(answers.inviting(posting.workspace.bot))
        contents = [growing.content(at, below if at == last else ()) for at in range(last + 1)]
        return await respond(url, posting.workspace.calls.client.base_url, contents)

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

    def _mark(self, question: Question, ending: Ending, *, worded: bool) -> str | None:
        """Give the reaction that stands for a refusal: at a silent place, and where it was said in words before."""
        mark = _MARKS.get(ending.verdict)
        return mark if self._silent(question) or (not worded and ending.verdict != "failed") else None

    def _silent(self, question: Question) -> bool:
        return self._policies.at(question.place).answers == "silent"


@asynccontextmanager
async def _together() -> AsyncGenerator[asyncio.TaskGroup]:
    """Own tasks of which none raises, and let what the body raises out as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _pulled(growing: Growing, parts: AsyncGenerator[Part], progress: Progress) -> None:
    """Take every part; from then on, there is little to say and nothing to stop."""
    await growing.pull(parts)
    progress.settle()


async def _told(words: str) -> AsyncGenerator[Part]:
    """Give a reply of our own."""
    yield Text(block=Paragraph((Plain(words),)))
    yield Ending(answer="", verdict="told")


def _taken_up(journal: Journal, first: int) -> bool:
    """Whether a page of this reply may stand there already."""
    return journal.unsure or any(first <= one.part < BESIDE for one in journal.earlier)


def _asked_at(posting: Posting) -> str:
    """Give the message that asks the question, else the one beneath which it is answered."""
    found = _MESSAGE.fullmatch(posting.question.id)
    return found["ts"] if found and found["channel"] == posting.channel else posting.thread or ""


def _team(place: Place) -> str:
    return place.workspace.partition(":")[2]
