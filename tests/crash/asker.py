"""Searches in a process of its own, as a bot does, and says on a line for each search what it saw.

    python -m tests.crash.asker KNOWLEDGE_FILE

A line is JSON: the generations before and after the search, and the documents that it found with their first words.
It ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.following import following
from knowledge.indexes.words import Words
from knowledge.retriever import Retriever
from knowledge.stores.sqlite import SqliteStore
from tests.crash.together import QUESTION, SCOPE
from tests.doubles.hashing import Hashing
from tests.doubles.serving import serving


async def main(file: str) -> None:
    embedder = Hashing()
    async with SqliteStore(Path(file)) as store:
        vectors = serving(store, embedder, workspace=SCOPE.workspace)
        retriever = Retriever(words=Words(store), vectors=vectors, catalog=Catalog(store))
        async with following(vectors, pause=0.2), asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(_ask(retriever, store))
            await asyncio.to_thread(sys.stdin.read)
            asking.cancel()


async def _ask(retriever: Retriever, store: SqliteStore) -> None:
    while True:
        before = await store.generation(SCOPE.workspace)
        found = await retriever.retrieve(QUESTION, scope=SCOPE, passages=20, tokens=100_000)
        after = await store.generation(SCOPE.workspace)
        seen = sorted({(passage.document, passage.text.split()[0]) for passage in found.passages})
        sys.stdout.write(json.dumps({"before": before, "after": after, "seen": seen}) + "\n")
        sys.stdout.flush()
        await asyncio.sleep(0.001)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
