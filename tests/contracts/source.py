"""What every source keeps to, fakes included. Subclass it, and say how to make one with some documents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.base import Document, Source


async def all_of(source: Source) -> list[Document]:
    """Every document of a source."""
    return [document async for document in source.documents()]


class SourceContract(ABC):
    """The rules of ``knowledge.base.Source``."""

    @abstractmethod
    def source(self, contents: Mapping[str, bytes]) -> Source:
        """Make one that holds these contents under these names (``a.md``, ``sub/b.txt``)."""

    CONTENTS: Mapping[str, bytes] = {"b.md": b"# B", "a.md": b"# A", "sub/c.txt": b"C"}

    async def test_it_gives_every_document_once_with_its_bytes(self) -> None:
        found = await all_of(self.source(self.CONTENTS))
        assert sorted(document.content for document in found) == [b"# A", b"# B", b"C"]
        assert len({document.id for document in found}) == 3

    async def test_it_gives_the_same_documents_in_the_same_order_again(self) -> None:
        source = self.source(self.CONTENTS)
        assert [document.id for document in await all_of(source)] == [document.id for document in await all_of(source)]

    async def test_its_documents_carry_its_name_and_readers(self) -> None:
        source = self.source(self.CONTENTS)
        for document in await all_of(source):
            assert document.source == source.name
            assert document.readers
            assert document.title

    async def test_it_may_be_empty(self) -> None:
        source = self.source({})
        assert await all_of(source) == []
        assert not source.skipped

    async def test_its_documents_may_be_left_before_their_end(self) -> None:
        documents = self.source(self.CONTENTS).documents()
        assert (await anext(documents)).id
        await documents.aclose()
