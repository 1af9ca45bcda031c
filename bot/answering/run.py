"""One answer in the making: what is known of it so far, and what it comes to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from adapters.markup import cited, joined
from adapters.parts import Ending, Sources, Text, Usage
from adapters.plain import rendered
from bot.answering import citing, prompting, replies
from bot.answering.footnotes import Footnotes
from bot.answering.gate import far
from bot.answering.linking import Links
from bot.answering.sealing import sealed
from bot.answering.turns import NewTurn
from bot.ops.logs import reference
from knowledge.tripwire import signs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from adapters.base import Question
    from adapters.markup import Tree
    from adapters.parts import AnswerId, Citation, Part, Verdict, Verification
    from bot.answering.ages import Ages
    from bot.answering.around import Around, Surroundings
    from bot.answering.permission import Permission
    from bot.answering.searching import Found
    from bot.answering.turns import PastTurn
    from bot.models.base import Numbered, Used
    from knowledge.base import Passage


@dataclass(slots=True, kw_only=True)
class Run:
    """One answer in the making; ``began`` is in seconds, by the clock that ``turn`` and ``ending`` are told.

    ``around`` gives what was said where it was asked, and ``heard`` is that, once it was given.
    ``tree`` is what was shown, ``citations`` the table in the prompt's numbers, ``numbered`` the passages behind it,
    ``footnotes`` the numbers that are shown for these, and ``open`` says that the table may be seen. ``used`` are the
    sentences that each passage supports, ``links`` the addresses that no model saw, and ``missed`` says why only
    keywords were searched. ``far`` says that nothing was found that comes close. ``documents`` are all that the prompt
    drew on, its history's too; ``withdrawn`` says that one of them was kept from a reader under way. ``told`` is a
    refusal of which nothing is shown.
    """

    question: Question
    answer: AnswerId
    keep: Callable[[NewTurn], Awaitable[None]]
    began: float
    permission: Permission
    around: Around | None = None
    heard: Sequence[Passage] | None = None
    tree: Tree = ()
    verdict: Verdict = "stopped"
    citations: tuple[Citation, ...] = ()
    numbered: tuple[Numbered, ...] = ()
    footnotes: Footnotes = field(default_factory=Footnotes)
    open: bool = False
    used: dict[int, list[str]] = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    usage: Usage = field(default_factory=Usage)
    verification: Verification | None = None
    model: str | None = None
    prompt: str | None = None
    missed: str | None = None
    far: bool = False
    documents: frozenset[str] = frozenset()
    withdrawn: bool = False
    told: str | None = None
    recorded: bool = False
    _told: tuple[Citation, ...] | None = None
    """The table as it was given last."""

    @property
    def reference(self) -> str:
        """Give what leads from this question to its lines in the log."""
        return reference(self.question.id)

    async def hear(self, surroundings: Surroundings) -> Sequence[Passage]:
        """Ask who reads, and at once what was said around; that only at the first beginning."""
        if self.heard is not None:
            await self.permission.ask()
            return self.heard
        async with asyncio.TaskGroup() as asking:
            asking.create_task(self.permission.ask())
            hearing = asking.create_task(surroundings.heard(self.around))
        self.heard = hearing.result()
        return self.heard

    def rest_on(self, found: Found, history: Iterable[PastTurn], ages: Ages) -> None:
        """Remember what was found, and number it."""
        self.missed, self.far = found.missed, far(found.outlook)
        passages = found.read
        aged = ages.of(passages)
        said = frozenset(one.chunk for one in found.around)
        self.numbered = prompting.numbered(passages, aged, room=found.room)
        self.citations = citing.table(found.asked, passages, self.numbered, aged, said=said)
        earlier = (turn.documents for turn in history)
        known = frozenset(line.document for line in self.citations if not line.said)
        self.documents = known.union(*earlier)

    def look_through(self) -> None:
        """Say in the log which documents look like orders to a model: a figure, as nothing hangs on it."""
        for one, line in zip(self.numbered, self.citations, strict=True):
            if seen := signs("\n".join((one.title, *one.heading, one.text))):
                structlog.get_logger().info(
                    "a passage looks like orders", reference=self.reference, document=line.document, signs=seen
                )

    def begin_anew(self) -> None:
        """Forget what was found, and all that came of it: nothing of it was shown, and nothing is to tell of it."""
        self.numbered, self.citations, self.documents, self.used = (), (), frozenset(), {}
        self.footnotes, self.open, self._told = Footnotes(), False, None
        self.links, self.verification, self.model, self.prompt, self.usage = Links(), None, None, None, Usage()

    def text(self, tree: Tree) -> Iterable[Part]:
        """Give blocks as parts of their own, and remember them."""
        for block in tree:
            yield from self.shown(Text(block=block))

    def shown(self, part: Text) -> Iterable[Part]:
        """Remember a part that is about to be shown: with its addresses, where it may have any, and without secrets.

        The table comes before it where it is new, or has its lines in another order.
        """
        part = replace(part, block=self.footnotes.shown(sealed(self.links.told(part.block))))
        yield from self.table()
        self.tree = joined(self.tree, part.block, continues=part.continues)
        yield part

    def table(self) -> Iterable[Sources]:
        """Give the table as a reader is to see it now, once it may be seen and where that is not what was given."""
        table = self.footnotes.table(self.citations)
        if self.open and table != self._told:
            self._told = table
            yield Sources(citations=table)

    def settled(self) -> Iterable[Sources]:
        """Give the table anew where what the answer drew on stands in other sections than were thought before."""
        if self.verdict != "answered":
            return
        known = {line.number: line for line in self.citations}
        moved = {line.number: line for line in self._lines() if line.section != known[line.number].section}
        self.citations = tuple(moved.get(number, line) for number, line in known.items())
        yield from self.table()

    def unknown(self, dropped: int = 0) -> Iterable[Part]:
        """Abstain, in words for who reads here."""
        alone = self.question.place.private_to is not None
        return self.text(replies.unknown(self.citations, dropped=dropped, alone=alone, why=self.permission.why))

    def turn(self, now: float) -> NewTurn:
        """Give what the history keeps."""
        return NewTurn(
            answer=self.answer,
            question=self.question,
            text=rendered(self.tree),
            verdict=self.verdict,
            citations=self.footnotes.table(self._lines()),
            documents=self.documents if self.tree else frozenset(),
            usage=self.usage,
            model=self.model,
            prompt=self.prompt,
            took_ms=self._took(now),
            verification=self.verification,
        )

    def ending(self, now: float) -> Ending:
        """Give the last part."""
        return Ending(
            answer=self.answer,
            verdict=self.verdict,
            cited=cited(self.tree),
            usage=self.usage,
            model=self.model,
            took_ms=self._took(now),
            reference=self.reference if self.verdict in ("failed", "cut") else None,
            verification=self.verification,
            told=self.told,
        )

    def _lines(self) -> tuple[Citation, ...]:
        """Give the lines that the text cites, in the prompt's numbers, with what it drew on."""
        return citing.used(self.citations, self.footnotes.used, self.used, self.numbered)

    def _took(self, now: float) -> int:
        return max(0, round((now - self.began) * 1000))


def usage(used: Used | None) -> Usage:
    """Give what a model used as a part says it; nothing where none was asked."""
    if used is None:
        return Usage()
    return Usage(prompt_tokens=used.prompt_tokens, answer_tokens=used.answer_tokens, estimated=used.estimated)
