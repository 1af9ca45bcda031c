"""The sets of ``make bench ARGS=statements``: what passes there may only become less."""

from __future__ import annotations

import pytest

from tests.benchmarks.statements import SETS, TRUE, statements


@pytest.mark.parametrize(("name", "passed"), [("known", 13), ("second", 19), ("held_out", 19), ("answers", 66)])
def test_no_more_false_sentences_are_shown_than_before(name: str, passed: int) -> None:
    assert sum(one.shown for one in statements(name) if one.kind != TRUE) <= passed


@pytest.mark.parametrize(("name", "dropped"), [("known", 4), ("second", 8), ("held_out", 9), ("answers", 36)])
def test_no_more_true_paraphrases_are_dropped_than_before(name: str, dropped: int) -> None:
    assert sum(not one.shown for one in statements(name) if one.kind == TRUE) <= dropped


def test_there_are_as_many_sentences_as_the_manual_says() -> None:
    said = [one for name in SETS for one in statements(name)]
    assert len({(one.passage.text, one.text) for one in said}) == len(said)
    assert sum(one.kind != TRUE for one in said) == 438
    assert sum(one.kind == TRUE for one in said) == 440
