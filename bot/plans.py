"""Which limits a payer has, from the tables of ``footnote.toml``. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.errors import BadSettings
from bot.money.limits import Limit, Limits
from bot.policy import PLANS, micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.base import Principal
    from bot.money.base import Micros, Payer
    from bot.policy import MoneySettings, NamedPlan, NamedWorkspace


class Plans:
    """Gives each payer the limits of a day, and those of their workspace's plan for a month."""

    def __init__(
        self, money: MoneySettings, plans: Sequence[NamedPlan] = (), workspaces: Sequence[NamedWorkspace] = ()
    ) -> None:
        """Raises BadSettings, which names every mistake."""
        self._plans = {plan.name: plan for plan in (*PLANS, *plans)}
        if mistakes := list(_mistakes(money, plans, workspaces, known=self._plans)):
            raise BadSettings(" ".join(mistakes))
        self._usual = self._plans[money.plan]
        self._chosen = {one.id: self._plans[one.plan] for one in workspaces}
        self._person_day = micros(money.person_day)
        self._all_day = micros(money.all_day)

    def limits(self, payer: Payer) -> Limits:
        """Give the limits of a payer; that of a workspace is without limit where its plan names none."""
        plan = self._chosen.get(payer.workspace, self._usual)
        dollars = None if plan.dollars is None else micros(plan.dollars)
        return Limits(
            person=Limit(holder="person", name=payer.person, micros=self._day_of(payer.person)),
            workspace=Limit(holder="workspace", name=payer.workspace, micros=dollars, questions=plan.questions),
            everyone=Limit(holder="everyone", micros=self._all_day),
            small_only=plan.small_only,
        )

    def _day_of(self, person: Principal) -> Micros | None:
        """Give a person's limit of a day; what a workspace (``slack:T1``) pays by itself has none."""
        return None if person.count(":") == 1 else self._person_day


def _mistakes(
    money: MoneySettings, plans: Sequence[NamedPlan], workspaces: Sequence[NamedWorkspace], *, known: Iterable[str]
) -> Iterator[str]:
    for name in _twice(plan.name for plan in plans):
        yield f"Two tables [[plans]] in footnote.toml have the name {name}: leave one out."
    for name in _twice(one.id for one in workspaces):
        yield f"Two tables [[workspaces]] in footnote.toml have the id {name}: leave one out."
    used = {"[money]": money.plan} | {f"[[workspaces]] for {one.id}": one.plan for one in workspaces}
    for where, plan in used.items():
        if plan not in known:
            yield f"{where} in footnote.toml names the plan {plan}, which is not known; known are {_listed(known)}."


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _listed(names: Iterable[str]) -> str:
    *others, last = sorted(names)
    return f"{', '.join(others)} and {last}"
