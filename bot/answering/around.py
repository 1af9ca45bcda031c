"""What was said where a question was asked, and the files that came with it: which of it answers, and how well.

Who reads the answer reads the place, so nobody's rights are asked of it; but it is no knowledge, and is never searched.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import structlog

from bot.answering.conversation import leans
from bot.answering.gate import Outlook
from bot.answering.pointing import asks_only, hands_on, points, points_at_talk
from bot.answering.prompting import CONTEXT, HISTORY, SAID, exchanges, spent
from knowledge import terms
from knowledge.base import Passage
from knowledge.choosing import chosen
from knowledge.chunking.cleaning import one_line, visible
from knowledge.reranking import searched
from knowledge.signals import Asked, signals
from knowledge.tokens import count

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container, Iterable, Mapping, Sequence

    from adapters.messages import Attached, Said
    from bot.answering.gate import Sufficient
    from bot.answering.route import Search
    from bot.answering.searching import Found
    from bot.answering.turns import PastTurn
    from knowledge.base import Vectors
    from knowledge.reranking import Read

Around: TypeAlias = "Callable[[], Awaitable[Sequence[Said]]]"
"""Gives what was said where a question was asked; ``Adapter.around``."""
Cut: TypeAlias = "Callable[[Attached, Said], Sequence[Passage]]"
"""Cuts a file into passages; raises where it cannot be read."""

_PATIENCE: Final = 2.0
"""Seconds that a platform has to say it: an answer does not wait for long."""
_READ: Final = 24
"""Passages whose sentences are compared with the question."""
_NEAR: Final = 8
"""Passages that enter beside those of the knowledge."""
_ALL: Final = 30
"""Passages that enter where a question asks about the place itself."""
_LIKE: Final = 0.25
"""Cosine from which on a sentence without any of the question's words counts: what is answered has .25 to .8."""
_BYTES: Final = 1_000_000
"""Of all files together, the newest first."""
_NAME: Final = 80
"""Characters of somebody's name."""
_TELLS: Final = 2
"""Telling words of a question that somebody may answer without what stands around it."""
_LEAST: Final = HISTORY // 2
"""Tokens that there are for it however long the answers before were."""

_log = structlog.get_logger()


class Reads(Protocol):
    """Compares questions with sentences; ``knowledge.sentences.Sentences`` does."""

    async def asked(self, text: str) -> Vectors:
        """Give a question's vector (d,)."""
        ...

    async def read(self, passages: Sequence[Passage]) -> Mapping[str, Read]:
        """Give by chunk a passage's sentences and their vectors."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """``cut`` reads files, and ``reads`` compares by meaning: each is None where that cannot be done."""

    sufficient: Sufficient
    cut: Cut | None = None
    reads: Reads | None = None
    patience: float = _PATIENCE

    async def heard(self, around: Around | None) -> tuple[Passage, ...]:
        """Give what was said, oldest first, files behind their messages; nothing where that is not known in time."""
        if around is None:
            return ()
        try:
            async with asyncio.timeout(self.patience):
                said = await around()
                return await asyncio.to_thread(self._passages, said) if said else ()
        except Exception as error:  # noqa: BLE001 - a platform's library may raise anything, and an answer can do without
            _log.info("what was said around a question is not known", error=type(error).__name__)
            return ()

    async def joined(self, found: Found, asked: str, heard: Sequence[Passage], history: Sequence[PastTurn]) -> Found:
        """Add to what was found what of the surroundings comes near, and judge whether there is enough now.

        All of them are for a question that points at them, or that says too little without them. What was said answers
        a question about itself: documents that share its words come in only where it does not suffice, and after it.

        Where the knowledge has nothing, what it came closest with makes room for them.
        """
        bare = leans(asked) == "strongly" and len(terms.telling(asked)) <= _TELLS
        pointed = bare or points(asked)
        told = [one for one in heard if pointed or not asks_only(one.text)]
        if not told:
            return found
        near, outlook = await self._ranked(asked, told)
        enough = bool(pointed or (near and self.sufficient(outlook)))
        if not (enough or found.enough):
            return found
        if points_at_talk(asked):
            found = replace(found, around_first=True, enough=found.enough and not self._suffices(asked, told, outlook))
        room = max(_LEAST, HISTORY - spent(exchanges(history))) if found.enough else CONTEXT
        order = sorted(told, key=_newest, reverse=True) if pointed else near
        weights = _weights(asked)
        most = _ALL if pointed else _NEAR
        kept = await asyncio.to_thread(chosen, order, weights, passages=most, tokens=room, count=count)
        if pointed:
            kept = tuple(sorted(kept, key=_newest))
        if found.enough:
            return replace(found, around=kept)
        return replace(found, passages=(), around=kept, outlook=outlook, enough=bool(kept))

    def _suffices(self, asked: str, told: Sequence[Passage], outlook: Outlook) -> bool:
        """Whether what was said is all that a question about it needs: it asks for no more, or finds it there."""
        if all(asks_only(one.text) for one in told):
            return False
        return len(terms.telling(asked)) <= _TELLS or self.sufficient(outlook)

    async def _ranked(self, asked: str, told: Sequence[Passage]) -> tuple[list[Passage], Outlook]:
        """Give those that come near, the nearest first and of equals the newest, and how well they look."""
        weights = _weights(asked)
        covered = {one.chunk: terms.coverage(weights, searched(one)) for one in told}
        first = sorted(told, key=lambda one: (covered[one.chunk], *_newest(one)), reverse=True)
        reads, vector = await self._compared(asked, first[:_READ])
        like = (
            {chunk: max(0.0, read.nearest(vector).sentence) for chunk, read in reads.items()}
            if vector is not None
            else {}
        )
        near = [one for one in first if covered[one.chunk] > 0 or like.get(one.chunk, 0.0) >= _LIKE]
        near.sort(key=lambda one: covered[one.chunk] + like.get(one.chunk, 0.0), reverse=True)
        question = Asked(text=asked, weights=weights, vector=vector, near=vector)
        seen = signals((), near, reads, asked=question, asking=question)
        return near, Outlook(question=asked, signals=seen)

    async def _compared(self, asked: str, passages: Sequence[Passage]) -> tuple[Mapping[str, Read], Vectors | None]:
        if self.reads is None:
            return {}, None
        try:
            return await self.reads.read(passages), await self.reads.asked(asked)
        except Exception as error:  # noqa: BLE001 - words alone can be compared too
            _log.warning("what was said around is compared by its words alone", error=type(error).__name__)
            return {}, None

    def _passages(self, said: Sequence[Said]) -> tuple[Passage, ...]:
        files = _few((one.id, file) for one in reversed(said) for file in one.attached)
        return tuple(passage for one in said for passage in (*_message(one), *self._files(one, files)))

    def _files(self, said: Said, files: Container[tuple[str, str]]) -> Iterable[Passage]:
        for file in said.attached:
            try:
                if self.cut is not None and (said.id, file.id) in files:
                    yield from self.cut(file, said)
            except Exception as error:  # noqa: BLE001 - whatever a hostile file makes a parser raise
                _log.info("a file in a thread could not be read", media=file.media, error=type(error).__name__)


def after(route: Search, heard: Sequence[Passage]) -> Search:
    """Give what is to be answered after what was said: that itself, where a question only hands it on."""
    before = last_asked(heard)
    if before is None:
        return route
    return replace(route, before=before, text=before if hands_on(route.text) else route.text)


def last_asked(heard: Sequence[Passage]) -> str | None:
    """Give the newest question that somebody else left standing, else what was said last."""
    asked = (one.text for one in reversed(heard) if asks_only(one.text) and len(terms.telling(one.text)) >= _TELLS)
    return next(asked, heard[-1].text if heard else None)


def _few(files: Iterable[tuple[str, Attached]]) -> frozenset[tuple[str, str]]:
    """Choose the first of them that are not too long together: cutting them takes time that others wait for."""
    kept, left = set(), _BYTES
    for message, file in files:
        left -= len(file.content)
        if left >= 0:
            kept.add((message, file.id))
    return frozenset(kept)


def _message(said: Said) -> Iterable[Passage]:
    """Give a message as a passage, without what no reader sees; its words may be edited, so that they name it too."""
    text, author = visible(said.text).strip(), one_line(visible(said.author))[:_NAME]
    if text:
        words = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
        yield Passage(
            chunk=f"{said.id}:{words}:0",
            document=said.id,
            title=f"{author} in this thread",
            text=text,
            heading=(),
            url=said.url,
            source=SAID,
            score=0.0,
            updated_at=said.at,
        )


def _newest(passage: Passage) -> tuple[float, str]:
    return passage.updated_at.timestamp() if passage.updated_at else 0.0, passage.document


def _weights(asked: str) -> dict[str, float]:
    return dict.fromkeys(terms.telling(asked), 1.0)
