"""What a knowledge file holds, without what may differ between two ways to it: the numbers and the order of rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from knowledge.base import Query, Scope
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from tests.crash.library import WORDS
from tests.doubles.hashing import Hashing
from tests.doubles.shelf import TEAM

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.stores.sqlite import SqliteStore

_TABLES = {
    "setting": "SELECT * FROM setting",
    "edition": """
        SELECT id, workspace, source, document, digest, state, kind, title, url, publisher, year, owner, updated_at,
               given_at FROM edition""",
    "reader": "SELECT id, principal FROM reader JOIN edition ON number = edition",
    "attribute": "SELECT id, field, value FROM attribute JOIN edition ON number = edition",
    "chunk": """
        SELECT chunk.id, edition.id, ordinal, text, searched, heading, anchor
        FROM chunk JOIN edition ON edition.number = edition""",
    "vector": "SELECT chunk.id, data FROM vector JOIN chunk ON number = chunk",
    "words": "SELECT count(*) FROM words",
}
_SOUND = {
    "PRAGMA integrity_check": [("ok",)],
    "PRAGMA foreign_key_check": [],
    "INSERT INTO words(words, rank) VALUES ('integrity-check', 1)": [],
}


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Give every table but the count of publications, sorted, after checking that the file is sound."""
    with closing(sqlite3.connect(path)) as connection:
        for statement, expected in _SOUND.items():
            assert connection.execute(statement).fetchall() == expected, statement
        return {name: sorted(connection.execute(query), key=repr) for name, query in _TABLES.items()}


def answering(path: Path) -> dict[str, str]:
    """Give the digest of every document that answers, as another process would see it now."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT document, digest FROM edition WHERE state = 'live'"))


def waiting(path: Path) -> int:
    """Count the chunks of whole editions that answer or wait to: those that nobody need embed again."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT count(*) FROM chunk JOIN edition ON edition.number = edition WHERE state <> 'staging'"
        return int(connection.execute(query).fetchone()[0])


async def found(store: SqliteStore) -> dict[str, dict[str, float]]:
    """Give what both searches find for some questions, with scores."""
    scope = Scope(workspace=TEAM, principals=frozenset({TEAM}))
    results: dict[str, dict[str, float]] = {}
    indexes = (Words(store), VectorMatrix(store))
    embedder = Hashing()
    for index in indexes:
        await index.prepare(embedder.spec)
    for words in zip(WORDS, WORDS[5:], WORDS[11:], strict=False):
        text = " ".join(words)
        vector = (await embedder.embed([text], purpose="question")).vectors[0]
        for index in indexes:
            hits = await index.search(Query(text=text, vector=vector, scope=scope, limit=100_000))
            results[f"{index.name}: {text}"] = {hit.chunk: round(hit.score, 5) for hit in hits}
    return results
