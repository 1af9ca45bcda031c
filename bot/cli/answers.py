"""What the parts of one reply come to: the object that ``footnote ask --json`` prints, and the exit code. Pure."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from adapters.markup import joined
from adapters.parts import Ending, Sources, Text
from adapters.plain import rendered
from adapters.sources import used

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.markup import Tree
    from adapters.parts import Citation, Part, Verification

_FINE = {"answered", "unknown", "told"}


class Answer:
    """Takes note of what passes through ``noting``."""

    def __init__(self) -> None:
        self._tree: Tree = ()
        self._citations: tuple[Citation, ...] = ()
        self._ending = Ending(answer="", verdict="failed")

    async def noting(self, parts: AsyncGenerator[Part]) -> AsyncGenerator[Part]:
        """Pass the parts on as they are."""
        async with aclosing(parts):
            async for part in parts:
                self._note(part)
                yield part

    @property
    def exit_code(self) -> int:
        """Give 1 where the answer failed or was cut, or never ended."""
        return 0 if self._ending.verdict in _FINE else 1

    @property
    def reference(self) -> str | None:
        """Give what leads to an error in the log, where the answer failed or was cut."""
        return self._ending.reference

    def as_object(self) -> dict[str, Any]:
        """Give the answer for programs, with the citations that its text used."""
        ending = self._ending
        return {
            "answer": rendered(self._tree),
            "verdict": ending.verdict,
            "citations": [_citation(citation) for citation in used(self._citations, ending.cited)],
            "model": ending.model,
            "usage": {
                "prompt_tokens": ending.usage.prompt_tokens,
                "answer_tokens": ending.usage.answer_tokens,
                "estimated": ending.usage.estimated,
            },
            "took_ms": ending.took_ms,
            "verification": _verification(ending.verification),
        }

    def _note(self, part: Part) -> None:
        match part:
            case Text():
                self._tree = joined(self._tree, part.block, continues=part.continues)
            case Sources():
                self._citations = part.citations
            case Ending():
                self._ending = part
            case _:
                pass


def _verification(record: Verification | None) -> dict[str, Any] | None:
    if record is None:
        return None
    return {
        "valid": record.valid,
        "confidence": record.confidence,
        "citations_found": record.found,
        "citations_valid": record.valid_citations,
        "contradictions": record.contradictions,
        "dropped": record.dropped,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "title": citation.title,
        "url": citation.url,
        "quote": citation.quote,
        "document": citation.document,
        "dated": citation.dated.isoformat() if citation.dated else None,
        "stale_days": citation.stale_days,
        "newer": citation.newer,
    }
