"""A payload of Slack's, from either transport, as an event, or a drop with its reason. Pure; never raises.

A mention comes as two events; both have the id of their message, so one question is asked. Who sent the payload was
checked before: this looks only at what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.acting import command, interaction
from adapters.slack.events import Dropped, Where
from adapters.slack.happening import event
from adapters.slack.payload import at, ident, items, text

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.slack.events import Read


def read(payload: object, me: str, now: datetime) -> Read:
    """Read one payload: an event's envelope, a command's fields, or an interaction.

    ``me`` is the bot's user id in the workspace; an envelope that names it itself is believed. ``now`` is when a
    command or a form came, which they do not say.
    """
    if text(payload, "type") == "event_callback":
        where = Where(team=ident(payload, "team_id"), me=_me(payload, me), enterprise=ident(payload, "enterprise_id"))
        return event(at(payload, "event"), where) if where.team else Dropped(why="from no workspace")
    if text(payload, "command"):
        where = Where(team=ident(payload, "team_id"), me=me)
        return command(payload, where, now) if where.team else Dropped(why="from no workspace")
    where = Where(team=_team(payload), me=me, enterprise=ident(payload, "enterprise", "id"))
    return interaction(payload, where, now) if where.team else Dropped(why="from no workspace")


def _me(payload: object, me: str) -> str:
    bots = [ident(one, "user_id") for one in items(payload, "authorizations") if at(one, "is_bot") is True]
    return next((bot for bot in bots if bot), me)


def _team(payload: object) -> str:
    return ident(payload, "team", "id") or ident(payload, "user", "team_id")
