"""simcord's Discord, mended where the real one is stricter or says more."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simcord._clock import Clock as Time
from simcord.backend import Backend, serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError
from simcord.backend.models import Message
from simcord.enums import ChannelType, MessageType

from tests.doubles.discord.records import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simcord.backend.models import Channel, Guild

    from tests.doubles.slack.clock import Clock

HAS_THREAD = 1 << 5
STARTER = 21
_NAME = 100
_PARENTS = (ChannelType.TEXT, ChannelType.NEWS, ChannelType.FORUM)
_OF_A_CHANNEL = ("MESSAGE_", "THREAD_", "TYPING_")


class _Time(Time):
    """simcord's time, as the double's clock has it."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)

    def advance(self, seconds: float) -> None:
        self._clock.move(seconds)


class World(Backend):
    """All that there is. ``history`` and ``nonces`` are of messages, by their ids."""

    def __init__(self, clock: Clock) -> None:
        self.real = clock
        self.history: dict[int, list[Edit]] = {}
        self.nonces: dict[int, str] = {}
        self.nonce: str | None = None
        """Of the message that is being posted."""
        self.closed: set[int] = set()
        """Who takes no direct messages."""
        self.typed: defaultdict[int, list[float]] = defaultdict(list)
        """When the bot typed, by channel."""
        super().__init__(clock=_Time(clock))
        self.bot_user.name = "Footnote"

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        if not self._reaches(event, payload):
            return
        if event == "TYPING_START" and payload["user_id"] == str(self.bot_user.id):
            self.typed[int(payload["channel_id"])].append(self.real.now())
        for listener in self.subscribers:
            listener(event, dressed(self, payload) if event.startswith("MESSAGE_") else payload)

    def _reaches(self, event: str, payload: Mapping[str, Any]) -> bool:
        """Say whether the bot may know: it hears nothing of channels that it does not see."""
        if not event.startswith(_OF_A_CHANNEL):
            return True
        channel = int(payload.get("channel_id") or payload.get("parent_id") or payload.get("id") or 0)
        return channel not in self.channels or channel_accessible(self, channel, self.bot_user.id)

    def commit_message(self, message: Message, *, broadcast: bool = True) -> Message:
        if self.nonce is not None:
            self.nonces[message.id] = self.nonce
        self.history[message.id] = [Edit(at=self.real.now(), content=message.content)]
        return super().commit_message(message, broadcast=broadcast)

    def edit_message(self, channel_id: int, message_id: int, fields: dict[str, Any]) -> Message:
        message = super().edit_message(channel_id, message_id, fields)
        self.history[message.id].append(Edit(at=self.real.now(), content=message.content))
        return message

    def create_thread(  # noqa: PLR0913 - as simcord has it
        self,
        parent_id: int,
        name: str,
        owner_id: int,
        *,
        type: int = ChannelType.PUBLIC_THREAD,  # noqa: A002
        auto_archive_duration: int = 1440,
        message_id: int | None = None,
        applied_tags: Iterable[int] = (),
        broadcast: bool = True,
    ) -> Channel:
        """Create one as simcord does, but none twice from a message, and tell of it as Discord does."""
        if self.get_channel(parent_id).type not in _PARENTS:
            raise BackendError(400, 50024, "Cannot execute action on this channel type")
        if message_id in self.channels:
            raise BackendError(400, 160004, "A thread has already been created for this message")
        if not isinstance(name, str) or not 1 <= len(name) <= _NAME:
            raise BackendError(400, 50035, "Invalid Form Body: name")
        thread = super().create_thread(
            parent_id,
            name,
            owner_id,
            type=type,
            auto_archive_duration=auto_archive_duration,
            message_id=message_id,
            applied_tags=applied_tags,
            broadcast=False,
        )
        if broadcast:
            self.announce_thread_create(thread)
            self._say_where_it_began(thread, message_id)
        return thread

    def _say_where_it_began(self, thread: Channel, message_id: int | None) -> None:
        parent = thread.parent_id or 0
        if message_id is None:
            if thread.type == ChannelType.PUBLIC_THREAD:
                self.create_system_message(
                    parent, MessageType.THREAD_CREATED, thread.owner_id or 0, target_channel_id=thread.id
                )
            return
        message = self.get_message(parent, message_id)
        message.flags |= HAS_THREAD
        self.emit("MESSAGE_UPDATE", dict(serializers.message_payload(self, message)))
        reference = {"channel_id": str(parent), "message_id": str(message_id), "guild_id": str(thread.guild_id)}
        self.commit_message(
            Message(
                id=self.snowflake(),
                channel_id=thread.id,
                author_id=message.author_id,
                timestamp=self.now_iso(),
                type=STARTER,
                reference=reference,
            )
        )

    def welcome(self, guild: Guild) -> None:
        """Tell that the bot is in a guild (again)."""
        self.guilds[guild.id] = guild
        payload = dict(serializers.guild_create_payload(self, guild))
        del payload["unavailable"]  # which says that the guild was known, and is back
        self.emit("GUILD_CREATE", payload)


def dressed(world: World, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Add what simcord leaves out of messages and reactions: nonce, thread, and whose message it was."""
    full = dict(payload)
    if "author" in full and "id" in full:
        full["nonce"] = world.nonces.get(int(full["id"]))
        if full["nonce"] is None:
            del full["nonce"]
        thread = world.channels.get(int(full["id"]))
        if thread is not None and thread.parent_id == int(full["channel_id"]):
            full["thread"] = dict(serializers.thread_payload(world, thread))
        if isinstance(full.get("referenced_message"), dict):
            full["referenced_message"] = dressed(world, full["referenced_message"])
        elif full.get("type") == MessageType.REPLY:
            full["referenced_message"] = None
    elif "emoji" in full and "user_id" in full and "member" in full:
        kept = world.messages.get(int(full["channel_id"]), {}).get(int(full["message_id"]))
        if kept is not None:
            full["message_author_id"] = str(kept.author_id)
    return full
