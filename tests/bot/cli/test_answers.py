from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.parts import Ending, Usage, Verification
from bot.cli.answers import Answer
from tests.doubles.adapters import AN_ANSWER, Stream, said

if TYPE_CHECKING:
    from adapters.parts import Part, Verdict


async def _noted(*parts: Part) -> tuple[Answer, list[Part]]:
    answer = Answer()
    return answer, [part async for part in answer.noting(Stream(*parts)())]


async def test_parts_pass_unchanged() -> None:
    _, passed = await _noted(*AN_ANSWER)
    assert passed == list(AN_ANSWER)


async def test_the_object_holds_the_text_and_the_citations_that_it_used() -> None:
    ending = Ending(
        answer="a1",
        verdict="answered",
        cited=(1,),
        model="gpt-4.1-mini",
        usage=Usage(prompt_tokens=30, answer_tokens=7, estimated=True),
        took_ms=12,
        verification=Verification(found=3, valid_citations=2, contradictions=1, dropped=1, confidence=0.71),
    )
    answer, _ = await _noted(*AN_ANSWER[:-1], ending)
    assert answer.as_object() == {
        "answer": "Set OPENAI_API_KEY.[1] Nothing else is needed.[1]",
        "verdict": "answered",
        "citations": [
            {
                "number": 1,
                "title": "Settings",
                "url": "https://docs.example/settings",
                "quote": "Set OPENAI_API_KEY to use a model.",
                "document": "docs/settings.md",
                "dated": "2026-11-21T12:00:00+00:00",
                "stale_days": None,
                "newer": None,
            }
        ],
        "model": "gpt-4.1-mini",
        "usage": {"prompt_tokens": 30, "answer_tokens": 7, "estimated": True},
        "took_ms": 12,
        "verification": {
            "valid": True,
            "confidence": 0.71,
            "citations_found": 3,
            "citations_valid": 2,
            "contradictions": 1,
            "dropped": 1,
        },
    }


@pytest.mark.parametrize(
    ("verdict", "code"), [("answered", 0), ("unknown", 0), ("told", 0), ("stopped", 1), ("cut", 1), ("failed", 1)]
)
async def test_the_exit_code_says_whether_it_was_answered(verdict: Verdict, code: int) -> None:
    answer, _ = await _noted(said("Well."), Ending(answer="a1", verdict=verdict))
    assert answer.exit_code == code


async def test_an_answer_without_an_ending_failed() -> None:
    answer, _ = await _noted(said("Well."))
    assert (answer.exit_code, answer.as_object()["verdict"]) == (1, "failed")


async def test_leaving_early_closes_the_stream() -> None:
    stream = Stream(*AN_ANSWER)
    parts = Answer().noting(stream())
    await anext(parts)
    await parts.aclose()
    assert stream.closed
