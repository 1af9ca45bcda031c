"""What people do with messages, channels and the app, and what Slack tells the app of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.doubles.slack import shapes
from tests.doubles.slack.methods.posting import take_away
from tests.doubles.slack.records import Message
from tests.doubles.slack.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.doubles.slack.delivery import Sent
    from tests.doubles.slack.records import Channel, File, Group, Json, User, Workspace


class Speaking(World):
    """Each deed is done at once; its events go their way beside, and stand in ``sent``."""

    def says(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        thread: Message | str | None = None,
        files: Sequence[File] = (),
    ) -> Message:
        """Post a message. ``text`` is as on the wire: ``<@U…>`` mentions, and ``&``, ``<`` and ``>`` are escaped."""
        said = self._message(user, channel, text, thread)
        said.files = files
        said.subtype = "bot_message" if user.bot_id and not user.app else "file_share" if files else None
        said.context = self.state.looking.get(user.id) if channel.kind == "im" else None
        return self._post(channel, said)

    def broadcasts(self, user: User, channel: Channel, text: str, thread: Message | str) -> Message:
        """Answer in a thread, and show that in the channel as well."""
        said = self._message(user, channel, text, thread)
        said.subtype, said.broadcast = "thread_broadcast", True
        return self._post(channel, said)

    def edits(self, said: Message, text: str) -> None:
        previous = shapes.message(self.state, said)
        said.text = text
        said.edited = {"user": said.user, "ts": self.state.ts()}
        self.emit.changed(said, previous)

    def deletes(self, said: Message) -> None:
        channel = self.state.channels[said.channel]
        previous = shapes.message(self.state, said)
        take_away(channel, said)
        self.emit.deleted(channel, previous)

    def reacts(self, user: User, said: Message, reaction: str) -> None:
        said.reactions.setdefault(reaction, []).append(user.id)
        self.emit.reacted(said, user, reaction, added=True)

    def unreacts(self, user: User, said: Message, reaction: str) -> None:
        said.reactions[reaction].remove(user.id)
        if not said.reactions[reaction]:
            del said.reactions[reaction]
        self.emit.reacted(said, user, reaction, added=False)

    def stops(self, user: User, channel: Channel, thread: Message | str) -> None:
        """Press the stop button, which is there only while the session is ``processing`` and the app hears of it."""
        root = thread.root if isinstance(thread, Message) else thread
        session = self.state.sessions.get((channel.id, root))
        assert session, "no session, so no stop button"
        assert session.status == "processing", f"no stop button: the session is {session.status}"
        assert "agent_session_stopped" in self.state.app.subscriptions, "no stop button: the app does not hear of it"
        stopped = []
        for said in channel.thread(root):
            if said.stream and not said.stream.ended:
                said.stream.stopped_by = user.id
                stopped.append(said.ts)
        self.emit.stopped(channel, root, user, stopped)

    def opens_home(self, user: User, tab: str = "home") -> None:
        """Open the app: its ``home``, or its ``messages``, which is the agent view."""
        view = next((one for one in self.state.views.values() if one.user == user.id and one.kind == "home"), None)
        self.emit.home_opened(user, tab, view)

    def looks_at(self, user: User, *entities: Json) -> None:
        """Go on to something else, with the agent view open beside it; messages to it say so from then on."""
        self.state.looking[user.id] = {"entities": list(entities)}
        self.emit.looked_at(user, entities)

    def joins(self, user: User, channel: Channel, *, invited_by: User | None = None) -> None:
        """Join a channel, which says so; the bot's user may join too."""
        channel.members.append(user.id)
        self.emit.moved(channel, user, joined=True, inviter=invited_by.id if invited_by else None)
        self._tell(channel, user, "channel_join", f"<@{user.id}> has joined the channel")

    def leaves(self, user: User, channel: Channel) -> None:
        channel.members.remove(user.id)
        self.emit.moved(channel, user, joined=False)
        self._tell(channel, user, "channel_leave", f"<@{user.id}> has left the channel")

    def shares(self, channel: Channel, workspace: Workspace) -> None:
        channel.connected.append(workspace.id)
        self.emit.shared(channel, workspace.id, now=True)

    def unshares(self, channel: Channel, workspace: Workspace) -> None:
        channel.connected.remove(workspace.id)
        self.emit.shared(channel, workspace.id, now=False)

    def regroups(self, group: Group, *, add: Sequence[User] = (), remove: Sequence[User] = ()) -> None:
        """Change who is in a group."""
        before = group.updated
        added, removed = [one.id for one in add], [one.id for one in remove]
        group.members = [one for one in group.members if one not in removed] + added
        group.updated = int(self.clock.now())
        self.emit.group_changed(group, added, removed, before)

    def changes(self, user: User) -> None:
        """Tell that somebody's profile is another now, such as that of a member who became a guest."""
        user.updated = int(self.clock.now())
        self.emit.user_changed(user)

    def uninstalls(self, workspace: Workspace) -> list[Sent]:
        """Remove the app: its token is dead, and it hears so twice."""
        installation = self.state.installations[workspace.id]
        installation.gone = "account_inactive"
        tokens = {"oauth": [], "bot": [installation.bot.id]}
        told = self.emit.in_workspace(workspace.id, {"type": "tokens_revoked", "tokens": tokens})
        return told + self.emit.in_workspace(workspace.id, {"type": "app_uninstalled"})

    def revokes(self, workspace: Workspace) -> list[Sent]:
        """Revoke the app's token alone."""
        installation = self.state.installations[workspace.id]
        installation.gone = "token_revoked"
        tokens = {"oauth": [], "bot": [installation.bot.id]}
        return self.emit.in_workspace(workspace.id, {"type": "tokens_revoked", "tokens": tokens})

    def _tell(self, channel: Channel, user: User, subtype: str, text: str) -> None:
        said = self._message(user, channel, text, None)
        said.subtype = subtype
        self._post(channel, said)

    def _message(self, user: User, channel: Channel, text: str, thread: Message | str | None) -> Message:
        root = thread.root if isinstance(thread, Message) else thread
        ts = self.state.ts()
        return Message(ts=ts, channel=channel.id, user=user.id, team=user.team, text=text, thread_ts=root)

    def _post(self, channel: Channel, said: Message) -> Message:
        channel.add(said)
        self.emit.posted(said)
        return said
