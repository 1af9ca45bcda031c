"""The catalog's tables: documents by edition, their readers and attributes, and their chunks.

An edition's ``state`` goes staging → staged → live. A sync writes editions beside those that answer and publishes
them all in one transaction at its end; ``publication`` counts these, so that a running bot notices one.

Numbers of editions and chunks are never given twice, so a reader that remembers one cannot mistake it for another.
The keyword table ``words`` is FTS5 over ``chunk.searched``; triggers keep it in step, so no writer can forget to.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, String, TypeDecorator, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from sqlalchemy import Dialect

VERSION: Final = 3
"""The version of the tables. There is no migration: a sync builds them again."""


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


class OnServer(TypeDecorator[str]):
    """A text on PostgreSQL, which is compared byte by byte as SQLite does, and may have any character.

    PostgreSQL takes no NUL; a character that no text may have (https://www.unicode.org/faq/private_use.html,
    noncharacters) stands in for it. Half a character, which SQLite does not take either, becomes ``?``.
    """

    impl = String(collation="C")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Put the other character for NUL."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", _NUL).encode("utf-8", "replace").decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Put NUL for the other character."""
        return value if value is None else value.replace(_NUL, "\0")


_NUL: Final = "\ufdd0"
TEXT: Final = String().with_variant(OnServer(), "postgresql")


class Base(DeclarativeBase):
    """The knowledge's own metadata, apart from the bot's."""

    type_annotation_map: ClassVar = {str: TEXT}


class Setting(Base):
    """Notes (``note.…``), and what the database itself was made with."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Publication(Base):
    """How often a workspace's knowledge was published; a workspace without a row never was."""

    __tablename__ = "publication"
    workspace: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int]


class Origin(Base):
    """Where a workspace's source of this name was last read from."""

    __tablename__ = "origin"
    workspace: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]


class Edition(Base):
    """A document as it was at one time.

    ``updated_at`` is what readers are shown; ``given_at`` is the date that the source gave, which ``updated_at``
    follows unless the document names its own. Neither is part of the digest: a file that is only touched is unchanged.
    """

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("workspace", "document", "digest"),
        Index(
            "ix_edition_answering",
            "workspace",
            "document",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        Index("ix_edition_state", "workspace", "state"),
        {"sqlite_autoincrement": True},
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    workspace: Mapped[str]
    source: Mapped[str]
    document: Mapped[str]
    digest: Mapped[str] = mapped_column(String(32))
    state: Mapped[Literal["staging", "staged", "live"]] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str]
    url: Mapped[str | None]
    publisher: Mapped[str | None]
    year: Mapped[int | None]
    owner: Mapped[str | None]
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Reader(Base):
    """One principal that may read an edition."""

    __tablename__ = "reader"
    __table_args__ = ({"sqlite_with_rowid": False},)
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number", ondelete="CASCADE"), primary_key=True)
    principal: Mapped[str] = mapped_column(primary_key=True)


class Attribute(Base):
    """One filterable value of an edition, case-folded; ``field`` is ``knowledge.base.Field``."""

    __tablename__ = "attribute"
    __table_args__ = ({"sqlite_with_rowid": False},)
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)


class ChunkRow(Base):
    """A chunk's words. ``number`` is the row id that the keyword and vector tables share on SQLite."""

    __tablename__ = "chunk"
    __table_args__ = (
        UniqueConstraint("edition", "ordinal"),
        Index("ix_chunk_number", "number", "edition"),
        {"sqlite_autoincrement": True},
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(48), unique=True)
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number", ondelete="CASCADE"))
    ordinal: Mapped[int]
    text: Mapped[str]
    searched: Mapped[str]
    heading: Mapped[str]
    """The heading path, as a JSON list."""
    anchor: Mapped[str | None]


class VectorModel(Base):
    """A model whose vectors the embedded index holds, by a small number."""

    __tablename__ = "vector_model"
    __table_args__ = (UniqueConstraint("model", "dimensions", "metric"), {"sqlite_autoincrement": True})
    number: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str]
    dimensions: Mapped[int]
    metric: Mapped[str] = mapped_column(String(16))


class VectorRow(Base):
    """A chunk's vector of one model in the embedded index: float32, little-endian, unit length."""

    __tablename__ = "vector"
    chunk: Mapped[int] = mapped_column(ForeignKey("chunk.number", ondelete="CASCADE"), primary_key=True)
    model: Mapped[int] = mapped_column(ForeignKey("vector_model.number", ondelete="CASCADE"), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class VectorSet(Base):
    """The vectors of a workspace, of one model and in one store.

    One is serving: searches ask it, and syncs write into it. One may be coming, which is filled in the background; at
    its end both change in one transaction. What is leaving still has to be cleared, wherever it is.
    """

    __tablename__ = "vector_set"
    __table_args__ = (
        Index(
            "ix_vector_set_serving",
            "workspace",
            unique=True,
            sqlite_where=text("state = 'serving'"),
            postgresql_where=text("state = 'serving'"),
        ),
        {"sqlite_autoincrement": True},
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    store: Mapped[str] = mapped_column(String(16))
    embedder: Mapped[str]
    """The name under which the settings know what made these vectors."""
    model: Mapped[str]
    dimensions: Mapped[int]
    metric: Mapped[str] = mapped_column(String(16))
    state: Mapped[Literal["coming", "serving", "leaving"]] = mapped_column(String(8))


class Carried(Base):
    """An edition all of whose vectors a set that is coming has already."""

    __tablename__ = "carried"
    __table_args__ = ({"sqlite_with_rowid": False},)
    vectors: Mapped[int] = mapped_column(ForeignKey("vector_set.number", ondelete="CASCADE"), primary_key=True)
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number", ondelete="CASCADE"), primary_key=True)


class Leaving(Base):
    """An edition that the catalog holds no more, and that every index of vectors still has to forget."""

    __tablename__ = "leaving"
    __table_args__ = ({"sqlite_with_rowid": False},)
    workspace: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(String(32), primary_key=True)


WORDS = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
        searched, content='chunk', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2')
    """,
    """
    CREATE TRIGGER IF NOT EXISTS words_added AFTER INSERT ON chunk BEGIN
        INSERT INTO words(rowid, searched) VALUES (new.number, new.searched);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS words_removed AFTER DELETE ON chunk BEGIN
        INSERT INTO words(words, rowid, searched) VALUES ('delete', old.number, old.searched);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS words_changed AFTER UPDATE OF number, searched ON chunk BEGIN
        INSERT INTO words(words, rowid, searched) VALUES ('delete', old.number, old.searched);
        INSERT INTO words(rowid, searched) VALUES (new.number, new.searched);
    END
    """,
)
"""The keyword table and what keeps it in step with ``chunk``; it stores no text of its own."""
