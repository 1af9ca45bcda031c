"""All that Slack knows, and the rules by which an app may look at it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.doubles.slack.errors import Refused
from tests.doubles.slack.records import (
    Channel,
    File,
    Group,
    Hook,
    Installation,
    Json,
    Message,
    Session,
    Trigger,
    User,
    View,
    Workspace,
)

if TYPE_CHECKING:
    from tests.doubles.slack.clock import Clock

TRIGGER_SECONDS: Final = 3.0
HOOK_SECONDS: Final = 1800.0
STATUS_SECONDS: Final = 120.0
SCOPES: Final = frozenset(
    {
        "app_mentions:read", "assistant:write", "chat:write", "commands", "im:history", "channels:history",
        "groups:history", "mpim:history", "channels:read", "groups:read", "reactions:read", "reactions:write",
        "users:read", "files:read", "files:write", "im:read", "mpim:read", "im:write", "usergroups:read",
    }
)  # fmt: skip
"""Those of the bot's manifest."""
SUBSCRIPTIONS: Final = frozenset(
    {
        "app_mention", "message.im", "message.channels", "message.groups", "message.mpim", "app_home_opened",
        "app_context_changed", "agent_session_stopped", "reaction_added", "reaction_removed", "member_joined_channel",
        "member_left_channel", "channel_shared", "channel_unshared", "subteam_members_changed", "user_change",
        "app_uninstalled", "tokens_revoked",
    }
)  # fmt: skip
_SCOPE_OF: Final = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


@dataclass(slots=True, kw_only=True)
class App:
    """The app as its settings page shows it; a test may change its subscriptions."""

    id: str = "A000000001"
    name: str = "footnote"
    token: str = "xapp-1-A000000001-1-double"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    verification_token: str = "ZZZZZZWSxiZZZ2yIvs3peJ"
    client_id: str = "1234567890.1234567890"
    client_secret: str = "client-secret-of-the-double"
    token_seconds: int | None = None
    """Tokens are good for so long, and come with one that gives a newer one; without, they are good for ever."""
    subscriptions: set[str] = field(default_factory=lambda: set(SUBSCRIPTIONS))


@dataclass(slots=True, kw_only=True)
class State:
    """Ids count up, so a run is the same each time."""

    clock: Clock
    url: str = "http://127.0.0.1"
    """Where the server listens."""
    app: App = field(default_factory=App)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    installations: dict[str, Installation] = field(default_factory=dict)
    """By workspace."""
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    """By channel and thread."""
    statuses: dict[tuple[str, str], tuple[Json, float]] = field(default_factory=dict)
    """What an assistant says that it is doing, and until when that is shown; by channel and thread."""
    prompts: dict[tuple[str, str | None], Json] = field(default_factory=dict)
    looking: dict[str, Json] = field(default_factory=dict)
    """What somebody looks at beside the agent view."""
    triggers: dict[str, Trigger] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    """Workspaces that agreed to install the app, by the code that says so."""
    refreshing: dict[str, str] = field(default_factory=dict)
    """Workspaces, by the token that gives their bot a newer one."""
    tickets: set[str] = field(default_factory=set)
    """Each opens one websocket."""
    _ids: int = 0
    _last: int = 0

    def id(self, prefix: str) -> str:
        self._ids += 1
        return f"{prefix}{self._ids:09d}"

    def ts(self) -> str:
        """The next message's id, which is also its time. No two are the same."""
        self._last = max(int(self.clock.now() * 1_000_000), self._last + 100)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def trigger(self, team: str, user: str) -> str:
        name = f"{self.id('')}.{self.id('')}.{secrets.token_hex(16)}"
        self.triggers[name] = Trigger(team=team, user=user, until=self.clock.now() + TRIGGER_SECONDS)
        return name

    def ticket(self) -> str:
        name = secrets.token_hex(8)
        self.tickets.add(name)
        return name

    def hook(self, hook: Hook) -> str:
        name = f"{hook.team}/{self.id('')}/{secrets.token_hex(12)}"
        self.hooks[name] = hook
        return name

    def new_hook(self, channel: Channel, user: User, about: Message | None) -> str:
        """A response URL's path, for something that ``user`` did in ``channel`` or with a message there."""
        hook = Hook(
            team=user.team,
            channel=channel.id,
            user=user.id,
            until=self.clock.now() + HOOK_SECONDS,
            about=about.ts if about else None,
            ephemeral=about is not None and about.seen_by is not None,
            thread=about.thread_ts if about else None,
        )
        return self.hook(hook)

    def bot_in(self, channel: Channel) -> Installation | None:
        """The installation that hears what happens in a channel: the first whose bot is a member."""
        for team in channel.teams:
            found = self.installations.get(team)
            if found and not found.gone and found.bot.id in channel.members:
                return found
        return None

    def direct(self, user: User) -> Channel:
        """The conversation of the app and somebody; it begins when it is first looked for."""
        bot = self.installations[user.team].bot
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.members) == {user.id, bot.id}:
                return channel
        name = self.id("D")
        channel = Channel(id=name, team=user.team, name="", kind="im", created=int(self.clock.now()))
        channel.members = [user.id, bot.id]
        self.channels[name] = channel
        return channel

    def visible(self, installation: Installation, channel: str) -> Channel:
        """A channel that the app may know of: public ones, and those that it is in."""
        found = self.channels.get(channel)
        if found is None or installation.team not in found.teams:
            raise Refused("channel_not_found")
        if found.kind != "public" and installation.bot.id not in found.members:
            raise Refused("channel_not_found")
        return found

    def joined(self, installation: Installation, channel: str) -> Channel:
        """A channel that the app is in."""
        found = self.visible(installation, channel)
        if installation.bot.id not in found.members:
            raise Refused("not_in_channel")
        return found

    def person(self, installation: Installation, user: str) -> User:
        """Somebody whom the app may know of: of its workspace, or met in a shared channel."""
        found = self.users.get(user)
        if found is None or not (found.team == installation.team or self._met(installation, user)):
            raise Refused("user_not_found")
        return found

    def _met(self, installation: Installation, user: str) -> bool:
        return any(user in each.members and installation.team in each.teams for each in self.channels.values())

    def status(self, channel: str, thread: str) -> Json | None:
        """What the assistant says that it is doing, as long as that is shown."""
        said, until = self.statuses.get((channel, thread), (None, 0.0))
        return said if said and self.clock.now() < until else None


def scope(channel: Channel, what: str) -> str:
    """The scope for channels of this kind: ``channels:history``, ``im:read``, …"""
    return f"{_SCOPE_OF[channel.kind]}:{what}"


def needs(installation: Installation, scope: str) -> None:
    if scope not in installation.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(sorted(installation.scopes)))
