"""The budget of the campaigns that spend, what its tokens cost, and how a process tells what came of a question."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from bot.money.base import DOLLAR
from bot.money.limits import Limit, Limits

if TYPE_CHECKING:
    from bot.money.base import Payer

BUDGET: Final = 5 * DOLLAR
LEASE: Final = 1.5


def cost(prompt_tokens: int, answer_tokens: int) -> int:
    """Price tokens in micro-dollars: five cents a question at most."""
    return 4 * prompt_tokens + 40 * answer_tokens


def limits(payer: Payer) -> Limits:
    """Five dollars for everyone, and nothing else that is limited."""
    return Limits(
        person=Limit(holder="person", name=payer.person),
        workspace=Limit(holder="workspace", name=payer.workspace),
        everyone=Limit(holder="everyone", micros=BUDGET),
    )


def say(*words: object) -> None:
    """Tell whoever runs this process, on a line."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()
