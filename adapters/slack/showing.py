"""Shows one reply while it grows, page after page, and what stands below it in the end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from adapters.base import LeaseLost
from adapters.slack.leaves import visible
from adapters.slack.streaming import Broken, Halted, Rewritten, Streamed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.markup import Tree
    from adapters.slack import kit
    from adapters.slack.growing import Growing
    from adapters.slack.posting import Posting
    from adapters.slack.streaming import Message

_FIRST: Final = 0.3
"""Seconds after the first sentence in which a short answer may come to its end, and be one post."""
_AGAIN: Final = 3.0
"""Seconds after which budgets that were short are looked at again."""
_WINDING: Final = 5.0
"""Seconds that an answer has to end by itself, once its reader stopped it; then its parts are closed."""


class Showing:
    """One reply's. ``first`` is the journal's number of its first page; ``stoppable`` says whether Slack shows a Stop.

    Nothing is shown before the end as long as it ``hides``.
    """

    def __init__(  # noqa: PLR0913 - all that a reply is made of, keyword-only
        self,
        *,
        posting: Posting,
        growing: Growing,
        first: int,
        hides: Callable[[], bool],
        stoppable: Callable[[], bool],
        wait: Callable[[float | None], Awaitable[None]],
    ) -> None:
        """Show nothing yet; ``wait`` returns when there is more, or after so many seconds."""
        self._posting = posting
        self._growing = growing
        self._first = first
        self._hides = hides
        self._stoppable = stoppable
        self._wait = wait
        self._page = 0
        self._message: Message | None = None
        self._streams = True
        self.told = False
        """Whether the end of the last page told Slack that the bot is at work no longer."""
        self.stands: list[str] = []
        """The messages that are finished."""

    @property
    def begun(self) -> bool:
        """Whether anything is shown."""
        return bool(self.stands) or self._message is not None

    async def show(self, puller: asyncio.Task[None]) -> None:
        """Show what comes until it is over. Raises what broke it, once what came before that is shown."""
        growing = self._growing
        while not growing.over and not growing.pages.written:
            await self._wait(None)
        await self._until(_FIRST)
        while not growing.over:
            try:
                pause = await self._advance()
            except Broken:
                growing.pages.turn()
                continue
            except Halted:
                await self._halted(puller)
                continue
            if not growing.over and pause != 0:
                await self._wait(pause)
        if growing.failure is not None:
            await self._flush(growing.failure)
            raise growing.failure

    async def finish(self, below: Sequence[kit.Block]) -> None:
        """Bring every page to its last state, and put ``below`` under the last."""
        pages = self._growing.pages
        while self._page < pages.written:
            last = self._page == pages.written - 1
            await self._turn(below if last else (), last=last)
            below = () if last else below
        if below and self.stands:
            last_page = self._page - 1
            content = self._growing.content(last_page, below)
            self.stands[-1] = await self._posting.edit(self._first + last_page, self.stands[-1], content)

    def release(self) -> None:
        """Hold nothing that other replies share, though this one came to no end."""
        if self._message is not None:
            self._message.release()

    async def _advance(self) -> float | None:
        """Show what may be shown now; give in how many seconds to look again, or None for when there is more."""
        pages, linked = self._growing.pages, self._growing.linked
        if self._hides():
            return None
        while self._page < pages.last:
            await self._turn()
        tree = visible(pages[self._page])
        if self._message is not None:
            return await self._message.more(tree, linked)
        return await self._begun(tree) if tree else None

    async def _begun(self, tree: Tree) -> float:
        part, linked = self._first + self._page, self._growing.linked
        if self._streams:
            streamed = Streamed(self._posting, part)
            if await streamed.begin(tree, linked):
                self._message = streamed
                return 0.0
            self._streams = not streamed.refused
        rewritten = Rewritten(self._posting, part, lambda: not self._stoppable())
        if await rewritten.begin(tree, linked):
            self._message = rewritten
            return 0.0
        return _AGAIN

    async def _turn(self, below: Sequence[kit.Block] = (), *, last: bool = False) -> None:
        """Finish a page."""
        content = self._growing.content(self._page, below)
        if self._message is None:
            ts = await self._posting.post(self._first + self._page, content)
        else:
            ts = await self._message.finish(content, last=last)
        self.told = self._message is not None and self._message.told
        self.stands.append(ts)
        self._page += 1
        self._message = None

    async def _halted(self, puller: asyncio.Task[None]) -> None:
        """Show no more; let the answer come to its end, which the platform asked for as well, or end it."""
        growing = self._growing
        growing.cut(self._page, self._message.shown if self._message else ())
        await self._until(_WINDING)
        if not growing.over:
            puller.cancel()
            await asyncio.wait([puller])
            growing.failure = None

    async def _flush(self, failure: BaseException) -> None:
        """Show what came before a failure, as it is; the next try takes it up."""
        if isinstance(failure, LeaseLost) or not isinstance(failure, Exception) or self._hides():
            return
        pages, linked = self._growing.pages, self._growing.linked
        while self._page < pages.last:
            await self._turn()
        tree = pages[self._page]
        if tree and self._message is None:
            await self._turn()
        with suppress(Broken, Halted):
            while self._message is not None and self._message.shown != tree:
                pause = await self._message.more(tree, linked)
                if pause and self._message.shown != tree:
                    await self._posting.clock.sleep(pause)

    async def _until(self, seconds: float) -> None:
        """Let so many seconds pass, or the answer come to its end."""
        clock = self._posting.clock
        end = clock.now() + seconds
        while not self._growing.over and (left := end - clock.now()) > 0:
            await self._wait(left)
