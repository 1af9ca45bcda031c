"""Posts and edits the messages of one reply: each stands there once, whatever becomes of the calls.

The journal is asked right before each call, so that whoever lost the lease says nothing more.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from adapters.base import MessageRef, Posted
from adapters.payload import text
from adapters.slack import lookup
from adapters.slack.contents import PLAINEST, Content, metadata
from adapters.slack.errors import Limited, Refused, SlackError, Unsure
from adapters.slack.kit import section
from adapters.slack.payload import ident, moment
from adapters.slack.sharing import EDIT, POST, REACT

if TYPE_CHECKING:
    from adapters.base import Journal, Question
    from adapters.clock import Clock
    from adapters.slack.calls import Answer
    from adapters.slack.contents import Arguments
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
_LATER: Final = frozenset({*SHUT, "team_added_to_org", "accesslimited", "ekm_access_denied", "team_access_not_granted"})
"""Refusals that a later try may not meet."""
_TOO_MUCH: Final = frozenset(
    {
        *("msg_too_long", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_blocks_too_many"),
        *("invalid_attachments", "too_many_attachments", "invalid_arguments", "blocks_too_long", "http_413"),
    }
)
"""Refusals of what is said, and not of what is said beside it for nobody to see."""
_OTHER: Final = frozenset({"message_not_found", "cant_update_message", "streaming_state_conflict"})
"""Refusals to edit one message, which say nothing of others."""
_UNHELPED: Final = frozenset(
    {*GONE, *SHUT, *_OTHER, "unknown_method", "missing_scope", "not_allowed_token_type", "edit_window_closed"}
)
"""Refusals that no plainer words help against."""
_UNTHREADED: Final = frozenset({"thread_not_found", "cannot_reply_to_message"})
"""Refusals of a thread; where its first message stands, the platform has none."""
_TRIES: Final = 4
_PAUSE: Final = 1.0
_PATIENCE: Final = 120.0
_WHISPER: Final = 10.0
_QUIET: Final[Arguments] = {"parse": "none", "link_names": False}
_FOLDED: Final[Arguments] = {"unfurl_links": False, "unfurl_media": False}


def hopeless(refused: Refused) -> bool:
    """Whether nothing can be said at a place, however often, and however plainly, it is tried."""
    return refused.code in GONE or (refused.method == POST and refused.code not in _LATER)


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

    @property
    def where(self) -> str:
        """The channel as calls want it, also where it was opened by a post to a person."""
        return self.sharing.direct(self.channel) or self.channel

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
        try:
            answer = await self._fitting(POST, part, content, key, {"thread_ts": self.thread} if self.thread else {})
        except Refused as refused:
            if refused.code not in _UNTHREADED or not self.thread:
                raise
            if not await lookup.asked(self.workspace, self.where, self.thread):
                raise
            answer = await self._fitting(POST, part, content, key, {})
        channel = ident(answer, "channel")
        if self.channel.startswith(("U", "W")) and channel and channel != self.channel:
            self.sharing.opened(self.channel, channel)
        return moment(answer, "ts")

    async def edit(self, part: int, ts: str, content: Content) -> str:
        """Let a message say this and nothing else; post it anew where it is gone. Gives the message that says it."""
        if not self.sharing.edits:
            return await self._anew(part, ts, content, "")
        key, code = await self.journal.before(part), ""
        for _ in range(_TRIES):
            try:
                await self._fitting(EDIT, part, content, key, {"ts": ts})
            except Unsure:
                continue
            except Refused as refused:
                code = refused.code
                if code == "streaming_state_conflict":
                    await self.stop(part, ts)
                    continue
                if code in GONE or code in SHUT:
                    raise
                break
            return ts
        if not code:
            raise Unsure("Slack gave no answer to chat.update.")
        return await self._anew(part, ts, content, code)

    async def _anew(self, part: int, ts: str, content: Content, code: str) -> str:
        """Post what cannot be edited once more, in place of what stands where that can be taken away."""
        if code and code not in _OTHER and code not in _TOO_MUCH:
            self.sharing.unedited()
        if code != "message_not_found":
            with suppress(SlackError):
                await self.act("chat.delete", part, ts=ts)
        return await self.post(part, content)

    async def _fitting(self, method: str, part: int, content: Content, key: str, arguments: Arguments) -> Answer:
        """Say it as it should be, else plainer, and in the end as text alone."""
        plainness, bare = self.sharing.manner
        beside = {**_QUIET, **(_FOLDED if method == POST else {}), "metadata": metadata(self.question.id, key)}
        unforeseen = False
        while True:
            try:
                answer = await self._said(method, part, content, plainness, arguments | ({} if bare else beside))
            except Refused as refused:
                if refused.code in _UNHELPED or (bare and plainness == PLAINEST):
                    raise
                if refused.code not in _TOO_MUCH and not bare:
                    bare = unforeseen = True
                    continue
                unforeseen = unforeseen or refused.code not in _TOO_MUCH
                plainness += 1 if plainness or content.tabled else 2
                bare = bare or plainness == PLAINEST
            except Unsure:
                if unforeseen:
                    self.sharing.speak(plainness, bare=bare)
                raise
            else:
                if unforeseen:
                    self.sharing.speak(plainness, bare=bare)
                return answer

    async def _said(self, method: str, part: int, content: Content, plainness: int, arguments: Arguments) -> Answer:
        """Say it once. Text alone may need several posts; only the first of them is the message of its part."""
        more = content.texts()[1:] if plainness == PLAINEST else []
        if more and method == EDIT:
            raise Refused(method, "msg_too_long")
        channel = self.where if method == POST else ""
        await self.sharing.turn(method, channel)
        answer = await self.act(method, part, within=_PATIENCE, **content.arguments(plainness), **arguments)
        for rest in more:
            await self.sharing.turn(method, channel)
            with suppress(Unsure):  # it says nothing by which it could be found
                said = await self.act(method, part, within=_PATIENCE, text=rest, **arguments)
                self.stands[-1 - len(self.stands)] = moment(said, "ts")  # it is known, and of no part
        return answer

    async def mend(self, part: int, ts: str, content: Content) -> str:
        """Bring a message that may still stream to its last state."""
        await self.stop(part, ts)
        return await self.edit(part, ts, content)

    async def stop(self, part: int, ts: str) -> None:
        """End a stream, if it is one still. Raises Refused where nothing can be said at this place any more."""
        await self.closing(ts)
        try:
            await self.act("chat.stopStream", part, ts=ts)
        except (Unsure, Limited):
            pass
        except Refused as refused:
            if refused.code in GONE:
                raise

    async def closing(self, stream: object) -> None:
        """Wait until a stream may be ended."""
        while (wait := self.workspace.pacer.close(stream, self.clock.now())) > 0:
            await self.clock.sleep(wait)

    async def remove(self, part: int, ts: str) -> None:
        """Take a message away; one that cannot be is left."""
        with suppress(Refused, Unsure):
            await self.stop(part, ts)
            await self.act("chat.delete", part, ts=ts)

    async def react(self, ts: str, name: str) -> bool:
        """Put a mark on a message, and say whether it stands there."""
        await self.sharing.turn(REACT)
        try:
            await self.workspace.calls.ask(REACT, channel=self.where, timestamp=ts, name=name)
        except SlackError as error:
            return isinstance(error, Refused) and error.code == "already_reacted"
        return True

    async def whisper(self, words: str, thread: str | None) -> bool:
        """Show words in mrkdwn to the asker alone, in a thread that has replies; say whether that went well."""
        where = {"thread_ts": thread} if thread else {}
        said: Arguments = {"text": words, "blocks": [section(words)], **_QUIET, **where}
        act, user = self.workspace.calls.act, self.question.asker.id
        with suppress(SlackError):
            await act("chat.postEphemeral", _free, within=_WHISPER, channel=self.where, user=user, **said)
            return True
        return False

    async def gone(self, ts: str) -> bool:
        """Say whether a message is there no more, as far as Slack says it."""
        try:
            found = await self.workspace.calls.ask("reactions.get", channel=self.where, timestamp=ts)
        except SlackError as error:
            return isinstance(error, Refused) and error.code == "message_not_found"
        return text(found, "message", "subtype") == "tombstone"

    async def act(self, method: str, part: int, /, *, within: float = _PATIENCE, **arguments: object) -> Answer:
        """Call a method on this channel, once the journal says that this process may. Raises SlackError, LeaseLost."""
        held = partial(self.journal.before, part)
        return await self.workspace.calls.act(method, held, within=within, channel=self.where, **arguments)

    async def noted(self, part: int, ts: str) -> None:
        """Note in the journal where a part stands."""
        message = MessageRef(platform="slack", workspace=self.question.place.workspace, channel=self.where, message=ts)
        self.stands[part] = ts
        await self.journal.after(Posted(part=part, message=message))

    async def found(self, key: str) -> str | None:
        """Look for a message by its key; where messages have none, for one that nobody knows."""
        ours = await self.ours()
        loose = lookup.strays(ours, self.known, self.since) if self.sharing.manner[1] else []
        return lookup.by_key(ours, key) or (loose[0] if loose else None)

    async def ours(self) -> list[lookup.Found]:
        """Give the bot's messages at this place since the question; none where the bot cannot look."""
        try:
            return await lookup.ours(self.workspace, self.where, self.thread, self.since)
        except Refused as refused:
            if refused.code in SHUT:
                raise
        except (Unsure, Limited):
            pass
        return []  # an answer that may stand there twice is better than none

    async def reads(self, ts: str) -> str:
        """Give what a message says there; nothing where the bot cannot look."""
        with suppress(SlackError):
            return await lookup.shown(self.workspace, self.where, self.thread, ts)
        return ""


async def _free() -> None:
    """Hold no claim: whoever whispers twice bothers nobody."""
