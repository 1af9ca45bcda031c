"""Files and folders as a source: Markdown, text and HTML, by the endings of their names."""

from __future__ import annotations

import asyncio
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.base import Document, Skipped
from knowledge.errors import NothingThere, Unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

    from knowledge.base import Format, Genre, Principal

ENDINGS: Mapping[str, Format] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".rst": "text",
    ".html": "html",
    ".htm": "html",
}
LARGEST = 20_000_000
"""Bytes that a document may have."""
_PIECE = 1_000_000
"""Bytes asked for at a time of a file that grows."""
_BATCH_FILES = 64
_BATCH_BYTES = 8_000_000
"""What one hop to a thread reads: enough to make the hop free, little enough to hold in memory."""


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    id: str
    format: Format


class Files:
    """The files below a folder, or one file: a ``Source``.

    ``documents`` gives them sorted by id (``folder/sub/file.md``), read as they are asked for. Hidden files and
    folders, links to folders, links that leave the folder, and other endings are passed over. What should be read
    and cannot be is in ``skipped`` afterwards; an id ending with ``/`` is a whole folder.
    Skipped documents are not gone: a sync keeps what it knew of them.
    """

    def __init__(
        self,
        root: Path,
        *,
        readers: frozenset[Principal],
        name: str | None = None,
        genre: Genre | None = None,
        largest: int = LARGEST,
    ) -> None:
        """Remember where; nothing is touched before ``documents`` is asked."""
        self.root = Path(os.path.abspath(root))  # noqa: PTH100 - a link as root keeps its own name
        self.name = name or self.root.name or "root"
        self.origin = str(self.root)
        self.readers = readers
        self.genre = genre
        self.largest = largest
        self.skipped: list[Skipped] = []

    async def documents(self) -> AsyncGenerator[Document]:
        """Give every document. Raises NothingThere for the root, Unreadable for a file of another kind as root."""
        self.skipped.clear()
        found = await asyncio.to_thread(self._find)
        at = 0
        while at < len(found):
            taken, documents = await asyncio.to_thread(self._read_batch, found[at : at + _BATCH_FILES])
            at += taken
            for document in documents:
                yield document

    def check(self) -> None:
        """Raise NothingThere where the root is not there now, without reading anything."""
        self._mode()

    def _find(self) -> list[_Found]:
        """List the files. Raises as ``documents`` does."""
        mode = self._mode()
        if stat.S_ISREG(mode):
            return [self._single()]
        if not stat.S_ISDIR(mode):
            raise NothingThere(f"{self.root} is neither a file nor a folder; name one of these.")
        return sorted(self._below(), key=lambda found: found.id)

    def _mode(self) -> int:
        try:
            return self.root.stat().st_mode
        except FileNotFoundError:
            raise NothingThere(f"{self.root} does not exist; check the path.") from None
        except OSError as error:
            raise self._lost(error) from None

    def _single(self) -> _Found:
        form = ENDINGS.get(self.root.suffix.lower())
        if form is None:
            known = " ".join(ENDINGS)
            raise Unreadable(f"{self.root.name} is of a kind that cannot be read; known endings are {known}.")
        return _Found(str(self.root), self.name, form)

    def _below(self) -> Iterator[_Found]:
        """Walk with ``scandir``: a ``Path`` for each of thousands of files would cost more than reading them."""
        whole = self.root.resolve()
        folders = [(str(self.root), self.name)]
        while folders:
            folder, name = folders.pop()
            for entry in self._listed(folder, name):
                document = f"{name}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, document))
                elif form := ENDINGS.get(os.path.splitext(entry.name)[1].lower()):  # noqa: PTH122 - as above
                    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(whole):
                        continue
                    if document.isprintable():
                        yield _Found(entry.path, document, form)
                    else:
                        self._skip(ascii(document)[1:-1], "its name has characters that cannot be shown; rename it")

    def _listed(self, folder: str, name: str) -> list[os.DirEntry[str]]:
        """What is in a folder and not hidden; a folder that cannot be listed is skipped, unless it is the root."""
        try:
            with os.scandir(folder) as entries:
                return [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            if folder == str(self.root):
                raise self._lost(error) from None
            self._skip(ascii(name)[1:-1] + "/", f"it cannot be read ({_reason(error)}); check its permissions")
            return []

    def _lost(self, error: OSError) -> NothingThere:
        return NothingThere(f"{self.root} cannot be read ({_reason(error)}); check its permissions.")

    def _skip(self, document: str, why: str) -> None:
        self.skipped.append(Skipped(document=document, told=f"{document} was skipped: {why}."))

    def _read_batch(self, batch: Sequence[_Found]) -> tuple[int, list[Document]]:
        """Read files until there is enough; say how many were looked at."""
        documents: list[Document] = []
        size = 0
        for number, found in enumerate(batch, start=1):
            document = self._read(found)
            if document is not None:
                documents.append(document)
                size += len(document.content)
            if size >= _BATCH_BYTES:
                return number, documents
        return len(batch), documents

    def _read(self, found: _Found) -> Document | None:
        try:
            content, changed = self._content(found.path)
        except _TooLarge as error:
            self._skip(found.id, str(error))
        except OSError as error:
            self._skip(found.id, f"it cannot be read ({_reason(error)}); check its permissions")
        else:
            stem = os.path.splitext(os.path.basename(found.path))[0]  # noqa: PTH119, PTH122 - as above
            return Document(
                id=found.id,
                source=self.name,
                format=found.format,
                genre=self.genre,
                content=content,
                title=stem.replace("-", " ").replace("_", " ").strip() or stem,
                readers=self.readers,
                updated_at=changed,
            )
        return None

    def _content(self, path: str) -> tuple[bytes, datetime]:
        """Read a regular file, and no more than it may have even while it grows."""
        # Without O_NONBLOCK opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(0, "not a regular file")
            content = self._bytes(descriptor, status.st_size)
        finally:
            os.close(descriptor)
        if len(content) > self.largest:
            size, most = max(status.st_size, len(content)) / 1e6, self.largest / 1e6
            raise _TooLarge(f"it is {size:.1f} MB, more than the {most:g} MB that a document may have; split it")
        return content, datetime.fromtimestamp(status.st_mtime, UTC)

    def _bytes(self, descriptor: int, size: int) -> bytes:
        """Read to the end, or past the limit; one call does it unless the file changes or comes in pieces."""
        content = os.read(descriptor, min(size, self.largest) + 1)
        while len(content) != size and len(content) <= self.largest and (more := os.read(descriptor, _PIECE)):
            content += more
        return content


class _TooLarge(Exception):
    """The file is over the limit."""


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
