"""What a killed sync or copy left behind: editions that are whole are gone on with, all others are cleared away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from knowledge.editions import Editions, Held
    from knowledge.serving import Semantic, Serving

_AT_ONCE: Final = 500
"""Chunks that are looked for at a time."""


async def resumed(editions: Editions, serving: Serving, semantic: Semantic) -> tuple[Held, ...]:
    """Give what the catalog holds that is whole, after forgetting the rest. Raises KnowledgeError.

    An edition that was staged is whole where the index shows all its vectors: one that is slow to show what it was
    given may have lost sight of them with the process that waited for it.
    """
    held = await editions.held()
    unseen = await _unseen(editions, serving, semantic) if any(one.state == "staged" for one in held) else ()
    torn = [one for one in held if one.state == "staging" or one.id in unseen]
    if torn:
        await semantic.index.remove(serving.workspace, [one.id for one in torn])
        await editions.drop(torn)
    await serving.sweep()
    return tuple(one for one in held if one not in torn)


async def _unseen(editions: Editions, serving: Serving, semantic: Semantic) -> Collection[str]:
    """Give the staged editions of which the index does not show every chunk."""
    chunks = await editions.waiting()
    unseen: set[str] = set()
    for start in range(0, len(chunks), _AT_ONCE):
        some = chunks[start : start + _AT_ONCE]
        seen = await semantic.index.vectors(serving.workspace, [chunk for chunk, _ in some])
        unseen.update(edition for chunk, edition in some if chunk not in seen)
    return unseen
