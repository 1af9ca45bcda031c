from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.base import Audience, Person, Place
from bot.belonging import Belonging, Team, mismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

PLACE = Place(platform="slack", workspace="slack:T1", channel="C1")
MEMBER = frozenset({"public", "slack:T1", "slack:T1:channel:C1"})


class Room:
    """A platform of which only the audience is asked."""

    name = "slack"
    anywhere = True
    routes: Sequence[BaseRoute] = ()

    def __init__(self, everyone: frozenset[str], asker: frozenset[str]) -> None:
        self._found = Audience(everyone=everyone, asker=asker)

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        assert (place, asker.id) == (PLACE, "U1")
        return self._found


async def held(team: Team, everyone: frozenset[str], asker: frozenset[str] = frozenset()) -> Audience:
    room = Belonging(Room(everyone, asker), team)  # type: ignore[arg-type] # the rest is not asked
    return await room.audience(PLACE, Person(id="U1", name="Una"))


async def test_where_nobody_named_the_team_the_workspace_is_it() -> None:
    team = Team(team="terminal:local", named=False)
    team.known("slack:T1")
    found = await held(team, MEMBER, MEMBER | {"slack:T1:person:U1"})
    assert found.everyone == MEMBER | {"terminal:local"}
    assert found.asker == MEMBER | {"slack:T1:person:U1", "terminal:local"}


@pytest.mark.parametrize(
    ("named", "known", "everyone"),
    [
        (True, "slack:T1", MEMBER),
        (False, None, MEMBER),
        (False, "slack:T2", MEMBER),
        (False, "slack:T1", frozenset({"public"})),
        (False, "slack:T1", frozenset({"slack:T1:channel:C1"})),
        (False, "slack:T1", frozenset[str]()),
    ],
)
async def test_nobody_else_belongs_to_the_team(*, named: bool, known: str | None, everyone: frozenset[str]) -> None:
    team = Team(team="terminal:local", named=named)
    if known:
        team.known(known)
    assert (await held(team, everyone)).everyone == everyone


def test_a_team_of_another_name_is_told_with_the_line_to_set() -> None:
    assert mismatch("slack:T1", "slack:T1", named=True) is None
    assert mismatch("terminal:local", "slack:T1", named=False) is None
    assert "Set FOOTNOTE_TEAM=slack:T1," in (mismatch("terminal:local", "slack:T1", named=True) or "")


async def test_the_workspace_is_looked_for_until_it_is_known() -> None:
    team, found = Team(team="terminal:local", named=False), [None, "slack:T1", "slack:T2"]

    async def find() -> str | None:
        return found.pop(0)

    room = Belonging(Room(MEMBER, MEMBER), team, find)  # type: ignore[arg-type] # the rest is not asked
    person = Person(id="U1", name="Una")
    assert (await room.audience(PLACE, person)).everyone == MEMBER
    assert (await room.audience(PLACE, person)).everyone == MEMBER | {"terminal:local"}
    assert (await room.audience(PLACE, person)).everyone == MEMBER | {"terminal:local"}
    assert found == ["slack:T2"]
