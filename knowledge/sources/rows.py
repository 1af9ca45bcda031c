"""The rows of a corpus in the format of BEIR as a source: each a passage as it stands, or a page to be cut."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from knowledge.base import Document, Source
from knowledge.errors import Unreadable
from knowledge.jsonlines import rows

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from knowledge.base import Format, Principal, Skipped

_HTML: Final = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


class Rows(Source):
    """Gives a document a row, in the file's order; its id is the row's.

    ``pages`` has each row cut by our own chunking, as HTML where it begins so, else as Markdown; without it a row is
    one passage, whatever its length.
    """

    def __init__(self, corpus: Path, *, name: str, readers: frozenset[Principal], pages: bool) -> None:
        """Remember where; nothing is read before ``documents`` is asked."""
        self.name = name
        self.origin = os.path.abspath(corpus)  # noqa: PTH100 - a link keeps its own name
        self._corpus = corpus
        self._readers = readers
        self._pages = pages

    @property
    def skipped(self) -> Sequence[Skipped]:
        """Nothing is skipped: a row that cannot be read ends the source."""
        return ()

    async def documents(self) -> AsyncGenerator[Document]:
        """Give every row. Raises NothingThere, and Unreadable with the line, since a measure of part would mislead."""
        for row, where in rows(self._corpus):
            if "_id" not in row:
                raise Unreadable(f"{where}: a row is an object with _id and text.")
            yield self._document(row)

    def _document(self, row: dict[str, Any]) -> Document:
        name, title, text = _whole(str(row["_id"])), _whole(str(row.get("title") or "").strip()), row["text"]
        return Document(
            id=name,
            source=self.name,
            format=self._format(text),
            content=(text if text.strip() else title).encode("utf-8", "replace"),
            title=title or name,
            readers=self._readers,
        )

    def _format(self, text: str) -> Format:
        if not self._pages:
            return "passage"
        return "html" if _HTML.match(text) else "markdown"


def _whole(text: str) -> str:
    r"""Put ``?`` for half a character, such as JSON's ``\ud800`` alone, which no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
