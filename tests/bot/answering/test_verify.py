from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.answering.evidence import evidence, holding_code
from bot.answering.verify import judged
from bot.models.base import Numbered
from bot.reading.amounts import same

if TYPE_CHECKING:
    from bot.answering.evidence import Evidence
    from bot.reading.amounts import Amount, Measure

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


def repetitive() -> dict[int, Evidence]:
    """Give passages of which every sentence is alike but for its numbers."""
    texts = [" ".join(f"Item {item} has {item + more} units." for item in range(30)) for more in (100, 200, 300)]
    return {at: evidence(Numbered(number=at, title="", heading=(), text=one)) for at, one in enumerate(texts, 1)}


def test_the_one_of_many_like_sentences_that_says_its_numbers_supports_it() -> None:
    assert judged("Item 27 has 227 units.", (), [2], repetitive()).numbers == (2,)
    assert judged("Item 27 has 227 units.", (), [1], repetitive()).numbers == (2,)
    assert judged("Item 27 has 228 units.", (), [2], repetitive()).numbers == ()


def test_what_fails_over_like_sentences_compares_few_amounts(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counting(claimed: Amount, said: Amount, words: frozenset[str], units: frozenset[Measure]) -> bool:
        nonlocal compared
        compared += 1
        return same(claimed, said, words, units)

    monkeypatch.setattr("bot.answering.verify.same", counting)
    table = repetitive()
    for item in range(10):
        assert not judged(f"Item {item} has {item + 900} units.", (), [1], table).numbers
    assert compared < 30_000


@pytest.mark.parametrize(("count", "numbers"), [(50, (1,)), (70, ())])
def test_a_sentence_of_too_many_amounts_is_not_supported(count: int, numbers: tuple[int, ...]) -> None:
    many = ", ".join(str(number) for number in range(2_000, 2_000 + count))
    table = {1: evidence(Numbered(number=1, title="", heading=(), text=f"Units are, as a list, {many} in all."))}
    assert judged(f"Units are {many} in all.", (), [1], table).numbers == numbers


MAIL = evidence(
    Numbered(
        number=1,
        title="Leave",
        heading=(),
        text="Write to hr@acme.com about vacation days and sick leave. The form is on acme.com/leave.",
    )
)


@pytest.mark.parametrize("local", ["ceo", "r", "payroll.hr", "x" * 300])
def test_an_address_for_mail_must_stand_in_the_passage_whole(local: str) -> None:
    assert judged("Write to hr@acme.com about sick leave.", (), [1], {1: MAIL}).numbers == (1,)
    assert judged(f"Write to {local}@acme.com about sick leave.", (), [1], {1: MAIL}).numbers == ()


def test_the_beginning_of_an_address_is_another_address() -> None:
    assert judged("The form about leave is on acme.com/leave.", (), [1], {1: MAIL}).numbers == (1,)
    assert judged("The form about leave is on acme.co.", (), [1], {1: MAIL}).numbers == ()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Acme acquired Globex in 2019 for 40 million euros.", "Globex acquired Acme in 2019 for 40 million euros."),
        ("The team moved from Berlin to Munich in 2020.", "The team moved from Munich to Berlin in 2020."),
        ("The price rose from 10 euros to 12 euros.", "The price rose from 12 euros to 10 euros."),
        ("It began on 3 May 2023 and ended on 7 June 2024.", "It began on 7 June 2024 and ended on 3 May 2023."),
    ],
)
def test_a_sentence_with_two_things_in_each_others_place_is_denied(said: str, text: str) -> None:
    table = {1: evidence(Numbered(number=1, title="", heading=(), text=said))}
    assert judged(said, (), [1], table).numbers == (1,)
    assert judged(text, (), [1], table).denied


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The annual plan includes support for all users.", "The annual plan excludes support for all users."),
        ("The employer pays the premium of the insurance.", "The employee pays the premium of the insurance."),
        ("The file is stored encrypted on the server.", "The file is stored unencrypted on the server."),
        ("The committee approved the proposal for Berlin.", "The committee refused the proposal for Berlin."),
        ("The firewall blocks inbound traffic on all ports.", "The firewall blocks outbound traffic on all ports."),
    ],
)
def test_a_sentence_with_the_opposite_word_is_denied_either_way(one: str, other: str) -> None:
    for said, text in ((one, other), (other, one)):
        table = {1: evidence(Numbered(number=1, title="", heading=(), text=said))}
        assert judged(text, (), [1], table).denied
        assert judged(said, (), [1], table).numbers == (1,)


def test_the_opposite_of_what_is_denied_is_supported() -> None:
    table = {1: evidence(Numbered(number=1, title="", heading=(), text="The file on the server is not encrypted."))}
    assert judged("The file on the server is unencrypted.", (), [1], table).numbers == (1,)


@pytest.mark.parametrize(
    ("said", "text", "supported"),
    [
        ("The licence may be used on two computers.", "The licence may be used on one computer.", False),
        ("Support answered on the third call.", "Support answered on the first call.", False),
        ("The second release of the product failed.", "The first release of the product failed.", False),
        ("The trial of the product lasts two months.", "The trial of the product lasts one month.", False),
        ("The licence may be used on a computer.", "The licence may be used on one computer.", True),
        ("Support answered on the first call and on the third call.", "Support answered on the first call.", True),
        ("Support answered two questions on a call.", "Support answered two questions on the first call.", True),
    ],
)
def test_one_and_first_count_only_against_another_number(said: str, text: str, supported: bool) -> None:
    table = {1: evidence(Numbered(number=1, title="", heading=(), text=said))}
    assert bool(judged(text, (), [1], table).numbers) == supported


def test_a_denial_of_an_opposite_with_un_is_not_supported() -> None:
    table = {1: evidence(Numbered(number=1, title="", heading=(), text="Keys are rotated every 90 days."))}
    assert judged("Keys are never unrotated every 90 days.", (), [1], table).numbers == ()


PERMISSIONS = """
| permission | what does not work without it |
|---|---|
| Read Rooms | bookings there are not seen |
| Send Mail | confirmations are not sent |
"""
CHECKS = """
| part | required | what is checked |
|---|---|---|
| `database` | yes | rooms can be read |
| `redis` | no | bookings are counted |
"""


@pytest.mark.parametrize(
    ("said", "shown", "dropped"),
    [
        (
            "Without the setting `spare`, rooms are booked at once.",
            "If `spare` is not set, rooms are booked at once.",
            "If `spare` is set, rooms are booked at once.",
        ),
        (
            "The bot that knows no price of a room needs a table of prices.",
            "A bot that does not know the price of a room needs a table of prices.",
            "A bot that knows the price of a room needs a table of prices.",
        ),
        (
            "Rooms stay booked without a card, unless you choose a room abroad.",
            "Once booked, rooms stay booked without a card, unless you choose a room abroad.",
            "Rooms never stay booked without a card, unless you choose a room abroad.",
        ),
        (
            "The service takes in nothing more, lets open bookings finish and ends.",
            "The service stops taking in anything more and lets open bookings finish.",
            "The service takes in more and lets open bookings finish.",
        ),
        (
            "Authors merge their changes; reviewers do not merge.",
            "Authors merge their changes, not the reviewers.",
            "Reviewers merge the changes of authors.",
        ),
        (
            'The page that says "I don\'t know" lists the closest rooms, unless nothing comes close.',
            "The page lists the closest rooms, unless nothing comes close.",
            "The page never lists the closest rooms, unless nothing comes close.",
        ),
        (
            "To take `--open` back, book the same room again without it.",
            "To take it back, book the same room again without `--open`.",
            "To take it back, book the same room again with `--open`.",
        ),
        (
            "A room that is refused counts in no window.",
            "A room that is refused does not count.",
            "A room that is refused counts in each window.",
        ),
        (
            PERMISSIONS,
            "Read Rooms: without it, bookings are not seen.",
            "Send Mail: without it, bookings are not seen.",
        ),
        (CHECKS, "The `database` is required.", "The `redis` is required."),
        (CHECKS, "The `redis` is not required.", "The `database` is not required."),
        (
            "Each booking uses `gpt-4.1-mini`.",
            "`gpt-4.1-mini` is used for each booking.",
            "`gpt-4.1` is used for each.",
        ),
    ],
)
def test_what_is_said_in_other_words_is_shown_and_its_opposite_is_not(said: str, shown: str, dropped: str) -> None:
    table = {1: evidence(Numbered(number=1, title="Rooms", heading=(), text=said))}

    def supported(text: str) -> bool:
        return bool(judged(text.replace("`", ""), tuple(text.split("`")[1::2]), [1], table).numbers)

    assert supported(shown)
    assert not supported(dropped)
