"""What goes wrong at Discord's double, with which requests and how often."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

Fault: TypeAlias = Literal[
    "429",
    "429 hidden",
    "429 global",
    "429 banned",
    "429 by its body",
    "429 by its header",
    "500",
    "502",
    "503",
    "504",
    "dropped before",
    "dropped after",
    "slow",
    "slow after",
    "garbage",
]
"""A 429 with the headers of its bucket; one that nothing announced; one of all buckets; one without ``Via``, as the
proxy in front of Discord gives it to whoever is banned; two as other servers give them, which say in one place alone
how long to wait; a server that is out of order, and did nothing; no answer and
no connection, before or after the request was carried out; the request, or its answer, held back until ``recover``;
an answer that is no JSON."""


@dataclass(slots=True, kw_only=True)
class Plan:
    fault: Fault
    method: str
    path: str
    after: int
    times: int | None
    retry_after: float

    def concerns(self, method: str, path: str) -> bool:
        return self.times != 0 and self.method in ("*", method) and fnmatchcase(path, self.path)


@dataclass(slots=True)
class Faults:
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _plans: list[Plan] = field(default_factory=list)

    def plan(self, plan: Plan) -> None:
        if plan.fault.startswith("slow"):
            self.released.clear()
        self._plans.append(plan)

    def recover(self) -> None:
        self._plans.clear()
        self.released.set()

    def met(self, method: str, path: str) -> Plan | None:
        for plan in self._plans:
            if not plan.concerns(method, path):
                continue
            if plan.after:
                plan.after -= 1
                return None
            if plan.times is not None:
                plan.times -= 1
            return plan
        return None
