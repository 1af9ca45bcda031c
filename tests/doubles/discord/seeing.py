"""What people see in Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.discord.building import Building
from tests.doubles.discord.records import Channel, Message

if TYPE_CHECKING:
    from tests.doubles.discord.records import Person
    from tests.doubles.slack.clock import Clock


class Seeing(Building):
    """Messages are live: what the bot changes later changes in them."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self._gone: dict[str, Any] = {}

    def messages(self, channel: Channel | None) -> list[Message]:
        """All that everybody in a channel, thread or direct message sees, oldest first; of no channel, nothing."""
        return [one for one in self._all(channel) if not one.ephemeral]

    def answers(self, channel: Channel | None) -> list[Message]:
        """What the bot said there, oldest first."""
        return [one for one in self.messages(channel) if one.bot and one.type != _STARTER]

    def whispered(self, person: Person, channel: Channel | None = None) -> list[Message]:
        """What only this person saw, in a channel or anywhere."""
        everywhere = [Channel(id=str(one), world=self.world) for one in self.world.channels]
        found = [one for each in ([channel] if channel else everywhere) for one in self._all(each)]
        return [one for one in found if one.ephemeral and one.kept.visible_to(int(person.id))]

    def thread_of(self, message: Message) -> Channel | None:
        """The thread that was created from a message."""
        found = self.world.channels.get(message.kept.id)
        return (
            Channel(id=message.id, world=self.world) if found and found.parent_id == message.kept.channel_id else None
        )

    def threads(self, channel: Channel) -> list[Channel]:
        """A channel's threads, the oldest first."""
        ids = sorted(each.id for each in self.world.channels.values() if each.parent_id == int(channel.id))
        return [Channel(id=str(one), world=self.world) for one in ids]

    def typing(self, channel: Channel) -> int:
        """How often the bot said that it is typing there."""
        return len(self.world.typed[int(channel.id)])

    def message(self, found: str) -> Message:
        """The message with this id, wherever it stands."""
        for kept in self.world.messages.values():
            if int(found) in kept:
                return Message(kept=kept[int(found)], world=self.world)
        raise AssertionError(f"there is no message {found}")

    def _all(self, channel: Channel | None) -> list[Message]:
        kept = self.world.messages.get(int(channel.id), {}) if channel else {}
        return [Message(kept=one, world=self.world) for one in sorted(kept.values(), key=lambda one: one.id)]


_STARTER = 21
