from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.cli.progress import Lines
from bot.cli.summaries import as_object, counted, nothing_read, stage_words, summed
from knowledge.base import Skipped
from knowledge.staging import Progress
from knowledge.syncing import Seconds, Summary


def _summary(*skipped: str, added: int = 0, removed: int = 0, resumed: int = 0) -> Summary:
    return Summary(
        added=added,
        changed=0,
        unchanged=0,
        removed=removed,
        resumed=resumed,
        skipped=tuple(Skipped(document=name, told=f"{name} was skipped: it is binary.") for name in skipped),
        chunks=1,
        bytes=10,
        seconds=1.25,
        stages=Seconds(read=0.1, chunk=0.1, embed=1.0, write=0.05),
    )


@pytest.mark.parametrize(("number", "words"), [(0, "0 files"), (1, "1 file"), (1200, "1,200 files")])
def test_counts_read_as_words(number: int, words: str) -> None:
    assert counted(number, "file") == words


def test_a_summary_is_a_sentence_and_a_line_for_each_skipped_file() -> None:
    assert summed(_summary("a.md", added=2)) == [
        "2 added, 0 changed, 0 unchanged, 0 removed, 1 skipped; 1 chunk embedded in 1.2 s.",
        "  a.md was skipped: it is binary.",
    ]


def test_of_many_skipped_files_the_first_are_named() -> None:
    lines = summed(_summary(*(f"{n}.md" for n in range(25)), added=1))
    assert len(lines) == 22
    assert lines[-1] == "  and 5 more files; --json lists them all."


def test_what_an_unfinished_sync_left_is_said() -> None:
    assert "2 documents taken over" in summed(_summary(added=2, resumed=2))[1]


def test_what_is_worth_a_look_is_named() -> None:
    five = "0.md, 1.md, 2.md, 3.md, 4.md and 2 more (--json lists them all)"
    rest = "Footnote does not follow them; footnote inspect FILE shows why."
    seven = tuple(f"{n}.md" for n in range(7))
    seen = replace(_summary(added=1), flagged=("a.md",), masked=3, masked_in=("b.md", "c.md"), suspicious=seven)
    assert summed(seen)[1:] == [
        "Hidden text was left out of 1 document: a.md; footnote inspect FILE says how much.",
        "3 secrets were masked in b.md, c.md; footnote inspect FILE shows where.",
        f"7 documents contain text that gives orders to a language model: {five}. {rest}",
    ]


@pytest.mark.parametrize(
    ("summary", "told"),
    [(_summary(), "nothing to read"), (_summary("a.md"), "every file was skipped")],
    ids=["empty", "all skipped"],
)
def test_a_sync_that_read_nothing_says_so(summary: Summary, told: str) -> None:
    assert told in (nothing_read(summary) or "")


def test_what_is_there_instead_of_something_to_read_is_named() -> None:
    assert (nothing_read(_summary(), lambda: [".docx", ".pdf"]) or "").endswith(
        "HTML file was found, only .docx, .pdf."
    )


@pytest.mark.parametrize("summary", [_summary("a.md", added=1), _summary(removed=1)])
def test_a_sync_that_did_something_is_no_failure(summary: Summary) -> None:
    assert nothing_read(summary) is None


def test_a_summary_is_an_object_for_programs() -> None:
    summary = json.loads(json.dumps(as_object(_summary("a.md"))))
    assert summary["skipped"] == [{"document": "a.md", "told": "a.md was skipped: it is binary."}]
    assert summary["stages"]["embed"] == 1.0


PROGRESS = Progress(stage="reading", documents=3, ready=1, skipped=1, chunks=10, embedded=4)


def test_progress_reads_as_words() -> None:
    assert stage_words(PROGRESS) == "reading, 3 documents, 4 of 10 chunks embedded, 1 skipped"


def test_a_log_gets_a_line_every_five_seconds() -> None:
    now, said = [0.0], list[str]()
    lines: Lines[Progress] = Lines(lambda: now[0], said.append, stage_words)
    for second in (1, 4.9, 5, 6, 9.9, 10.5):
        now[0] = second
        lines(PROGRESS)
    assert len(said) == 2
