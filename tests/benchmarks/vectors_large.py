"""The same as ``vectors`` at a million, with the parameters that are chosen: ``make bench-large``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks import vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.figures import Figure


def figures() -> Sequence[Figure]:
    """Takes ten minutes or more, 8 GB in the temporary folder and 8 GB of memory."""
    return vectors.figures(1_000_000, (vectors.CHOSEN,), (100, 200, 400))
