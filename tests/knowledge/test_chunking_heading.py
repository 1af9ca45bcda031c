from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking.heading import headed
from knowledge.chunking.outline import Code, Prose, Section, Table
from tests.doubles.papers import AUDIT_IN_TEXT, CONTRACT

LINES = st.sampled_from(
    [
        "1. DEFINITIONS",
        "1.1 The parties shall pay.",
        "2.3 Payment terms",
        "ARTICLE IV",
        "§ 4 Term",
        "PURPOSE",
        "=====",
        "FINDING 2: Doors",
        "Cause: None.",
        "Recommendation",
        "- an item",
        "Some words, and more.",
        "",
        "   ",
    ]
)


def text(*lines: str) -> tuple[Section, ...]:
    body = "\n".join(lines).rstrip()
    return headed([Section(blocks=(Prose(text=body, lines=(1, body.count("\n") + 1)),))])


def paths(*lines: str) -> list[tuple[str, ...]]:
    return [section.path for section in text(*lines)]


def test_a_contract_in_plain_text_has_its_articles_as_sections() -> None:
    agreement = "MASTER SERVICES AGREEMENT"
    assert [section.path for section in text(CONTRACT)] == [
        (agreement,),
        (agreement, "1. DEFINITIONS"),
        (agreement, "2. TERM AND TERMINATION"),
        (agreement, "3. LIABILITY"),
        (agreement, "Schedule A"),
    ]


def test_clauses_are_paragraphs_with_their_lines() -> None:
    blocks = text(CONTRACT)[1].blocks
    assert [block.lines for block in blocks] == [(9, 10), (12, 12)]
    assert isinstance(blocks[0], Prose)
    assert blocks[0].text.startswith('1.1 "Services"')


def test_findings_in_plain_text_are_sections_with_their_parts_below() -> None:
    audit = "AUDIT OF THE WAREHOUSE"
    assert [section.path[1:] for section in text(AUDIT_IN_TEXT) if section.path != (audit,)] == [
        ("EXECUTIVE SUMMARY",),
        ("FINDING 1: Doors stand open",),
        ("FINDING 2: Nobody counts",),
        ("FINDING 2: Nobody counts", "Condition"),
        ("FINDING 2: Nobody counts", "Recommendation"),
        ("CONCLUSION",),
    ]


def test_findings_stand_below_the_heading_that_announces_them() -> None:
    lines = [
        "REPORT",
        "",
        "3. Detailed findings",
        "",
        "Finding 1: Doors",
        "",
        "Open.",
        "",
        "4. Conclusion",
        "",
        "Close.",
    ]
    assert paths(*lines)[2:] == [
        ("REPORT", "3. Detailed findings", "Finding 1: Doors"),
        ("REPORT", "4. Conclusion"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "§ 4 Term",
        "Article 5",
        "ARTICLE IV – Payment",
        "Section 2. Data Protection",
        "Schedule A",
        "2.1 Term",
        "3) TERM",
    ],
)
def test_articles_and_numbered_titles_are_headings(line: str) -> None:
    assert paths("Before.", "", line, "", "Words that follow.") == [(), (line,)]


@pytest.mark.parametrize(
    "line",
    [
        "30 days after the end of the month",
        "2026 was a good year",
        "Section 4 of the act applies.",
        "Article 5 applies to all members, wherever they are.",
        "§ 5. Nobody shall be held.",
        "part of the contract",
        "Article about gardens",
        "1.1 The Supplier shall deliver the goods.",
        "Findings were made.",
        "Finding 1 was closed in May.",
        "Cause and effect are hard to tell apart.",
        "USA",
        "an ordinary line",
        "A" * 300,
    ],
)
def test_sentences_and_names_are_not(line: str) -> None:
    assert paths("Before.", "", line, "", "Words that follow.") == [()]


def test_a_list_is_not_a_row_of_sections() -> None:
    assert paths("Employees:", "1. Lock screens", "2. Report losses", "3. Wear badges") == [()]


def test_a_line_that_is_underlined_is_a_heading_and_its_underline_is_nothing() -> None:
    (first, second) = text("Words.", "", "Closing words", "-------------", "More.", "-----")
    assert (first.path, second.path) == ((), ("Closing words",))
    assert [(block.text, block.lines) for block in second.blocks if isinstance(block, Prose)] == [
        ("More.\n-----", (5, 6))
    ]


def test_capitals_that_go_on_are_shouting() -> None:
    assert paths("", "THE SOFTWARE IS PROVIDED AS IS", "WITHOUT WARRANTY OF ANY KIND") == [()]


def test_a_document_with_headings_keeps_them() -> None:
    sections = (Section(path=("Own",), blocks=(Prose(text="1. TERM"),)),)
    assert headed(sections) == sections


def test_code_and_tables_stay_where_they_are() -> None:
    code, table = Code(text="1. TERM"), Table(header=("a", "b"), rows=())
    sections = headed([Section(blocks=(Prose(text="1. TERM"), code, Prose(text="2. FEES"), table))])
    assert [(section.path, section.blocks) for section in sections] == [
        (("1. TERM",), (code,)),
        (("2. FEES",), (table,)),
    ]


@given(st.lists(LINES, max_size=40))
def test_nothing_but_underlines_and_colons_is_lost(lines: list[str]) -> None:
    sections = headed([Section(blocks=(Prose(text="\n".join(lines)),))])
    told = Counter(letter for section in sections for letter in "".join(section.path[-1:]))
    for section in sections:
        told.update(letter for block in section.blocks if isinstance(block, Prose) for letter in block.text)
    lost = Counter("".join("".join(lines).split())) - told
    assert not lost.keys() - {"=", ":"}
