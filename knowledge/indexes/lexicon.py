"""What PostgreSQL's keyword index holds: it is written, made anew for another language, and counted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, bindparam, cast, column, func, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from knowledge.indexes import stems
from knowledge.indexes.bm25 import attributes
from knowledge.indexes.occurring import Occurring
from knowledge.stores.lexemes import Lexemes
from knowledge.stores.server import SCHEMA
from knowledge.tables import TEXT, ChunkRow, Publication, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import EmbeddedChunk
    from knowledge.indexes.stems import Stems
    from knowledge.stores.base import Store

_LANGUAGE: Final = "lexemes.language"
_LOCK: Final = 8_317_128_045
"""The number of the advisory lock under which the vectors are made anew."""
_AT_ONCE: Final = 500
"""Chunks that are made anew at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The publication that a search sees, and the language of its stems: None where nothing was ever put."""

    workspace: str
    generation: int
    language: str | None


async def seen(connection: AsyncConnection, workspace: str) -> Seen:
    """Look what there is, at once."""
    generation = select(Publication.generation).where(Publication.workspace == workspace).scalar_subquery()
    query = select(generation, _language().scalar_subquery())
    number, language = (await connection.execute(query)).one()
    return Seen(workspace=workspace, generation=number or 0, language=language)


async def put(connection: AsyncConnection, chunks: Sequence[EmbeddedChunk], known: Stems) -> None:
    """Add the words of chunks that the catalog has staged; those that it does not know are left out."""
    counted = await asyncio.to_thread(_counted, [(item.chunk.searched, item.chunk.text) for item in chunks])
    stem = await known.of({word for each in counted for word in each.words}, connection)
    rows = [_row(item, each, stem) for item, each in zip(chunks, counted, strict=True)]
    await connection.execute(_PUT, rows)


async def speak(store: Store, language: str) -> None:
    """Make the stems those of the language. Until that is done, which may take minutes, the others answer.

    Raises Refused where the server does not know the language. Where another process does the same it is left to it.
    """
    async with store.read() as connection:
        held = await connection.scalar(_language())
    if held == language:
        return
    async with store.write() as connection:
        if not await connection.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return
        await stems.make(language, connection)
        first = postgresql.insert(Setting).values(name=_LANGUAGE, value=language)
        said = first.on_conflict_do_update(index_elements=["name"], set_={"value": language})
        await connection.execute(said)  # who puts words meanwhile waits for the end, and then puts the new stems
        if held is not None:
            await _make_anew(connection, stems.Stems(language))


async def spoken(connection: AsyncConnection) -> str:
    """Give the language of what is put, which stays what it is until the transaction ends."""
    language: str = (await connection.execute(_language().with_for_update(read=True))).scalar_one()
    return language


async def counts(connection: AsyncConnection) -> tuple[int, float]:
    """Give how many chunks there are, whoever's, and how many words one has on average."""
    number, words = (await connection.execute(select(func.count(), func.sum(Lexemes.length)))).one()
    return number, (words or 0) / (number or 1) or 1.0


async def frequencies(connection: AsyncConnection, queries: Sequence[str], most: int) -> Sequence[int]:
    """Give in how many chunks each query holds, up to ``most``."""
    rows = await connection.execute(_FREQUENCIES, {"queries": list(queries), "most": most})
    return [count for (count,) in rows]


_FREQUENCIES: Final = (
    text(
        f"""
        SELECT (
            SELECT count(*) FROM (
                SELECT 1 FROM {SCHEMA}.lexemes WHERE stems @@ CAST(asked.query AS tsquery) LIMIT :most
            ) AS found
        ) FROM unnest(:queries) WITH ORDINALITY AS asked(query, place) ORDER BY place
        """  # noqa: S608 - a constant
    )
    .bindparams(bindparam("queries", type_=ARRAY(TEXT)), bindparam("most", type_=Integer))
    .columns(column("count", Integer))
)

_PUT: Final = (
    postgresql.insert(Lexemes)
    .from_select(
        ["chunk", "edition", "length", "readers", "attributes", "stems"],
        select(
            ChunkRow.number,
            ChunkRow.edition,
            bindparam("words", type_=Integer),
            bindparam("who", type_=ARRAY(TEXT)),
            bindparam("what", type_=ARRAY(TEXT)),
            cast(bindparam("vector", type_=TEXT), TSVECTOR),
        ).where(ChunkRow.id == bindparam("chunk_id")),
    )
    .on_conflict_do_nothing()
)
_RESTEMMED: Final = (
    update(Lexemes)
    .where(Lexemes.chunk == bindparam("number"))
    .values(stems=cast(bindparam("vector", type_=TEXT), TSVECTOR))
)


def _language() -> Any:  # noqa: ANN401 - a query of one text
    return select(Setting.value).where(Setting.name == _LANGUAGE)


def _counted(texts: Sequence[tuple[str, str]]) -> list[Occurring]:
    return [Occurring.of(searched, said) for searched, said in texts]


def _row(item: EmbeddedChunk, occurring: Occurring, stem: Mapping[str, str]) -> dict[str, object]:
    has = [one for field, values in item.attributes.items() for one in attributes(field, values)]
    return {
        "chunk_id": item.chunk.id,
        "words": occurring.length,
        "who": sorted(item.readers),
        "what": has,
        "vector": occurring.vector(stem),
    }


async def _make_anew(connection: AsyncConnection, known: Stems) -> None:
    last = 0
    while rows := (await connection.execute(_after(last))).all():
        last = rows[-1].number
        counted = await asyncio.to_thread(_counted, [(row.searched, row.text) for row in rows])
        stem = await known.of({word for each in counted for word in each.words}, connection)
        vectors = [{"number": row.number, "vector": each.vector(stem)} for row, each in zip(rows, counted, strict=True)]
        await connection.execute(_RESTEMMED, vectors)


def _after(last: int) -> Any:  # noqa: ANN401 - a query of three columns
    columns = (ChunkRow.number, ChunkRow.searched, ChunkRow.text)
    return select(*columns).where(ChunkRow.number > last).order_by(ChunkRow.number).limit(_AT_ONCE)
