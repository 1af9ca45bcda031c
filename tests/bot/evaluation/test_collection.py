from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.answering.turns import PastTurn
from bot.errors import BadCollection
from bot.evaluation.collection import listed, questions
from tests.doubles.collections import a_collection

if TYPE_CHECKING:
    from pathlib import Path


def test_questions_come_with_their_grades_labels_and_history(tmp_path: Path) -> None:
    first, second, third, _ = questions(a_collection(tmp_path / "set"))
    assert (first.id, first.relevant, first.answerable, first.history) == ("q1", {"keys": 1}, True, ())
    assert second.relevant == {"ships": 2}
    assert second.history == (PastTurn(question="When do ships sail?", answer="Fri.", verdict="answered"),)
    assert (third.relevant, third.answerable) == ({}, False)


def test_questions_of_one_conversation_are_known_by_its_first_line_or_its_name(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"_id": "a", "text": "And then?", "metadata": {"history": ["user: Where?", "agent: Here."]}},
        {"_id": "b", "text": "Why?", "metadata": {"history": ["user: Where?", "agent: Here.", "user: And then?"]}},
        {"_id": "c", "text": "Where?"},
        {"_id": "d", "text": "Else?", "metadata": {"conversation": 7}},
    ]
    asked = questions(a_collection(tmp_path, queries=rows))
    assert [one.conversation for one in asked] == ["Where?", "Where?", "Where?", "7"]


def test_history_may_be_objects_and_begin_with_the_bot(tmp_path: Path) -> None:
    said = [
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Where: here?"},
        {"speaker": "agent", "text": "Yes."},
        {"speaker": "agent", "text": "Sure."},
    ]
    (asked,) = questions(a_collection(tmp_path, queries=[{"_id": "a", "text": "Why?", "metadata": {"history": said}}]))
    assert asked.history == (PastTurn(question="Where: here?", answer="Yes.\nSure.", verdict="answered"),)


def test_judgements_may_be_of_trec(tmp_path: Path) -> None:
    first, *_ = questions(a_collection(tmp_path, qrels="q1 0 keys 2\nq1 0 birds 0\n"))
    assert first.relevant == {"keys": 2}


def test_ids_in_judgements_may_hold_spaces_between_tabs(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"_id": "q 1", "text": "a?"}, {"_id": "q2", "text": "b?"}]
    qrels = "query-id\tcorpus-id\tscore\nq 1\tThe Keys\t1\nq2\tThe Keys\t 2\r\nq2\t0\tsigning keys\t1\n"
    first, second = questions(a_collection(tmp_path, queries=rows, qrels=qrels))
    assert first.relevant == {"The Keys": 1}
    assert second.relevant == {"The Keys": 2, "signing keys": 1}


def test_the_only_split_needs_no_name(tmp_path: Path) -> None:
    folder = a_collection(tmp_path, split="dev")
    assert questions(folder) == questions(folder, split="dev")


def test_of_several_splits_test_is_the_usual_one_and_others_are_named(tmp_path: Path) -> None:
    folder = a_collection(tmp_path)
    a_collection(folder, split="dev", qrels="q1\tbirds\t1\n")
    assert questions(folder)[0].relevant == {"keys": 1}
    assert questions(folder, split="dev")[0].relevant == {"birds": 1}
    with pytest.raises(BadCollection, match=r"has no train.tsv; --split may be dev, test"):
        questions(folder, split="train")


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("queries.jsonl", '{"_id": "q1", "text": "a?"}\n{"_id"\n', r"queries.jsonl, line 2: this is no JSON"),
        ("queries.jsonl", '{"_id": "q1", "text": 1}\n', r"line 1: a row is an object with _id and text"),
        ("queries.jsonl", "[]\n", r"line 1: a row is an object"),
        ("queries.jsonl", "\n", r"holds no question"),
        ("queries.jsonl", '{"_id": "q", "text": "a?", "metadata": {"history": "no"}}\n', r"metadata.history is a list"),
        ("queries.jsonl", '{"_id": "q", "text": "a?", "metadata": {"history": ["no"]}}\n', r"begins with"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tkeys\n", r"test.tsv, line 2: a judgement is"),
        ("qrels/test.tsv", "q1\tkeys\tmuch\n", r"test.tsv, line 1: a judgement is"),
        ("qrels/test.tsv", f"q1\tkeys\t{'9' * 400}\n", r"test.tsv, line 1: a judgement is"),
        ("queries.jsonl", "[" * 100_000, r"queries.jsonl, line 1: this is no JSON"),
        (
            "queries.jsonl",
            '{"_id": "q", "text": "a?", "metadata": {"answerable": "false"}}\n',
            r"line 1: metadata.answ",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, file: str, content: str, told: str) -> None:
    (a_collection(tmp_path) / file).write_text(content)
    with pytest.raises(BadCollection, match=told):
        questions(tmp_path)


def test_a_folder_without_a_set_says_what_one_has(tmp_path: Path) -> None:
    with pytest.raises(BadCollection, match=r"has no qrels/\*.tsv; a set in BEIR format has corpus.jsonl"):
        questions(tmp_path)


@pytest.mark.parametrize("file", ["queries.jsonl", "qrels/test.tsv"])
def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path, file: str) -> None:
    path = a_collection(tmp_path) / file
    path.write_bytes(path.read_bytes() + b"\xff\xfe{}")
    with pytest.raises(BadCollection, match=rf"{file}, line \d: this is not UTF-8 text"):
        questions(tmp_path)


def test_questions_may_be_listed_a_line_each(tmp_path: Path) -> None:
    (tmp_path / "asked.txt").write_text("# of last week\nHow often?\n\n  Where?  \n")
    asked = listed(tmp_path / "asked.txt")
    assert [(one.text, one.answerable) for one in asked] == [("How often?", True), ("Where?", True)]


def test_listed_rows_may_say_that_they_are_not_answered(tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text('{"text": "How?"}\n{"text": "Who?", "metadata": {"answerable": true}}\n')
    asked = listed(tmp_path / "asked.jsonl", answerable=False)
    assert [(one.text, one.answerable) for one in asked] == [("How?", False), ("Who?", True)]


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadCollection, match=r"cannot be read: no such file"):
        listed(tmp_path / "none.txt")
