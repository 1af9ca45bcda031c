"""The catalog's tables: documents by edition, their readers and attributes, and their chunks.

An edition's ``state`` goes staging → staged → live. A sync writes editions beside those that answer and publishes
them all in one transaction at its end; ``generation`` counts publications, so that a running bot notices one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time; SQLite keeps none of its zone, so it is stored in UTC and comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Store UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give UTC back."""
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """The knowledge file's own metadata, apart from the bot's."""


class Setting(Base):
    """What the file was made with: ``vectors.model``, ``vectors.dimensions``, ``vectors.metric``, ``generation``."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str]


class Edition(Base):
    """A document as it was at one time."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("workspace", "document", "digest"),
        Index("ix_edition_source", "workspace", "source", "state"),
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    workspace: Mapped[str]
    source: Mapped[str]
    document: Mapped[str]
    digest: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str]
    url: Mapped[str | None]
    publisher: Mapped[str | None]
    year: Mapped[int | None]
    owner: Mapped[str | None]
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Reader(Base):
    """One principal that may read an edition."""

    __tablename__ = "reader"
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number", ondelete="CASCADE"), primary_key=True)
    principal: Mapped[str] = mapped_column(primary_key=True)


class Attribute(Base):
    """One filterable value of an edition, in lower case; ``field`` is ``knowledge.base.Field``."""

    __tablename__ = "attribute"
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)


class ChunkRow(Base):
    """A chunk's words. ``number`` is the row id that the keyword and vector tables share on SQLite."""

    __tablename__ = "chunk"
    __table_args__ = (UniqueConstraint("edition", "ordinal"),)
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(48), unique=True)
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number", ondelete="CASCADE"))
    ordinal: Mapped[int]
    text: Mapped[str]
    searched: Mapped[str]
    heading: Mapped[str]
    """The heading path, as a JSON list."""
    anchor: Mapped[str | None]


class VectorRow(Base):
    """A chunk's vector in the embedded index: float32, little-endian, unit length."""

    __tablename__ = "vector"
    chunk: Mapped[int] = mapped_column(ForeignKey("chunk.number", ondelete="CASCADE"), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
