from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from knowledge.base import PUBLIC
from knowledge.errors import NothingThere, Unreadable
from knowledge.sources.rows import Rows
from tests.contracts.source import SourceContract, all_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from knowledge.base import Source


def _rows(path: Path, *, pages: bool = False) -> Rows:
    return Rows(path, name="set", readers=frozenset({PUBLIC}), pages=pages)


class TestRows(SourceContract):
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def source(self, contents: Mapping[str, bytes]) -> Source:
        rows = [json.dumps({"_id": name, "text": content.decode()}) for name, content in contents.items()]
        (self.folder / "corpus.jsonl").write_text("\n".join(rows))
        return _rows(self.folder / "corpus.jsonl")


async def test_a_row_is_a_passage_or_a_page_by_what_it_looks_like(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"_id": 1, "title": "T", "text": "# Head"}, {"_id": 2, "text": " <!DOCTYPE html><p>x"}]
    corpus.write_text("\n\n".join(json.dumps(row) for row in rows))
    assert [one.format for one in await all_of(_rows(corpus))] == ["passage", "passage"]
    pages = await all_of(_rows(corpus, pages=True))
    assert [(one.id, one.title, one.format) for one in pages] == [("1", "T", "markdown"), ("2", "2", "html")]


async def test_a_row_without_text_is_its_title(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps({"_id": "a", "title": "Only a title", "text": " "}))
    (one,) = await all_of(_rows(corpus))
    assert one.content == b"Only a title"


async def test_half_a_character_becomes_a_question_mark(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(r'{"_id": "a\ud800", "title": "b\ud800", "text": "c\ud800"}')
    (one,) = await all_of(_rows(corpus))
    assert (one.id, one.title, one.content) == ("a?", "b?", b"c?")


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "no id"}', '{"_id": "a", "text": 3}', "[" * 100_000])
async def test_a_broken_row_ends_the_source_with_its_line(tmp_path: Path, line: str) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(f'{{"_id": "a", "text": "fine"}}\n{line}\n')
    with pytest.raises(Unreadable, match=r"corpus.jsonl, line 2: "):
        await all_of(_rows(corpus))


async def test_a_missing_corpus_is_told(tmp_path: Path) -> None:
    with pytest.raises(NothingThere, match="cannot be read: no such file"):
        await all_of(_rows(tmp_path / "corpus.jsonl"))


async def test_a_corpus_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_bytes(b"\n\xff\xfe")
    with pytest.raises(Unreadable, match="line 2: this is not UTF-8 text"):
        await all_of(_rows(tmp_path / "corpus.jsonl"))
