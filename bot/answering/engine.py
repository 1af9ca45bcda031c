"""The way of a question: rates, route, readers, history, search, gate, prompt, reserve, generate, verify, record.

Who reads is asked again before anything of the knowledge is shown; where they may not read all that it rests on, it is
begun anew once.

Pulling the parts drives it; closing the generator stops the model and its cost. However it ends, the turn is recorded.
"""

from __future__ import annotations

from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from adapters.parts import PrivateOffer, Status
from adapters.plain import rendered
from bot.answering import conflicts, prompting, replies
from bot.answering.ages import Ages
from bot.answering.around import Surroundings, after
from bot.answering.chance import Chance
from bot.answering.difficulty import difficulty
from bot.answering.heedless import heedless
from bot.answering.linking import linked
from bot.answering.permission import Moved, Permission
from bot.answering.rewriting import Rewriter
from bot.answering.route import Told, routed
from bot.answering.run import Run, usage
from bot.answering.searching import Searching
from bot.answering.writing import Task, Writing
from bot.errors import BotError, ModelCut
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping

    from adapters.base import Question
    from adapters.markup import Tree
    from adapters.parts import AnswerId, Part
    from bot.answering.admitting import Admission, Admitted
    from bot.answering.around import Around
    from bot.answering.drafting import Drafting
    from bot.answering.gate import Sufficient
    from bot.answering.permission import Readers
    from bot.answering.prompt_files import PromptFile
    from bot.answering.route import Search
    from bot.answering.searching import Catalog, Found, Retriever
    from bot.answering.turns import NewTurn, PastTurn, Turns
    from bot.models.chain import Chain
    from bot.money.base import Payer
    from knowledge.meaning import Paying


_BEGINNINGS: Final = 2
"""Times that an answer is begun, where who may read what changes under it."""


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
        surroundings: Surroundings | None = None,
    ) -> None:
        """``workspace`` is where the knowledge belongs; ``prompts`` are the active ones, from ``prompt_files.load``.

        ``admission`` takes questions or does not, and its ledger pays for the models of ``chain``. ``gate`` says
        whether a search looks good enough to answer from: ``bot.answering.gate.Gate.sufficient``. ``paying`` lets the
        asker pay for a question's vector, where that costs anything. Sources that were last changed more than
        ``stale_days`` days ago are marked as old, and with 0 none is. ``surroundings`` read what was said where a
        question was asked.
        """
        self._catalog = catalog
        self._searching = Searching(retriever=retriever, catalog=catalog, turns=turns, sufficient=gate)
        self._surroundings = surroundings or Surroundings(sufficient=gate)
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

    async def answer(  # noqa: PLR0913 - a question, and what is to be known of where it was asked
        self,
        question: Question,
        readers: Readers,
        stop: asyncio.Event,
        *,
        answer: AnswerId | None = None,
        keep: Callable[[NewTurn], Awaitable[None]] | None = None,
        around: Around | None = None,
    ) -> AsyncGenerator[Part]:
        """Give the parts of an answer, ``Ending`` last; raises nothing but what closing it does.

        ``readers`` says who reads it now, each time that it is asked. ``answer`` is its id where one was given already.
        The turn goes to ``keep``, or else to the history at once. ``around`` gives what was said where it was asked; it
        is called at most once.
        """
        run = Run(
            question=question,
            answer=answer or self._chance.answer(),
            keep=keep or self._turns.record,
            around=around,
            began=self._chance.seconds(),
            permission=Permission(
                readers=readers, catalog=self._catalog, workspace=self._workspace, seconds=self._chance.seconds
            ),
        )
        try:
            async with aclosing(self._guarded(run, stop)) as parts:
                async for part in parts:
                    yield part
            for table in run.settled():
                yield table
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
            tree = replies.denied(admitted.denied.rate, admitted.denied.wait)
            if not admitted.denied.first:
                run.told = rendered(tree)
                return
            for text in run.text(tree):
                yield text
            return
        route = routed(run.question.text, run.question.place.platform)
        if isinstance(route, Told):
            run.verdict = "told"
            for text in run.text(route.tree):
                yield text
            return
        async with aclosing(self._searched(run, route, admitted, stop)) as parts:
            async for part in parts:
                yield part

    async def _searched(self, run: Run, route: Search, admitted: Admitted, stop: asyncio.Event) -> AsyncGenerator[Part]:
        """Begin an answer, and once more where its readers may not read it any more before they see any of it."""
        for _ in range(_BEGINNINGS):
            try:
                async with aclosing(self._begun(run, route, admitted, stop)) as parts:
                    async for part in parts:
                        yield part
            except Moved:
                run.begin_anew()
            else:
                return
        for part in self._unknown(run):
            yield part

    async def _begun(self, run: Run, route: Search, admitted: Admitted, stop: asyncio.Event) -> AsyncGenerator[Part]:
        """Answer for those who read now; raises Moved where that is no longer so before anything is shown."""
        yield Status(doing="searching")
        heard = await run.hear(self._surroundings)
        route = after(route, heard)
        history = await self._searching.history(run.question, run.permission.scope)
        rewrite = partial(self._rewritten, run, history, admitted, stop)
        paying = self._paying(admitted.payer, run.answer) if self._paying else None
        privately = partial(self._privately, run, route, history, paying, stop)
        found = await self._searching.found(route, history, run.permission.scope, rewrite, paying)
        found = await self._surroundings.joined(found, route.text, heard, history)
        run.rest_on(found, history, self._ages())
        if stop.is_set():
            return
        run.look_through()
        if not found.enough:
            if await run.permission.withheld(run.documents):
                raise Moved
            for part in self._unknown(run):
                yield part
            async for part in privately():
                yield part
            return
        yield Status(doing="reading", sources=len(run.numbered))
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
        if run.verdict == "unknown":
            async for part in privately():
                yield part

    async def _privately(
        self, run: Run, route: Search, history: tuple[PastTurn, ...], paying: Paying | None, stop: asyncio.Event
    ) -> AsyncGenerator[Part]:
        """Say to all that a direct message may give more, and to the asker alone whether it does.

        Both searches are done whatever the knowledge holds, so that nobody can tell from the time that this takes.
        """
        own = run.permission.own
        if own is None or stop.is_set():
            return
        for text in run.text(replies.privately()):
            yield text
        with suppress(KnowledgeError):  # there is an answer already
            found = await self._searching.found(route, history, own, None, paying)
            if found.enough and not await run.permission.open_to_all({one.document for one in found.passages}):
                yield PrivateOffer()

    async def _rewritten(
        self, run: Run, history: tuple[PastTurn, ...], admitted: Admitted, stop: asyncio.Event, text: str
    ) -> str | None:
        return await self._rewriter.rewritten(
            prompting.bare(text), prompting.exchanges(history), run.answer, admitted, stop
        )

    def _unknown(self, run: Run) -> Iterable[Part]:
        """Abstain before the model is asked: the table holds the closest documents alone."""
        run.verdict = "unknown"
        run.citations = () if run.far else replies.renumbered(run.citations)
        run.open = bool(run.citations)
        yield from run.unknown()
        yield from self._missed(run)

    def _missed(self, run: Run) -> Iterable[Part]:
        """Say that only keywords were searched, where an answer or its absence may be due to that."""
        if run.missed is not None:
            yield from run.text(replies.told(run.missed))

    def _task(self, text: str, run: Run, found: Found, history: tuple[PastTurn, ...], admitted: Admitted) -> Task:
        word = self._chance.word
        run.links = linked(run.numbered, text, found.asked)
        marks = prompting.Marks(begin=f"<<{word()}", end=f"{word()}>>", canary=word())
        prompt = prompting.built(
            self._prompt,
            question=text,
            searched=found.asked,
            passages=run.numbered,
            history=prompting.exchanges(history, found.left),
            today=self._chance.now().date().isoformat(),
            marks=marks,
            links=run.links,
        )
        run.prompt = prompt.version
        return Task(
            answer=run.answer,
            prompt=prompt,
            checker=heedless(prompt.question, prompt.passages),
            canary=marks.canary,
            unanswered=prompting.UNANSWERED,
            admitted=admitted,
            difficulty=difficulty(found.outlook),
        )

    async def _written(self, run: Run, writing: Writing, stop: asyncio.Event) -> AsyncGenerator[Part]:
        """Let models write, show what is verified, and judge how it ended."""
        try:
            async with aclosing(self._permitted(run, writing, stop)) as parts:
                async for part in parts:
                    yield part
        finally:
            run.model, run.usage = writing.model, usage(writing.used)
            if writing.draft is not None:
                run.used = run.links.sentences(writing.draft.used)
                run.verification = writing.draft.tally.verification
                if writing.draft.sang:
                    structlog.get_logger().warning("a model said the canary", reference=run.reference)
        if writing.draft is not None:
            differing = await self._differing(run, writing.draft)
            for text in self._judged(run, writing.draft, differing):
                yield text
        if writing.why is not None and run.verdict in ("answered", "unknown"):
            for text in run.text(replies.told(writing.why)):
                yield text
        if run.verdict in ("answered", "unknown"):
            for text in self._missed(run):
                yield text

    async def _permitted(self, run: Run, writing: Writing, stop: asyncio.Event) -> AsyncGenerator[Part]:
        """Give the table and what is verified, as long as everyone who reads may read all that it rests on."""
        async with aclosing(writing.parts(stop)) as parts:
            async for part in parts:
                if not run.tree:
                    await self._open(run)
                elif await run.permission.withheld_meanwhile(run.documents):
                    run.withdrawn = True
                    return
                for shown in run.shown(part):
                    yield shown
        draft = writing.draft
        if not run.tree and draft is not None and not draft.stopped and draft.error is None:
            await self._open(run)  # what the closest documents are called is of the knowledge, too
            for table in run.table():
                yield table

    async def _open(self, run: Run) -> None:
        """Let the table be seen, once it is known that who reads now may see it. Raises Moved."""
        if await run.permission.withheld(run.documents):
            raise Moved
        run.open = True

    def _judged(self, run: Run, draft: Drafting, differing: Tree) -> Iterable[Part]:
        """Say how the draft ended; raises its error where nothing of it was shown."""
        if run.withdrawn:
            run.verdict = "cut"
            yield from run.text(replies.cut())
        elif draft.stopped:
            run.verdict = "stopped"
        elif draft.error is not None:
            if not run.tree:
                raise draft.error
            run.verdict = "cut" if isinstance(draft.error, ModelCut) else "failed"
            yield from run.text(replies.cut())
        elif not run.tree:
            run.verdict = "unknown"
            yield from run.unknown(draft.tally.dropped)
        else:
            run.verdict = "answered"
            yield from run.text(differing)
            if draft.tally.dropped:
                yield from run.text(replies.left_out(draft.tally.dropped, draft.tally.sentences))
            if draft.limited:
                yield from run.text(replies.limited())

    def _ages(self) -> Ages:
        return Ages(today=self._chance.now().date(), most=self._stale_days)

    async def _differing(self, run: Run, draft: Drafting) -> Tree:
        """Quote what sources say otherwise, asserting none of it; nothing of what is kept from a reader by now."""
        if run.withdrawn or draft.stopped or draft.error is not None:
            return ()
        found = conflicts.nominated(run.numbered, run.citations, run.used)
        if found and await run.permission.withheld(run.documents):
            return ()
        for one in (side for pair in found for side in pair.sides):
            run.used.setdefault(one.number, []).append(one.text)
        return replies.differing(found)

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
