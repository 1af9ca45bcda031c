"""The way of a question: rates, route, history, search, gate, prompt, reserve, generate, verify, settle, record.

Pulling the parts drives it; closing the generator stops the model and its cost. However it ends, the turn is recorded.
"""

from __future__ import annotations

import secrets
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from adapters.base import Sources, Status, Text
from bot.answering import citing, conflicts, prompting, replies
from bot.answering.ages import Ages
from bot.answering.checking import Checker
from bot.answering.difficulty import difficulty
from bot.answering.rewriting import Rewriter
from bot.answering.route import Told, routed
from bot.answering.run import Run, usage
from bot.answering.searching import Searching
from bot.answering.verify import evidence
from bot.answering.writing import Task, Writing
from bot.errors import BotError, ModelCut
from knowledge.base import Scope
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping

    from adapters.base import AnswerId, Audience, Part, Question
    from bot.answering.admitting import Admission, Admitted
    from bot.answering.drafting import Drafting
    from bot.answering.gate import Sufficient
    from bot.answering.prompt_files import PromptFile
    from bot.answering.searching import Catalog, Found, Retriever
    from bot.answering.turns import NewTurn, PastTurn, Turns
    from bot.models.chain import Chain
    from bot.money.base import Payer
    from knowledge.meaning import Paying


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """What differs from run to run, so that a test can choose it: seconds, the day, random words, an answer's id."""

    seconds: Callable[[], float] = time.perf_counter
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    word: Callable[[], str] = field(default=lambda: secrets.token_hex(8))
    answer: Callable[[], str] = field(default=lambda: secrets.token_hex(16))


class Engine:
    """Answers questions from the knowledge of one workspace."""

    def __init__(  # noqa: PLR0913 -- these are its collaborators
        self,
        *,
        retriever: Retriever,
        catalog: Catalog,
        admission: Admission,
        chain: Chain,
        turns: Turns,
        prompts: Mapping[str, PromptFile],
        workspace: str,
        gate: Sufficient,
        paying: Callable[[Payer, AnswerId], Paying] | None = None,
        chance: Chance | None = None,
        stale_days: int = 0,
    ) -> None:
        """``workspace`` is where the knowledge belongs; ``prompts`` are the active ones, from ``prompt_files.load``.

        ``admission`` takes questions or does not, and its ledger pays for the models of ``chain``. ``gate`` says
        whether a search looks good enough to answer from: ``bot.answering.gate.Gate.sufficient``. ``paying`` lets the
        asker pay for a question's vector, where that costs anything. Sources that were last changed more than
        ``stale_days`` days ago are marked as old, and with 0 none is.
        """
        self._searching = Searching(retriever=retriever, catalog=catalog, turns=turns, sufficient=gate)
        self._admission = admission
        self._chain = chain
        self._failing: dict[str, str] = {}
        self._turns = turns
        self._prompt = prompts["answer"]
        self._workspace = workspace
        self._paying = paying
        self._stale_days = stale_days
        self._chance = chance or Chance()
        self._rewriter = Rewriter(chain=chain, ledger=admission.ledger, file=prompts["rewrite"], word=self._chance.word)

    async def answer(
        self,
        question: Question,
        audience: Audience,
        stop: asyncio.Event,
        *,
        answer: AnswerId | None = None,
        keep: Callable[[NewTurn], Awaitable[None]] | None = None,
    ) -> AsyncGenerator[Part]:
        """Give the parts of an answer, ``Ending`` last; raises nothing but what closing it does.

        ``answer`` is its id where one was given already. The turn goes to ``keep``, or else to the history at once.
        """
        run = Run(
            question=question,
            answer=answer or self._chance.answer(),
            keep=keep or self._turns.record,
            began=self._chance.seconds(),
            scope=Scope(workspace=self._workspace, principals=audience.everyone),
        )
        try:
            async with aclosing(self._guarded(run, stop)) as parts:
                async for part in parts:
                    yield part
            await self._recorded(run)
            yield run.ending(self._chance.seconds())
        finally:
            if not run.recorded:
                run.verdict = "stopped"
                await self._recorded(run)

    async def _guarded(self, run: Run, stop: asyncio.Event) -> AsyncGenerator[Part]:
        """Turn whatever fails into a sentence for people; the rest of it goes to the log, under the reference."""
        try:
            async with aclosing(self._routed(run, stop)) as parts:
                async for part in parts:
                    yield part
        except (BotError, KnowledgeError) as error:
            # The reader is told already: a warning would only repeat it, as a line in the middle of a chat.
            structlog.get_logger().info("question failed", reference=run.reference, error=type(error).__name__)
            run.verdict, tree = "failed", replies.told(error.told)
        except Exception:  # noqa: BLE001 -- nothing of it may reach a reader, and none may go unanswered
            structlog.get_logger().exception("question broke", reference=run.reference)
            run.verdict, tree = "failed", replies.broken(run.reference)
        else:
            return
        for part in run.text(tree):
            yield part

    async def _routed(self, run: Run, stop: asyncio.Event) -> AsyncGenerator[Part]:
        admitted = await self._admission.admitted(run.question)
        if admitted.denied is not None:
            run.verdict = "limited"
            if admitted.denied.first:
                for text in run.text(replies.denied(admitted.denied.rate, admitted.denied.wait)):
                    yield text
            return
        route = routed(run.question.text)
        if isinstance(route, Told):
            run.verdict = "told"
            for text in run.text(route.tree):
                yield text
            return
        yield Status(doing="searching")
        history = await self._searching.history(run.question.conversation, run.scope)
        rewrite = partial(self._rewritten, run, history, admitted, stop)
        paying = self._paying(admitted.payer, run.answer) if self._paying else None
        found = await self._searching.found(route, history, run.scope, rewrite, paying)
        run.missed = found.missed
        if stop.is_set():
            return
        ages = Ages(today=self._chance.now().date(), most=self._stale_days).of(found.passages)
        run.numbered = prompting.numbered(found.passages, ages)
        run.citations = citing.table(found.asked, found.passages, run.numbered, ages)
        if not found.enough:
            for part in self._unknown(run):
                yield part
            return
        yield Status(doing="reading", sources=len(run.numbered))
        yield Sources(citations=run.citations)
        yield Status(doing="writing", sources=len(run.numbered))
        writing = Writing(
            chain=self._chain,
            ledger=self._admission.ledger,
            task=self._task(route.text, run, found, history, admitted),
            failing=self._failing,
            seconds=self._chance.seconds,
        )
        async with aclosing(self._written(run, writing, stop)) as parts:
            async for part in parts:
                yield part

    async def _rewritten(
        self, run: Run, history: tuple[PastTurn, ...], admitted: Admitted, stop: asyncio.Event, text: str
    ) -> str | None:
        return await self._rewriter.rewritten(text, prompting.exchanges(history), run.answer, admitted, stop)

    def _unknown(self, run: Run) -> Iterable[Part]:
        """Abstain before the model is asked: the table holds the closest documents alone."""
        run.verdict = "unknown"
        run.citations = replies.renumbered(run.citations)
        if run.citations:
            yield Sources(citations=run.citations)
        yield from run.text(replies.unknown(run.citations))
        yield from self._missed(run)

    def _missed(self, run: Run) -> Iterable[Text]:
        """Say that only keywords were searched, where an answer or its absence may be due to that."""
        if run.missed is not None:
            yield from run.text(replies.told(run.missed))

    def _task(self, text: str, run: Run, found: Found, history: tuple[PastTurn, ...], admitted: Admitted) -> Task:
        word = self._chance.word
        marks = prompting.Marks(begin=f"<<{word()}", end=f"{word()}>>", canary=word())
        prompt = prompting.built(
            self._prompt,
            question=text,
            searched=found.asked,
            passages=run.numbered,
            history=prompting.exchanges(history),
            today=self._chance.now().date().isoformat(),
            marks=marks,
        )
        run.prompt = prompt.version
        return Task(
            answer=run.answer,
            prompt=prompt,
            checker=Checker(question=prompt.question, table={one.number: evidence(one) for one in run.numbered}),
            canary=marks.canary,
            unanswered=prompting.UNANSWERED,
            admitted=admitted,
            difficulty=difficulty(found.outlook),
        )

    async def _written(self, run: Run, writing: Writing, stop: asyncio.Event) -> AsyncGenerator[Part]:
        """Let models write, show what is verified, and judge how it ended."""
        try:
            async with aclosing(writing.parts(stop)) as parts:
                async for part in parts:
                    yield run.shown(part)
        finally:
            run.model, run.usage = writing.model, usage(writing.used)
            if writing.draft is not None:
                run.used = writing.draft.used
        if writing.draft is not None:
            for text in self._judged(run, writing.draft):
                yield text
        if writing.why is not None and run.verdict in ("answered", "unknown"):
            for text in run.text(replies.told(writing.why)):
                yield text
        if run.verdict in ("answered", "unknown"):
            for text in self._missed(run):
                yield text

    def _judged(self, run: Run, draft: Drafting) -> Iterable[Text]:
        """Say how the draft ended; raises its error where nothing of it was shown."""
        if draft.stopped:
            run.verdict = "stopped"
        elif draft.error is not None:
            if not run.tree:
                raise draft.error
            run.verdict = "cut" if isinstance(draft.error, ModelCut) else "failed"
            yield from run.text(replies.cut())
        elif not run.tree:
            run.verdict = "unknown"
            yield from run.text(replies.unknown(run.citations))
        else:
            run.verdict = "answered"
            yield from self._differing(run)
            if draft.limited:
                yield from run.text(replies.limited())

    def _differing(self, run: Run) -> Iterable[Text]:
        """Show what the sources say otherwise, in their own words; nothing of it is asserted."""
        found = conflicts.nominated(run.numbered, run.citations, run.used)
        for one in (side for pair in found for side in pair.sides):
            run.used.setdefault(one.number, []).append(one.text)
        yield from run.text(replies.differing(found))

    async def _recorded(self, run: Run) -> None:
        """Record the turn, once; where that fails the answer stands, and the log says what it is missing from."""
        run.recorded = True
        try:
            await run.keep(run.turn(self._chance.seconds()))
        except BotError as error:
            structlog.get_logger().warning(
                "the answer stands, but the history does not keep it", reference=run.reference, why=error.told
            )
        except Exception:  # noqa: BLE001 -- the answer stands; only its record is missing
            structlog.get_logger().exception("turn not recorded", reference=run.reference)
