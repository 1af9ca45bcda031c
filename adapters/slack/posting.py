"""Posts and edits the messages of one reply: each stands there once, whatever becomes of the calls.

The journal is asked right before each call, so that whoever lost the lease says nothing more.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from adapters.base import MessageRef, Posted
from adapters.slack import lookup
from adapters.slack.contents import PLAINEST, metadata
from adapters.slack.errors import Limited, Refused, SlackError, Unsure
from adapters.slack.kit import section
from adapters.slack.payload import moment, text
from adapters.slack.sharing import EDIT, POST

if TYPE_CHECKING:
    from adapters.base import Journal, Question
    from adapters.slack.calls import Answer
    from adapters.slack.clock import Clock
    from adapters.slack.contents import Arguments, Content
    from adapters.slack.sharing import Sharing
    from adapters.slack.workspaces import Workspace

GONE: Final = frozenset(
    {
        *("channel_not_found", "not_in_channel", "is_archived", "restricted_action", "not_authorized"),
        *("restricted_action_thread_only_channel", "restricted_action_read_only_channel", "thread_not_found"),
        *("restricted_action_thread_locked", "messages_tab_disabled", "user_not_found", "cannot_reply_to_message"),
    }
)
"""Refusals that mean that nothing can be said at a place, however often it is tried."""
SHUT: Final = frozenset(
    {"account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed", "org_login_required"}
)
"""Refusals that mean the bot as a whole."""
_TOO_MUCH: Final = frozenset(
    {
        *("msg_too_long", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_blocks_too_many"),
        *("invalid_attachments", "too_many_attachments", "invalid_arguments", "blocks_too_long"),
    }
)
_TRIES: Final = 4
_PAUSE: Final = 1.0
_PATIENCE: Final = 120.0
_WHISPER: Final = 10.0
_QUIET: Final[Arguments] = {"parse": "none", "link_names": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One reply's messages in one thread, or at the top of a channel."""

    workspace: Workspace
    sharing: Sharing
    clock: Clock
    question: Question
    journal: Journal
    channel: str
    thread: str | None
    stands: dict[int, str] = field(default_factory=dict)
    """The message of each part that this process posted, or knows from the journal."""

    def at(self, channel: str, thread: str | None) -> Posting:
        """Give the same for another place."""
        return replace(self, channel=channel, thread=thread)

    @property
    def since(self) -> float:
        """When the question was asked."""
        return self.question.asked_at.timestamp()

    @property
    def known(self) -> frozenset[str]:
        """The messages of which it is known what they show."""
        return frozenset(self.stands.values())

    async def post(self, part: int, content: Content) -> str:
        """Post a part, and note it; where a try may have arrived, look first. Raises SlackError and LeaseLost."""
        key = await self.journal.before(part)
        for _ in range(_TRIES):
            try:
                ts = await self._posted(part, content, key)
            except Unsure:
                found = await self.found(key)
                if found is None:
                    await self.clock.sleep(_PAUSE)  # what was sent may be slow
                    found = await self.found(key)
                if found is None:
                    continue
                ts = found
            await self.noted(part, ts)
            return ts
        raise Unsure("Slack gave no answer to chat.postMessage.")

    async def _posted(self, part: int, content: Content, key: str) -> str:
        arguments: Arguments = {**_QUIET, "unfurl_links": False, "unfurl_media": False}
        arguments |= {"thread_ts": self.thread} if self.thread else {}
        return moment(await self._fitting(POST, part, content, key, arguments), "ts")

    async def edit(self, part: int, ts: str, content: Content) -> str:
        """Let a message say this and nothing else; post it anew where it is gone. Gives the message that says it."""
        key = await self.journal.before(part)
        for _ in range(_TRIES):
            try:
                await self._fitting(EDIT, part, content, key, {**_QUIET, "ts": ts})
            except Unsure:
                continue
            except Refused as refused:
                if refused.code == "streaming_state_conflict":
                    await self.stop(part, ts)
                    continue
                if refused.code not in {"message_not_found", "cant_update_message"}:
                    raise
                return await self.post(part, content)
            return ts
        raise Unsure("Slack gave no answer to chat.update.")

    async def _fitting(self, method: str, part: int, content: Content, key: str, arguments: Arguments) -> Answer:
        """Say it as it should be, else plainer."""
        named = metadata(self.question.id, key)
        for plainness in range(PLAINEST + 1):
            await self.sharing.turn(method, self.channel if method == POST else "")
            try:
                said = {**arguments, **content.arguments(plainness), "metadata": named}
                return await self.act(method, part, within=_PATIENCE, **said)
            except Refused as refused:
                if refused.code not in _TOO_MUCH or plainness == PLAINEST:
                    raise
        raise AssertionError("the plainest is said or refused")

    async def mend(self, part: int, ts: str, content: Content) -> str:
        """Bring a message that may still stream to its last state."""
        await self.stop(part, ts)
        return await self.edit(part, ts, content)

    async def stop(self, part: int, ts: str) -> None:
        """End a stream, if it is one still."""
        await self.closing(ts)
        with suppress(Refused, Unsure, Limited):
            await self.act("chat.stopStream", part, ts=ts)

    async def closing(self, stream: object) -> None:
        """Wait until a stream may be ended."""
        while (wait := self.workspace.pacer.close(stream, self.clock.now())) > 0:
            await self.clock.sleep(wait)

    async def remove(self, part: int, ts: str) -> None:
        """Take a message away; one that cannot be is left."""
        await self.stop(part, ts)
        with suppress(Refused, Unsure):
            await self.act("chat.delete", part, ts=ts)

    async def react(self, ts: str, name: str) -> None:
        """Put a mark on a message; where that cannot be, there is none."""
        with suppress(SlackError):
            await self.workspace.calls.ask("reactions.add", channel=self.channel, timestamp=ts, name=name)

    async def whisper(self, words: str, thread: str | None) -> None:
        """Show words in mrkdwn to the asker alone, in a thread that has replies; what cannot be shown is not."""
        where = {"thread_ts": thread} if thread else {}
        said: Arguments = {"text": words, "blocks": [section(words)], **_QUIET, **where}
        act, user = self.workspace.calls.act, self.question.asker.id
        with suppress(SlackError):
            await act("chat.postEphemeral", _free, within=_WHISPER, channel=self.channel, user=user, **said)

    async def gone(self, ts: str) -> bool:
        """Say whether a message is there no more, as far as Slack says it."""
        try:
            found = await self.workspace.calls.ask("reactions.get", channel=self.channel, timestamp=ts)
        except SlackError as error:
            return isinstance(error, Refused) and error.code == "message_not_found"
        return text(found, "message", "subtype") == "tombstone"

    async def act(self, method: str, part: int, /, *, within: float = _PATIENCE, **arguments: object) -> Answer:
        """Call a method on this channel, once the journal says that this process may. Raises SlackError, LeaseLost."""
        held = partial(self.journal.before, part)
        return await self.workspace.calls.act(method, held, within=within, channel=self.channel, **arguments)

    async def noted(self, part: int, ts: str) -> None:
        """Note in the journal where a part stands."""
        message = MessageRef(
            platform="slack", workspace=self.question.place.workspace, channel=self.channel, message=ts
        )
        self.stands[part] = ts
        await self.journal.after(Posted(part=part, message=message))

    async def found(self, key: str) -> str | None:
        """Look for a message by its key."""
        return lookup.by_key(await self.ours(), key)

    async def ours(self) -> list[lookup.Found]:
        """Give the bot's messages at this place since the question; none where the bot may not look."""
        try:
            return await lookup.ours(self.workspace, self.channel, self.thread, self.since)
        except Refused as refused:
            if refused.code != "missing_scope":
                raise
            return []  # an answer that may stand there twice is better than none


async def _free() -> None:
    """Hold no claim: whoever whispers twice bothers nobody."""
