"""What people do with the app itself: commands, buttons, shortcuts and forms. They wait for it three seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.slack import hooks, limits, shapes, wording
from tests.doubles.slack.delivery import Sent
from tests.doubles.slack.methods import views
from tests.doubles.slack.seeing import Seeing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.slack.records import Channel, Json, Message, User, View


class Acting(Seeing):
    """Each gives what was ``Sent``: await ``heard`` for its acknowledgement, which may be an answer."""

    def commands(self, user: User, channel: Channel, command: str, text: str = "") -> Sent:
        """Type a slash command, wherever one is; no command is sent twice."""
        state = self.state
        payload = {
            "token": state.app.verification_token,
            "team_id": user.team,
            "team_domain": state.workspaces[user.team].domain,
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.kind == "im" else channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": state.app.id,
            "is_enterprise_install": "false",
            "response_url": f"{state.url}/hooks/{state.new_hook(channel, user, None)}",
            "trigger_id": state.trigger(user.team, user.id),
        }
        sent = Sent(type="slash_commands", payload=payload, accepts_response=True)
        sent.then = lambda answer: self._say_at_once(channel, user, answer)
        return self.delivery.send(sent)

    def clicks(self, user: User, said: Message, action: str, value: str | None = None) -> Sent:
        """Press the button of a message that has this ``action_id`` and, where several have it, this value."""
        button = _button(said.buttons, action, value)
        channel = self.state.channels[said.channel]
        where: Json = {"type": "message", "message_ts": said.ts, "channel_id": channel.id}
        where |= {"is_ephemeral": said.seen_by is not None, **({"thread_ts": said.root} if said.is_reply else {})}
        payload = self._interaction("block_actions", user) | {
            "container": where,
            "channel": _named(channel),
            "message": shapes.message(self.state, said, metadata=True),
            "state": {"values": {}},
            "response_url": f"{self.state.url}/hooks/{self.state.new_hook(channel, user, said)}",
            "actions": [self._action(button)],
        }
        return self.delivery.send(Sent(type="interactive", payload=payload))

    def clicks_in(self, user: User, view: View, action: str, value: str | None = None) -> Sent:
        """Press a button of a home or a modal."""
        button = _button(view_buttons(view), action, value)
        shown = shapes.view(view, self.state.installations[user.team])
        payload = self._interaction("block_actions", user) | {
            "container": {"type": "view", "view_id": view.id},
            "view": shown,
            "actions": [self._action(button)],
        }
        return self.delivery.send(Sent(type="interactive", payload=payload))

    def asks_about(self, user: User, said: Message, callback: str) -> Sent:
        """Choose a message shortcut in a message's menu."""
        channel = self.state.channels[said.channel]
        payload = self._interaction("message_action", user) | {
            "action_ts": self.state.ts(),
            "callback_id": callback,
            "message_ts": said.ts,
            "channel": _named(channel),
            "message": shapes.message(self.state, said),
            "response_url": f"{self.state.url}/hooks/{self.state.new_hook(channel, user, None)}",
        }
        del payload["container"]
        return self.delivery.send(Sent(type="interactive", payload=payload))

    def submits(self, user: User, values: Mapping[str, Mapping[str, Json]]) -> Sent:
        """Send in the modal that is open, with ``{block_id: {action_id: {"type": …, "value": …}}}``."""
        view = self.modal(user)
        assert view is not None, f"no modal is open to {user.name}"
        shown = shapes.view(view, self.state.installations[user.team])
        shown["state"] = {"values": values}
        payload = self._interaction("view_submission", user) | {"view": shown, "response_urls": []}
        del payload["container"]
        sent = Sent(type="interactive", payload=payload, accepts_response=True)
        sent.then = lambda answer: self._go_on(view, answer)
        return self.delivery.send(sent)

    def closes(self, user: User) -> Sent | None:
        """Close the modal that is open; the app hears of it only if it said so (``notify_on_close``)."""
        view = self.modal(user)
        assert view is not None, f"no modal is open to {user.name}"
        del self.state.views[view.id]
        if not view.view.get("notify_on_close"):
            return None
        shown = shapes.view(view, self.state.installations[user.team])
        payload = self._interaction("view_closed", user) | {"view": shown, "is_cleared": False}
        for name in ("container", "trigger_id"):
            del payload[name]
        return self.delivery.send(Sent(type="interactive", payload=payload))

    def _interaction(self, kind: str, user: User) -> Json:
        state = self.state
        return {
            "type": kind,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
            "api_app_id": state.app.id,
            "token": state.app.verification_token,
            "container": {},
            "trigger_id": state.trigger(user.team, user.id),
            "team": shapes.team(state.workspaces[user.team]),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _action(self, button: Json) -> Json:
        text = {"type": "plain_text", "text": button["text"], "emoji": True}
        return {**button, "text": text, "action_ts": self.state.ts()}

    def _say_at_once(self, channel: Channel, user: User, answer: Json | None) -> None:
        """A command's acknowledgement may be what is said."""
        if answer:
            said = hooks.reply(self.state, channel, user.team, user.id, answer)
            if said.seen_by:
                channel.ephemeral.append(said)
            else:
                channel.add(said)
                self.emit.posted(said)

    def _go_on(self, view: View, answer: Json | None) -> None:
        """What becomes of a modal that was sent in: errors keep it open, an update replaces it, else it closes."""
        match (answer or {}).get("response_action"):
            case "errors":
                view.view = {**view.view, "errors": (answer or {})["errors"]}
            case "update" | "push":
                views.changed(self.state, view, limits.view((answer or {})["view"]))
            case _:
                self.state.views.pop(view.id, None)


def view_buttons(view: View) -> list[Json]:
    return wording.buttons(view.view["blocks"])


def _button(buttons: list[Json], action: str, value: str | None) -> Json:
    found = [one for one in buttons if one["action_id"] == action and value in {None, one["value"]}]
    assert len(found) == 1, f"{len(found)} buttons are {action!r} {value!r}; there are {buttons}"
    return found[0]


def _named(channel: Channel) -> dict[str, Any]:
    return {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name}
