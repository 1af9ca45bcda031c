"""A payload of Discord's gateway as an event, or a drop with its reason. Pure; never raises.

Discord tells each thing once, and again after a connection was resumed: what is told twice has the same id, so one
question is asked. What a channel is stands in no message; whoever reads finds it out before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord import happening
from adapters.discord.acting import interaction
from adapters.discord.events import Arrived, Dropped, Left
from adapters.discord.happening import ours
from adapters.discord.payload import ident

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.discord.base import Spot
    from adapters.discord.events import Read, Where

SPOKEN: Final = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})
HEARD: Final = SPOKEN | {
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "INTERACTION_CREATE",
}
"""What is read of what the gateway tells, beside guilds that come and go."""


def read(event: str, payload: object, where: Where, now: datetime, spot: Spot | None = None) -> tuple[Read, ...]:
    """Read one event of the gateway; many messages may be deleted by one, so there may be several.

    ``spot`` is what the channel is in which something was said, where ``placed`` says that this matters. ``now`` is
    when it came, for what does not say so itself.
    """
    match event:
        case "MESSAGE_CREATE":
            return (happening.spoken(payload, where, spot),)
        case "MESSAGE_UPDATE":
            return (happening.changed(payload, where, spot, now),)
        case "MESSAGE_DELETE":
            return happening.deleted(payload, (ident(payload, "id"),))
        case "MESSAGE_DELETE_BULK":
            return happening.deleted(payload, happening.idents(payload, "ids"))
        case "MESSAGE_REACTION_ADD":
            return (happening.reaction(payload, where, now, added=True),)
        case "MESSAGE_REACTION_REMOVE":
            return (happening.reaction(payload, where, now, added=False),)
        case "INTERACTION_CREATE":
            return (interaction(payload, where, now),)
        case "GUILD_CREATE" if ident(payload, "id"):
            return (Arrived(workspace=f"discord:{ident(payload, 'id')}"),)
        case "GUILD_DELETE" if ident(payload, "id"):
            return (Left(workspace=f"discord:{ident(payload, 'id')}"),)
        case _:
            return (Dropped(why="no event of ours"),)


def idle(event: str, payload: object) -> str:
    """Say why an event is dropped, whoever the bot is and wherever it was said, where that is so."""
    if event not in SPOKEN:
        return ""
    return happening.unheard(payload) or (happening.wordless(payload) if event == "MESSAGE_UPDATE" else "")


def placed(event: str, payload: object, where: Where) -> tuple[str, str] | None:
    """Give the guild and the channel of which somebody has to say what it is, before an event can be read."""
    guild, channel = ident(payload, "guild_id"), ident(payload, "channel_id")
    if event not in SPOKEN or not (guild and channel) or ours(payload, where):
        return None
    return guild, channel
