from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING, Literal

import pytest

from bot.app import embedding
from bot.cli.running import run
from tests.doubles.collections import CORPUS, a_collection
from tests.doubles.hashing import Hashing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from knowledge.base import Embedded


class Interrupted(Hashing):
    """Hears Ctrl-C in place of the first question, or of the twentieth passage."""

    batch = 1

    def __init__(self, purpose: Literal["question", "passage"]) -> None:
        super().__init__()
        self._purpose = purpose

    async def embed(self, texts: Sequence[str], /, *, purpose: Literal["question", "passage"]) -> Embedded:
        if purpose == self._purpose and (purpose == "question" or len(self.texts) == 19):
            signal.raise_signal(signal.SIGINT)
            await asyncio.Event().wait()
        return await super().embed(texts, purpose=purpose)


@pytest.fixture
def collection(folder: Path) -> Path:
    return a_collection(folder / "pages")


def test_scores_and_the_gate_are_shown_as_a_table(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "retrieval", str(collection)]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0] == "pages: 2 of 4 questions with relevant documents"
    assert lines[2].split() == ["recall@5", "recall@20", "nDCG@10", "MRR@10"]
    assert lines[3].split() == ["default", "1.000", "1.000", "1.000", "1.000"]
    assert "The gate: 2 answerable questions, 2 others" in shown.out
    assert all(len(line) <= 80 for line in lines)
    assert "The index of this set is kept as .footnote/evaluation/pages-" in shown.err


def test_ways_are_compared_side_by_side(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "retrieval", str(collection), "--compare"]) == 0
    shown = capsys.readouterr().out
    for way in ("keywords", "dense", "rank fusion", "weighted sum", "default"):
        assert f"\n{way} " in shown


def test_programs_get_one_object(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "retrieval", str(collection), "--json", "--pages", "--last-turn"]) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert shown.err == ""
    assert (found["questions"], found["judged"], found["embedder"]) == (4, 2, "minilm")
    assert set(found["ways"]["default"]) == {"recall_at_5", "recall_at_20", "ndcg_at_10", "mrr_at_10"}
    assert found["gate"]["others"] == 2


def test_a_second_run_embeds_nothing_and_a_changed_row_only_itself(
    collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "retrieval", str(collection)]) == 0
    assert "is kept as" in capsys.readouterr().err
    assert run(["eval", "retrieval", str(collection)]) == 0
    assert capsys.readouterr().err == ""
    assert len(list((collection.parent / ".footnote" / "evaluation").glob("*.db"))) == 1


def test_interrupted_while_it_embeds_or_asks_it_says_so_and_goes_on_from_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_collection(folder / "pages", corpus=[*CORPUS, *({"_id": f"{n}", "text": f"Page {n}."} for n in range(27))])
    reading, asking = Interrupted("passage"), Interrupted("question")
    for interrupted in (reading, asking):
        monkeypatch.setattr(embedding, "embedder_of", lambda *_, given=interrupted: given)
        assert run(["eval", "retrieval", "pages", "--json"]) == 130
        told = "footnote: Interrupted. What was embedded is kept, and the same command goes on from there."
        assert capsys.readouterr().err.strip() == told
    assert len(reading.texts) == 19
    assert 11 <= len(asking.texts) < 30


def test_the_teams_own_knowledge_is_left_alone(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "retrieval", str(collection), "--json"]) == 0
    capsys.readouterr()
    assert run(["sources"]) == 0
    assert capsys.readouterr().out == ""


def test_relevant_documents_that_the_corpus_lacks_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_collection(folder / "pages", qrels="q1\tkeys\t1\nq1\tgone\t1\nq2\tships\t1\nq2\tlost\t1\n")
    assert run(["eval", "retrieval", "pages"]) == 0
    told = "footnote: 2 relevant documents are not in corpus.jsonl, so the figures are lower than they should be.\n"
    assert capsys.readouterr().err.endswith(told)
    assert run(["eval", "retrieval", "pages", "--json"]) == 0
    shown = capsys.readouterr()
    assert (json.loads(shown.out)["missing"], shown.err) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nowhere"], 2, "nowhere is no folder; name one with corpus.jsonl, queries.jsonl and qrels in it."),
        (["."], 1, "has no qrels/*.tsv"),
        (["pages", "--split", "train"], 1, "has no train.tsv; --split may be test."),
    ],
)
def test_a_mistake_is_one_sentence(
    collection: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    assert run(["eval", "retrieval", *arguments]) == code
    assert told in capsys.readouterr().err


def test_a_corpus_that_is_missing_or_broken_is_told(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (collection / "corpus.jsonl").write_text("{")
    assert run(["eval", "retrieval", str(collection), "--json"]) == 1
    assert "corpus.jsonl, line 1: this is no JSON." in capsys.readouterr().err
    (collection / "corpus.jsonl").unlink()
    assert run(["eval", "retrieval", str(collection), "--json"]) == 1
    assert "corpus.jsonl cannot be read: no such file or directory." in capsys.readouterr().err


def test_a_set_without_judgements_says_that_there_is_nothing_to_score(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collection = a_collection(folder / "pages", qrels="query-id\tcorpus-id\tscore\n")
    assert run(["eval", "retrieval", str(collection)]) == 0
    assert "No question has a relevant document, so there is nothing to score." in capsys.readouterr().out
