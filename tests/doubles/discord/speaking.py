"""What people do in Discord with messages, threads, channels and each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcord.backend import serializers
from simcord.backend.access import channel_accessible
from simcord.enums import ChannelType, OverwriteType

from tests.doubles.discord.building import bits
from tests.doubles.discord.records import Channel, Message, Person, Role
from tests.doubles.discord.seeing import Seeing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcord.backend.models import Message as Kept

    from tests.doubles.discord.records import Guild


class Speaking(Seeing):
    """Each act tells the bot of itself at once, as far as it may know."""

    def says(self, person: Person, channel: Channel, text: str, *, replies_to: Message | None = None) -> Message:
        """Say something; it wakes a thread that was archived."""
        world, where, who = self.world, int(channel.id), int(person.id)
        assert where in world.channels, f"{channel} is gone"
        stored = channel.stored
        if stored.guild_id is not None:
            assert channel_accessible(world, where, who), f"{person.name} does not see {channel.name}"
        if channel.archived:
            self.archives(channel, archived=False)
        reference = {"channel_id": channel.id, "message_id": replies_to.id} if replies_to else None
        kept = world.create_message(where, who, text, reference=reference)
        if stored.is_thread and who not in stored.thread_members:
            world.add_thread_member(where, who)
        return self._shown(kept)

    def posts(self, person: Person, forum: Channel, title: str, text: str) -> Channel:
        """Open a post in a forum, and give it; its first message has its id."""
        world = self.world
        assert forum.stored.type == ChannelType.FORUM
        thread = world.create_thread(int(forum.id), title, int(person.id), broadcast=False)
        world.announce_thread_create(thread)
        starter = world.prepare_message(thread.id, int(person.id), text)
        starter.id = thread.id
        world.commit_message(starter)
        forum.stored.last_message_id = thread.id
        self.bell.ring()
        return Channel(id=str(thread.id), world=world)

    def thread(
        self, person: Person, channel: Channel, name: str, *, message: Message | None = None, private: bool = False
    ) -> Channel:
        """Open a thread, from a message or from none."""
        kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
        of = int(message.id) if message else None
        kept = self.world.create_thread(int(channel.id), name, int(person.id), type=kind, message_id=of)
        self.bell.ring()
        return Channel(id=str(kept.id), world=self.world)

    def edits(self, message: Message, text: str) -> None:
        """Change what a message says, as its author."""
        self.world.edit_message(message.kept.channel_id, message.kept.id, {"content": text})
        self.bell.ring()

    def unfurls(self, message: Message) -> None:
        """Let Discord show what a link leads to: an update in which nobody edited anything."""
        message.kept.embeds = [{"type": "link", "url": "https://example.com", "title": "Example"}]
        self.world.emit("MESSAGE_UPDATE", dict(serializers.message_payload(self.world, message.kept)))

    def deletes(self, *messages: Message) -> None:
        """Delete a message, or several at once as moderators do."""
        if len(messages) == 1:
            self.world.delete_message(messages[0].kept.channel_id, messages[0].kept.id)
        else:
            self.world.bulk_delete_messages(messages[0].kept.channel_id, [one.kept.id for one in messages])
        self.bell.ring()

    def reacts(self, person: Person, message: Message, emoji: str) -> None:
        self.world.add_reaction(message.kept.channel_id, message.kept.id, emoji, int(person.id))

    def unreacts(self, person: Person, message: Message, emoji: str) -> None:
        self.world.remove_reaction(message.kept.channel_id, message.kept.id, emoji, int(person.id))

    def archives(self, thread: Channel, *, archived: bool = True) -> None:
        self.world.edit_channel(int(thread.id), {}, thread_metadata={"archived": archived})

    def locks(self, thread: Channel, *, locked: bool = True) -> None:
        """Let only those who manage threads write in one; Discord's own button archives it as well."""
        self.world.edit_channel(int(thread.id), {}, thread_metadata={"locked": locked})

    def deletes_channel(self, channel: Channel) -> None:
        """Delete a channel or a thread."""
        stored = channel.stored
        for thread in [each for each in self.world.channels.values() if each.parent_id == stored.id]:
            self.world.delete_channel(thread.id)
        self.world.delete_channel(stored.id)
        self.bell.ring()

    def overwrites(
        self,
        channel: Channel,
        whom: Role | Person | Guild | str,
        *,
        allow: Iterable[str] = (),
        deny: Iterable[str] = (),
    ) -> None:
        """Allow or deny somebody, a role, everybody (the guild) or the bot (its id) something in a channel."""
        target = whom if isinstance(whom, str) else whom.id
        overwrite = self._overwrite(Person(id=target, name=""), allow=bits(*allow), deny=bits(*deny))
        if not isinstance(whom, str | Person):
            overwrite.type = OverwriteType.ROLE
        self.world.set_overwrite(int(channel.id), overwrite)

    def joins(self, person: Person, guild: Guild) -> None:
        self.world.add_member(int(guild.id), int(person.id), announce=True)

    def leaves(self, person: Person, guild: Guild) -> None:
        self.world.remove_member(int(guild.id), int(person.id))

    def gives(self, person: Person, role: Role) -> None:
        """Give somebody a role."""
        self._roles(person, role, given=True)

    def takes(self, person: Person, role: Role) -> None:
        """Take a role from somebody."""
        self._roles(person, role, given=False)

    def _roles(self, person: Person, role: Role, *, given: bool) -> None:
        world, guild = self.world, self.world.guilds[int(role.guild.id)]
        member = guild.members[int(person.id)]
        member.role_ids = [each for each in member.role_ids if each != int(role.id)]
        if given:
            member.role_ids.append(int(role.id))
        payload = {**serializers.member_payload(world, guild, member), "guild_id": role.guild.id}
        world.emit("GUILD_MEMBER_UPDATE", payload)

    def removes(self, guild: Guild) -> None:
        """Remove the bot from a guild."""
        world, kept = self.world, self.world.guilds[int(guild.id)]
        ours = [*kept.channel_ids, *kept.thread_ids]
        self._gone[guild.id] = (kept, {one: (world.channels[one], world.messages[one]) for one in ours})
        world.remove_guild(kept.id)
        self.bell.ring()

    def adds(self, guild: Guild) -> None:
        """Add the bot again to a guild from which it was removed."""
        kept, ours = self._gone.pop(guild.id)
        for one, (channel, messages) in ours.items():
            self.world.channels[one], self.world.messages[one] = channel, messages
        self.world.welcome(kept)
        self.bell.ring()

    def _shown(self, kept: Kept) -> Message:
        self.bell.ring()
        return Message(kept=kept, world=self.world)
