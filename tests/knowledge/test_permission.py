from __future__ import annotations

import random
from itertools import combinations, product
from typing import TYPE_CHECKING, get_args

import pytest
from sqlalchemy import select, update

from knowledge.attributes import folded
from knowledge.base import PUBLIC, Document, Field, Filter, Scope
from knowledge.catalog import Catalog
from knowledge.indexes.permission import editions, readable_by
from knowledge.syncing import sync
from knowledge.tables import Edition
from tests.doubles.hashing import Hashing
from tests.doubles.library import store_at
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from knowledge.stores.base import Store

PRINCIPALS = (PUBLIC, TEAM, f"{TEAM}:channel:C1", f"{TEAM}:person:mary")
VALUES: dict[Field, tuple[str, ...]] = {
    "source": ("shelf", "Wiki"),
    "tag": ("Straße", "release notes", "API"),
    "year": ("2024", "2025"),
    "publisher": ("Acme", "Bolt"),
    "product": ("Rocket",),
    "version": ("2.0", "2.1"),
    "kind": ("markdown", "legal", "technical", "text"),
}


def some_documents(count: int) -> list[Document]:
    chance = random.Random(7)  # noqa: S311 - documents, no secret

    def one(field: Field) -> str | None:
        return chance.choice((None, *VALUES[field]))

    return [
        document(
            f"{number:03}",
            f"Document {number}.",
            source=chance.choice(VALUES["source"]),
            readers=frozenset(chance.sample(PRINCIPALS, chance.randint(1, 2))),
            tags=tuple(chance.sample(VALUES["tag"], chance.randint(0, 2))),
            year=chance.choice((None, 2024, 2025)),
            genre=chance.choice((None, "legal")),
            publisher=one("publisher"),
            product=one("product"),
            version=one("version"),
        )
        for number in range(count)
    ]


DOCUMENTS = some_documents(80)


@pytest.fixture
async def store(place: Path | str) -> AsyncGenerator[Store]:
    async with store_at(place) as made:
        shelves = [Shelf(*(one for one in DOCUMENTS if one.source == name), name=name) for name in VALUES["source"]]
        for workspace, sources in ((TEAM, shelves), ("slack:T2", [Shelf(document("other", "Secret."))])):
            vectors = serving(made, Hashing(), workspace=workspace)
            await sync(sources, catalog=Catalog(made), serving=vectors)
        yield made


async def found(store: Store, scope: Scope, filters: Sequence[Filter] = ()) -> set[str]:
    async with store.read() as connection:
        return set(await connection.scalars(select(Edition.document).where(readable_by(scope, filters))))


def allowed(scope: Scope, filters: Sequence[Filter] = ()) -> set[str]:
    """The same in plain Python."""

    def meets(one: Document, condition: Filter) -> bool:
        kinds = (one.genre or "technical", one.format)
        plural = {"tag": one.tags, "kind": kinds}
        values = plural[condition.field] if condition.field in plural else (getattr(one, condition.field),)
        return bool({folded(value) for value in values if value is not None} & {folded(v) for v in condition.values})

    return {
        one.id
        for one in DOCUMENTS
        if one.readers & scope.principals and all(meets(one, condition) for condition in filters)
    }


def scopes() -> list[Scope]:
    return [
        Scope(workspace=TEAM, principals=frozenset(held))
        for size in range(len(PRINCIPALS) + 1)
        for held in combinations(PRINCIPALS, size)
    ]


async def test_every_set_of_principals_finds_exactly_what_it_may_read(store: Store) -> None:
    for scope in scopes():
        assert await found(store, scope) == allowed(scope)


async def test_whoever_holds_more_reads_all_that_was_read_before(store: Store) -> None:
    read = {scope.principals: await found(store, scope) for scope in scopes()}
    for (one, by_one), (other, by_other) in product(read.items(), repeat=2):
        assert not one <= other or by_one <= by_other
        assert read[one & other] <= by_one & by_other
        assert read[one | other] == by_one | by_other


async def test_no_principals_find_nothing(store: Store) -> None:
    assert await found(store, Scope(workspace=TEAM, principals=frozenset())) == set()


async def test_public_is_never_implied(store: Store) -> None:
    [public] = [one.id for one in DOCUMENTS if one.readers == {PUBLIC}][:1]
    assert public not in await found(store, Scope(workspace=TEAM, principals=frozenset({TEAM})))


async def test_another_workspace_is_never_found(store: Store) -> None:
    everyone = frozenset(PRINCIPALS)
    assert await found(store, Scope(workspace="slack:T2", principals=everyone)) == {"shelf/other"}
    assert "shelf/other" not in await found(store, Scope(workspace=TEAM, principals=everyone))
    assert await found(store, Scope(workspace="", principals=everyone)) == set()


async def test_a_principal_is_compared_exactly(store: Store) -> None:
    for near in (TEAM.upper(), f"{TEAM} ", f"{TEAM}%", TEAM[:-1], f"{TEAM}' OR '1'='1"):
        assert await found(store, Scope(workspace=TEAM, principals=frozenset({near}))) == set()


async def test_any_filters_find_what_meets_them_all_in_any_case(store: Store) -> None:
    chance = random.Random(11)  # noqa: S311 - questions, no secret
    for _ in range(150):
        fields = chance.sample(get_args(Field), chance.randint(1, 3))
        filters = [
            Filter(field=field, values=frozenset(v.swapcase() for v in chance.sample(VALUES[field], 1)))
            for field in fields
        ]
        scope = chance.choice(scopes())
        assert await found(store, scope, filters) == allowed(scope, filters)


async def test_a_filter_without_values_finds_nothing(store: Store) -> None:
    scope = Scope(workspace=TEAM, principals=frozenset(PRINCIPALS))
    assert await found(store, scope, [Filter(field="year", values=frozenset())]) == set()


async def test_only_editions_that_answer_are_found(store: Store) -> None:
    scope = Scope(workspace=TEAM, principals=frozenset(PRINCIPALS))
    async with store.write() as connection:
        numbers = (await connection.scalars(editions(scope))).all()
        assert len(numbers) == len(DOCUMENTS)
        await connection.execute(update(Edition).values(state="staged"))
        assert (await connection.scalars(editions(scope))).all() == []
