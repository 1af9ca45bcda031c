"""Shows one reply while it grows, page after page, and what stands below it in the end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from adapters.base import LeaseLost
from adapters.leaves import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.clock import Clock
    from adapters.growing import Growing
    from adapters.leaves import Links
    from adapters.markup import Tree

BESIDE: Final = 1_000
"""Parts from this number on are no pages: what is said to the asker alone, which a longer answer must not renumber."""
_FIRST: Final = 0.3
"""Seconds after the first sentence in which a short answer may come to its end, and be one post."""
_AGAIN: Final = 3.0
"""Seconds after which budgets that were short are looked at again."""
_WINDING: Final = 5.0
"""Seconds that an answer has to end by itself, once its reader stopped it; then its parts are closed."""

Said = TypeVar("Said")
"""What one message of a platform says, as its adapter has it."""
_Given_contra = TypeVar("_Given_contra", contravariant=True)


class Broken(Exception):
    """Nobody can show more in this message: end it, and go on in another one."""


class Halted(Exception):
    """A person stopped the answer where it is shown: nothing more is."""


class Message(Protocol[_Given_contra]):
    """One message that grows; ``shown`` is what it shows for certain."""

    shown: Tree

    async def more(self, tree: Tree, linked: Links) -> float | None:
        """Show what it has become, where that may be now, else say in how many seconds; None is when there is more.

        Raises Broken and Halted.
        """
        ...

    async def finish(self, said: _Given_contra, *, last: bool) -> str:
        """Let it say this for good, and give the message that does."""
        ...

    def release(self) -> None:
        """Hold nothing that others share, though it is not finished."""
        ...


class Posting(Protocol[_Given_contra]):
    """Posts and edits the messages of one reply, by the numbers that the journal gives them."""

    @property
    def clock(self) -> Clock:
        """The time that its pauses are measured by."""
        ...

    async def post(self, part: int, said: _Given_contra, /) -> str:
        """Post a part, and give the message."""
        ...

    async def edit(self, part: int, message: str, said: _Given_contra, /) -> str:
        """Let a message say this and nothing else, and give the message that does."""
        ...


class Rewritten(Message[Said]):
    """A message that is posted, and edited every so many seconds as long as there are edits left.

    ``ready`` says in how many seconds so many edits may be made, and None where there are to be none.
    """

    def __init__(
        self,
        posting: Posting[Said],
        part: int,
        said: Callable[[Tree, Links], Said],
        *,
        every: float,
        ready: Callable[[int], float | None],
    ) -> None:
        """Begin nothing; ``said`` is what it says while it grows."""
        self._posting = posting
        self._part = part
        self._said = said
        self._every = every
        self._ready = ready
        self._message = ""
        self._last = 0.0
        self.shown: Tree = ()

    async def begin(self, tree: Tree, linked: Links, edits: int) -> bool:
        """Post it, where there are so many edits left."""
        if self._ready(edits) != 0:
            return False
        self.goes_on(await self._posting.post(self._part, self._said(tree, linked)), tree)
        return True

    def goes_on(self, message: str, shown: Tree) -> None:
        """Take over a message."""
        self._message, self.shown, self._last = message, shown, self._posting.clock.now()

    async def more(self, tree: Tree, linked: Links) -> float | None:
        """Edit it, where its time has come."""
        ready = self._ready(1)
        if tree == self.shown or ready is None:
            return None
        if (wait := max(self._last + self._every - self._posting.clock.now(), ready)) > 0:
            return wait
        message = await self._posting.edit(self._part, self._message, self._said(tree, linked))
        self.goes_on(message, tree)
        return None

    async def finish(self, said: Said, *, last: bool) -> str:  # noqa: ARG002 - it is the same for each
        """Edit it for good."""
        return await self._posting.edit(self._part, self._message, said)

    def release(self) -> None:
        """Hold nothing."""


class Showing(Generic[Said]):
    """One reply's. ``first`` is the journal's number of its first page.

    ``said`` gives a page as a message, and says whether what ends an answer stands below it; ``begin`` shows the first
    of a page in a message that grows, or says by None that this cannot be now. Nothing is shown before the end as long
    as it ``hides``.
    """

    def __init__(  # noqa: PLR0913 - all that a reply is made of, keyword-only
        self,
        *,
        posting: Posting[Said],
        growing: Growing,
        first: int,
        said: Callable[[int, bool], Said],
        begin: Callable[[int, Tree, Links], Awaitable[Message[Said] | None]],
        hides: Callable[[], bool],
        wait: Callable[[float | None], Awaitable[None]],
    ) -> None:
        """Show nothing yet; ``wait`` returns when there is more, or after so many seconds."""
        self._posting = posting
        self._growing = growing
        self._first = first
        self._said = said
        self._begin = begin
        self._hides = hides
        self._wait = wait
        self._page = 0
        self._message: Message[Said] | None = None
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

    async def finish(self, *, below: bool) -> None:
        """Bring every page to its last state; ``below`` says whether something is to stand under the last."""
        pages = self._growing.pages
        while self._page < pages.written:
            last = self._page == pages.written - 1
            await self._turn(below=below and last, last=last)
            below = below and not last
        if below and self.stands:
            page = self._page - 1
            said = self._said(page, True)  # noqa: FBT003 - the only thing to say of it
            self.stands[-1] = await self._posting.edit(self._first + page, self.stands[-1], said)

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
        if not tree:
            return None
        self._message = await self._begin(self._first + self._page, tree, linked)
        return _AGAIN if self._message is None else 0.0

    async def _turn(self, *, below: bool = False, last: bool = False) -> None:
        """Finish a page."""
        said = self._said(self._page, below)
        if self._message is None:
            message = await self._posting.post(self._first + self._page, said)
        else:
            message = await self._message.finish(said, last=last)
        self.stands.append(message)
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


def whole(growing: Growing, said: Callable[[int, bool], Said]) -> list[Said]:
    """Give an answer that is over, page by page, with what ends it below the last."""
    last = growing.pages.written - 1
    return [said(page, page == last) for page in range(last + 1)]
