from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.errors import BadSettings
from bot.money.base import DOLLAR, Payer
from bot.money.limits import Limit
from bot.plans import Plans
from bot.policy import MoneySettings, NamedPlan, NamedWorkspace
from tests.contracts.ledger import PAYER

OTHER = replace(PAYER, workspace="slack:T2")


def mistakes(*, money: MoneySettings | None = None, plans: object = (), workspaces: object = ()) -> str:
    with pytest.raises(BadSettings) as caught:
        Plans(money or MoneySettings(), plans, workspaces)  # type: ignore[arg-type]  # tuples of the tests below
    return caught.value.told


def test_without_settings_a_person_has_five_dollars_a_day_and_everyone_a_hundred() -> None:
    limits = Plans(MoneySettings()).limits(PAYER)
    assert limits.person == Limit(holder="person", name=PAYER.person, micros=5 * DOLLAR)
    assert limits.workspace == Limit(holder="workspace", name=PAYER.workspace)
    assert limits.everyone == Limit(holder="everyone", micros=100 * DOLLAR)
    assert not limits.small_only


def test_a_workspace_has_the_plan_that_its_table_names_and_others_the_usual_one() -> None:
    plans = Plans(MoneySettings(plan="pro"), (), (NamedWorkspace(id="slack:T1", plan="free"),))
    free, pro = plans.limits(PAYER), plans.limits(OTHER)
    assert (free.workspace.questions, free.small_only) == (100, True)
    assert (pro.workspace.questions, pro.small_only) == (5_000, False)


def test_a_plan_may_have_dollars_and_replaces_a_shipped_one_of_its_name() -> None:
    team = NamedPlan(name="pro", questions=7, dollars=Decimal("0.25"))
    limits = Plans(MoneySettings(plan="pro"), (team,)).limits(PAYER)
    assert (limits.workspace.micros, limits.workspace.questions) == (250_000, 7)


def test_a_person_in_two_workspaces_shares_what_everyone_shares() -> None:
    plans = Plans(MoneySettings())
    assert plans.limits(PAYER).everyone == plans.limits(OTHER).everyone
    assert plans.limits(PAYER).workspace != plans.limits(OTHER).workspace


def test_a_plan_that_is_not_there_is_named_with_those_that_are() -> None:
    team = NamedPlan(name="team", questions=10)
    told = mistakes(
        money=MoneySettings(plan="por"), plans=(team,), workspaces=(NamedWorkspace(id="slack:T1", plan="teem"),)
    )
    assert told == (
        "[money] in footnote.toml names the plan por, which is not known; known are enterprise, free, pro and team. "
        "[[workspaces]] for slack:T1 in footnote.toml names the plan teem, which is not known; "
        "known are enterprise, free, pro and team."
    )


def test_two_tables_of_one_name_are_a_mistake() -> None:
    plan, workspace = NamedPlan(name="team"), NamedWorkspace(id="slack:T1", plan="pro")
    assert mistakes(plans=(plan, plan), workspaces=(workspace, workspace)) == (
        "Two tables [[plans]] in footnote.toml have the name team: leave one out. "
        "Two tables [[workspaces]] in footnote.toml have the id slack:T1: leave one out."
    )


def test_what_a_workspace_pays_by_itself_is_within_no_persons_day() -> None:
    limits = Plans(MoneySettings()).limits(Payer(person="slack:T1", workspace="slack:T1", channel="slack:T1"))
    assert limits.person == Limit(holder="person", name="slack:T1", micros=None)
    assert limits.everyone.micros == 100 * DOLLAR
