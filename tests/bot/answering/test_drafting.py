from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from adapters.plain import block_text
from bot.answering.checking import Checker
from bot.answering.drafting import Drafting
from bot.answering.evidence import evidence
from bot.models.base import Finished, Numbered

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.answering.checking import Checked, Tally
    from bot.models.base import Delta
    from bot.reading.units import Unit

KEYS = Numbered(number=1, title="Keys", heading=(), text="An API key is rotated every 90 days.")


class Stumbling(Checker):
    """A checker that cannot read one of the units."""

    def check(self, unit: Unit, tally: Tally | None = None) -> Checked | None:
        if "unreadable" in unit.text:
            raise ValueError
        return super().check(unit, tally)


async def stream(text: str) -> AsyncGenerator[Delta]:
    yield text
    yield Finished(reason="stop", prompt_tokens=1, answer_tokens=1, estimated=True)


async def test_a_unit_that_cannot_be_checked_is_left_out_alone() -> None:
    draft = Drafting(
        stream=stream("An unreadable key is rotated every 90 days [1].\n\nAn API key is rotated every 90 days [1]."),
        checker=Stumbling(question="How often?", table={1: evidence(KEYS)}),
        canary="9642c1c7fcdd4f45",
        unanswered="The documents do not say.",
    )
    with capture_logs() as logged:
        shown = [block_text(part.block) async for part in draft.parts(asyncio.Event())]
    assert shown == ["An API key is rotated every 90 days [1]."]
    assert (draft.tally.dropped, draft.tally.sentences) == (1, 1)
    assert [(line["log_level"], line["why"]) for line in logged] == [("warning", "ValueError")]
