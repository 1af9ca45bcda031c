"""What the engine needs of a conversation's history: earlier turns to read, and its own turn to write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from adapters.parts import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.base import Place, Question, Turn
    from adapters.parts import AnswerId, Citation, Verdict, Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Which turns are meant: those of a conversation, of one workspace, as another may have one of that name.

    ``asker`` leaves what this person asked alone; ``before`` leaves what was asked before then.
    """

    platform: str
    workspace: str
    conversation: str
    asker: str | None = None
    before: datetime | None = None


def at(place: Place, conversation: str) -> Earlier:
    """Mean all turns of a conversation that is held in a place's workspace."""
    return Earlier(platform=place.platform, workspace=place.workspace, conversation=conversation)


def first_asked(question: Question) -> Earlier | None:
    """Mean what its asker had asked in the other conversation, before they asked this there; None without one.

    What others say there, and what was said since, was not in front of them.
    """
    if question.follows is None or question.first_asked_at is None:
        return None
    there = at(question.place, question.follows)
    return replace(there, asker=question.asker.id, before=question.first_asked_at)


def thread_of(question: Question) -> str | None:
    """Give the thread in which a question was asked; none where that begins with it, as it then stands in the channel.

    What is said in another thread may be for fewer people than read the channel.
    """
    thread = question.place.thread
    return None if thread is None or question.id.endswith(f":{thread}") else thread


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTurn:
    """An earlier question and its answer in plain words, and the documents that the answer rests on.

    ``private_to`` is the one person to whom the place was private in which it was asked.
    """

    question: str
    answer: str
    verdict: Verdict
    documents: frozenset[str] = frozenset()
    private_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A turn, where it was, and what its answer cites."""

    turn: Turn
    platform: str
    workspace: str
    conversation: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """A question that was answered, however it ended: what is kept of it.

    ``text`` is the answer in plain words, as it was shown. ``citations`` are the lines of the citation table that the
    text really used, in order of their first use. ``documents`` are all that were in front of whoever wrote it, cited
    or not: who may not read one of them is not shown it. ``prompt`` is ``id@version``, None where no model was asked.
    """

    answer: AnswerId
    question: Question
    text: str
    verdict: Verdict
    citations: tuple[Citation, ...] = ()
    documents: frozenset[str] = frozenset()
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    prompt: str | None = None
    took_ms: int = 0
    verification: Verification | None = None


class Turns(Protocol):
    """Keeps turns; ``bot.turns.Turns`` does so in SQL."""

    async def recent(self, earlier: Earlier, limit: int, /) -> Sequence[PastTurn]:
        """Give the newest of these turns, at most ``limit``, oldest first."""
        ...

    async def record(self, turn: NewTurn, /) -> None:
        """Keep a turn, once: recording the same answer again changes nothing."""
        ...
