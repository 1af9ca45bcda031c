"""What people see in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.slack.records import Message
from tests.doubles.slack.world import World

if TYPE_CHECKING:
    from tests.doubles.slack.records import Channel, User, View


class Seeing(World):
    """Messages are live: what the app changes later changes in them."""

    def thread(self, channel: Channel, root: Message | str) -> list[Message]:
        """A thread's root and replies, oldest first, as everybody in the channel sees them."""
        return channel.thread(root.root if isinstance(root, Message) else root)

    def answers(self, channel: Channel, root: Message | str) -> list[Message]:
        """What the app said in a thread, oldest first."""
        return [one for one in self.thread(channel, root) if one.bot]

    def seen(self, channel: Channel) -> list[Message]:
        """All that stands in a channel, replies included, oldest first."""
        return list(channel.messages.values())

    def whispered(self, user: User, channel: Channel | None = None) -> list[Message]:
        """What only this person saw, in a channel or anywhere."""
        channels = [channel] if channel else list(self.state.channels.values())
        return [one for each in channels for one in each.ephemeral if one.seen_by == user.id]

    def modal(self, user: User) -> View | None:
        """The form that is open to somebody; ``view.view`` is what the app gave, with its ``errors`` if it has any."""
        return next((one for one in self.state.views.values() if one.user == user.id and one.kind == "modal"), None)

    def app_home(self, user: User) -> View | None:
        return next((one for one in self.state.views.values() if one.user == user.id and one.kind == "home"), None)

    def session(self, channel: Channel, root: Message | str) -> str | None:
        """The agent session's status: processing (with a stop button), active, suspended or closed."""
        ts = root.root if isinstance(root, Message) else root
        found = self.state.sessions.get((channel.id, ts))
        return found.status if found else None

    def status(self, channel: Channel, root: Message | str) -> str | None:
        """What the assistant says that it is doing; it goes away after two minutes, and when something is posted."""
        found = self.state.status(channel.id, root.root if isinstance(root, Message) else root)
        return found["status"] if found else None

    def prompts(self, channel: Channel, thread: str | None = None) -> list[dict[str, Any]]:
        """The suggested prompts of a direct message, as ``{title, message}``."""
        found: list[dict[str, Any]] = self.state.prompts.get((channel.id, thread), {}).get("prompts", [])
        return found
