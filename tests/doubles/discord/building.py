"""Guilds, people, roles and channels, as tests furnish them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from simcord.backend import serializers
from simcord.backend.models import Overwrite
from simcord.backend.models import Role as Kept
from simcord.enums import ChannelType, OverwriteType

import discord
from tests.doubles.discord.records import Channel, Guild, Person, Role
from tests.doubles.discord.world import World
from tests.doubles.slack.clock import Bell, Clock, Tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from tests.doubles.discord.records import Kind

    T = TypeVar("T")

_KINDS: Final = {
    "text": ChannelType.TEXT,
    "voice": ChannelType.VOICE,
    "announcement": ChannelType.NEWS,
    "forum": ChannelType.FORUM,
}
_TICK: Final = 0.01
USUAL: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    add_reactions=True,
    embed_links=True,
    attach_files=True,
    use_application_commands=True,
)
"""What the bot may do in a guild unless a test says otherwise."""


def bits(*names: str) -> int:
    """The permissions of these names, as discord.py calls them."""
    return discord.Permissions(**dict.fromkeys(names, True)).value


class Building:
    """Discord without conversations, and no wire to it yet."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.bell = Bell()
        self.tasks = Tasks()
        self.world = World(self.clock)
        self.intents_granted: set[str] = {"message_content"}
        """The privileged intents that the application has: of members, presences and message_content."""

    @property
    def me(self) -> str:
        """The bot's id, as a user."""
        return str(self.world.bot_user.id)

    @property
    def bot(self) -> Person:
        """The bot as somebody, to give it roles and rights."""
        return Person(id=self.me, name=self.world.bot_user.name)

    @property
    def application(self) -> str:
        return str(self.world.application_id)

    @property
    def mention(self) -> str:
        """What people write to call the bot."""
        return f"<@{self.me}>"

    async def until(self, seen: Callable[[], T], within: float = 30.0) -> T:
        """Wait for what ``seen`` gives to be true, which may be of the bot's own; fail after so many seconds."""
        ticking = self.tasks.start(self._tick())
        try:
            return await self.bell.until(seen, within)
        finally:
            ticking.cancel()

    async def _tick(self) -> None:
        # The bell rings for what happens here; the bot's own state changes without it.
        while True:
            await asyncio.sleep(_TICK)
            self.bell.ring()

    def guild(self, name: str, *, permissions: discord.Permissions = USUAL) -> Guild:
        """Found a guild, and add the bot with these permissions."""
        world = self.world
        listening, world.subscribers = world.subscribers, []  # until the bot has the permissions that it comes with
        kept = world.create_guild(name)
        world.subscribers = listening
        for role in kept.roles.values():
            if role.managed:
                role.permissions = permissions.value
        world.welcome(kept)
        self.bell.ring()
        return Guild(id=str(kept.id), name=name)

    def person(
        self, name: str, *guilds: Guild, roles: Iterable[Role] = (), bot: bool = False, owns: Guild | None = None
    ) -> Person:
        """Somebody who is in these guilds; without one they can still write to the bot, as strangers do."""
        user = self.world.make_user(name, bot=bot)
        person = Person(id=str(user.id), name=name, guild=guilds[0] if guilds else None)
        given = list(roles)
        for guild in guilds:
            mine = [int(role.id) for role in given if role.guild == guild]
            self.world.add_member(int(guild.id), user.id, roles=mine, announce=True)
        if owns is not None:
            self.world.guilds[int(owns.id)].owner_id = user.id
        return person

    def role(self, name: str, guild: Guild, *, permissions: Iterable[str] = ()) -> Role:
        """A role that has these permissions, by discord.py's names, besides what everybody has."""
        world = self.world
        kept = world.guilds[int(guild.id)]
        role = Kept(id=world.snowflake(), name=name, permissions=bits(*permissions), position=len(kept.roles))
        kept.roles[role.id] = role
        world.emit("GUILD_ROLE_CREATE", {"guild_id": guild.id, "role": dict(serializers.role_payload(role))})
        return Role(id=str(role.id), guild=guild, name=name)

    def channel(  # noqa: PLR0913 - all that a channel can be
        self,
        name: str,
        guild: Guild,
        *,
        kind: Kind = "text",
        private_to: Iterable[Role | Person] | None = None,
        without: Iterable[str] = (),
        bot: bool = True,
    ) -> Channel:
        """A channel that ``private_to`` see alone, with the bot if ``bot``; it has it ``without`` these permissions."""
        overwrites = []
        if private_to is not None:
            view = bits("view_channel")
            overwrites.append(Overwrite(int(guild.id), OverwriteType.ROLE, deny=view))
            overwrites += [self._overwrite(each, allow=view) for each in private_to]
            overwrites += [Overwrite(int(self.me), OverwriteType.MEMBER, allow=view)] if bot else []
        if lacking := bits(*without):
            overwrites = [each for each in overwrites if each.target_id != int(self.me)]
            allow = bits("view_channel") & ~lacking if private_to is not None else 0
            overwrites.append(Overwrite(int(self.me), OverwriteType.MEMBER, allow=allow, deny=lacking))
        kept = self.world.create_channel(int(guild.id), name, type=_KINDS[kind], overwrites=overwrites)
        return Channel(id=str(kept.id), world=self.world)

    def _overwrite(self, whom: Role | Person, *, allow: int = 0, deny: int = 0) -> Overwrite:
        kind = OverwriteType.ROLE if isinstance(whom, Role) else OverwriteType.MEMBER
        return Overwrite(int(whom.id), kind, allow=allow, deny=deny)

    def direct(self, person: Person, *, closed: bool | None = None) -> Channel:
        """The direct messages of somebody with the bot; ``closed``, the bot cannot write them any more."""
        if closed is not None:
            (self.world.closed.add if closed else self.world.closed.discard)(int(person.id))
        return Channel(id=str(self.world.get_dm_channel(int(person.id)).id), world=self.world)
