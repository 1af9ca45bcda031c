"""Payloads of Discord's with holes and junk in them, the same at each run."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.doubles.discord_payloads import ALL, ANN, CHANNEL, GUILD, ME, MESSAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 3, 2**80, 1.5, "", " ", "0", "-5", "9" * 40, "\ud800", "\0", "a" * 5_000),
    *(ME, ANN, CHANNEL, GUILD, MESSAGE, f"<@{ME}>", "<t:99999999999999:R>", [], {}, [None], {"id": None}, [[[[[]]]]]),
    *(
        {"id": "1"},
        "f:stop:x",
        "f:quotes:" + "a" * 96,
        [{"custom_id": "why", "values": [{}]}],
        {"components": [{"type": 4}]},
    ),
)


def spoiled(count: int) -> Iterator[tuple[str, Any]]:
    """Give events with about one value in twelve replaced by junk, and one in 25 left out."""
    chance = random.Random(9)  # noqa: S311 -- nothing secret is drawn
    for _ in range(count):
        event, given = chance.choice(ALL)
        yield event, _spoiled(given, chance)


def _spoiled(given: object, chance: random.Random) -> object:
    if chance.random() < 1 / 12:
        return chance.choice(_VALUES)
    if isinstance(given, dict):
        return {name: _spoiled(inner, chance) for name, inner in given.items() if chance.random() > 1 / 25}
    if isinstance(given, list):
        return [_spoiled(inner, chance) for inner in given]
    return given
