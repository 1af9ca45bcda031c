"""What people do in Discord with messages, threads, channels and each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcord.backend import serializers
from simcord.backend.access import channel_accessible
from simcord.enums import ChannelType, MessageType, OverwriteType

from tests.doubles.discord.building import bits
from tests.doubles.discord.records import Channel, Message, Person, Role
from tests.doubles.discord.seeing import Seeing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcord.backend.models import Message as Kept

    from tests.doubles.discord.records import Guild


class Speaking(Seeing):
    """Each act tells the bot of itself at once, as far as it may know."""

    def says(
        self,
        person: Person,
        channel: Channel,
        text: str,
        *,
        replies_to: Message | None = None,
        files: Iterable[str] = (),
    ) -> Message:
        """Say something, with files of these names; it wakes a thread, and a mention brings the bot into it."""
        world, where, who = self.world, int(channel.id), int(person.id)
        assert where in world.channels, f"{channel} is gone"
        stored = channel.stored
        if stored.guild_id is not None:
            assert channel_accessible(world, where, who), f"{person.name} does not see {channel.name}"
        if channel.archived:
            self.archives(channel, archived=False)
        if stored.is_thread:
            self._comes(channel, who)
            if self.mention in text:
                self._comes(channel, int(self.me))
        reference = {"channel_id": channel.id, "message_id": replies_to.id} if replies_to else None
        attached = world.store_attachments(where, [(name, b"made up") for name in files])
        return self._shown(world.create_message(where, who, text, reference=reference, attachments=attached))

    def _comes(self, thread: Channel, who: int) -> None:
        if who in thread.stored.thread_members:
            return
        self.world.add_thread_member(int(thread.id), who)
        if who == int(self.me):
            self.world.emit("THREAD_CREATE", dict(serializers.thread_payload(self.world, thread.stored)))

    def forwards(self, person: Person, channel: Channel, message: Message) -> Message:
        """Forward a message to a channel: what it said stands in a snapshot."""
        reference = {"type": 1, "channel_id": message.channel.id, "message_id": message.id}
        return self._shown(self.world.create_message(int(channel.id), int(person.id), "", reference=reference))

    def webhook(self, name: str, channel: Channel, text: str) -> Message:
        """Let a webhook say something, as other programs do."""
        world = self.world
        hook = world.make_user(name, bot=True).id
        return self._shown(world.create_message(int(channel.id), hook, text, webhook_id=hook))

    def notes(self, person: Person, channel: Channel, kind: int) -> Message:
        """Let Discord itself note what somebody did, by its number of the message's type: 7 is that they joined."""
        return self._shown(self.world.create_system_message(int(channel.id), MessageType(kind), int(person.id)))

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

    def permits(self, whom: Role | Guild, *names: str) -> None:
        """Let a role, or everybody, have exactly these permissions."""
        guild = whom.guild.id if isinstance(whom, Role) else whom.id
        role = self.world.guilds[int(guild)].roles[int(whom.id)]
        role.permissions = bits(*names)
        payload = {"guild_id": guild, "role": dict(serializers.role_payload(role))}
        self.world.emit("GUILD_ROLE_UPDATE", payload)

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
