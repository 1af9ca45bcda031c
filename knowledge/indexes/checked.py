"""Indexes that can say how they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from knowledge.base import Finding, VectorSpec


@runtime_checkable
class Checks(Protocol):
    """An index on a server, with something to look at."""

    def check(self, spec: VectorSpec, /) -> AsyncGenerator[Finding]:
        """Look at all that these vectors need; the index need not be prepared. Raises KnowledgeError."""
        ...
