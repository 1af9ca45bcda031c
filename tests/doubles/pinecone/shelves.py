"""The records of an index: what was written, and what of it can be seen yet."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    id: str
    values: npt.NDArray[np.float32]
    metadata: Mapping[str, Any]


Namespaces: TypeAlias = "dict[str, dict[str, Record]]"
Write: TypeAlias = "Callable[[Namespaces], None]"


@dataclass(slots=True, kw_only=True)
class Shelves:
    """A write can be seen once so many requests (``lag``) came after it, in the order of writing."""

    lag: int = 0
    written: Namespaces = field(default_factory=dict)
    seen: Namespaces = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    """The log position of the last write, by namespace."""
    reconciled: dict[str, int] = field(default_factory=dict)
    """That of the last one that can be seen."""
    _requests: int = 0
    _coming: deque[tuple[int, str, int, Write]] = field(default_factory=deque)

    def request(self) -> None:
        """Note that a request came, and show what it may see."""
        self._requests += 1
        while self._coming and self._coming[0][0] < self._requests:
            self._show()

    def write(self, namespace: str, write: Write) -> int:
        """Take a write in; give its log position."""
        write(self.written)
        position = self.positions[namespace] = self.positions.get(namespace, 0) + 1
        self._coming.append((self._requests + self.lag, namespace, position, write))
        return position

    def catch_up(self) -> None:
        """Show everything."""
        while self._coming:
            self._show()

    def _show(self) -> None:
        _, namespace, position, write = self._coming.popleft()
        write(self.seen)
        self.reconciled[namespace] = position


def upserted(namespace: str, records: Mapping[str, Record]) -> Write:
    def write(namespaces: Namespaces) -> None:
        namespaces.setdefault(namespace, {}).update(records)

    return write


def removed(namespace: str, meant: Callable[[Record], bool]) -> Write:
    def write(namespaces: Namespaces) -> None:
        held = namespaces.get(namespace, {})
        for name in [name for name, record in held.items() if meant(record)]:
            del held[name]

    return write


def dropped(namespace: str) -> Write:
    def write(namespaces: Namespaces) -> None:
        namespaces.pop(namespace, None)

    return write
