"""A source made of what a test puts on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.base import Document, Skipped, Source

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import datetime

    from knowledge.base import Genre

TEAM = "terminal:local"


def document(  # noqa: PLR0913 - a document has many particulars
    name: str,
    text: str,
    *,
    source: str = "shelf",
    readers: frozenset[str] = frozenset({TEAM}),
    genre: Genre | None = None,
    title: str | None = None,
    publisher: str | None = None,
    year: int | None = None,
    tags: tuple[str, ...] = (),
    product: str | None = None,
    version: str | None = None,
    updated_at: datetime | None = None,
) -> Document:
    return Document(
        id=f"{source}/{name}",
        source=source,
        format="markdown",
        genre=genre,
        content=text.encode(),
        title=title or name,
        readers=readers,
        publisher=publisher,
        year=year,
        tags=tags,
        product=product,
        version=version,
        updated_at=updated_at,
    )


class Shelf(Source):
    """Gives its documents in the order of their ids; what is ``torn`` is there but cannot be read."""

    def __init__(self, *documents: Document, name: str = "shelf", origin: str = "here") -> None:
        self.name = name
        self.origin = origin
        self.on_it = {document.id: document for document in documents}
        self.torn: set[str] = set()
        self._skipped: list[Skipped] = []

    @property
    def skipped(self) -> Sequence[Skipped]:
        return tuple(self._skipped)

    def put(self, document: Document) -> None:
        self.on_it[document.id] = document

    async def documents(self) -> AsyncGenerator[Document]:
        self._skipped.clear()
        for name in sorted(self.on_it):
            if name in self.torn:
                self._skipped.append(Skipped(document=name, told=f"{name} cannot be read."))
            else:
                yield self.on_it[name]
