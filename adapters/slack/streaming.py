"""A message that people see grow: a stream of Slack's own or, where there is none, a message that is edited.

Both end as one message that says its page whole, whatever became of a call meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.payload import at, strings
from adapters.showing import Broken, Halted, Message, Rewritten
from adapters.slack import answers, lookup
from adapters.slack.contents import PLAINEST, Content, metadata, stands, streamed, tabled
from adapters.slack.errors import Away, Limited, Refused, SlackError, Unsure
from adapters.slack.payload import moment
from adapters.slack.posting import SHUT
from adapters.slack.render import added, body
from adapters.slack.sharing import EDIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.leaves import Links
    from adapters.markup import Tree
    from adapters.slack.contents import Arguments
    from adapters.slack.posting import Posting
    from adapters.slack.render import Body

_AGE: Final = 240.0
"""Seconds after which a stream is ended; Slack ends it after 300, in the middle of a sentence."""
_EVERY: Final = 3.0
"""Seconds between two edits."""
_EDITS: Final = 4
"""Edits that must be left, for a message to be begun that is edited."""
_PATIENCE: Final = 30.0
_ENDING: Final = 120.0


class Streamed(Message[Content]):
    """A stream of Slack's own, within what the workspace's streams may share.

    It is one of Markdown alone unless it begins with a table; once it comes to one, the message is edited instead.
    """

    def __init__(self, posting: Posting, part: int) -> None:
        """Begin nothing; ``part`` is the journal's number of this message."""
        self._posting = posting
        self._part = part
        self._pacer = posting.workspace.pacer
        self._name = (posting.question.id, part)
        self._body: Body = []
        self._ts = ""
        self._started = 0.0
        self._broken = False
        self._chunked = False
        self._edited: Rewritten[Content] | None = None
        self.shown: Tree = ()
        self.told = False
        """Whether its end told Slack that the bot is at work no longer."""
        self.refused = False
        """Whether Slack wants no stream here."""

    async def begin(self, tree: Tree, linked: Links) -> bool:
        """Start it, where the workspace's budget allows one more."""
        if not self._pacer.open(self._name, self._posting.clock.now()):
            return False
        first = body(tree, linked)
        self._chunked = tabled(first)
        arguments = self._recipient() | streamed([], first, chunked=self._chunked)
        try:
            answer = await self._posting.act("chat.startStream", self._part, within=_PATIENCE, **arguments)
            self._ts = moment(answer, "ts")
        except Unsure:
            self._ts = await self._arrived()
        except Refused as refused:
            if refused.code in SHUT:
                raise
            self.refused = True
        except (Limited, Away):
            pass
        if not self._ts:
            self._pacer.close(self._name, self._posting.clock.now())
            return False
        self._body, self.shown, self._started = first, tree, self._posting.clock.now()
        await self._posting.noted(self._part, self._ts)
        return True

    async def more(self, tree: Tree, linked: Links) -> float | None:
        """Append what is new, once the pacer says so."""
        if self._edited is not None:
            return await self._turned(tree, linked)
        now = self._posting.clock.now()
        if now - self._started >= _AGE:
            raise Broken
        grown = body(tree, linked)
        new = added(self._body, grown)
        if new is None:
            self._broken = True
            raise Broken
        left = self._started + _AGE - now
        if not new:
            return left
        if tabled(new) and not self._chunked:
            return await self._turned(tree, linked)
        waiting = sum(len(block["text"]) for block in new if block["type"] == "markdown")
        if (wait := self._pacer.show(self._name, waiting, now)) > 0:
            return min(wait, left)
        await self._append(new)
        self._body, self.shown = grown, tree
        return left

    async def _turned(self, tree: Tree, linked: Links) -> float | None:
        """Go on by edits, which may bring a table."""
        if self._edited is None:
            self._pacer.close(self._name, self._posting.clock.now())
            await self._posting.stop(self._part, self._ts)
            self._edited = edited(self._posting, self._part, lambda: False)
            self._edited.goes_on(self._ts, self.shown)
        pause = await self._edited.more(tree, linked)
        self.shown = self._edited.shown
        return pause

    async def _append(self, new: Body) -> None:
        pieces = streamed(self._body, new, chunked=self._chunked)
        try:
            await self._posting.act("chat.appendStream", self._part, within=_PATIENCE, ts=self._ts, **pieces)
        except Refused as refused:
            if refused.code in SHUT:
                raise
            self._broken = True
            raise (Halted if refused.code == "stopped_by_user" else Broken) from refused
        except SlackError as error:
            self._broken = True  # whether it arrived is not known, and what is appended twice is read twice
            raise Broken from error

    async def finish(self, content: Content, *, last: bool) -> str:
        """End it with what is new, or by an edit where that cannot be."""
        if self._edited is not None:
            return await self._edited.finish(content, last=last)
        await self._posting.closing(self._name)
        new = added(self._body, body(content.tree, content.linked))
        if self._broken or new is None or (tabled(new) and not self._chunked):
            return await self._posting.mend(self._part, self._ts, content)
        if not await self._ended(content, streamed(self._body, new, chunked=self._chunked), last=last):
            return await self._posting.mend(self._part, self._ts, content)
        return self._ts

    async def _ended(self, content: Content, more: Arguments, *, last: bool) -> bool:
        """End it, and say whether it says then what it should: some servers take what they do not know, and drop it."""
        key = await self._posting.journal.before(self._part)
        more |= {"blocks": [*content.below]} if content.below else {}
        more |= {"metadata": metadata(self._posting.question.id, key), "ts": self._ts}
        try:
            more["session_status"] = "active" if last else "processing"
            answer = await self._posting.act("chat.stopStream", self._part, within=_ENDING, **more)
        except Refused as refused:
            if refused.code in SHUT:
                raise
            return False
        except SlackError:
            return False
        self.told = last
        if stands(content.tree, strings(at(answer, "message"))):
            return True
        return stands(content.tree, await self._posting.reads(self._ts))

    def release(self) -> None:
        """Make room for another, however this one ended."""
        self._pacer.close(self._name, self._posting.clock.now())

    async def _arrived(self) -> str:
        """Look for the stream that may have begun: at its start, it says nothing of itself."""
        found = lookup.strays(await self._posting.ours(), self._posting.known, self._posting.since)
        return found[-1] if found else ""

    def _recipient(self) -> Arguments:
        """Say for whom it streams: in channels, Slack wants to know."""
        where: Arguments = {"thread_ts": self._posting.thread}
        if self._posting.where.startswith("D"):
            return where
        person = self._posting.question.asker.id
        return where | {"recipient_team_id": self._posting.workspace.team, "recipient_user_id": person}


class Beginning:
    """Begins the messages of one reply that grow; ``stoppable`` says whether Slack shows a Stop of its own."""

    def __init__(self, posting: Posting, stoppable: Callable[[], bool]) -> None:
        """Begin with a stream, as long as Slack wants one here."""
        self._posting = posting
        self._stoppable = stoppable
        self._streams = True
        self._streamed: Streamed | None = None

    @property
    def told(self) -> bool:
        """Whether the end of the last page told Slack that the bot is at work no longer."""
        return self._streamed is not None and self._streamed.told

    async def begin(self, part: int, tree: Tree, linked: Links) -> Message[Content] | None:
        """Show the first of a page, where there is budget for some more."""
        if self._streams:
            streamed = Streamed(self._posting, part)
            if await streamed.begin(tree, linked):
                self._streamed = streamed
                return streamed
            self._streams = not streamed.refused
        rewritten = edited(self._posting, part, lambda: not self._stoppable())
        return rewritten if await rewritten.begin(tree, linked, _EDITS) else None


def edited(posting: Posting, part: int, stop: Callable[[], bool]) -> Rewritten[Content]:
    """Give a message that is edited; ``stop`` says whether it needs a button that stops the answer."""

    def said(tree: Tree, linked: Links) -> Content:
        return Content(tree=tree, linked=linked, below=[answers.stopping(posting.question.id)] if stop() else [])

    def ready(edits: int) -> float | None:
        sharing = posting.sharing
        grows = sharing.edits and sharing.manner[0] < PLAINEST  # long edits work too
        return sharing.ready(EDIT, count=edits) if grows else None

    return Rewritten(posting, part, said, every=_EVERY, ready=ready)
