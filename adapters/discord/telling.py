"""What people are told at once of what becomes of what they wrote: by a mark, a sentence, or the answer to a click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.discord.errors import DiscordError, Refused
from adapters.discord.payload import EPHEMERAL, ident

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.discord.connection import Connection
    from adapters.discord.events import Ticket

FAILED: Final = "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}"
_QUIET: Final = 1 << 2
_SOON: Final = 2.5
_WITHIN: Final = 10.0
_CALLBACK: Final = "/interactions/{webhook_id}/{webhook_token}/callback"
"""Named as a webhook's, so that each has limits of its own: discord.py lets one call of a limit pass at a time."""
ANSWERED: Final = 40060
"""Discord's code for an interaction that was answered: by the try before, whose own answer was lost."""
_LATER, _LATER_EDITED = 5, 6
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Tells by one connection. Nothing depends on it, so none of it raises."""

    connection: Connection

    async def mark(self, message: object, emoji: str = FAILED) -> None:
        """Put a mark on a message."""
        await self._quietly(
            "PUT",
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me",
            channel_id=ident(message, "channel_id"),
            message_id=ident(message, "id"),
            emoji=emoji,
        )

    async def reply(self, message: object, told: str) -> None:
        """Say a sentence below a message, which calls nobody."""
        sent: Mapping[str, object] = {
            "content": told,
            "flags": _QUIET,
            "allowed_mentions": {"parse": []},
            "message_reference": {"message_id": ident(message, "id"), "fail_if_not_exists": False},
            "nonce": ident(message, "id"),
            "enforce_nonce": True,
        }
        channel = ident(message, "channel_id")
        await self._quietly("POST", "/channels/{channel_id}/messages", json=sent, channel_id=channel)

    async def later(self, ticket: Ticket) -> None:
        """Say that an interaction will be answered: by a message of its own, which its person alone sees or all do."""
        data = {"flags": EPHEMERAL if ticket.private else 0}
        await self._answer(ticket, {"type": _LATER, "data": data})

    async def unchanged(self, ticket: Ticket) -> None:
        """Say that a button was heard, and that nothing is to be seen of that here."""
        await self._answer(ticket, {"type": _LATER_EDITED})

    async def _answer(self, ticket: Ticket, sent: Mapping[str, object]) -> None:
        await self._quietly(
            "POST", _CALLBACK, within=_SOON, json=sent, webhook_id=ticket.id, webhook_token=ticket.token
        )

    async def _quietly(self, method: str, path: str, *, within: float = _WITHIN, **given: Any) -> None:  # noqa: ANN401
        try:
            await (await self.connection.calls()).ask(method, path, within=within, **given)
        except Refused as error:
            if error.code == ANSWERED:
                _log.info("an interaction was answered already")
            else:
                _log.warning("not told", what=f"{method} {path}", code=error.code)
        except DiscordError as error:
            _log.warning("not told", why=error.told)
