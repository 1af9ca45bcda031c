"""What was written to a namespace and was not seen by a search yet. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from knowledge.base import Vectors
    from knowledge.indexes.pinecone.wire import Batch


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Put:
    """The last record of a batch, and its position in the namespace's log, where the service told it."""

    chunk: str
    edition: str
    vector: Vectors
    position: int | None

    def seen(self, found: Collection[str], reconciled: int | None) -> bool:
        """Say whether a search saw it, from what the search found and how far it says to have caught up."""
        if self.position is None or reconciled is None:
            return self.chunk in found
        return reconciled >= self.position


@dataclass(slots=True, kw_only=True)
class Pending:
    """Writes in order; a search that saw one position saw all before it, so the furthest stands for them."""

    editions: set[str] = field(default_factory=set)
    """Those that something was put of."""
    removed: set[str] = field(default_factory=set)
    cleared: bool = False
    _furthest: Put | None = None
    _unplaced: list[Put] = field(default_factory=list)

    @property
    def puts(self) -> Sequence[Put]:
        """Those to look for, the newest first."""
        furthest = () if self._furthest is None else (self._furthest,)
        return (*furthest, *reversed(self._unplaced))

    def put(self, batch: Batch, position: int | None) -> None:
        """Note a batch that was written."""
        put = Put(chunk=batch.chunk, edition=batch.edition, vector=batch.vector, position=position)
        if position is None:
            self._unplaced.append(put)
        elif self._furthest is None or position >= (self._furthest.position or 0):
            self._furthest = put
        self.editions |= batch.editions
        self.removed -= batch.editions

    def saw(self, put: Put) -> None:
        """Note that a search saw it."""
        if put is self._furthest:
            self._furthest = None
        elif put in self._unplaced:
            self._unplaced.remove(put)
        if not self.puts:
            self.editions.clear()
