"""Editions on their way: written beside those that answer, and published all at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sqlalchemy import bindparam, case, delete, func, insert, select, update

from knowledge.attributes import attributes
from knowledge.tables import Attribute, ChunkRow, Edition, Leaving, Origin, Publication, Reader, VectorSetRow
from knowledge.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Delete, Insert, Update
    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import Document
    from knowledge.chunking import Chunked
    from knowledge.stores.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An edition that the file holds. ``given_at`` is the date that its source gave."""

    number: int
    id: str
    document: str
    digest: str
    source: str
    state: Literal["staging", "staged", "live"]
    given_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document that was cut, under the name and digest of its edition."""

    document: Document
    edition: str
    digest: str
    chunked: Chunked


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """What one publication changes: editions that begin to answer, those that end, and new dates of some that stay.

    ``origins`` are the places of sources that are new or have moved, by the source's name; ``forgotten`` are the names
    of sources whose place is not to be remembered.
    """

    flipped: tuple[str, ...] = ()
    dropped: tuple[Held, ...] = ()
    dates: Mapping[int, datetime | None] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Say whether there is anything to publish."""
        return bool(self.flipped or self.dropped or self.dates or self.origins or self.forgotten)


class Editions:
    """Writes a workspace's editions. Each method is one transaction."""

    def __init__(self, store: Store, workspace: str) -> None:
        """Write to an open store."""
        self._store = store
        self._workspace = workspace

    async def held(self) -> tuple[Held, ...]:
        """Give every edition of the workspace, in any state."""
        query = select(
            Edition.number,
            Edition.id,
            Edition.document,
            Edition.digest,
            Edition.source,
            Edition.state,
            Edition.given_at,
        ).where(Edition.workspace == self._workspace)
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
        # Unpacked by hand: an unchanged sync spends a good part of its time here.
        return tuple(
            Held(number=number, id=name, document=document, digest=digest, source=source, state=state, given_at=given)
            for number, name, document, digest, source, state, given in rows
        )

    async def waiting(self) -> tuple[tuple[str, str], ...]:
        """Give the chunks of editions that are staged, each with its edition, by their ids."""
        rows = select(ChunkRow.id, Edition.id).join(Edition, Edition.number == ChunkRow.edition)
        staged = rows.where(Edition.workspace == self._workspace, Edition.state == "staged")
        async with self._store.read() as connection:
            return tuple((chunk, edition) for chunk, edition in await connection.execute(staged))

    async def sizes(self) -> tuple[tuple[int, int], ...]:
        """Give by number each edition that answers, with how many chunks it has."""
        rows = (
            select(Edition.number, func.count(ChunkRow.number))
            .outerjoin(ChunkRow, ChunkRow.edition == Edition.number)
            .where(Edition.workspace == self._workspace, Edition.state == "live")
            .group_by(Edition.number)
            .order_by(Edition.number)
        )
        async with self._store.read() as connection:
            return tuple((number, chunks) for number, chunks in await connection.execute(rows))

    async def origins(self) -> Mapping[str, str]:
        """Give each source's place as of its last publication, by its name."""
        query = select(Origin.source, Origin.place).where(Origin.workspace == self._workspace)
        async with self._store.read() as connection:
            return dict((await connection.execute(query)).all())

    async def stage(self, prepared: Sequence[Prepared]) -> None:
        """Write whole editions; they answer nothing, and count as unfinished until ``staged`` says otherwise."""
        await self.take([_whole(one) for one in prepared])

    async def take(self, wholes: Sequence[Whole]) -> None:
        """Write editions as ``stage`` does, whichever numbers they had elsewhere."""
        ours = {"workspace": self._workspace, "state": "staging"}
        back = ({"edition_id": one.particulars["id"]} for one in wholes)
        async with self._store.write() as connection:
            await _many(connection, _back(self._workspace), back)
            # RETURNING in the rows' order would insert them one by one.
            await _many(connection, insert(Edition), ({**one.particulars, **ours} for one in wholes))
            numbers = await _numbers(connection, [one.particulars["id"] for one in wholes])
            numbered = [(numbers[one.particulars["id"]], one) for one in wholes]
            await _many(connection, insert(Reader), (row for pair in numbered for row in _readers(*pair)))
            await _many(connection, insert(Attribute), (row for pair in numbered for row in _attributes(*pair)))
            await _many(connection, insert(ChunkRow), (row for pair in numbered for row in _chunks(*pair)))

    async def staged(self, editions: Iterable[str]) -> None:
        """Say that these editions are whole in every index, so that a sync which is killed need not make them again."""
        async with self._store.write() as connection:
            await _many(connection, _with_state("staged"), ({"edition_id": edition} for edition in editions))

    async def drop(self, editions: Iterable[Held]) -> None:
        """Forget editions that do not answer."""
        async with self._store.write() as connection:
            await _many(connection, _dropped(), ({"edition_number": edition.number} for edition in editions))

    async def publish(self, publishing: Publishing) -> None:
        """Let the new editions answer instead of the old ones, and count the publication: all in one transaction."""
        async with self._store.write() as connection:
            leaving = self._store.insert(Leaving).on_conflict_do_nothing()
            await _many(connection, leaving, self._leaving(publishing.dropped))
            await _many(connection, _dropped(), ({"edition_number": held.number} for held in publishing.dropped))
            await _many(connection, _with_state("live"), ({"edition_id": edition} for edition in publishing.flipped))
            dates = ({"edition_number": number, "given": given} for number, given in publishing.dates.items())
            await _many(connection, _dated(), dates)
            await _many(connection, self._placed(), _places(publishing.origins))
            await _many(connection, _displaced(self._workspace), ({"named": name} for name in publishing.forgotten))
            await connection.execute(self._counted())

    async def clear(self) -> None:
        """Forget everything of the workspace; its vectors leave, wherever they are."""
        mine = Edition.workspace == self._workspace
        async with self._store.write() as connection:
            counted = update(Publication).where(Publication.workspace == self._workspace)
            await connection.execute(counted.values(generation=Publication.generation + 1))
            await connection.execute(delete(Edition).where(mine))
            sets = update(VectorSetRow).where(VectorSetRow.workspace == self._workspace)
            await connection.execute(sets.values(state="leaving"))

    def _leaving(self, dropped: Iterable[Held]) -> Iterator[dict[str, object]]:
        return ({"workspace": self._workspace, "edition": held.id} for held in dropped)

    def _placed(self) -> Insert:
        row = {"workspace": self._workspace, "source": bindparam("named"), "place": bindparam("place")}
        first = self._store.insert(Origin).values(row)
        return first.on_conflict_do_update(index_elements=["workspace", "source"], set_={"place": first.excluded.place})

    def _counted(self) -> Insert:
        first = self._store.insert(Publication).values(workspace=self._workspace, generation=1)
        counted = {"generation": Publication.generation + 1}
        return first.on_conflict_do_update(index_elements=["workspace"], set_=counted)


async def _numbers(connection: AsyncConnection, editions: Sequence[str]) -> Mapping[str, int]:
    rows = await connection.execute(select(Edition.id, Edition.number).where(Edition.id.in_(editions)))
    return dict(rows.all())


def _whole(prepared: Prepared) -> Whole:
    document, chunked = prepared.document, prepared.chunked
    return Whole(
        number=0,
        particulars={
            "id": prepared.edition,
            "source": document.source,
            "document": document.id,
            "digest": prepared.digest,
            "kind": chunked.genre,
            "title": chunked.title,
            "url": chunked.url,
            "publisher": chunked.publisher,
            "year": chunked.year,
            "owner": chunked.owner,
            "updated_at": chunked.updated_at,
            "given_at": document.updated_at,
        },
        readers=document.readers,
        attributes=attributes(document, chunked),
        chunks=chunked.chunks,
    )


def _readers(number: int, whole: Whole) -> Iterator[dict[str, object]]:
    for principal in sorted(whole.readers):
        yield {"edition": number, "principal": principal}


def _attributes(number: int, whole: Whole) -> Iterator[dict[str, object]]:
    for name, values in whole.attributes.items():
        for value in sorted(values):
            yield {"edition": number, "field": name, "value": value}


def _chunks(number: int, whole: Whole) -> Iterator[dict[str, object]]:
    for chunk in whole.chunks:
        yield {
            "id": chunk.id,
            "edition": number,
            "ordinal": chunk.ordinal,
            "text": chunk.text,
            "searched": chunk.searched,
            "heading": json.dumps(chunk.heading, ensure_ascii=False),
            "anchor": chunk.anchor,
        }


def _back(workspace: str) -> Delete:
    """An edition that comes back, the same as it was, is not to be forgotten by an index that is told so late."""
    return delete(Leaving).where(Leaving.workspace == workspace, Leaving.edition == bindparam("edition_id"))


def _with_state(state: str) -> Update:
    return update(Edition).where(Edition.id == bindparam("edition_id")).values(state=state)


def _dropped() -> Delete:
    return delete(Edition).where(Edition.number == bindparam("edition_number"))


def _dated() -> Update:
    """Bring a source's new date in, and show it unless the document names a date of its own."""
    given = bindparam("given", type_=Edition.given_at.type)
    shown = case((Edition.updated_at.is_not_distinct_from(Edition.given_at), given), else_=Edition.updated_at)
    return update(Edition).where(Edition.number == bindparam("edition_number")).values(updated_at=shown, given_at=given)


def _places(origins: Mapping[str, str]) -> Iterator[dict[str, object]]:
    return ({"named": source, "place": place} for source, place in origins.items())


def _displaced(workspace: str) -> Delete:
    return delete(Origin).where(Origin.workspace == workspace, Origin.source == bindparam("named"))


async def _many(
    connection: AsyncConnection,
    statement: Insert | Update | Delete,
    rows: Iterable[Mapping[str, object]],
) -> None:
    listed = list(rows)
    if listed:
        await connection.execute(statement, listed)
