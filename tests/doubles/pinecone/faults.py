"""What goes wrong at a double of Pinecone, with which requests and how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection

Kind: TypeAlias = Literal[
    "upsert", "delete", "update", "query", "fetch", "fetch_by_metadata", "list", "stats", "namespaces", "namespace",
    "describe",
]  # fmt: skip
"""What a request wants. ``namespace`` creates, describes or deletes one, ``describe`` is the control plane's."""

Fault: TypeAlias = "int | Literal['slow', 'dropped', 'dropped after', 'garbage', 'gone']"
"""A status; no answer for ever; no answer and no connection, before or after the request was carried out; an answer
that is no JSON; and no server from then on."""


@dataclass(slots=True, kw_only=True)
class _Plan:
    fault: Fault
    kinds: frozenset[Kind] | None
    after: int
    times: int | None
    retry_after: str | None


@dataclass(slots=True)
class Faults:
    """Counts requests too, those that failed included."""

    requests: Counter[Kind] = field(default_factory=Counter)
    _plans: list[_Plan] = field(default_factory=list)

    def plan(
        self, fault: Fault, *kinds: Kind, after: int = 0, times: int | None = None, retry_after: str | None = None
    ) -> None:
        """Go wrong with the next requests of these kinds (or all), once ``after`` of them went well."""
        meant: Collection[Kind] = kinds
        self._plans.append(
            _Plan(fault=fault, kinds=frozenset(meant) or None, after=after, times=times, retry_after=retry_after)
        )

    def clear(self) -> None:
        self._plans.clear()

    def met(self, kind: Kind) -> tuple[Fault | None, str | None]:
        """Count a request, and say how it goes wrong, with which Retry-After."""
        self.requests[kind] += 1
        for plan in self._plans:
            if plan.times == 0 or (plan.kinds is not None and kind not in plan.kinds):
                continue
            if plan.after:
                plan.after -= 1
                return None, None
            if plan.times is not None:
                plan.times -= 1
            return plan.fault, plan.retry_after
        return None, None
