"""A platform whose only workspace is the team that the knowledge belongs to, by whatever name that goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import structlog

from adapters.base import Adapter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from starlette.routing import BaseRoute

    from adapters.base import Audience, Desk, Journal, Notice, Person, Place, Principal, Question
    from adapters.messages import Said
    from adapters.parts import Part

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


class Belonging(Adapter):
    """An adapter with a wider audience; everything else is as it was."""

    def __init__(self, adapter: Adapter, team: Team) -> None:
        """Wrap a platform of one workspace."""
        self._adapter = adapter
        self._team = team
        self.name = adapter.name
        self.anywhere = adapter.anywhere

    @property
    def routes(self) -> Sequence[BaseRoute]:  # type: ignore[override] # it is read, never set
        """Give the platform's addresses."""
        return self._adapter.routes

    async def __aenter__(self) -> Self:
        """Open the platform."""
        await self._adapter.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close it."""
        await self._adapter.__aexit__(*exc)

    async def run(self, desk: Desk, /) -> None:
        """Take in."""
        await self._adapter.run(desk)

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show."""
        await self._adapter.reply(question, parts, journal)

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads, and that the workspace's people are the team's."""
        found = await self._adapter.audience(place, asker)
        return replace(found, everyone=self._team.widened(found.everyone), asker=self._team.widened(found.asker))

    async def around(self, question: Question, /) -> Sequence[Said]:
        """Give what was said there."""
        return await self._adapter.around(question)

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Show a notice."""
        await self._adapter.notify(place, notice)
