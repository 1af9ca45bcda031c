"""What every store keeps to. Subclass it, and say where an empty one is."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, insert, select

from knowledge.editions import Editions, Publishing
from knowledge.errors import Busy
from knowledge.tables import ChunkRow, Edition, Publication, Reader, Setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.stores.base import Store

EDITION = {
    "id": "e1",
    "workspace": "w",
    "source": "s",
    "document": "d",
    "digest": "x",
    "state": "live",
    "kind": "text",
    "title": "T",
}
CHUNK = {"id": "e1:0", "ordinal": 0, "text": "t", "searched": "t", "heading": "[]"}


async def _settings(store: Store) -> list[str]:
    async with store.read() as connection:
        named = select(Setting.name).where(Setting.name.startswith("a", autoescape=True))
        return sorted(await connection.scalars(named))


class StoreContract(ABC):
    """The rules of ``knowledge.stores.base.Store``."""

    @abstractmethod
    def place(self) -> Callable[[], Store]:
        """Give what makes a store of an empty place, the same at each call."""

    async def test_opening_again_keeps_what_is_there(self) -> None:
        make = self.place()
        async with make() as store, store.write() as connection:
            await connection.execute(insert(Setting), [{"name": "a", "value": "b"}])
        async with make() as store:
            assert await _settings(store) == ["a"]

    async def test_many_may_make_the_same_one_at_once(self) -> None:
        make = self.place()

        async def opened() -> None:
            async with make() as store:
                assert await store.generation("w") == 0

        async with asyncio.TaskGroup() as tasks:
            for _ in range(6):
                tasks.create_task(opened())

    async def test_what_is_raised_inside_a_write_undoes_it(self) -> None:
        async with self.place()() as store:
            with pytest.raises(ZeroDivisionError):  # noqa: PT012 - it is raised between two steps
                async with store.write() as connection:
                    await connection.execute(insert(Setting), [{"name": "a", "value": "b"}])
                    raise ZeroDivisionError
            assert await _settings(store) == []

    async def test_a_reader_sees_one_state_whatever_is_written_meanwhile(self) -> None:
        async with self.place()() as store, store.read() as reader:
            count = select(func.count()).select_from(Setting)
            before = await reader.scalar(count)
            async with store.write() as writer:
                await writer.execute(insert(Setting), [{"name": "a", "value": "b"}])
            assert await reader.scalar(count) == before
            assert await _settings(store) == ["a"]

    async def test_the_generation_follows_what_anybody_publishes(self) -> None:
        make = self.place()
        async with make() as store, make() as other:
            assert await store.generation("w") == 0
            await Editions(other, "w").publish(Publishing())
            assert (await store.generation("w"), await store.generation("v")) == (1, 0)
            await Editions(store, "w").publish(Publishing())
            await Editions(store, "v").publish(Publishing())
            assert (await other.generation("w"), await other.generation("v")) == (2, 1)

    async def test_publications_at_once_are_all_counted(self) -> None:
        make = self.place()
        async with make() as store, make() as other:
            async with asyncio.TaskGroup() as tasks:
                for each in (store, other) * 5:
                    tasks.create_task(Editions(each, "w").publish(Publishing()))
            assert await store.generation("w") == 10

    async def test_one_at_a_time_has_the_turn(self) -> None:
        make = self.place()
        async with make() as store, make() as other:
            async with store.alone():
                for each in (store, other):
                    with pytest.raises(Busy, match=r"Another sync is writing to .* run the command again"):
                        async with each.alone():
                            pass
                async with other.write() as connection:  # who needs no turn may write
                    await connection.execute(insert(Setting), [{"name": "a", "value": "b"}])
            async with other.alone(), other.write() as connection:
                await connection.execute(delete(Setting).where(Setting.name == "a"))

    async def test_a_turn_ends_with_an_error(self) -> None:
        async with self.place()() as store:
            for _ in range(3):
                with pytest.raises(ZeroDivisionError):
                    async with store.alone():
                        raise ZeroDivisionError

    async def test_chunks_and_readers_go_with_their_edition_and_numbers_are_never_given_twice(self) -> None:
        async with self.place()() as store, store.write() as connection:
            first = await connection.scalar(insert(Edition).values(**EDITION).returning(Edition.number))
            await connection.execute(insert(ChunkRow), [CHUNK | {"edition": first}])
            await connection.execute(insert(Reader), [{"edition": first, "principal": "p"}])
            await connection.execute(delete(Edition))
            for table in (ChunkRow, Reader):
                assert await connection.scalar(select(func.count()).select_from(table)) == 0
            assert await connection.scalar(insert(Edition).values(**EDITION).returning(Edition.number)) != first

    async def test_times_come_back_in_utc_to_the_microsecond(self) -> None:
        here = datetime(2026, 3, 1, 12, 30, 1, 234567, tzinfo=timezone(timedelta(hours=5)))
        async with self.place()() as store, store.write() as connection:
            await connection.execute(insert(Edition), [EDITION | {"updated_at": here}])
            found = await connection.scalar(select(Edition.updated_at))
        assert found == here
        assert found is not None
        assert found.utcoffset() == timedelta()

    @pytest.mark.parametrize("odd", ["a\0b", "\0", "Straße 字 😀", "a'; DROP TABLE setting; --", "", "x" * 10_000])
    async def test_any_text_is_kept_found_and_compared_as_it_is(self, odd: str) -> None:
        async with self.place()() as store, store.write() as connection:
            await connection.execute(insert(Publication), [{"workspace": odd, "generation": 1}])
            found = select(Publication.workspace).where(Publication.workspace == odd)
            assert (await connection.scalars(found)).all() == [odd]

    async def test_texts_are_in_the_order_of_their_characters(self) -> None:
        texts = ["B", "a", "Z", "ä", "_", "字"]
        async with self.place()() as store, store.write() as connection:
            await connection.execute(insert(Publication), [{"workspace": each, "generation": 1} for each in texts])
            found = await connection.scalars(select(Publication.workspace).order_by(Publication.workspace))
            assert found.all() == sorted(texts)

    async def test_many_numbers_are_listed_in_one_text_and_looked_for_in_one(self) -> None:
        async with self.place()() as store, store.write() as connection:
            query = select(store.listed(Publication.generation))
            assert await connection.scalar(query) == "[]"
            rows = [{"workspace": str(number), "generation": number} for number in range(5_000)]
            await connection.execute(insert(Publication), rows)
            listed = await connection.scalar(query)
            assert listed is not None
            assert sorted(json.loads(listed)) == list(range(5_000))
            asked = json.dumps([*range(0, 5_000, 2), 70_000])
            among = select(func.count()).select_from(Publication).where(store.among(Publication.generation, asked))
            assert await connection.scalar(among) == 2_500
            assert await connection.scalar(select(func.count()).where(store.among(Publication.generation, "[]"))) == 0

    async def test_an_insert_knows_what_to_do_about_a_row_that_is_there(self) -> None:
        async with self.place()() as store, store.write() as connection:
            for value in ("b", "c"):
                first = store.insert(Setting).values(name="a", value=value)
                said = first.on_conflict_do_update(index_elements=["name"], set_={"value": first.excluded.value})
                await connection.execute(said)
            assert await connection.scalar(select(Setting.value).where(Setting.name == "a")) == "c"
