from __future__ import annotations

import pytest

from knowledge.chunking import chunked
from knowledge.tokens import count
from tests.doubles.documents import a_document
from tests.doubles.papers import AUDIT, AUDIT_IN_TEXT, CONTRACT, GUIDE, POLICY, STORY

NOTHING = "nothing in it shows another kind"


def kind(content: str, **particulars: object) -> tuple[str, str]:
    found = chunked(a_document(content, **particulars), "e", count)  # type: ignore[arg-type]
    return found.genre, found.because


def test_a_document_says_its_own_kind_and_its_word_wins() -> None:
    for name in ("kind", "type", "genre"):
        told = kind(f"---\n{name}: Contract\n---\n{GUIDE}", genre="audit")
        assert told == ("legal", "the document calls itself “Contract”")
    assert kind('<meta name="kind" content="policy"><p>a', form="html")[0] == "policy"


def test_else_its_source_says_it() -> None:
    assert kind(GUIDE, genre="policy") == ("policy", "--kind says so")


def test_a_word_that_is_no_kind_is_named_and_passed_over() -> None:
    told = kind(f"---\nkind: runbok\ntype: page\n---\n{GUIDE}")
    assert told == ("technical", f"{NOTHING}; it calls itself “runbok”, which is no known kind")
    assert kind(f"---\ntype: page\n---\n{GUIDE}") == ("technical", NOTHING)


def test_a_contract_is_told_by_its_clauses_and_its_words() -> None:
    genre, because = kind(CONTRACT, form="text")
    assert genre == "legal"
    assert (
        because == "4 of 5 headings are numbered clauses, and it says “this agreement”, “whereas” and “notwithstanding”"
    )


def test_terms_without_numbers_are_told_by_their_title_and_headings() -> None:
    page = "# Terms of Service\n## Definitions\na\n## Limitation of liability\nb\n## Governing law\nc"
    assert kind(page)[0] == "legal"


def test_a_policy_is_told_by_its_title_and_headings() -> None:
    genre, because = kind(POLICY)
    assert genre == "policy"
    assert because == "its title says policy, and its headings are “1. Purpose”, “2. Scope” and “3. Policy Statements”"


def test_an_audit_report_is_told_by_its_findings() -> None:
    genre, because = kind(AUDIT)
    assert genre == "audit"
    assert because == "2 of its sections are findings, with recommendations and “condition”, “severity” and “cause”"
    assert kind(AUDIT_IN_TEXT, form="text")[0] == "audit"


def test_findings_may_be_tables() -> None:
    finding = "### C-{}: Doors\n| Severity | High |\n|---|---|\n| Recommendation | Close |\n"
    assert kind("# Review\n## Findings\n" + finding.format(1) + finding.format(2))[0] == "audit"


def test_long_running_text_alone_is_general() -> None:
    assert kind(STORY) == ("general", "it is long running text without headings, code or tables")
    assert kind(STORY[:2_000])[0] == "technical"
    assert kind(STORY + "\n\n```\ncode\n```")[0] == "technical"


def test_plain_text_is_plain_unless_it_shows_otherwise() -> None:
    assert kind(STORY, form="text") == ("plain", NOTHING)
    assert kind(GUIDE, form="text") == ("plain", NOTHING)


@pytest.mark.parametrize(
    "page",
    [
        GUIDE,
        "# Bucket policies\n## Policy\na\n## Examples\nb\n## Exceptions\nc",
        "# Managing agreements\n## Accepting an agreement\na\n## Terminating an agreement\nb",
        "# Known problems\n## Issue 1\nCrash.\n## Issue 2\nHang. Impact: small.",
        "# Setup\n## 1. Install\nYou shall.\n## 2. Configure\nWarranty.\n## 3. Run\na\n## 4. Stop\nTerminate it.",
        "# Deploy a contract\n"
        + "".join(
            f"## {number}. Write it\nThe contract, this contract and these contracts terminate.\n"
            for number in range(5)
        ),
        f"{POLICY}\n```\npasswd --policy\n```\n",
        "",
    ],
)
def test_a_guide_is_technical_whatever_words_it_uses(page: str) -> None:
    assert kind(page)[0] == "technical"


def test_a_passage_is_a_passage_whatever_is_said_of_it() -> None:
    assert kind(CONTRACT, form="passage", genre="legal") == ("passage", "a passage is never cut")
