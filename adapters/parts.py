"""The parts of an answer, as an engine gives them and an adapter shows them: status, sources, text, and an ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.markup import Block

AnswerId: TypeAlias = str

Verdict: TypeAlias = Literal["answered", "unknown", "told", "stopped", "cut", "failed", "offered", "paused", "limited"]
"""How an answer ended.

answered: with at least one citation · unknown: abstained · told: small talk or help, nothing claimed · stopped: by a
person · cut: the model's stream broke after verified text was shown · failed: an error, told with a reference ·
offered: no answer yet; the question is old, and its asker is asked whether it is still wanted (``Wanted`` says yes) ·
paused: no answer yet; an operator paused the bot here · limited: no answer, since this person asked too often. Without
text, the last two were said here before, so a mark is enough.
"""

_RELIABLE: Final = 0.7
"""Confidence above which an answer is valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One numbered line of the source list: the only place that a link in an answer may come from.

    ``quote`` is verbatim from the passage; ``document`` is the knowledge's id of the document; ``section`` is its
    heading path, outermost first; ``dated`` is when the document was last changed, where that is known. ``stale_days``
    says how many days ago that was, where that makes it old; ``newer`` is the title of a newer edition that was found.
    ``said`` marks what was said, or attached, where the question was asked: it is none of the knowledge's documents.
    """

    number: int
    title: str
    url: str | None
    quote: str
    document: str
    section: tuple[str, ...] = ()
    publisher: str | None = None
    year: int | None = None
    dated: datetime | None = None
    stale_days: int | None = None
    newer: str | None = None
    said: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Progress: what the bot is doing now; ``sources`` is how many passages it reads."""

    doing: Literal["searching", "reading", "writing"]
    sources: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The citation table, complete before the first text that cites from it.

    It comes again, before the text that needs it, where sources are used in another order than they stood in: what a
    text cites stays what it is, and what none has cited yet has another number.
    """

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One checked unit: a sentence, list item, table row or whole code block.

    ``continues`` says that it belongs to the block before it: the next sentence of the same paragraph, the next item
    of the same list, the next row of the same table. ``adapters.markup.joined`` puts units together.
    """

    block: Block
    continues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a model call used, in tokens; ``estimated`` where the server did not say."""

    prompt_tokens: int = 0
    answer_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """How a model's draft stood up to its sources: what was found in it, and what was shown of it.

    ``found`` counts the citations that it wrote, ``valid_citations`` those of them that bear out their sentence;
    ``contradictions`` its sentences whose words a passage that they cite holds, but with another number, date or name,
    or denied; ``dropped`` what was left out of the answer, these among it. ``confidence`` is from 0 to 1: the mean
    likelihood that what is shown is supported, in which each contradiction counts as a sentence of 0.
    """

    found: int = 0
    valid_citations: int = 0
    contradictions: int = 0
    dropped: int = 0
    confidence: float = 0.0

    @property
    def valid(self) -> bool:
        """Whether the answer may be relied on: its confidence is over 0.7."""
        return self.confidence > _RELIABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The last part of every reply.

    ``answer`` is what ratings refer to. ``cited`` are the numbers that the text really used, in order of their first
    use. ``reference`` is what a person quotes to an operator after an error: the question's correlation id.
    ``told`` is a refusal that came without text, in words for its asker alone.
    ``verification`` says how the model's draft was borne out; None where there was none.
    """

    answer: AnswerId
    verdict: Verdict
    cited: tuple[int, ...] = ()
    usage: Usage = Usage()
    model: str | None = None
    took_ms: int = 0
    reference: str | None = None
    verification: Verification | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateOffer:
    """There is an answer that the asker may read and not everybody here: whether it is wanted in private.

    It is for the asker's eyes alone; where a platform cannot show something to one person only, it shows nothing of
    it, not even that it came. Accepting it is ``WantedPrivately``.
    """


Part: TypeAlias = Status | Sources | Text | PrivateOffer | Ending
