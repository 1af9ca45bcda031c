"""Documents for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.base import PUBLIC, Document

if TYPE_CHECKING:
    from knowledge.base import Format


def a_document(
    content: str | bytes, *, form: Format = "markdown", title: str = "Guess", name: str = "docs/a"
) -> Document:
    """A document that everyone may read."""
    return Document(
        id=name,
        source="docs",
        format=form,
        content=content.encode() if isinstance(content, str) else content,
        title=title,
        readers=frozenset({PUBLIC}),
    )
