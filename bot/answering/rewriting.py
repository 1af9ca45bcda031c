"""A follow-up into a question of its own, by a small model, where searching for it as it is said found too little."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from bot.answering.billing import called, owed, reserved, settled
from bot.answering.stopping import unless
from bot.errors import ModelError, OverBudget, StoreError
from bot.models.base import Finished, Heard, Prompt
from bot.reading.claims import claim

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.parts import AnswerId
    from bot.answering.admitting import Admitted
    from bot.answering.prompt_files import PromptFile
    from bot.models.base import Exchange
    from bot.models.chain import Chain, Link
    from bot.money.base import Ledger

_OUTPUT: Final = 80
"""Tokens of a rewritten question."""
_SECONDS: Final = 8.0
"""Seconds after which the search goes on without it: a person waits for it before anything is read."""
_LATEST: Final = 2
"""Earlier exchanges that are shown."""
_POINTING: Final = claim("one ones first second third last next other others former latter same previous").words
"""Words, as stems, that a rewritten question puts something else for."""
_log = structlog.get_logger()


@dataclass(slots=True)
class _Line:
    """What a model said, and what that counts for the bill."""

    said: list[str] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)
    finished: Finished | None = None
    begun: bool = False

    @property
    def text(self) -> str | None:
        """Give it on one line; None where it is nothing."""
        return " ".join("".join(self.said).split()) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriter:
    """Asks the first model of the chain that does for easy questions; ``word`` gives a random one."""

    chain: Chain
    ledger: Ledger
    file: PromptFile
    word: Callable[[], str]

    async def rewritten(
        self, text: str, exchanges: Sequence[Exchange], answer: AnswerId, admitted: Admitted, stop: asyncio.Event
    ) -> str | None:
        """Give the question on one line, None where that cannot be had: no model, no money, a failure, a stop."""
        links = self.chain.order("easy", small_only=admitted.small_only)
        if not links or not exchanges:
            return None
        prompt = self._prompt(text, exchanges[-_LATEST:])
        call = called(links[0], prompt, answer=answer, payer=admitted.payer, feature="rewriting")
        try:
            reservation = await reserved(self.ledger, call, stop, waits=False)
        except (OverBudget, StoreError):
            return None
        if reservation is None:
            return None
        line = _Line()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_SECONDS):
                    await unless(stop, _read(links[0], prompt, line))
        finally:
            used = owed(links[0], prompt, line.finished, line.heard, begun=line.begun)
            await settled(self.ledger, reservation, links[0].price, used)
        said = line.text if line.finished is not None else None
        return said if said is not None and _keeps(text, said) else None

    def _prompt(self, text: str, exchanges: Sequence[Exchange]) -> Prompt:
        earlier = "\n\n".join(f"Question: {one.question}\nAnswer: {one.answer}" for one in exchanges)
        system, user = self.file.filled(
            {"begin": f"<<{self.word()}", "end": f"{self.word()}>>", "earlier": earlier, "question": text}
        )
        return Prompt(
            version=self.file.name,
            system=system,
            history=(),
            user=user,
            question=text,
            passages=(),
            max_tokens=_OUTPUT,
        )


async def _read(link: Link, prompt: Prompt, line: _Line) -> None:
    line.begun = True
    try:
        async with aclosing(link.stream(prompt, line.heard)) as deltas:
            async for delta in deltas:
                if isinstance(delta, Finished):
                    line.finished = delta
                else:
                    line.said.append(delta)
    except ModelError as error:
        line.begun = error.begun
        _log.warning("a follow-up was not rewritten", model=link.name, why=error.told)


def _keeps(text: str, said: str) -> bool:
    """Whether a question asks what the follow-up does: one that drifted to what was asked before does not.

    It holds every number, and half of the words or more, but for those that point at something.
    """
    asked, found = claim(text), claim(said)
    needed = asked.words - _POINTING
    return asked.numbers <= found.numbers and len(needed & found.words) >= len(needed) / 2
