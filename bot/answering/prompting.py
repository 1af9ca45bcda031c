"""A question with its passages and history into a prompt, within the budgets. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Final

from adapters.addresses import unlinked
from bot.answering.ages import Age
from bot.models.base import Exchange, Numbered, Prompt
from knowledge.masking import masked
from knowledge.tokens import clipped, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.answering.linking import Links
    from bot.answering.prompt_files import PromptFile
    from bot.answering.turns import PastTurn
    from knowledge.base import Passage

CONTEXT: Final = 1_200
"""Tokens of passages."""
HISTORY: Final = 600
"""Tokens of earlier turns, and of what was said around a question beside what the knowledge says."""
OUTPUT: Final = 400
"""Tokens of the answer."""
SAID: Final = "around"
"""The source of a passage that was said where the question was asked."""
UNANSWERED: Final = "The passages do not answer this question."
"""What the model says, word for word, where they do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Random words of one prompt: its delimiters, and a canary that no answer may hold."""

    begin: str
    end: str
    canary: str


def numbered(passages: Iterable[Passage], ages: Sequence[Age] = (), *, room: int = CONTEXT) -> tuple[Numbered, ...]:
    """Number the passages from 1, within so many tokens: the last that does not fit is clipped, the rest left out.

    A secret is masked where a sync that did not know it has let it in.
    """
    given: list[Numbered] = []
    left = room
    for number, (passage, age) in enumerate(zip(passages, ages or repeat(Age()), strict=False), 1):
        text = clipped(masked(passage.text), left)
        if not text.strip():
            break
        left -= count(text)
        given.append(
            Numbered(
                number=number,
                title=masked(passage.title),
                heading=tuple(map(masked, passage.heading)),
                text=text,
                dated=_dated(passage),
                old=age.days is not None or age.newer is not None,
            )
        )
    return tuple(given)


def _dated(passage: Passage) -> str | None:
    """Give the day of a document, and of what was said the time too."""
    if passage.updated_at is not None:
        at = passage.updated_at
        return f"{at:%Y-%m-%d %H:%M} UTC" if passage.source == SAID else at.date().isoformat()
    return str(passage.year) if passage.year is not None else None


def spent(chosen: Iterable[Exchange]) -> int:
    """Count the tokens of earlier turns."""
    return sum(count(one.question) + count(one.answer) for one in chosen)


def exchanges(turns: Sequence[PastTurn], room: int = HISTORY) -> tuple[Exchange, ...]:
    """Choose the newest answered turns that fit the room, oldest first; a long answer is clipped to 200 tokens."""
    chosen: list[Exchange] = []
    left = room
    for turn in reversed(turns):
        if turn.verdict not in ("answered", "cut", "stopped") or not turn.answer:
            continue
        question, answer = (clipped(bare(text), HISTORY // 3) for text in (turn.question, turn.answer))
        exchange = Exchange(question=question, answer=answer)
        left -= count(exchange.question) + count(exchange.answer)
        if left < 0:
            break
        chosen.append(exchange)
    return tuple(reversed(chosen))


def bare(text: str) -> str:
    """Give what was said before without addresses and secrets."""
    return unlinked(masked(text))


def built(  # noqa: PLR0913 -- a prompt is made of all these, by name
    file: PromptFile,
    *,
    question: str,
    searched: str,
    passages: tuple[Numbered, ...],
    history: tuple[Exchange, ...],
    today: str,
    marks: Marks,
    links: Links,
) -> Prompt:
    """Fill the file in. ``question`` is what the person wrote; ``searched`` adds the question it follows on from.

    No address enters: ``links`` has names for those of the passages and the question.
    """
    passages = tuple(map(links.hidden_in, passages))
    system, user = file.filled(
        {
            "today": today,
            "begin": marks.begin,
            "end": marks.end,
            "canary": marks.canary,
            "unanswered": UNANSWERED,
            "passages": "\n\n".join(_shown(passage) for passage in passages),
            "question": links.hidden(masked(question)),
        }
    )
    return Prompt(
        version=file.name,
        system=system,
        history=history,
        user=user,
        question=links.hidden(masked(searched)),
        passages=passages,
        max_tokens=OUTPUT,
    )


def _shown(passage: Numbered) -> str:
    path = " > ".join((passage.title, *passage.heading))
    known = (f"dated {passage.dated}" if passage.dated else "", "old" if passage.old else "")
    dated = f" ({', '.join(filter(None, known))})" if any(known) else ""
    return f"[{passage.number}] {path}{dated}\n{passage.text.strip()}"
