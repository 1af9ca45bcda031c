"""What the bot does in which channel, as an operator set it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.base import Place, Principal

Answers: TypeAlias = Literal["mention", "follow-up", "every question", "silent"]
"""What is answered without being asked for each time.

mention: what mentions the bot · follow-up: that, and what follows in a thread in which it answered · every question:
all that anybody says · silent: only mentions, and a refusal is a mark instead of words.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One channel's. ``files`` says whether files in a thread are read for the questions that are asked there."""

    answers: Answers = "follow-up"
    files: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Everywhere's, and those of single channels by their principals, such as ``slack:T1:channel:C1``."""

    everywhere: Policy = field(default_factory=Policy)
    channels: Mapping[Principal, Policy] = field(default_factory=dict)

    def at(self, place: Place) -> Policy:
        """Give the policy at a place."""
        return self.channels.get(f"{place.workspace}:channel:{place.channel}", self.everywhere)
