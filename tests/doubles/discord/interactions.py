"""What people set going with the bot, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simcord.components import walk_components

from tests.doubles.discord.records import Message

if TYPE_CHECKING:
    from simcord.backend.models import Interaction as Record

    from tests.doubles.discord.records import Channel, Json, Person
    from tests.doubles.discord.world import World

_VALUED = frozenset({3, 4, 5, 6, 7, 8, 21, 22, 23})
"""Kinds of components that hold what a person gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """When the bot answered first, in seconds since 1970, and by which type of callback."""

    at: float
    type: int


@dataclass(slots=True, kw_only=True, eq=False)
class Asked:
    """An interaction. ``type`` is Discord's: 2 a command, 3 a button, 4 a suggestion wanted, 5 a form that was sent."""

    record: Record
    world: World
    person: Person
    channel: Channel
    payload: Json
    acknowledged: Acknowledged | None = None
    response: Json | None = None
    """The body of the callback that was accepted."""
    refused: list[int] = field(default_factory=list)
    """The codes of what the bot did with it in vain."""

    @property
    def id(self) -> str:
        return str(self.record.id)

    @property
    def token(self) -> str:
        return self.record.token

    @property
    def type(self) -> int:
        return int(self.record.type)

    @property
    def over(self) -> bool:
        """Whether its 15 minutes have passed."""
        return self.record.expires_at is not None and self.world.now_iso() >= self.record.expires_at

    @property
    def ephemeral(self) -> bool:
        """Whether what answers it is seen by its person alone."""
        return self.record.ephemeral

    @property
    def modal(self) -> Json | None:
        """The form that it opened."""
        return self.record.modal

    @property
    def choices(self) -> list[Json] | None:
        """What was suggested, as ``{name, value}``."""
        return self.record.autocomplete_choices

    @property
    def original(self) -> Message | None:
        """The message that answers it, also while it only says that the bot is thinking. None once it is deleted."""
        return self._message(self.record.message_id)

    @property
    def followups(self) -> list[Message]:
        found = [self._message(each) for each in self.record.followup_ids]
        return [each for each in found if each is not None]

    @property
    def fields(self) -> list[Json]:
        """What is asked for in the form that it opened, with ``custom_id``; a label joins its field as ``label``."""
        rows = (self.modal or {}).get("components", [])
        every = [(row.get("label"), each) for row in rows for each in walk_components([row])]
        return [{"label": label, **each} for label, each in every if each.get("type") in _VALUED]

    def answered(self, body: Any) -> None:  # noqa: ANN401 - what the bot sent
        self.acknowledged = Acknowledged(at=self.world.real.now(), type=body["type"])
        self.response = body

    def _message(self, found: int | None) -> Message | None:
        kept = self.world.messages.get(self.record.channel_id, {}).get(found or 0)
        return Message(kept=kept, world=self.world) if kept else None
