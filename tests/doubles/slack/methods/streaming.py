"""chat.startStream, appendStream and stopStream: a message that people see grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.doubles.slack import limits, shapes
from tests.doubles.slack.arguments import Method, words
from tests.doubles.slack.errors import Refused, wrong_arguments
from tests.doubles.slack.methods import posting
from tests.doubles.slack.methods.sessions import STATUSES
from tests.doubles.slack.rates import TIER_2, TIER_4
from tests.doubles.slack.records import Message, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.doubles.slack.arguments import Asked
    from tests.doubles.slack.records import Channel, Json

FIELD: Final = 256
"""Characters of a title, of details and of an output."""
WEIGHT: Final = 10_600
"""Bytes of a streamed message that has text and task cards, whose details and outputs count twice. Measured."""
_STATES: Final = frozenset({"pending", "in_progress", "complete", "error"})
_TASK: Final = frozenset({"type", "id", "title", "status", "details", "output", "sources"})


def _start(asked: Asked) -> Json:
    channel = posting.open_channel(asked)
    _addressed(asked, channel)
    if asked.get("task_display_mode") not in {None, "timeline", "plan", "dense"}:
        raise wrong_arguments("task_display_mode must be timeline, plan or dense")
    said = Message(
        ts=asked.state.ts(),
        channel=channel.id,
        user=asked.caller.bot.id,
        team=asked.caller.team,
        bot=asked.caller,
        thread_ts=posting.root_of(channel, asked["thread_ts"]),
        stream=Stream(started=asked.state.clock.now()),
    )
    _add(asked, said, needed=False)
    posting.post(asked, channel, said)
    return {"channel": channel.id, "ts": said.ts}


def _append(asked: Asked) -> Json:
    channel = posting.open_channel(asked)
    said, stream = _streaming(asked, channel)
    if stream.stopped_by:
        raise Refused("stopped_by_user")
    _add(asked, said, needed=True)
    stream.appends += 1
    return {"channel": channel.id, "ts": said.ts}


def _stop(asked: Asked) -> Json:
    channel = posting.open_channel(asked)
    said, stream = _streaming(asked, channel)
    status = asked.get("session_status", "active")
    if status not in STATUSES:
        raise wrong_arguments("session_status must be one of active, processing, suspended, closed")
    if asked.get("metadata") is not None:
        limits.metadata(asked["metadata"])
    below = limits.blocks(asked["blocks"], too_many="msg_blocks_too_many") if asked.get("blocks") else []
    previous = shapes.message(asked.state, said)
    _add(asked, said, needed=False)
    said.blocks = [*said.blocks, *posting.named(asked, below)]
    said.metadata = asked.get("metadata") or said.metadata
    stream.ended = True
    session = asked.state.sessions.get((channel.id, said.root))
    if session:
        session.status = status
    asked.emit.changed(said, previous)
    return {"channel": channel.id, "ts": said.ts, "message": shapes.message(asked.state, said, metadata=True)}


def _addressed(asked: Asked, channel: Channel) -> None:
    """Outside of direct messages a stream is for somebody."""
    if channel.kind == "im":
        return
    for name in ("recipient_team_id", "recipient_user_id"):
        if not asked.get(name):
            raise Refused(f"missing_{name}")
    user = asked.state.users.get(asked["recipient_user_id"])
    if user is None or user.team != asked["recipient_team_id"] or user.id not in channel.members:
        raise Refused("user_not_found")


def _streaming(asked: Asked, channel: Channel) -> tuple[Message, Stream]:
    said = posting.own(asked, channel, asked["ts"], "message_not_owned_by_app")
    stream = said.stream
    if stream is None or stream.ended or asked.state.clock.now() - stream.started > posting.STREAM_SECONDS:
        raise Refused("message_not_in_streaming_state")
    return said, stream


def _add(asked: Asked, said: Message, *, needed: bool) -> None:
    """Add what came to a stream, all of it or nothing."""
    stream = said.stream
    assert stream is not None
    text, chunks = asked.get("markdown_text"), asked.get("chunks")
    if text and chunks:
        raise Refused("cannot_provide_both_markdown_text_and_chunks")
    if not text and not chunks:
        if needed:
            raise Refused("markdown_text_or_chunks_required")
        return
    mode = "markdown_text" if text else "chunks"
    if stream.mode not in {None, mode}:
        raise Refused("streaming_mode_mismatch")
    checked = [{"type": "markdown_text", "text": text}] if text else _checked(chunks)
    markdown = said.markdown + "".join(one["text"] for one in checked if one["type"] == "markdown_text")
    tasks = dict(stream.tasks)
    for one in checked:
        if one["type"] == "task_update":
            tasks[one["id"]] = _merged(tasks.get(one["id"], {}), one)
    _fits(markdown, tasks)
    blocks = [block for one in checked if one["type"] == "blocks" for block in one["blocks"]]
    limits.blocks([*said.blocks, *blocks], too_many="msg_blocks_too_many")
    stream.mode = "markdown_text" if text else "chunks"
    stream.tasks, said.markdown = tasks, markdown
    said.blocks = [*said.blocks, *posting.named(asked, blocks)]
    stream.plan = next((one["title"] for one in checked[::-1] if one["type"] == "plan_update"), stream.plan)


def _merged(task: Json, update: Mapping[str, Any]) -> Json:
    """Details and output of one task add up; its title and state are replaced."""
    grown = {name: task.get(name, "") + update[name] for name in ("details", "output") if update.get(name)}
    return task | {name: value for name, value in update.items() if value is not None} | grown


def _fits(markdown: str, tasks: Mapping[str, Json]) -> None:
    limits.text(markdown, limits.MARKDOWN)
    weight = len(markdown.encode())
    for task in tasks.values():
        weight += len(task["title"].encode())
        weight += 2 * sum(len(task.get(name, "").encode()) for name in ("details", "output"))
    if markdown and tasks and weight > WEIGHT:
        raise Refused("msg_too_long")


def _checked(chunks: object) -> Sequence[Json]:
    if not isinstance(chunks, list):
        raise Refused("invalid_chunks")
    for chunk in chunks:
        kind = chunk.get("type") if isinstance(chunk, dict) else None
        match kind:
            case "markdown_text":
                _strings(chunk, {"text": limits.MARKDOWN})
            case "plan_update":
                _strings(chunk, {"title": FIELD})
            case "task_update":
                _task(chunk)
            case "blocks":
                limits.blocks(chunk.get("blocks"), too_many="msg_blocks_too_many")
            case _:
                raise Refused("invalid_chunks", messages=[f"unknown type: {kind}"])
    return chunks


def _task(chunk: Mapping[str, Any]) -> None:
    _strings(chunk, {"id": FIELD, "title": FIELD})
    _strings(chunk, {name: FIELD for name in ("details", "output") if chunk.get(name) is not None})
    if chunk.get("status") not in _STATES:
        raise Refused("invalid_chunks", messages=[f"unknown status: {chunk.get('status')}"])
    if unknown := set(chunk) - _TASK:
        raise Refused("invalid_chunks", messages=[f"unknown field: {name}" for name in sorted(unknown)])
    for source in chunk.get("sources") or ():
        if source.get("type") != "url":
            raise Refused("invalid_chunks", messages=["a source is of type url"])
        _strings(source, {"text": FIELD, "url": limits.SECTION})


def _strings(chunk: Mapping[str, Any], most: Mapping[str, int]) -> None:
    for name, longest in most.items():
        value = chunk.get(name)
        if not isinstance(value, str) or not 1 <= len(value) <= longest:
            raise Refused(
                "msg_too_long" if name == "text" and isinstance(value, str) and value else "invalid_chunks",
                messages=[f"{name} must be of 1 to {longest} characters"],
            )


_CONTENT = words("markdown_text chunks")
STREAMING: Final = {
    "chat.startStream": Method(
        answer=_start,
        rate=TIER_2,
        required=words("channel thread_ts"),
        optional=_CONTENT | words("recipient_team_id recipient_user_id task_display_mode icon_emoji icon_url username"),
        scope="chat:write",
    ),
    "chat.appendStream": Method(
        answer=_append, rate=TIER_4, required=words("channel ts"), optional=_CONTENT, scope="chat:write"
    ),
    "chat.stopStream": Method(
        answer=_stop,
        rate=TIER_2,
        required=words("channel ts"),
        optional=_CONTENT | words("blocks metadata session_status"),
        scope="chat:write",
    ),
}
