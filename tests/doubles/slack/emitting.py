"""The events that Slack tells the app of, where the app subscribed to them and may hear them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.doubles.slack import shapes
from tests.doubles.slack.delivery import Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.doubles.slack.records import Channel, Group, Installation, Json, Message, User, View
    from tests.doubles.slack.state import State

_TYPES: Final = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_SUBSCRIPTIONS: Final = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


class Emitter:
    """Makes an event's payload of what happened, and hands it to delivery."""

    def __init__(self, state: State, send: Callable[[Sent], Sent]) -> None:
        self._state = state
        self._send = send

    def posted(self, said: Message) -> list[Sent]:
        """A mention of the bot is two events: ``app_mention``, then ``message``. In direct messages it is one."""
        channel = self._state.channels[said.channel]
        installation = self._state.bot_in(channel)
        if installation is None:
            return []
        event = self._message(channel, said)
        sent = []
        if f"<@{installation.bot.id}>" in said.text and channel.kind != "im" and said.bot is None:
            mention = {k: v for k, v in event.items() if k != "channel_type"} | {"type": "app_mention"}
            sent += self._emit(installation, mention, channel, "app_mention")
        return sent + self._emit(installation, event, channel, _SUBSCRIPTIONS[channel.kind])

    def changed(self, said: Message, previous: Json) -> list[Sent]:
        """An edit; that of a mention is an ``app_mention`` with ``edited`` as well."""
        channel = self._state.channels[said.channel]
        sent = []
        installation = self._state.bot_in(channel)
        if installation and said.bot is None and said.edited and f"<@{installation.bot.id}>" in said.text:
            mention = self._message(channel, said) | {"type": "app_mention", "event_ts": said.edited["ts"]}
            del mention["channel_type"]
            sent += self._emit(installation, mention, channel, "app_mention") if channel.kind != "im" else []
        message = shapes.message(self._state, said) | {"source_team": said.team, "user_team": said.team}
        return sent + self._hidden(channel, {"subtype": "message_changed", "message": message}, previous)

    def deleted(self, channel: Channel, previous: Json) -> list[Sent]:
        return self._hidden(channel, {"subtype": "message_deleted", "deleted_ts": previous["ts"]}, previous)

    def reacted(self, said: Message, user: User, reaction: str, *, added: bool) -> list[Sent]:
        event = {
            "type": "reaction_added" if added else "reaction_removed",
            "user": user.id,
            "reaction": reaction,
            "item": {"type": "message", "channel": said.channel, "ts": said.ts},
            "item_user": said.user,
        }
        return self.in_channel(self._state.channels[said.channel], event)

    def moved(self, channel: Channel, user: User, *, joined: bool, inviter: str | None = None) -> list[Sent]:
        """Somebody joined or left a channel; the bot hears of itself as well."""
        event: Json = {
            "type": "member_joined_channel" if joined else "member_left_channel",
            "user": user.id,
            "channel": channel.id,
            "channel_type": channel.id[0],
            "team": user.team,
        }
        event |= {"inviter": inviter} if inviter else {}
        bot = self._state.installations.get(channel.team)
        hears = self._state.bot_in(channel) or (bot if bot and user.id == bot.bot.id else None)
        return self._emit(hears, event, channel, str(event["type"])) if hears else []

    def shared(self, channel: Channel, team: str, *, now: bool) -> list[Sent]:
        event: Json = {"type": "channel_shared" if now else "channel_unshared", "channel": channel.id}
        event |= {"connected_team_id": team} if now else {"previously_connected_team_id": team}
        event |= {} if now else {"is_ext_shared": bool(channel.connected)}
        return self.in_channel(channel, event)

    def stopped(self, channel: Channel, thread: str, user: User, streams: Sequence[str]) -> list[Sent]:
        event = {
            "type": "agent_session_stopped",
            "channel": channel.id,
            "user": user.id,
            "thread_ts": thread,
            "streaming_message_ts": list(streams),
        }
        return self.in_channel(channel, event)

    def home_opened(self, user: User, tab: str, view: View | None) -> list[Sent]:
        installation = self._state.installations[user.team]
        channel = self._state.direct(user)
        event: Json = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab}
        event |= {"view": shapes.view(view, installation)} if view and tab == "home" else {}
        return self._emit(installation, event, None, "app_home_opened")

    def looked_at(self, user: User, entities: Sequence[Json]) -> list[Sent]:
        """The person moved on to something else while the agent view is open."""
        installation = self._state.installations[user.team]
        channel = self._state.direct(user)
        context = {"entities": list(entities)}
        event = {"type": "app_context_changed", "user": user.id, "channel": channel.id, "context": context}
        return self._emit(installation, event, channel, "app_context_changed")

    def user_changed(self, user: User) -> list[Sent]:
        event = {"type": "user_change", "user": shapes.user(user), "cache_ts": int(self._state.clock.now())}
        return self.in_workspace(user.team, event)

    def group_changed(self, group: Group, added: Sequence[str], removed: Sequence[str], before: int) -> list[Sent]:
        event = {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": group.team,
            "date_previous_update": before,
            "date_update": group.updated,
            "added_users": list(added),
            "added_users_count": len(added),
            "removed_users": list(removed),
            "removed_users_count": len(removed),
        }
        return self.in_workspace(group.team, event)

    def in_workspace(self, team: str, event: Json) -> list[Sent]:
        """Tell the installation in a workspace, one that is ending included."""
        return self._emit(self._state.installations[team], event, None, str(event["type"]))

    def in_channel(self, channel: Channel, event: Json) -> list[Sent]:
        installation = self._state.bot_in(channel)
        return self._emit(installation, event, channel, str(event["type"])) if installation else []

    def _message(self, channel: Channel, said: Message) -> Json:
        event = shapes.message(self._state, said)
        for counted in ("reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed"):
            event.pop(counted, None)
        event |= {"channel": channel.id, "event_ts": said.ts, "channel_type": _TYPES[channel.kind]}
        if said.user in self._state.users and said.team != channel.team:
            event |= {"user_team": said.team, "source_team": said.team}
        if said.context:
            event["app_context"] = said.context
        return event

    def _hidden(self, channel: Channel, what: Json, previous: Json) -> list[Sent]:
        ts = self._state.ts()
        where = {"channel": channel.id, "channel_type": _TYPES[channel.kind], "ts": ts, "event_ts": ts}
        event = {"type": "message", "hidden": True, **what, "previous_message": previous, **where}
        installation = self._state.bot_in(channel)
        return self._emit(installation, event, channel, _SUBSCRIPTIONS[channel.kind]) if installation else []

    def _emit(self, installation: Installation, event: Json, channel: Channel | None, subscription: str) -> list[Sent]:
        if subscription not in self._state.app.subscriptions:
            return []
        without = event["type"] in {"app_uninstalled", "tokens_revoked"}
        event = event if "event_ts" in event or without else event | {"event_ts": self._state.ts()}
        return [self._send(Sent(type="events_api", payload=self._envelope(installation, event, channel)))]

    def _envelope(self, installation: Installation, event: Json, channel: Channel | None) -> Json:
        state = self._state
        authorization = {
            "enterprise_id": None,
            "team_id": installation.team,
            "user_id": installation.bot.id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": state.app.verification_token,
            "team_id": installation.team,
            "context_team_id": installation.team,
            "context_enterprise_id": None,
            "api_app_id": installation.app,
            "event": event,
            "type": "event_callback",
            "event_id": state.id("Ev"),
            "event_time": int(state.clock.now()),
            "authorizations": [authorization],
            "is_ext_shared_channel": bool(channel and channel.connected),
            "event_context": f"4-{state.id('')}",
        }
