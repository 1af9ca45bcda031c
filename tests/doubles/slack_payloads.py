"""Payloads as Slack sends them (@slack/types 3.2, and the shapes of Bolt's requests), smallest first."""

from __future__ import annotations

from typing import Any

TEAM, ME, ANN, CHANNEL, DM = "T0TEAM", "U0ME", "U0ANN", "C0CHAN", "D0DM"
TS, ROOT = "1700000000.000200", "1700000000.000100"

Payload = dict[str, Any]


def envelope(event: Payload, **more: object) -> Payload:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A0",
        "event_id": "Ev1",
        "event_time": 1_700_000_000,
        "authorizations": [{"team_id": TEAM, "user_id": ME, "is_bot": True, "is_enterprise_install": False}],
        "event": event,
        **more,
    }


def message(**more: object) -> Payload:
    known = {"type": "message", "user": ANN, "text": "how?", "ts": TS, "event_ts": TS, "team": TEAM}
    return {**known, "channel": CHANNEL, "channel_type": "channel", **more}


def mention(**more: object) -> Payload:
    return {**message(text=f"<@{ME}> how?"), "type": "app_mention", **more}


def changed(now: Payload, before: Payload) -> Payload:
    about = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": CHANNEL, "ts": "1700000001.0"}
    return {**about, "message": now, "previous_message": before, "event_ts": "1700000001.0"}


def deleted(before: Payload) -> Payload:
    about = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": CHANNEL}
    return {**about, "deleted_ts": before["ts"], "previous_message": before, "ts": "1700000001.0"}


def reaction(name: str, kind: str = "reaction_added", **more: object) -> Payload:
    item = {"type": "message", "channel": CHANNEL, "ts": TS}
    return {"type": kind, "user": ANN, "reaction": name, "item_user": ME, "item": item, "event_ts": TS, **more}


def pressed(action_id: str, value: str, **more: object) -> Payload:
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": ANN, "name": "ann", "team_id": TEAM},
        "trigger_id": "1.2.abc",
        "container": {"type": "message", "message_ts": TS, "channel_id": CHANNEL, "is_ephemeral": False},
        "channel": {"id": CHANNEL, "name": "general"},
        "message": {"type": "message", "ts": TS, "thread_ts": ROOT, "user": ME},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": TS}],
        **more,
    }


def submitted(callback: str, about: str, values: Payload) -> Payload:
    view = {"id": "V0", "type": "modal", "callback_id": callback, "private_metadata": about}
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": ANN, "name": "ann", "team_id": TEAM},
        "view": {**view, "state": {"values": values}},
    }


def command(**more: object) -> Payload:
    known = {"command": "/ask", "text": "how?", "team_id": TEAM, "channel_id": CHANNEL, "user_id": ANN}
    return {**known, "user_name": "ann", "trigger_id": "1.2.abc", "response_url": "https://hooks.example/1", **more}


def shortcut(**more: object) -> Payload:
    return {
        "type": "message_action",
        "callback_id": "ask_about",
        "trigger_id": "1.2.abc",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": ANN, "name": "ann"},
        "channel": {"id": CHANNEL, "name": "general"},
        "message_ts": TS,
        "message": {"type": "message", "user": "U0BOB", "ts": TS, "text": "it &lt;broke&gt;"},
        **more,
    }


ALL: tuple[Payload, ...] = (
    envelope(mention()),
    envelope(message()),
    envelope(message(channel=DM, channel_type="im")),
    envelope(message(thread_ts=ROOT, text="stop")),
    envelope(changed({**message(), "text": "why?", "edited": {"user": ANN, "ts": "1700000001.0"}}, message())),
    envelope(deleted(message())),
    envelope(reaction("+1")),
    envelope({"type": "agent_session_stopped", "channel": DM, "user": ANN, "thread_ts": ROOT, "event_ts": TS}),
    envelope({"type": "app_home_opened", "user": ANN, "channel": DM, "tab": "home", "event_ts": TS}),
    envelope({"type": "member_joined_channel", "user": ME, "channel": CHANNEL, "team": TEAM, "event_ts": TS}),
    envelope({"type": "channel_shared", "channel": CHANNEL, "connected_team_id": "T0X", "event_ts": TS}),
    envelope({"type": "app_uninstalled"}),
    envelope({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [ME]}}),
    pressed("rate", "-a1"),
    pressed("again", "a1"),
    pressed("privately", "q1", channel={"id": DM, "name": "directmessage"}),
    submitted("reason", "a1", {"why": {"value": {"selected_option": {"value": "wrong"}}}}),
    submitted("ask", f"{CHANNEL} {TS} {ROOT}", {"question": {"value": {"value": "why?"}}}),
    command(),
    shortcut(),
)
