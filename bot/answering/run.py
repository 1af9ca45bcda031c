"""One answer in the making: what is known of it so far, and what it comes to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from adapters.markup import cited, joined
from adapters.parts import Ending, Text, Usage
from adapters.plain import rendered
from bot.answering import citing, prompting
from bot.answering.linking import Links
from bot.answering.sealing import sealed
from bot.answering.turns import NewTurn
from bot.ops.logs import reference
from knowledge.tripwire import signs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from adapters.base import Question
    from adapters.markup import Tree
    from adapters.parts import AnswerId, Citation, Verdict, Verification
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
    ``tree`` is what was shown, ``citations`` the table, ``numbered`` the passages behind it, ``used`` the sentences
    that each of them supports, ``links`` the addresses that no model saw, and ``missed`` says why only keywords were
    searched. ``documents`` are all that the prompt drew on, its history's too; ``withdrawn`` says that one of them was
    kept from a reader under way.
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
    used: dict[int, list[str]] = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    usage: Usage = field(default_factory=Usage)
    verification: Verification | None = None
    model: str | None = None
    prompt: str | None = None
    missed: str | None = None
    documents: frozenset[str] = frozenset()
    withdrawn: bool = False
    recorded: bool = False

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
        self.missed = found.missed
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
        self.links, self.verification, self.model, self.prompt, self.usage = Links(), None, None, None, Usage()

    def text(self, tree: Tree) -> Iterable[Text]:
        """Give blocks as parts of their own, and remember them."""
        for block in tree:
            yield self.shown(Text(block=block))

    def shown(self, part: Text) -> Text:
        """Remember a part that is about to be shown: with its addresses, where it may have any, and without secrets."""
        part = replace(part, block=sealed(self.links.told(part.block)))
        self.tree = joined(self.tree, part.block, continues=part.continues)
        return part

    def turn(self, now: float) -> NewTurn:
        """Give what the history keeps."""
        numbers = cited(self.tree)
        return NewTurn(
            answer=self.answer,
            question=self.question,
            text=rendered(self.tree),
            verdict=self.verdict,
            citations=citing.used(self.citations, numbers, self.used, self.numbered),
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
        )

    def _took(self, now: float) -> int:
        return max(0, round((now - self.began) * 1000))


def usage(used: Used | None) -> Usage:
    """Give what a model used as a part says it; nothing where none was asked."""
    if used is None:
        return Usage()
    return Usage(prompt_tokens=used.prompt_tokens, answer_tokens=used.answer_tokens, estimated=used.estimated)
