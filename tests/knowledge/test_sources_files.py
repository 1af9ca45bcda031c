from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from knowledge.base import PUBLIC
from knowledge.errors import NothingThere, Unreadable
from knowledge.sources.files import Files
from tests.contracts.source import SourceContract, all_of
from tests.doubles.shelf import Shelf
from tests.doubles.shelf import document as on_shelf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from knowledge.base import Source

EVERYONE = frozenset({PUBLIC})


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


async def ids(files: Files) -> list[str]:
    return [document.id for document in await all_of(files)]


class TestFiles(SourceContract):
    @pytest.fixture(autouse=True)
    def _folder(self, docs: Path) -> None:
        self.folder = docs

    def source(self, contents: Mapping[str, bytes]) -> Source:
        for name, content in contents.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        return Files(self.folder, readers=EVERYONE)


class TestShelf(SourceContract):
    def source(self, contents: Mapping[str, bytes]) -> Source:
        return Shelf(*(on_shelf(name, content.decode()) for name, content in contents.items()))


async def test_a_document_is_named_by_its_path_under_the_folder(docs: Path) -> None:
    (docs / "sub").mkdir()
    path = docs / "sub" / "first-steps.md"
    path.write_text("# Hello")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    (document,) = await all_of(Files(docs, readers=EVERYONE))
    assert (document.id, document.source, document.format) == ("docs/sub/first-steps.md", "docs", "markdown")
    assert document.title == "first steps"
    assert document.updated_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert document.readers == EVERYONE


async def test_a_file_may_be_named_directly(docs: Path) -> None:
    (docs / "a.html").write_text("x")
    (document,) = await all_of(Files(docs / "a.html", readers=EVERYONE))
    assert (document.id, document.source, document.format) == ("a.html", "a.html", "html")


async def test_all_documents_of_a_source_may_be_of_one_kind(docs: Path) -> None:
    (docs / "a.txt").write_text("x")
    assert [document.genre for document in await all_of(Files(docs, readers=EVERYONE, genre="legal"))] == ["legal"]
    assert [document.genre for document in await all_of(Files(docs, readers=EVERYONE))] == [None]


async def test_a_source_may_be_given_a_name(docs: Path) -> None:
    (docs / "a.txt").write_text("x")
    assert await ids(Files(docs, readers=EVERYONE, name="manual")) == ["manual/a.txt"]


async def test_known_endings_are_read_sorted_and_what_is_hidden_or_unknown_is_not(docs: Path) -> None:
    for name in ("b.MD", "a.markdown", "c.txt", "d.rst", "e.html", "f.htm", "g.png", "h", ".hidden.md", "md"):
        (docs / name).write_text("x")
    (docs / ".git").mkdir()
    (docs / ".git" / "x.md").write_text("x")
    files = Files(docs, readers=EVERYONE)
    assert await ids(files) == [f"docs/{name}" for name in ("a.markdown", "b.MD", "c.txt", "d.rst", "e.html", "f.htm")]
    assert not files.skipped


async def test_a_path_that_does_not_exist_is_told(docs: Path) -> None:
    with pytest.raises(NothingThere, match="does not exist; check the path"):
        await all_of(Files(docs / "nowhere", readers=EVERYONE))


async def test_a_file_of_an_unknown_kind_is_refused_when_named(docs: Path) -> None:
    (docs / "a.png").write_bytes(b"x")
    with pytest.raises(Unreadable, match=r"a\.png is of a kind that cannot be read; known endings are \.md"):
        await all_of(Files(docs / "a.png", readers=EVERYONE))


async def test_a_link_that_leaves_the_folder_is_not_followed(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (docs / "a.md").write_text("x")
    (docs / "inside.md").symlink_to(docs / "a.md")
    (docs / "outside.md").symlink_to(tmp_path / "secret.md")
    (docs / "loop").symlink_to(docs)
    (docs / "gone.md").symlink_to(docs / "nothing.md")
    files = Files(docs, readers=EVERYONE)
    assert await ids(files) == ["docs/a.md", "docs/inside.md"]
    assert [skipped.document for skipped in files.skipped] == ["docs/gone.md"]


async def test_a_file_that_is_too_large_is_skipped_and_said(docs: Path) -> None:
    (docs / "a.md").write_text("x" * 101)
    (docs / "b.md").write_text("x" * 100)
    files = Files(docs, readers=EVERYONE, largest=100)
    assert await ids(files) == ["docs/b.md"]
    (skipped,) = files.skipped
    assert skipped.document == "docs/a.md"
    assert skipped.told.startswith("docs/a.md was skipped: it is ")
    assert skipped.told.endswith("split it.")


async def test_a_file_that_cannot_be_read_is_skipped_and_said(docs: Path) -> None:
    (docs / "a.md").mkdir()
    (docs / "b.md").write_text("x")
    (docs / "c.md").write_text("x")
    files = Files(docs, readers=EVERYONE)
    documents = files.documents()
    assert (await anext(documents)).id == "docs/b.md"
    await documents.aclose()


async def test_a_file_without_permission_is_skipped_and_said(unprivileged: Path) -> None:
    (unprivileged / "b.md").write_text("x")
    (unprivileged / "c.md").touch(0)
    files = Files(unprivileged, name="docs", readers=EVERYONE)
    assert await ids(files) == ["docs/b.md"]
    (skipped,) = files.skipped
    assert skipped.told == "docs/c.md was skipped: it cannot be read (permission denied); check its permissions."


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are files on POSIX alone")
async def test_a_pipe_is_skipped_and_not_waited_for(docs: Path) -> None:
    os.mkfifo(docs / "a.md")
    files = Files(docs, readers=EVERYONE)
    assert await ids(files) == []
    assert files.skipped[0].document == "docs/a.md"


async def test_a_file_that_vanishes_while_others_are_read_is_skipped(docs: Path) -> None:
    for number in range(70):
        (docs / f"{number:02}.md").write_text("x")
    files = Files(docs, readers=EVERYONE)
    found = []
    async for document in files.documents():
        found.append(document.id)
        (docs / "69.md").unlink(missing_ok=True)
    assert len(found) == 69
    assert [skipped.document for skipped in files.skipped] == ["docs/69.md"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("name", [b"a\xff.md", b"a\n.md", "a\u202e.md".encode()])
async def test_a_name_that_cannot_be_shown_is_skipped(docs: Path, name: bytes) -> None:
    (docs / os.fsdecode(name)).write_text("x")
    files = Files(docs, readers=EVERYONE)
    assert await ids(files) == []
    (skipped,) = files.skipped
    assert skipped.told.isprintable()


async def test_what_was_skipped_is_forgotten_when_it_is_read_again(docs: Path) -> None:
    (docs / "a.md").write_text("x" * 20)
    files = Files(docs, readers=EVERYONE, largest=10)
    await all_of(files)
    (docs / "a.md").write_text("x")
    assert await ids(files) == ["docs/a.md"]
    assert not files.skipped
