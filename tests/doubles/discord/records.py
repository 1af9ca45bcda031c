"""What tests hold in their hands: guilds, people, channels and messages, by their ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from simcord.components import walk_components

if TYPE_CHECKING:
    from simcord.backend.models import Channel as Stored
    from simcord.backend.models import Message as Kept

    from tests.doubles.discord.world import World

Json: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["text", "voice", "forum", "announcement"]

_LINK = re.compile(r"\[((?:\\.|[^\]\\])*)\]\(<?[^)>\s]+>?\)")
_SMALL = re.compile(r"^-# ", re.MULTILINE)
_ESCAPED = re.compile(r"\\([^\w\s])")
_BUTTON = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Guild:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    id: str
    guild: Guild
    name: str

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, or another bot; ``guild`` is the first that they joined."""

    id: str
    name: str
    guild: Guild | None = None

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel, a thread, a post or a direct message. What may change of it is read from the world."""

    id: str
    world: World

    def __repr__(self) -> str:
        return f"<Channel {self.id} {self.name}>"

    @property
    def stored(self) -> Stored:
        return self.world.get_channel(int(self.id))

    @property
    def exists(self) -> bool:
        return int(self.id) in self.world.channels

    @property
    def name(self) -> str:
        return (self.stored.name or "") if self.exists else ""

    @property
    def guild(self) -> Guild | None:
        found = self.world.guilds.get(self.stored.guild_id or 0)
        return Guild(id=str(found.id), name=found.name) if found else None

    @property
    def parent(self) -> Channel | None:
        """A thread's channel."""
        stored = self.stored
        return Channel(id=str(stored.parent_id), world=self.world) if stored.is_thread else None

    @property
    def archived(self) -> bool:
        meta = self.stored.thread_metadata
        return bool(meta and meta.archived)

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a message said from a time on, in seconds since 1970."""

    at: float
    content: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Message:
    """A message as it is now: what the bot changes later changes in it. One with the same id is equal."""

    kept: Kept
    world: World

    def __repr__(self) -> str:
        return f"<Message {self.id} {self.content!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> str:
        return str(self.kept.id)

    @property
    def channel(self) -> Channel:
        return Channel(id=str(self.kept.channel_id), world=self.world)

    @property
    def author(self) -> str:
        """The id of who said it."""
        return str(self.kept.author_id)

    @property
    def bot(self) -> bool:
        """Whether the bot said it."""
        return self.kept.author_id == self.world.bot_user.id

    @property
    def content(self) -> str:
        return self.kept.content

    @property
    def shown(self) -> str:
        """What people read: links by their words, without the marks of small text and of escapes."""
        return _ESCAPED.sub(r"\1", _LINK.sub(r"\1", _SMALL.sub("", self.kept.content)))

    @property
    def type(self) -> int:
        return self.kept.type

    @property
    def flags(self) -> int:
        return self.kept.flags

    @property
    def ephemeral(self) -> bool:
        return self.kept.is_ephemeral

    @property
    def loading(self) -> bool:
        """Whether it says that the bot is thinking."""
        return bool(self.kept.flags & (1 << 7))

    @property
    def embeds(self) -> list[Json]:
        return self.kept.embeds

    @property
    def components(self) -> list[Json]:
        return self.kept.components

    @property
    def buttons(self) -> list[str]:
        """Their labels; where one has none, its emoji, else its custom id."""
        return [_name(each) for each in walk_components(self.kept.components) if each.get("type") == _BUTTON]

    def button(self, name: str) -> Json:
        """The button with this label, emoji or custom id, which exactly one has."""
        found = [
            each
            for each in walk_components(self.kept.components)
            if each.get("type") == _BUTTON and name in (_name(each), each.get("custom_id"), each.get("label"))
        ]
        assert len(found) == 1, f"{len(found)} buttons are called {name!r}; there are {self.buttons}"
        return found[0]

    @property
    def reactions(self) -> dict[str, list[str]]:
        """By emoji the ids of whoever reacted so."""
        return {one.emoji: [str(user) for user in one.user_ids] for one in self.kept.reactions if one.user_ids}

    @property
    def pings(self) -> list[str]:
        """Whom it notified: ids of people and roles, and "everyone"."""
        known = [str(each) for each in (*self.kept.ping_user_ids, *self.kept.ping_role_ids)]
        return [*known, "everyone"] if self.kept.mention_everyone else known

    @property
    def edits(self) -> list[Edit]:
        """All that it said, the first included."""
        return self.world.history.get(self.kept.id, [])

    @property
    def nonce(self) -> str | None:
        return self.world.nonces.get(self.kept.id)

    @property
    def replies_to(self) -> str | None:
        """The id of the message that it answers."""
        reference = self.kept.reference or {}
        return str(reference["message_id"]) if reference.get("type", 0) == 0 and "message_id" in reference else None

    @property
    def deleted(self) -> bool:
        return self.kept.id not in self.world.messages.get(self.kept.channel_id, {})

    @property
    def link(self) -> str:
        return f"https://discord.com/channels/{self._guild}/{self.kept.channel_id}/{self.id}"

    @property
    def _guild(self) -> str:
        return str(self.world.get_channel(self.kept.channel_id).guild_id or "@me")


def _name(button: Json) -> str:
    label = button.get("label") or (button.get("emoji") or {}).get("name") or button.get("custom_id") or ""
    return str(label)
