"""Tickets as they are kept: encrypted, with a key that is made of the bot's token."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from adapters.discord.events import Ticket
from adapters.sealing import Cipher, Unreadable, derived

if TYPE_CHECKING:
    from adapters.base import Principal

_PURPOSE: Final = "footnote: tickets of Discord's interactions"


class Kept(Protocol):
    """Where sealed tickets are kept, for all processes."""

    async def keep(self, question: str, sealed: str, workspace: Principal, until: float) -> None:
        """Keep one until then, in seconds since 1970; the same question has the same one."""
        ...

    async def of(self, question: str) -> str | None:
        """Give a question's, if it is still good."""
        ...

    async def forget(self, workspace: Principal) -> None:
        """Erase those of a workspace."""
        ...


class Sealed:
    """The tickets of one bot's questions; those that another token sealed are none."""

    def __init__(self, kept: Kept, token: str) -> None:
        """``token`` is the bot's: whoever has it needs no ticket to act for the bot."""
        self._kept = kept
        self._cipher = Cipher([derived(token, _PURPOSE)])

    async def keep(self, question: str, ticket: Ticket, workspace: Principal, /) -> None:
        """Keep a question's."""
        packed = json.dumps(asdict(ticket) | {"until": ticket.until.isoformat()})
        await self._kept.keep(question, self._cipher.encrypted(packed), workspace, ticket.until.timestamp())

    async def of(self, question: str, /) -> Ticket | None:
        """Give a question's, if it is still good and can be read."""
        sealed = await self._kept.of(question)
        if sealed is None:
            return None
        try:
            found = json.loads(self._cipher.decrypted(sealed))
            return Ticket(**found | {"until": datetime.fromisoformat(found["until"])})
        except (Unreadable, ValueError, TypeError, KeyError):
            return None

    async def forget(self, workspace: Principal, /) -> None:
        """Erase those of a guild."""
        await self._kept.forget(workspace)
