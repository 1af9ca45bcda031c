"""JSON that Slack never sends, and payloads of its own with holes and junk in them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.doubles.slack_payloads import ALL, ANN, ME, TS

if TYPE_CHECKING:
    from collections.abc import Callable

_values = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from([TS, ME, ANN])
)
junk = st.recursive(
    _values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def spoiled_payloads(draw: st.DrawFn) -> object:
    """Draw a payload with about one value in twelve replaced by junk, and one in 25 left out."""
    chance = random.Random(draw(st.integers(0, 1_000_000)))  # noqa: S311 -- nothing secret is drawn
    return _spoiled(draw(st.sampled_from(ALL)), chance.random, draw(junk))


def _spoiled(given: object, chance: Callable[[], float], junk: object) -> object:
    if chance() < 1 / 12:
        return junk
    if isinstance(given, dict):
        return {name: _spoiled(inner, chance, junk) for name, inner in given.items() if chance() > 1 / 25}
    if isinstance(given, list):
        return [_spoiled(inner, chance, junk) for inner in given]
    return given
