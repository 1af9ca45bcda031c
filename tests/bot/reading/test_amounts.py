from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.amounts import amounts, same, units
from tests.doubles.scaling import QUADRATIC, slowdown

NUMBERS = st.integers(min_value=0, max_value=10**12)
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905, E501
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


def borne_out(claimed: str, said: str) -> bool:
    words = frozenset(said.casefold().split())
    return all(
        any(same(one, other, words, units(said)) for other in amounts(said)) for one in amounts(claimed) if not one.weak
    )


def spelled(number: int) -> str:
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10 - 2] + (f"-{ONES[number % 10]}" if number % 10 else "")
    for scale, name in ((10**9, "billion"), (10**6, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= scale:
            rest = f" {spelled(number % scale)}" if number % scale else ""
            return f"{spelled(number // scale)} {name}{rest}"
    raise AssertionError


@given(NUMBERS)
def test_a_number_is_the_same_with_commas_and_in_words(number: int) -> None:
    written = (f"{number}", f"{number:,}", spelled(number) if number < 10**12 else f"{number}")
    assert all(borne_out(f"It counts {one} files.", f"We saw {other} files.") for one in written for other in written)


@given(NUMBERS, NUMBERS)
def test_different_numbers_are_never_the_same(one: int, other: int) -> None:
    for claimed in (f"{one}", f"{one:,}", f"{one} %", f"${one}"):
        if one not in (other, 1):
            assert not borne_out(claimed, claimed.replace(f"{one:,}", f"{other:,}").replace(f"{one}", f"{other}"))


@given(st.integers(1, 999), st.sampled_from(("k", "M", "bn")))
def test_a_scale_multiplies(number: int, scale: str) -> None:
    zeros = {"k": "000", "M": "000000", "bn": "000000000"}[scale]
    assert borne_out(f"{number}{scale} people", f"{number}{zeros} people")
    assert not borne_out(f"{number}{scale} people", f"{number} people")


@given(st.dates(), st.dates())
def test_a_date_is_the_same_in_every_spelling_and_no_other(one: object, other: object) -> None:
    def spellings(date: object) -> tuple[str, ...]:
        year, month, day = (int(part) for part in str(date).split("-"))
        year = 1900 + year % 200
        name = MONTHS[month - 1]
        return f"on {year}-{month:02}-{day:02}", f"on {name} {day}, {year}", f"on {day} {name} {year}"

    assert all(borne_out(a, b) for a in spellings(one) for b in spellings(one))
    if spellings(one)[0] != spellings(other)[0]:
        assert not any(borne_out(a, b) for a in spellings(one) for b in spellings(other))


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        ("1.2k people", "twelve hundred people"),
        ("5 %", "5 per cent"),
        ("half of them", "50 % of them"),
        ("about 1.2 million", "1,187,000"),
        ("over 270 clubs", "273 clubs"),
        ("25/03/2024", "25 March 2024"),
        ("in March 2024", "2024-03-05"),
        ("in 2024", "March 5, 2024"),
        ("$5m", "5 million dollars"),
        ("90 minutes", "1.5 hours"),
        ("half an hour", "30 minutes"),
        ("5:30 p.m.", "17:30"),
        ("two and a half years", "30 months"),
        ("5-10 %", "5 % to 10 %"),
        ("2½ hours", "2.5 hours"),
        ("-20 °C", "\N{MINUS SIGN}20 degrees Celsius"),
        ("the 21st century", "the twenty-first century"),
        ("25 days", "25 paid days"),
    ],
)
def test_amounts_are_the_same_however_they_are_written(claimed: str, said: str) -> None:
    assert borne_out(claimed, said)


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        ("1.2 million", "1,187,000"),
        ("about 1.2 million", "1,300,000"),
        ("over 270 clubs", "269 clubs"),
        ("March 5, 2024", "May 5, 2024"),
        ("03/05/2024", "May 3, 2024"),
        ("500 MB", "500 GB"),
        ("€5", "$5"),
        ("-20 C", "20 C"),
        ("$5 million", "$5"),
        ("30 copies", "30 days"),
        ("5 am", "5 pm"),
        ("Python 3.1", "Python 3.10"),
        ("1990s", "1980s"),
        ("10 %", "10"),
        ("the 19th century", "19 people"),
    ],
)
def test_other_amounts_are_not(claimed: str, said: str) -> None:
    assert not borne_out(claimed, said)


@pytest.mark.parametrize("text", ["one of them", "at the C3 position", "first of all", "the following steps: 1."])
def test_what_counts_nothing_needs_no_support(text: str) -> None:
    assert all(one.weak for one in amounts(text))


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "1,", "1.", "-1 ", "one ", "hundred ", "two and ", "a half ", "1/2 ", "5 mb ", "$", "March ", "5 May ",
     "2024-", "from ", "about ", "1 to ", "½", "and "],
)  # fmt: skip
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    assert slowdown(lambda times: amounts.__wrapped__(piece * times), 400) < QUADRATIC


@pytest.mark.parametrize(
    "text",
    ["9" * 5_000, "²" * 5_000, "9" * 2_500 + "." + "9" * 2_500, "1," * 5_000, "one " + "million " * 900 + "am",
     "two " + "hundred " * 900, "7 " + "trillion " * 900, "a " + "hundred " * 2_500],
)  # fmt: skip
def test_a_number_of_any_length_is_read(text: str) -> None:
    assert amounts(text)


def test_a_number_too_long_to_reckon_with_is_compared_as_written() -> None:
    assert borne_out("7" * 5_000, "7" * 5_000)
    assert not borne_out("7" * 5_000, "7" * 4_999 + "8")
