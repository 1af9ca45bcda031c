"""agents.sessions.* and assistant.threads.*: what the person sees of the agent's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.doubles.slack.arguments import Method, words
from tests.doubles.slack.errors import Refused, wrong_arguments
from tests.doubles.slack.rates import MANY, TIER_3, TIER_4
from tests.doubles.slack.records import Session
from tests.doubles.slack.state import STATUS_SECONDS

if TYPE_CHECKING:
    from tests.doubles.slack.arguments import Asked
    from tests.doubles.slack.records import Channel, Json

STATUSES: Final = frozenset({"active", "processing", "suspended", "closed"})
TITLE: Final = 200
LOADING: Final = 10
PROMPTS: Final = 4


def _set_session(asked: Asked) -> Json:
    channel = asked.state.visible(asked.caller, asked["channel_id"])
    if asked.caller.bot.id not in channel.members:
        raise Refused("not_authorized")
    if asked["status"] not in STATUSES:
        raise Refused("invalid_status")
    if len(asked.get("title") or "") > TITLE:
        raise wrong_arguments(f"title must be less than {TITLE + 1} characters")
    root = _thread(channel, asked.get("thread_ts"), missing="thread_ts_required")
    initiator = asked.get("initiator_user_id")
    if initiator and initiator not in channel.members:
        raise Refused("user_not_found")
    session = asked.state.sessions.setdefault(
        (channel.id, root), Session(status=asked["status"], title=asked.get("title"), initiator=initiator)
    )
    session.status = asked["status"]
    answer: Json = {"status": session.status, "agent_status": session.status, "title": session.title or ""}
    if "agent_session_stopped" not in asked.state.app.subscriptions:
        answer["warning"] = "missing_agent_session_stopped_event_subscription"
    return answer


def _set_status(asked: Asked) -> Json:
    channel = asked.state.joined(asked.caller, asked["channel_id"])
    root = _thread(channel, asked["thread_ts"], missing="invalid_thread_ts")
    loading = asked.get("loading_messages") or []
    if len(loading) > LOADING:
        raise wrong_arguments(f"no more than {LOADING} items allowed [json-pointer:/loading_messages]")
    status = {"status": asked.get("status", ""), "loading_messages": loading}
    if status["status"]:
        asked.state.statuses[channel.id, root] = (status, asked.state.clock.now() + STATUS_SECONDS)
    else:
        asked.state.statuses.pop((channel.id, root), None)
    return {}


def _set_prompts(asked: Asked) -> Json:
    channel = asked.state.joined(asked.caller, asked["channel_id"])
    thread, prompts = asked.get("thread_ts"), asked["prompts"]
    if channel.kind != "im":
        raise Refused("channel_not_found")
    if thread is not None and thread not in channel.messages:
        raise Refused("invalid_thread_ts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= PROMPTS:
        raise wrong_arguments(f"1 to {PROMPTS} items are allowed [json-pointer:/prompts]")
    if not all(set(one) == {"title", "message"} and all(one.values()) for one in prompts):
        raise wrong_arguments("a prompt has a title and a message [json-pointer:/prompts]")
    asked.state.prompts[channel.id, thread] = {"title": asked.get("title", ""), "prompts": prompts}
    return {}


def _thread(channel: Channel, thread: str | None, *, missing: str) -> str:
    if not thread:
        raise Refused(missing)
    if thread not in channel.messages:
        raise Refused("invalid_thread_ts")
    return channel.messages[thread].root


_FACE = words("icon_emoji icon_url username")
SESSIONS: Final = {
    "agents.sessions.setStatus": Method(
        answer=_set_session,
        rate=TIER_3,
        required=words("channel_id status"),
        optional=_FACE | words("thread_ts title initiator_user_id"),
        scope="chat:write",
    ),
    "assistant.threads.setStatus": Method(
        answer=_set_status,
        rate=MANY,
        required=words("channel_id thread_ts"),
        optional=_FACE | words("status loading_messages"),
        scope="chat:write",
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        answer=_set_prompts,
        rate=TIER_4,
        required=words("channel_id prompts"),
        optional=words("thread_ts title"),
        scope="assistant:write",
    ),
}
