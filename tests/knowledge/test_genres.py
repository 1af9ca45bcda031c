from __future__ import annotations

import pytest

from knowledge.genres import GENRES, named


@pytest.mark.parametrize(
    ("word", "genre"),
    [
        ("policy", "policy"),
        (" Contract ", "legal"),
        ("contracts", "legal"),
        ("terms-of-service", "legal"),
        ("Audit_Report", "audit"),
        ("findings", "audit"),
        ("handbook", "technical"),
        ("runbook", "technical"),
        ("plain text", "plain"),
        ("article", "general"),
    ],
)
def test_words_that_people_use_name_a_kind(word: str, genre: str) -> None:
    assert named(word) == genre


@pytest.mark.parametrize("word", ["", "page", "post", "passage", "contract law", "s"])
def test_other_words_name_none(word: str) -> None:
    assert named(word) is None


def test_every_kind_is_named_by_itself() -> None:
    assert [named(genre) for genre in GENRES] == list(GENRES)
