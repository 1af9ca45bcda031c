"""The keyword table that only PostgreSQL has: the words of each chunk as a ``tsvector``, and who may find it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from knowledge.tables import TEXT, ChunkRow, Edition


class OnServerOnly(DeclarativeBase):
    """Tables beside those of ``knowledge.tables``, in the same schema."""


class Lexemes(OnServerOnly):
    """A chunk's stems, each with as many positions as it occurs; they say how often, not where.

    Rows stay within a page, uncompressed (``toast_tuple_target``): a search reads thousands of them. They go with their
    chunk. ``attributes`` are written ``field=value``; an edition never changes, so neither do they.
    """

    __tablename__ = "lexemes"
    __table_args__ = (
        Index("ix_lexemes_stems", "stems", postgresql_using="gin"),
        {"postgresql_with": {"toast_tuple_target": 8160}},
    )
    chunk: Mapped[int] = mapped_column(ForeignKey(ChunkRow.number, ondelete="CASCADE"), primary_key=True)
    edition: Mapped[int] = mapped_column(ForeignKey(Edition.number, ondelete="CASCADE"), index=True)
    length: Mapped[int] = mapped_column(index=True)
    """Words; all lengths are added up out of their index, since the rows are a hundred times larger."""
    readers: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    attributes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    stems: Mapped[str] = mapped_column(TSVECTOR)
