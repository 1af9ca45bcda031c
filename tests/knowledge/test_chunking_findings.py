from __future__ import annotations

import pytest

from knowledge.chunking.clauses import is_finding
from knowledge.chunking.findings import pack_findings
from knowledge.chunking.outline import Prose, Section
from knowledge.chunking.splitting import Policy

FINDING = Policy(limit=200, whole=200, small=200)
REST = Policy(limit=120, whole=160, small=40)


def section(*path: str, text: str = "") -> Section:
    return Section(path=path, blocks=(Prose(text=text),) if text else ())


def cut(*sections: Section) -> list[tuple[tuple[str, ...], str, str]]:
    return [(chunk.path, chunk.text, chunk.why) for chunk in pack_findings(sections, FINDING, REST)]


def test_a_finding_stays_together_with_its_parts() -> None:
    (found,) = cut(
        section("R", "Finding 1"),
        section("R", "Finding 1", "Condition", text="Open."),
        section("R", "Finding 1", "Recommendation", text="Close."),
    )
    assert found == (("R", "Finding 1"), "### Condition\n\nOpen.\n\n### Recommendation\n\nClose.", "one finding, whole")


def test_two_findings_are_never_one_chunk_however_small() -> None:
    assert [path for path, _, _ in cut(section("R", "Finding 1", text="a"), section("R", "Finding 2", text="b"))] == [
        ("R", "Finding 1"),
        ("R", "Finding 2"),
    ]


def test_parts_written_beside_their_finding_belong_to_it() -> None:
    first, last = cut(
        section("R", "Finding 1", text="Doors."),
        section("R", "Cause", text="Rust."),
        section("R", "Recommendation", text="Oil."),
        section("R", "Recommendation", "Which oil", text="Any."),
        section("R", "Conclusion", text="Done."),
    )
    assert first[0] == ("R", "Finding 1")
    assert first[1] == "Doors.\n\n### Cause\n\nRust.\n\n### Recommendation\n\nOil.\n\n#### Which oil\n\nAny."
    assert last[0] == ("R", "Conclusion")


def test_what_stands_below_findings_is_a_finding_whatever_its_name() -> None:
    found = cut(
        section("R", "Findings"),
        section("R", "Findings", "High"),
        section("R", "Findings", "High", "Doors stand open", text="a"),
        section("R", "Findings", "Low"),
        section("R", "Findings", "Low", "Nobody counts", text="b"),
    )
    assert [(path[-1], text, why) for path, text, why in found] == [
        ("Doors stand open", "a", "one finding, whole"),
        ("Nobody counts", "b", "one finding, whole"),
    ]


def test_a_finding_too_long_is_cut_between_its_parts_under_its_own_name() -> None:
    found = cut(
        section("R", "Finding 1", text="x" * 80),
        section("R", "Finding 1", "Cause", text="y" * 80),
        section("R", "Finding 1", "Effect", text="z" * 80),
    )
    assert [path for path, _, _ in found] == [("R", "Finding 1"), ("R", "Finding 1", "Effect")]
    assert [why for _, _, why in found] == [
        "part 1 of 2 of one finding: 2 small sections together",
        "part 2 of 2 of one finding: the section ends",
    ]


def test_what_stands_between_findings_is_cut_by_its_own_sizes() -> None:
    found = cut(section("R", "Summary", text="s" * 90 + "\n\n" + "t" * 90), section("R", "Issue 4", text="a"))
    assert [len(text) for _, text, _ in found] == [90, 90, 1]


@pytest.mark.parametrize(
    "heading",
    [
        "Finding 3: Weak passwords",
        "OBSERVATION 2 – Shared",
        "Issue #4",
        "1. Finding 2 - Doors",
        "C-1: Doors",
        "[H-02] Doors",
        "Finding No. 7",
    ],
)
def test_headings_that_name_a_finding(heading: str) -> None:
    assert is_finding(heading)


@pytest.mark.parametrize(
    "heading",
    ["Findings", "Issue tracker", "Exception handling", "UTF-8 encoding", "Finding your way", "Finding 1 was closed."],
)
def test_headings_that_name_none(heading: str) -> None:
    assert not is_finding(heading)
