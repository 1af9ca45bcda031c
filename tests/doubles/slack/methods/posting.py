"""chat.*: what an app says, changes and takes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.doubles.slack import limits, shapes
from tests.doubles.slack.arguments import Method, words
from tests.doubles.slack.errors import Refused
from tests.doubles.slack.rates import MANY, POSTS, TIER_3, TIER_4
from tests.doubles.slack.records import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.doubles.slack.arguments import Asked
    from tests.doubles.slack.records import Channel, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    text: str
    markdown: str
    blocks: Sequence[Json]
    attachments: Sequence[Json]


def content(asked: Asked, longest: int) -> _Content:
    """What is to be said, within the limits; ``longest`` is that of plain text, in characters."""
    text, markdown = asked.get("text") or "", asked.get("markdown_text") or ""
    if markdown and (text or asked.get("blocks")):
        raise Refused("markdown_text_conflict")
    limits.text(text, longest)
    limits.text(markdown, limits.MARKDOWN)
    blocks = limits.blocks(asked["blocks"]) if asked.get("blocks") is not None else []
    attachments = asked.get("attachments") or []
    if not (text or markdown or blocks or attachments):
        raise Refused("no_text")
    if asked.get("metadata") is not None:
        limits.metadata(asked["metadata"])
    return _Content(text=text, markdown=markdown, blocks=named(asked, blocks), attachments=attachments)


def open_channel(asked: Asked, name: str = "channel") -> Channel:
    channel = asked.state.joined(asked.caller, asked[name])
    if channel.archived:
        raise Refused("is_archived")
    return channel


def own(asked: Asked, channel: Channel, ts: str, refusal: str) -> Message:
    """A message of the app's own."""
    found = channel.messages.get(ts)
    if found is None:
        raise Refused("message_not_found")
    if found.bot is not asked.caller:
        raise Refused(refusal)
    return found


def root_of(channel: Channel, thread: str | None) -> str | None:
    """The root of a thread that is named by it, or by one of its replies."""
    if thread is None:
        return None
    if thread not in channel.messages:
        raise Refused("thread_not_found")
    return channel.messages[thread].root


def post(asked: Asked, channel: Channel, said: Message) -> Message:
    channel.add(said)
    asked.state.statuses.pop((channel.id, said.root), None)
    asked.emit.posted(said)
    return said


def _post_message(asked: Asked) -> Json:
    if asked["channel"] in asked.state.users:
        channel = asked.state.direct(asked.state.person(asked.caller, asked["channel"]))
    else:
        channel = open_channel(asked)
    said = _said(asked, channel, content(asked, limits.TEXT))
    said.broadcast = asked.yes("reply_broadcast")
    said.unfurls = any(asked.given.get(name, True) not in {False, "0", "false"}
                       for name in ("unfurl_links", "unfurl_media"))  # fmt: skip
    post(asked, channel, said)
    return {"channel": channel.id, "ts": said.ts, "message": shapes.message(asked.state, said, metadata=True)}


def _update(asked: Asked) -> Json:
    channel = asked.state.visible(asked.caller, asked["channel"])
    said = own(asked, channel, asked["ts"], "cant_update_message")
    if said.stream and not _over(asked, said):
        raise Refused("streaming_state_conflict")
    new = content(asked, limits.UPDATED_TEXT)
    previous = shapes.message(asked.state, said)
    if said.stream:
        said.stream.tasks.clear()
    said.text, said.markdown, said.blocks = new.text or said.text, new.markdown, new.blocks
    if "attachments" in asked.given:
        said.attachments = new.attachments
    if "metadata" in asked.given:
        said.metadata = asked["metadata"] or None
    if new.text and not new.blocks:
        said.edited = {"user": asked.caller.bot.id, "ts": asked.state.ts()}
    asked.emit.changed(said, previous)
    body = shapes.message(asked.state, said, metadata=True)
    return {"channel": channel.id, "ts": said.ts, "text": body["text"], "message": body}


def _delete(asked: Asked) -> Json:
    channel = asked.state.visible(asked.caller, asked["channel"])
    said = own(asked, channel, asked["ts"], "cant_delete_message")
    previous = shapes.message(asked.state, said)
    take_away(channel, said)
    asked.emit.deleted(channel, previous)
    return {"channel": channel.id, "ts": said.ts}


def take_away(channel: Channel, said: Message) -> None:
    """Delete; where replies stand beneath, an empty message stays in its place."""
    if said.is_reply or len(channel.thread(said.ts)) < 2:
        channel.remove(said)
        return
    channel.messages[said.ts] = Message(
        ts=said.ts,
        channel=channel.id,
        user="USLACKBOT",
        team=said.team,
        text="This message was deleted.",
        subtype="tombstone",
        thread_ts=said.ts,
    )


def _post_ephemeral(asked: Asked) -> Json:
    channel = open_channel(asked)
    if asked["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    said = _said(asked, channel, content(asked, limits.TEXT))
    said.seen_by = asked["user"]
    channel.ephemeral.append(said)
    return {"message_ts": said.ts}


def _permalink(asked: Asked) -> Json:
    channel = asked.state.visible(asked.caller, asked["channel"])
    said = channel.messages.get(asked["message_ts"])
    if said is None:
        raise Refused("message_not_found")
    domain = asked.state.workspaces[asked.caller.team].domain
    link = f"https://{domain}.slack.com/archives/{channel.id}/p{said.ts.replace('.', '')}"
    return {
        "channel": channel.id,
        "permalink": link + (f"?thread_ts={said.root}&cid={channel.id}" if said.is_reply else ""),
    }


def _said(asked: Asked, channel: Channel, new: _Content) -> Message:
    return Message(
        ts=asked.state.ts(),
        channel=channel.id,
        user=asked.caller.bot.id,
        team=asked.caller.team,
        text=new.text,
        markdown=new.markdown,
        blocks=new.blocks,
        attachments=new.attachments,
        thread_ts=root_of(channel, asked.get("thread_ts")),
        metadata=asked.get("metadata") or None,
        bot=asked.caller,
    )


def named(asked: Asked, blocks: Sequence[Mapping[str, object]]) -> list[Json]:
    """Slack gives each block an id that has none."""
    return [{"block_id": asked.state.id("b"), **block} for block in blocks]


def _over(asked: Asked, said: Message) -> bool:
    stream = said.stream
    return stream is None or stream.ended or asked.state.clock.now() - stream.started > STREAM_SECONDS


STREAM_SECONDS: Final = 300.0
"""A stream dies so long after its start, even while it is appended to."""
_POST = words("text blocks attachments markdown_text thread_ts link_names parse as_user icon_emoji icon_url username")
POSTING: Final = {
    "chat.postMessage": Method(
        answer=_post_message,
        rate=POSTS,
        required=words("channel"),
        optional=_POST | words("metadata reply_broadcast unfurl_links unfurl_media mrkdwn container_id"),
        scope="chat:write",
    ),
    "chat.update": Method(
        answer=_update,
        rate=TIER_3,
        required=words("channel ts"),
        optional=words("text blocks attachments markdown_text metadata link_names parse as_user reply_broadcast"),
        scope="chat:write",
    ),
    "chat.delete": Method(
        answer=_delete,
        rate=TIER_3,
        required=words("channel ts"),
        optional=words("as_user"),
        scope="chat:write",
    ),
    "chat.postEphemeral": Method(
        answer=_post_ephemeral, rate=TIER_4, required=words("channel user"), optional=_POST, scope="chat:write"
    ),
    "chat.getPermalink": Method(answer=_permalink, rate=MANY, required=words("channel message_ts")),
}
