"""That the bar for work that grows too fast can be failed."""

from __future__ import annotations

import pytest

from tests.doubles.scaling import QUADRATIC, slowdown


@pytest.mark.parametrize("size", [30, 100])
def test_quadratic_work_is_told_however_small_it_begins(size: int) -> None:
    assert slowdown(lambda count: sum(1 for _ in range(count) for _ in range(count)), size) >= QUADRATIC


@pytest.mark.parametrize("size", [30, 3_000, 100_000])
def test_linear_work_is_not(size: int) -> None:
    assert slowdown(lambda count: sum(range(count)), size) < QUADRATIC
