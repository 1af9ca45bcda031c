"""A checker that obeys no document: what one orders to be said is not what it says. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answering.checking import Checker
from bot.answering.evidence import evidence
from bot.reading.orders import orders, spoken_of, without_orders

if TYPE_CHECKING:
    from bot.answering.checking import Checked, Checks, Tally
    from bot.models.base import Numbered
    from bot.reading.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Heedless:
    """Checks each unit against what the passages assert; ``ordering`` are those with orders to say something."""

    checker: Checker
    ordering: tuple[Numbered, ...]

    def check(self, unit: Unit, tally: Tally | None = None) -> Checked | None:
        """Give what of a unit may be shown; None where nothing may."""
        spoken = spoken_of(unit.text)
        sober = {one.number: evidence(_sober(one, spoken)) for one in self.ordering}
        return replace(self.checker, table={**self.checker.table, **sober}).check(unit, tally)


def heedless(question: str, passages: tuple[Numbered, ...]) -> Checks:
    """Make a checker for numbered passages; ``question`` may be repeated without support."""
    checker = Checker(question=question, table={one.number: evidence(one) for one in passages})
    ordering = tuple(one for one in passages if orders("\n".join((one.title, *one.heading, one.text))))
    return Heedless(checker=checker, ordering=ordering) if ordering else checker


def _sober(passage: Numbered, spoken: frozenset[str]) -> Numbered:
    return replace(
        passage,
        title=without_orders(passage.title, spoken),
        heading=tuple(without_orders(heading, spoken) for heading in passage.heading),
        text=without_orders(passage.text, spoken),
    )
