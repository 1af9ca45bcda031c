"""Whose something is: which workspace it is for, who the bot is there, and whether somebody belongs to it.

Servers name workspaces in more than one place, and not all of them in each: what is not said is found out.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from adapters.payload import items, text
from adapters.slack.errors import SlackError
from adapters.slack.payload import ident
from adapters.slack.read import named, teams

if TYPE_CHECKING:
    from adapters.slack.base import Facts
    from adapters.slack.workspaces import Workspaces

_KNOWING: Final = 1.0
"""Seconds for finding one of these out."""


async def team_of(payload: object, workspaces: Workspaces) -> str:
    """Give the workspace that something is for. Raises SlackError where nothing says so just now."""
    found = teams(payload)
    try:
        async with asyncio.timeout(_KNOWING):
            return await workspaces.which(found)
    except (SlackError, TimeoutError):
        if not found:
            raise SlackError("Which workspace this is for is not known just now.") from None
        return found[0]


async def bot_of(payload: object, team: str, workspaces: Workspaces) -> str:
    """Give who the bot is there: most envelopes say so themselves, and otherwise Slack may not answer just now."""
    known = workspaces.bot(team)
    if known or not team or named(payload):
        return known
    try:
        async with asyncio.timeout(_KNOWING):
            return (await workspaces.of(team)).bot
    except (SlackError, TimeoutError):
        return ""


async def outside(user: str, team: str, facts: Facts) -> bool:
    """Whether somebody with another workspace's name is not of this one; in an organisation the name says little."""
    try:
        async with asyncio.timeout(_KNOWING):
            return await facts.standing(team, user) in {"outsider", "unknown"}
    except (SlackError, TimeoutError):
        return True


async def by_stranger(payload: object, team: str, facts: Facts) -> bool:
    """Whether a button, a shortcut or a form was used by another company's."""
    home, user = ident(payload, "user", "team_id"), ident(payload, "user", "id")
    return bool(home and user) and home != team and await outside(user, team, facts)


def ours(payload: object, team: str, workspaces: Workspaces) -> bool:
    """Say whether the bot's own token is gone; those of others, and in other workspaces, may be revoked alone."""
    if team != next(iter(teams(payload)), ""):
        return False
    if text(payload, "event", "type") != "tokens_revoked":
        return True
    mine = workspaces.bot(team)
    return not mine or mine in items(payload, "event", "tokens", "bot")
