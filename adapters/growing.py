"""An answer as it comes from the engine: its pages so far, and what else is known of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from adapters.leaves import Cutting, Leaves
from adapters.parts import Ending, PrivateOffer, Sources, Status, Text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from adapters.leaves import Links
    from adapters.markup import Tree
    from adapters.parts import Citation, Part

_ANSWERS: Final = frozenset({"answered", "cut", "stopped"})


class Rendering(Cutting, Protocol):
    """What a platform's messages take, and which sources they may link."""

    def links(self, citations: Sequence[Citation]) -> Links:
        """Give the URLs that may be linked, exactly as they are stored."""
        ...


class Growing:
    """``changed`` is set whenever there is more, and when it is ``over``; ``failure`` says what broke it.

    ``founded`` says whether it came with sources, which a refusal never does.
    """

    def __init__(self, rendering: Rendering) -> None:
        """Begin with nothing; each status goes to ``progress``, once that is set."""
        self._rendering = rendering
        self.pages = Leaves(rendering)
        self.citations: Sequence[Citation] = ()
        self.linked: Links = {}
        self.ending: Ending | None = None
        self.founded = False
        self.offered = False
        self.over = False
        self.failure: BaseException | None = None
        self.changed = asyncio.Event()
        self.progress: Callable[[Status], None] | None = None
        self._deaf = False

    async def pull(self, parts: AsyncGenerator[Part]) -> None:
        """Take every part, and close them; what breaks them is kept, to be raised once what came before is shown."""
        try:
            async with aclosing(parts):
                async for part in parts:
                    self._take(part)
        except BaseException as error:  # noqa: BLE001 - whoever shows the answer raises it
            self.failure = error
        self.over = True
        self.changed.set()

    @property
    def answers(self) -> bool:
        """Whether it came to an end that is an answer, which cites: until then it may come to "I don't know"."""
        ending = self.ending
        return ending is not None and ending.verdict in _ANSWERS and bool(ending.cited)

    def cut(self, page: int, tree: Tree) -> None:
        """Let the answer end with this, whatever comes still."""
        self.pages.cut(page, tree)
        self._deaf = True

    def _take(self, part: Part) -> None:
        match part:
            case Status():
                if self.progress is not None:
                    self.progress(part)
            case Sources():
                self.citations, self.founded = part.citations, True
                self.linked = self._rendering.links(part.citations)
            case Text():
                if not self._deaf:
                    self.pages.add(part.block, self.linked, continues=part.continues)
            case PrivateOffer():
                self.offered = True
            case Ending():
                self.ending = part
            case _:
                assert_never(part)
        self.changed.set()
