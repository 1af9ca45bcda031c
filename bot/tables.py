"""The bot's tables: what was asked and answered, and how people rated it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from knowledge.tables import UtcDateTime


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
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text, datetime: UtcDateTime}


class TurnRow(Base):
    """One question and how it was answered; ``number`` is the order of answering."""

    __tablename__ = "turn"
    __table_args__ = (
        Index("ix_turn_conversation", "conversation", "number"),
        Index("ix_turn_asker", "platform", "asker", "number"),
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(String(64), unique=True)
    question_id: Mapped[str] = mapped_column(String(255), unique=True)
    conversation: Mapped[str] = mapped_column(String(255))
    platform: Mapped[str] = mapped_column(String(32))
    workspace: Mapped[str] = mapped_column(String(255))
    asker: Mapped[str] = mapped_column(String(255))
    question: Mapped[str]
    text: Mapped[str]
    """The answer in plain words with ``[n]`` marks, as it was shown."""
    verdict: Mapped[str] = mapped_column(String(16))
    documents: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the documents that the answer cited: what must be readable for it to enter a later prompt."""
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    model: Mapped[str | None] = mapped_column(String(128))
    prompt: Mapped[str | None] = mapped_column(String(128))
    prompt_tokens: Mapped[int]
    answer_tokens: Mapped[int]
    estimated: Mapped[bool]
    took_ms: Mapped[int]
    asked_at: Mapped[datetime]


class RatingRow(Base):
    """A person's last vote on an answer. A withdrawn one stays as 0, so that an older vote cannot come back."""

    __tablename__ = "rating"
    answer: Mapped[str] = mapped_column(ForeignKey("turn.answer", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(String(255), primary_key=True)
    vote: Mapped[int]
    at: Mapped[datetime]
