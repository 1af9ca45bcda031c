"""The same as ``search`` at a million chunks, where the embedded default is past its size: ``make bench-large``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.figures import Figure


def figures() -> Sequence[Figure]:
    """Takes ten minutes to half an hour, 6 GB in the temporary folder and 2 GB of memory."""
    return search.figures((1_000_000,))
