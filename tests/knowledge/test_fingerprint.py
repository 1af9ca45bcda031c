from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from knowledge import fingerprint
from knowledge.base import Document
from tests.doubles.shelf import document

ONE = document("a.md", "Words.", publisher="Acme", tags=("x",))
OTHERWISE: dict[str, object] = {
    "id": "shelf/b.md",
    "source": "wiki",
    "format": "text",
    "genre": "legal",
    "content": b"Other words.",
    "title": "B",
    "readers": frozenset({"public"}),
    "url": "https://a.example",
    "publisher": "Bolt",
    "year": 2024,
    "tags": ("x", "y"),
    "product": "p",
    "version": "2",
    "owner": "mary",
}


def digest(one: Document, chunker: str = "1") -> str:
    return fingerprint.digest(one, chunker=chunker)


def test_the_same_document_has_the_same_digest() -> None:
    assert digest(ONE) == digest(replace(ONE))
    assert len(digest(ONE)) == 32


def test_a_document_that_was_only_touched_has_the_same_digest() -> None:
    assert digest(replace(ONE, updated_at=datetime(2026, 1, 1, tzinfo=UTC))) == digest(ONE)


def test_every_particular_is_in_the_digest_or_left_out_on_purpose() -> None:
    assert {field.name for field in fields(Document)} == OTHERWISE.keys() | {"updated_at"}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_particular_that_changes_makes_another_digest(name: str) -> None:
    assert digest(replace(ONE, **{name: OTHERWISE[name]})) != digest(ONE)  # type: ignore[arg-type]


def test_another_way_to_cut_makes_another_digest() -> None:
    assert digest(ONE) != digest(ONE, "2")


def test_editions_of_two_workspaces_never_share_a_name() -> None:
    assert fingerprint.edition("a", "b", "c") != fingerprint.edition("b", "a", "c")
