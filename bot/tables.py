"""The bot's tables: what is owed, posted and answered, ratings, pauses, money, leases, tickets and installations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from knowledge.tables import UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy import Dialect

State = Literal["waiting", "running", "paused", "offered", "finished"]
Wish = Literal["stopped", "deleted"]
ChargeState = Literal["open", "settled", "released", "assumed"]

UNFINISHED = "state <> 'finished'"
"""The rows that claiming looks at; what asks for them says so in these words, so that the partial indexes serve."""

OPEN = "state = 'open'"
"""The charges whose money is set apart, in the words of their partial index."""
COUNTING = "state <> 'released' AND counts"
"""The charges that count as a question, likewise."""


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Words(TypeDecorator[str]):
    """What people wrote, whole but for what no database takes: NUL, and halves of a UTF-16 pair."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Put a replacement character in place of what cannot be stored."""
        return value and value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


class Base(DeclarativeBase):
    """The bot's own metadata; constraints are named, so that a later migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Words, datetime: UtcDateTime}


class TurnRow(Base):
    """One question and how it was answered; ``number`` is the order of answering."""

    __tablename__ = "turn"
    __table_args__ = (
        Index("ix_turn_conversation", "conversation", "number"),
        Index("ix_turn_asker", "platform", "asker", "number"),
        Index("ix_turn_asked_at", "platform", "workspace", "asked_at"),
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(String(64), unique=True)
    question_id: Mapped[str] = mapped_column(String(255), unique=True)
    conversation: Mapped[str] = mapped_column(String(255))
    platform: Mapped[str] = mapped_column(String(32))
    workspace: Mapped[str] = mapped_column(String(255))
    channel: Mapped[str | None]
    """Where it was asked and answered; not known of old turns."""
    thread: Mapped[str | None] = mapped_column(String(255))
    """The thread in which it was asked, unless that begins with it; not known of old turns."""
    private_to: Mapped[str | None] = mapped_column(String(255))
    """The one person to whom the place was private."""
    asker: Mapped[str] = mapped_column(String(255))
    question: Mapped[str]
    text: Mapped[str]
    """The answer in plain words with ``[n]`` marks, as it was shown."""
    verdict: Mapped[str] = mapped_column(String(16))
    documents: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the documents that the answer rests on: what must be readable for it to be shown or prompt again."""
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    model: Mapped[str | None] = mapped_column(String(128))
    prompt: Mapped[str | None] = mapped_column(String(128))
    prompt_tokens: Mapped[int]
    answer_tokens: Mapped[int]
    estimated: Mapped[bool]
    took_ms: Mapped[int]
    verification: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """How the model's draft was borne out, and whether the answer is valid; none where no model wrote."""
    asked_at: Mapped[datetime]


class InboxRow(Base):
    """A question, from before its platform is told that it arrived until a day after its answer; in ``number``'s order.

    ``state``: waiting · running: claimed by ``owner`` until ``lease_until`` · paused: kept until its place is resumed ·
    offered: old, and its asker was asked whether it is still wanted · finished. While a question waits, ``lease_until``
    is when it may be claimed by others than ``owner``, who may a lease earlier, or tried again. ``fence`` rises with
    every claim, so a writer that was overtaken is told apart. Times are seconds since 1970 by the database's clock,
    which all processes share.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("uq_inbox_running", "conversation", unique=True, **_where("state = 'running'")),
        Index("ix_inbox_conversation", "conversation", "number", **_where(UNFINISHED)),
        Index("ix_inbox_number", "number", **_where(UNFINISHED)),
        Index("ix_inbox_finished_at", "finished_at"),
        {"sqlite_autoincrement": True},
    )
    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    id: Mapped[str] = mapped_column(String(255), unique=True)
    conversation: Mapped[str] = mapped_column(String(255))
    platform: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The question, as ``bot.payload`` packs it."""
    asker: Mapped[str | None]
    """Who asked it, as a principal: who may stop it, or say that it is still wanted."""
    answer: Mapped[str] = mapped_column(String(64), unique=True)
    """The id of its answer, the same at every try."""
    state: Mapped[State] = mapped_column(String(8))
    attempts: Mapped[int]
    fence: Mapped[int]
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[float | None] = mapped_column(Double)
    stop: Mapped[Wish | None] = mapped_column(String(8))
    newer: Mapped[str | None]
    """What the question says since it was edited."""
    wanted: Mapped[bool]
    """Its asker said that it still is."""
    put_at: Mapped[float] = mapped_column(Double)
    finished_at: Mapped[float | None] = mapped_column(Double)
    held_at: Mapped[float | None] = mapped_column(Double)
    """When it was put off by a pause, or offered; set as long as nothing was posted but that."""


class PauseRow(Base):
    """Something that an operator paused, by a name of ``bot.paused``."""

    __tablename__ = "pause"
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    since: Mapped[float] = mapped_column(Double)
    by: Mapped[str] = mapped_column(String(255))


class PauseNoticeRow(Base):
    """The last question in a channel that was told of a pause in words, and when."""

    __tablename__ = "pause_notice"
    channel: Mapped[str] = mapped_column(String(600), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(255))
    at: Mapped[float] = mapped_column(Double)


class PostRow(Base):
    """A part of a reply: without ``message`` a post that was begun, with it the message that shows it."""

    __tablename__ = "post"
    __table_args__ = (Index("ix_post_message", "platform", "workspace", "channel", "message"),)
    question_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(25))
    answer: Mapped[str] = mapped_column(String(64))
    platform: Mapped[str] = mapped_column(String(32))
    workspace: Mapped[str] = mapped_column(String(255))
    channel: Mapped[str | None] = mapped_column(String(255))
    message: Mapped[str | None] = mapped_column(String(255))


class RatingRow(Base):
    """A person's last vote on an answer. A withdrawn one stays as 0, so that an older vote cannot come back.

    It has no foreign key: a vote may come while the answer's last words are shown and its turn is not yet kept.
    """

    __tablename__ = "rating"
    answer: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(255), primary_key=True)
    vote: Mapped[int]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(32))
    """Why it was thought bad, in the platform's name for that; ``comment`` is what the person wrote, secrets masked."""
    comment: Mapped[str | None]


class AccountRow(Base):
    """What a holder used of its limits in a period, in micro-dollars and questions; ``period`` is a day or a month.

    At every moment ``spent`` is the sum of what its charges cost and ``reserved`` that of the worst of its open ones,
    and the two together are within ``most_spent``. The limits are those of the last reservation; null is without.
    """

    __tablename__ = "account"
    holder: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(600), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    spent: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    questions: Mapped[int]
    most_spent: Mapped[int | None] = mapped_column(BigInteger)
    most_questions: Mapped[int | None]
    spent_warned: Mapped[bool]
    """Whether somebody was told that 80 % of the money are spent; ``questions_warned`` likewise."""
    questions_warned: Mapped[bool]


class ChargeRow(Base):
    """A call to a model: money set apart for it by ``owner``, and what it did cost.

    ``state``: open: set apart until ``lease_until``, which its owner renews; the call may have begun · settled ·
    released: it was never begun · assumed: booked at its worst, as its owner is gone. ``begun_at`` says to which day
    and month it belongs. ``counts``: it is the one of its answer that counts as a question of the workspace's plan.
    """

    __tablename__ = "charge"
    __table_args__ = (
        Index("uq_charge_counts", "answer", unique=True, **_where(COUNTING)),
        Index("ix_charge_open", "answer", **_where(OPEN)),
        Index("ix_charge_begun_at", "begun_at"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    answer: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(64))
    lease_until: Mapped[float] = mapped_column(Double)
    state: Mapped[ChargeState] = mapped_column(String(8))
    worst: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[int] = mapped_column(BigInteger)
    """What is booked: nothing while it is open."""
    person: Mapped[str] = mapped_column(String(600))
    workspace: Mapped[str] = mapped_column(String(255))
    channel: Mapped[str] = mapped_column(String(600))
    feature: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(Text)
    prompt_tokens: Mapped[int]
    answer_tokens: Mapped[int]
    estimated: Mapped[bool]
    counts: Mapped[bool]
    begun_at: Mapped[float] = mapped_column(Double)


class LeaseRow(Base):
    """What one process at a time holds: ``owner``, until then; ``heard`` is what its holders note for each other."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[float] = mapped_column(Double)
    heard: Mapped[float | None] = mapped_column(Double)


class TicketRow(Base):
    """The right to answer a question, which a platform gives for a while: ``sealed``, so that it is of no use here."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_until", "until"),)
    question: Mapped[str] = mapped_column(String(255), primary_key=True)
    workspace: Mapped[str] = mapped_column(String(255))
    sealed: Mapped[str] = mapped_column(Text)
    until: Mapped[float] = mapped_column(Double)


class SettledRow(Base):
    """What was settled once and stays so, whatever would be chosen later."""

    __tablename__ = "settled"
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


def _sdks(name: str, indexed: tuple[str, ...], **columns: int | type[Any]) -> None:
    """Declare a table that Slack's SDK reads and writes; a number is the length of a text."""
    needed = {"client_id", "app_id", "user_id", "state", "expire_at", "installed_at", "is_enterprise_install"}
    Table(
        name,
        Base.metadata,
        Column("id", Integer, primary_key=True, autoincrement=True),
        *(
            Column(column, String(kind) if isinstance(kind, int) else kind, nullable=column not in needed)
            for column, kind in columns.items()
        ),
        *([Index(f"{name}_idx", *indexed)] if indexed else []),
    )


_WHO: Final = {"client_id": 32, "app_id": 32, "enterprise_id": 32, "enterprise_name": 200}
_BOT: Final[dict[str, int | type[Any]]] = {
    "team_id": 32,
    "team_name": 200,
    "bot_token": Text,
    "bot_id": 32,
    "bot_user_id": 32,
    "bot_scopes": 1000,
    "bot_refresh_token": Text,
    "bot_token_expires_at": DateTime,
}
_sdks(
    "slack_bots",
    ("client_id", "enterprise_id", "team_id", "installed_at"),
    **_WHO,
    **_BOT,
    is_enterprise_install=Boolean,
    installed_at=DateTime,
)
_sdks(
    "slack_installations",
    ("client_id", "enterprise_id", "team_id", "user_id", "installed_at"),
    **_WHO,
    enterprise_url=200,
    **_BOT,
    user_id=32,
    user_token=Text,
    user_scopes=1000,
    user_refresh_token=Text,
    user_token_expires_at=DateTime,
    incoming_webhook_url=Text,
    incoming_webhook_channel=200,
    incoming_webhook_channel_id=200,
    incoming_webhook_configuration_url=Text,
    is_enterprise_install=Boolean,
    token_type=32,
    installed_at=DateTime,
)
_sdks("slack_oauth_states", (), state=200, expire_at=DateTime)
