from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.indexes.vectors import VectorMatrix
from knowledge.notes import Notes
from tests.doubles.knowledge import SPEC
from tests.doubles.library import store_at

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_note_is_kept_until_it_is_replaced_or_forgotten(place: Path | str) -> None:
    async with store_at(place) as store:
        notes = Notes(store)
        assert await notes.read("gate") is None
        await notes.write("gate", "one")
        await notes.write("gate", "two")
        await notes.write("other", "three")
    async with store_at(place) as store:
        notes = Notes(store)
        assert await notes.read("gate") == "two"
        await notes.write("gate", None)
        assert (await notes.read("gate"), await notes.read("other")) == (None, "three")


async def test_notes_and_the_name_of_the_model_do_not_mix(place: Path | str) -> None:
    async with store_at(place) as store:
        await Notes(store).write("vectors.model", "mine")
        index = VectorMatrix(store)
        await index.prepare(SPEC)
        await index.prepare(SPEC)
        assert await Notes(store).read("vectors.model") == "mine"
