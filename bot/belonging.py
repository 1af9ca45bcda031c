"""A platform whose only workspace is the team that the knowledge belongs to, by whatever name that goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from bot.wrapping import Wrapped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from adapters.base import Adapter, Audience, Person, Place, Principal

_log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Team:
    """The team that knowledge belongs to, and the workspace of a platform, once that is known.

    ``named`` says that an operator named the team; then it is what they named, and nobody else.
    """

    team: Principal
    named: bool
    workspace: Principal | None = None

    def known(self, workspace: Principal) -> None:
        """Note which workspace it is."""
        self.workspace = workspace
        if wrong := mismatch(self.team, workspace, named=self.named):
            _log.warning(wrong)

    def widened(self, held: frozenset[Principal]) -> frozenset[Principal]:
        """Let who belongs to the workspace belong to the team, where nobody said who the team is."""
        return held | {self.team} if not self.named and self.workspace in held else held


def mismatch(team: Principal, workspace: Principal, *, named: bool) -> str | None:
    """Say what to do where the people of a workspace read nothing of the team's; None where they do."""
    if team == workspace or not named:
        return None
    return (
        f"FOOTNOTE_TEAM is {team}, and the workspace is {workspace}, so its people read only what is public. "
        f"Set FOOTNOTE_TEAM={workspace}, then run footnote sync for your documents again."
    )


def strangers(team: Principal, workspaces: Collection[Principal], *, named: bool) -> str | None:
    """Say what to do where nobody of these workspaces reads what is the team's; None where somebody does."""
    if len(workspaces) == 1:
        return mismatch(team, next(iter(workspaces)), named=named)
    if named and team in workspaces:
        return None
    said = f"FOOTNOTE_TEAM is {team}, which is none of them" if named else "FOOTNOTE_TEAM does not say whose it is"
    return (
        f"The bot answers in {len(workspaces)} workspaces, and {said}, so everybody reads only what is public. Set "
        f"FOOTNOTE_TEAM={min(workspaces)}, or to another whose documents they are, then sync these again."
    )


class Belonging(Wrapped):
    """An adapter with a wider audience; everything else is as it was."""

    def __init__(
        self, adapter: Adapter, team: Team, find: Callable[[], Awaitable[Principal | None]] | None = None
    ) -> None:
        """Wrap a platform of one workspace; ``find`` is asked which that is, as long as nobody knows."""
        super().__init__(adapter)
        self._team = team
        self._find = find

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads, and that the workspace's people are the team's."""
        found = await self._adapter.audience(place, asker)
        if self._find is not None and self._team.workspace is None:
            workspace = await self._find()
            if workspace is not None and self._team.workspace is None:
                self._team.known(workspace)
        return replace(found, everyone=self._team.widened(found.everyone), asker=self._team.widened(found.asker))
