from __future__ import annotations

import pytest

from bot.answering.evidence import evidence, holding_code
from bot.answering.verify import judged
from bot.models.base import Numbered

INSTALL = Numbered(
    number=1,
    title="Footnote manual",
    heading=("Install",),
    text="Footnote needs Python 3.11 or newer. It was released on March 5, 2024. Windows is not supported.\n\n"
    "Run this:\n\n```sh\nmake chat\nmake test\n```\n\n"
    "- The limit is 1,000 questions a day.\n- Use `footnote sync PATH`.\n",
)
KEYS = Numbered(
    number=2,
    title="Keys",
    heading=(),
    text="An API key is rotated every 90 days. Keys do not expire by themselves.",
    dated="2023-06-01",
)
TABLE = {one.number: evidence(one) for one in (INSTALL, KEYS)}


def held(text: str, *cited: int, codes: tuple[str, ...] = ()) -> tuple[int, ...]:
    return judged(text, codes, cited, TABLE).numbers


@pytest.mark.parametrize(
    "text",
    [
        "Footnote needs Python 3.11 or newer.",
        "You need Python 3.11 or newer for Footnote.",
        "Footnote was released on 5 March 2024.",
        "Windows isn't supported.",
        "The limit is 1000 questions per day.",
    ],
)
def test_what_the_cited_passage_says_is_supported(text: str) -> None:
    assert held(text, 1) == (1,)


@pytest.mark.parametrize(
    "text",
    [
        "Footnote needs Python 3.12 or newer.",
        "Footnote was released on 5 May 2024.",
        "Windows is supported.",
        "Footnote does not need Python 3.11.",
        "The limit is 10,000 questions a day.",
        "Bananas are rich in potassium.",
        "Footnote needs Python 3.11 from evil.example/download.",
        "@everyone Footnote needs Python 3.11 or newer.",
    ],
)
def test_what_no_passage_says_is_not(text: str) -> None:
    assert held(text, 1) == ()


def test_a_wrong_or_missing_number_is_cited_anew() -> None:
    assert held("An API key is rotated every 90 days.", 1) == (2,)
    assert held("An API key is rotated every 90 days.", 9) == (2,)
    assert held("An API key is rotated every 90 days.") == (2,)


def test_a_mark_that_adds_nothing_is_dropped() -> None:
    assert held("An API key is rotated every 90 days.", 2, 1) == (2,)


def test_a_sentence_may_draw_on_two_passages() -> None:
    assert held("Footnote needs Python 3.11, and an API key is rotated every 90 days.", 1, 2) == (1, 2)


def test_half_a_quoted_sentence_is_no_quote() -> None:
    assert held("Keys do expire by themselves.", 2) == ()


def test_inline_code_must_stand_in_the_passage() -> None:
    assert held("Use footnote sync PATH.", 1, codes=("footnote sync PATH",)) == (1,)
    assert held("Use footnote wipe PATH sync.", 1, codes=("footnote wipe PATH",)) == ()


@pytest.mark.parametrize("code", ["make chat\nmake test", "  make chat", "make test", "footnote sync PATH"])
def test_code_of_a_passage_is_held(code: str) -> None:
    assert holding_code(code, TABLE) == (1,)


@pytest.mark.parametrize("code", ["make chat --all", "make", "", "make test\nmake chat"])
def test_other_code_is_not(code: str) -> None:
    assert holding_code(code, TABLE) == ()


NAMES = evidence(
    Numbered(
        number=1,
        title="Offices",
        heading=(),
        text="The office in São Paulo serves American customers. The U.S. team answers a Service Level Agreement "
        "within a week. St. Mary's Hall seats 80 guests. Visas are unavailable to visitors. Rates "
        "remain at 5 % this year.",
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "The office in Sao Paulo serves American customers.",
        "São Paulo's office serves customers from America.",
        "The United States team answers a Service Level Agreement within a week.",
        "The US team answers an SLA within a week.",
        "Saint Mary's Hall seats 80 guests.",
        "Visas are not available to visitors.",
        "Rates do not change this year and stay at 5 %.",
    ],
)
def test_a_name_or_a_denial_may_be_written_otherwise(text: str) -> None:
    assert judged(text, (), [1], {1: NAMES}).numbers == (1,)


@pytest.mark.parametrize(
    "text",
    [
        "The office in São Paulo serves Canadian customers.",
        "The UK team answers a Service Level Agreement within a week.",
        "The US team answers an SLO within a week.",
        "Saint Martin's Hall seats 80 guests.",
        "Visas are available to visitors.",
        "Rates change this year, from 5 %.",
        "Visas are not unavailable to visitors.",
    ],
)
def test_another_name_or_the_opposite_is_not_supported(text: str) -> None:
    assert judged(text, (), [1], {1: NAMES}).numbers == ()


def test_who_denies_a_sentence_is_not_outdone_by_who_says_less_of_it() -> None:
    passages = ("Keys do not expire on Fridays.", "Keys expire.")
    table = {at: evidence(Numbered(number=at, title="", heading=(), text=one)) for at, one in enumerate(passages, 1)}
    assert judged("Keys expire on Fridays.", (), [1], table).numbers == ()
