"""A payload of Slack's, from either transport, as an event, or a drop with its reason. Pure; never raises.

A mention comes as two events; both have the id of their message, so one question is asked. Who sent the payload was
checked before: this looks only at what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.payload import at, items, text
from adapters.slack.acting import command, interaction
from adapters.slack.events import Dropped, Where
from adapters.slack.happening import event
from adapters.slack.payload import ident

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.slack.events import Read


_NAMED: Final = (
    ("context_team_id",),
    ("view", "app_installed_team_id"),
    ("team_id",),
    ("team", "id"),
    ("event", "team"),
    ("user", "team_id"),
)
"""Where a payload names a workspace, from the surest on: in a shared channel all but the first may be others'."""


def read(payload: object, me: str, now: datetime, *, team: str = "") -> Read:
    """Read one payload: an event's envelope, a command's fields, or an interaction.

    ``me`` is the bot's user id in the workspace, where it is known; else an envelope that names it is believed. ``now``
    is when a command or a form came, which they do not say. ``team`` is the workspace, where that is known better than
    by the first that the payload names.
    """
    known = team or next(iter(teams(payload)), "")
    where = Where(team=known, me=me or named(payload), enterprise=_enterprise(payload))
    if not known:
        return Dropped(why="from no workspace")
    if text(payload, "type") == "event_callback":
        return event(at(payload, "event"), where)
    if text(payload, "command"):
        return command(payload, where, now)
    return interaction(payload, where, now)


def teams(payload: object) -> Sequence[str]:
    """Give the workspaces that a payload may be for, the likeliest first: an installation that is to see it."""
    authorized = [ident(one, "team_id") for one in items(payload, "authorizations")]
    found = [*authorized, *(ident(payload, *path) for path in _NAMED)]
    return tuple(dict.fromkeys(one for one in found if one))


def named(payload: object) -> str:
    """Give the bot's user id as an envelope names it."""
    bots = [ident(one, "user_id") for one in items(payload, "authorizations") if at(one, "is_bot") is True]
    return next((bot for bot in bots if bot), "")


def _enterprise(payload: object) -> str:
    found = [ident(one, "enterprise_id") for one in items(payload, "authorizations")]
    found += [ident(payload, "enterprise_id"), ident(payload, "enterprise", "id")]
    return next((one for one in found if one), "")
