"""Documents for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.base import PUBLIC, Document

if TYPE_CHECKING:
    from knowledge.base import Format, Genre


def a_document(
    content: str | bytes,
    *,
    form: Format = "markdown",
    genre: Genre | None = None,
    title: str = "Guess",
    name: str = "docs/a",
) -> Document:
    """A document that everyone may read."""
    return Document(
        id=name,
        source="docs",
        format=form,
        genre=genre,
        content=content.encode() if isinstance(content, str) else content,
        title=title,
        readers=frozenset({PUBLIC}),
    )
