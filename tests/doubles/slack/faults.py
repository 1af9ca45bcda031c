"""What goes wrong at Slack's double, with which methods and how often."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Fault: TypeAlias = Literal[
    "ratelimited",
    "error",
    "dropped before",
    "dropped after",
    "slow before",
    "slow after",
    "garbage",
    "invalid_auth",
    "unknown_method",
]
"""A 429; a 500; no answer and no connection, before or after the call was carried out; the call or its answer held back
until ``recover``; an answer that is no JSON; a token, or a method, that Slack says it does
not know."""


@dataclass(slots=True, kw_only=True)
class Plan:
    fault: Fault
    methods: frozenset[str]
    after: int
    times: int | None
    retry_after: int


@dataclass(slots=True)
class Faults:
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _plans: list[Plan] = field(default_factory=list)

    def plan(
        self, fault: Fault, *methods: str, after: int = 0, times: int | None = None, retry_after: int = 30
    ) -> None:
        """Go wrong with the next ``times`` calls of these methods (or all), once ``after`` of them went well."""
        if fault.startswith("slow"):
            self.released.clear()
        plan = Plan(fault=fault, methods=frozenset(methods), after=after, times=times, retry_after=retry_after)
        self._plans.append(plan)

    def recover(self) -> None:
        self._plans.clear()
        self.released.set()

    def met(self, method: str) -> Plan | None:
        for plan in self._plans:
            if plan.times == 0 or (plan.methods and method not in plan.methods):
                continue
            if plan.after:
                plan.after -= 1
                return None
            if plan.times is not None:
                plan.times -= 1
            return plan
        return None
