"""What is read: files, folders and question sets as sources, and one file as chunks."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import bot

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.base import Document, Genre, Principal
    from knowledge.chunking import Chunked
    from knowledge.sources.files import Files
    from knowledge.sources.rows import Rows


def named(settings: Settings) -> list[Files]:
    """Make what the settings name sources."""
    from bot.sources import may_read

    return [
        files(
            one.path,
            readers=may_read(settings.team, readers=one.readers, public=one.public),
            name=one.name,
            genre=one.kind,
        )
        for one in settings.sources
    ]


def files(path: Path, *, readers: frozenset[Principal], name: str | None = None, genre: Genre | None = None) -> Files:
    """Make a file or folder a source."""
    from knowledge.sources.files import Files

    return Files(path, readers=readers, name=name, genre=genre)


def rows(folder: Path, *, pages: bool) -> Rows:
    """Make the corpus of a question set a source; its documents are public."""
    from bot.evaluation.collection import CORPUS
    from knowledge.base import PUBLIC
    from knowledge.sources.rows import Rows

    return Rows(folder / CORPUS, name=folder.absolute().name or "root", readers=frozenset({PUBLIC}), pages=pages)


def manual() -> Path:
    """Give the folder of the shipped manual: inside an installed package, else in the checkout."""
    home = Path(bot.__file__).parent
    installed = home / "manual"
    return installed if installed.is_dir() else home.parent / "docs"


async def chunks_of(file: Path, *, genre: Genre | None = None) -> tuple[Document, Chunked]:
    """Read one file as a sync would, and cut it as this kind of document. Raises NothingThere and Unreadable."""
    from knowledge.base import PUBLIC
    from knowledge.chunking import chunked
    from knowledge.errors import Unreadable
    from knowledge.tokens import count

    source = files(file, readers=frozenset({PUBLIC}), genre=genre)
    async with aclosing(source.documents()) as documents:
        async for document in documents:
            return document, chunked(document, "inspected", count)
    raise Unreadable(*(f"{file} cannot be read: {skipped.told}" for skipped in source.skipped))
