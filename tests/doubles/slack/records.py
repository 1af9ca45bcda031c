"""What Slack knows: workspaces and their people, channels and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tests.doubles.slack import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

Json: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["public", "private", "im", "mpim"]
Guest: TypeAlias = Literal["multi", "single"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    id: str
    name: str
    domain: str


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody, or a bot's face (``bot_id``). A guest of many channels is "multi", of one "single"."""

    id: str
    team: str
    name: str
    real_name: str
    guest: Guest | None = None
    admin: bool = False
    bot_id: str | None = None
    app: str | None = None
    """Of a bot: whose it is. Bots that came before there were apps have none."""
    deleted: bool = False
    updated: int = 0


@dataclass(slots=True, kw_only=True)
class Installation:
    """The app in one workspace. ``gone`` is the error that its token meets once it is revoked or uninstalled."""

    team: str
    app: str
    bot: User
    token: str
    scopes: set[str]
    gone: str | None = None


@dataclass(slots=True, kw_only=True)
class Group:
    id: str
    team: str
    handle: str
    members: list[str]
    updated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    id: str
    team: str
    user: str
    name: str
    mimetype: str
    content: bytes
    created: int


@dataclass(slots=True, kw_only=True)
class Stream:
    """A message in the making. ``mode`` is what it was begun with, and holds for all that follows."""

    started: float
    mode: Literal["markdown_text", "chunks"] | None = None
    plan: str | None = None
    tasks: dict[str, Json] = field(default_factory=dict)
    appends: int = 0
    stopped_by: str | None = None
    ended: bool = False


@dataclass(slots=True, kw_only=True)
class Message:
    """``text`` is Slack's own markup, ``markdown`` what came as Markdown, and ``blocks`` what follows it."""

    ts: str
    channel: str
    user: str
    team: str
    text: str = ""
    markdown: str = ""
    blocks: Sequence[Json] = ()
    attachments: Sequence[Json] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    bot: Installation | None = None
    subtype: str | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: Sequence[File] = ()
    broadcast: bool = False
    stream: Stream | None = None
    unfurls: bool = True
    seen_by: str | None = None
    """Of an ephemeral message: the one person who sees it."""
    context: Json | None = None
    """Of a message to the agent view: what its writer looked at."""

    @property
    def root(self) -> str:
        return self.thread_ts or self.ts

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def shown(self) -> str:
        """What people read, without buttons and tasks: blocks where there are any, else the text."""
        parts = [self.markdown, wording.of_blocks(self.blocks)]
        return "\n".join(part for part in parts if part) or self.text

    @property
    def tasks(self) -> list[Json]:
        """The task cards of a stream, in the order in which they appeared."""
        return list(self.stream.tasks.values()) if self.stream else []

    @property
    def buttons(self) -> list[Json]:
        """What can be clicked, as ``{block_id, type, action_id, text, value}``; feedback buttons are two."""
        return wording.buttons(self.blocks)

    @property
    def pings(self) -> list[str]:
        """Whom this notifies: the mentions and broadcasts that Slack would act upon."""
        return wording.pings([self.text if not self.blocks else "", self.markdown, *wording.texts(self.blocks)])


@dataclass(slots=True, kw_only=True)
class Channel:
    """``team`` is where it lives, ``connected`` the other workspaces that it is shared with."""

    id: str
    team: str
    name: str
    kind: Kind
    created: int
    members: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    archived: bool = False
    topic: str = ""
    purpose: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    ephemeral: list[Message] = field(default_factory=list)
    threads: dict[str, list[str]] = field(default_factory=dict)
    """What belongs to each root, itself included, in order."""

    @property
    def teams(self) -> list[str]:
        return [self.team, *self.connected]

    def thread(self, root: str) -> list[Message]:
        """The root and its replies, oldest first."""
        return [self.messages[ts] for ts in self.threads.get(root, ())]

    def add(self, said: Message) -> None:
        self.messages[said.ts] = said
        self.threads.setdefault(said.root, []).append(said.ts)

    def remove(self, said: Message) -> None:
        del self.messages[said.ts]
        self.threads[said.root].remove(said.ts)


@dataclass(slots=True, kw_only=True)
class View:
    """A modal that is open to somebody, or somebody's home."""

    id: str
    team: str
    user: str
    view: Json
    hash: str
    kind: Literal["modal", "home"]


@dataclass(slots=True, kw_only=True)
class Session:
    """An agent's session: what the person sees of its state above a thread."""

    status: str
    title: str | None
    initiator: str | None


@dataclass(slots=True, kw_only=True)
class Trigger:
    """Lets a view be opened for somebody once, within 3 seconds."""

    team: str
    user: str
    until: float
    used: bool = False


@dataclass(slots=True, kw_only=True)
class Hook:
    """A response URL: five posts within 30 minutes, whoever is a member. ``about`` is the message it may replace."""

    team: str
    channel: str
    user: str
    until: float
    about: str | None
    ephemeral: bool
    thread: str | None
    used: int = 0
