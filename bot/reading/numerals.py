"""Numbers in a text, by value, however they are written: ``1,200``, ``1.2k``, ``1200``, ``twelve hundred``. Pure.

A thousands comma stands before three digits; elsewhere a comma or colon joins what is no single number: a ratio, a time
of day or a list, which is compared as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Value: TypeAlias = Fraction | str
"""A number, or what is compared as written: a version of three parts, a time of day, a ratio."""
Manner: TypeAlias = Literal["cardinal", "ordinal", "part"]

_SMALL: Final = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen""".split()  # noqa: SIM905 -- read as prose
_ONES: Final = {word: number for number, word in enumerate(_SMALL)} | {"twice": 2, "thrice": 3}
_TENS: Final = {
    word: number * 10
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)  # noqa: SIM905
}
_SCALES: Final = {
    "hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12,
    "k": 1_000, "mn": 10**6, "mio": 10**6, "bn": 10**9, "tn": 10**12,
}  # fmt: skip
_ATTACHED: Final = {"k": 1_000, "K": 1_000, "M": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
"""Letters right at a number's digits."""
_MONEY: Final = {"B": 10**9, "b": 10**9, "m": 10**6}
"""The same of money alone: else they are bytes and metres."""
_RANKS: Final = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()  # noqa: SIM905
_ORDINALS: Final = {word: number for number, word in enumerate(_RANKS, 1)} | {
    f"{word[:-1]}ieth": number for word, number in _TENS.items()
}
_PARTS: Final = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5,
                 "tenth": 10, "tenths": 10}  # fmt: skip
_TOKEN = re.compile(
    r"(?P<digits>\d+(?:[.,:\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}]\d+)*)(?P<attached>[^\W\d_]{0,3}(?![^\W_]))?"
    r"|(?P<word>[^\W\d_]+)|(?P<other>\S)"
)
_GROUPED = re.compile(r"\d{1,3}(?:[,\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}]\d{3})+(?:\.\d+)?\Z")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?\Z")
_FRACTION = re.compile(r"(?<![\d/.,])(\d{1,2})/(\d{1,2})(?![\d/]|\.\d)")
_MOST: Final = 10**30
"""What is multiplied no further: "million million million" goes on for ever."""
_LONGEST: Final = 40
"""Characters of a number that is reckoned with: a longer run is compared as written, and Python reads none of 4,301."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A number at ``start`` to ``end`` of a text.

    ``step`` is what its last telling digit counts, so that a rounded number shows how far it was rounded: 100,000 of
    "1.2 million". ``part`` is a fraction of a whole; ``suffix`` the letters at its digits that are no scale: ``MB``.
    ``plain`` is it as it was written, where that may matter: 3.10 is another version than 3.1.
    """

    value: Value
    start: int
    end: int
    step: Fraction = Fraction(1)
    manner: Manner = "cardinal"
    suffix: str = ""
    plain: str = ""
    spelled: bool = False


@lru_cache(maxsize=2048)
def numerals(text: str) -> tuple[Numeral, ...]:
    """Read a text's numbers, in their order; linear in its length."""
    return tuple(_read(list(_TOKEN.finditer(text)), text))


def _read(tokens: Sequence[re.Match[str]], text: str) -> Iterator[Numeral]:
    at = 0
    while at < len(tokens):
        found, after = _one(tokens, at, text)
        if found is not None:
            yield found
        at = after


def _one(tokens: Sequence[re.Match[str]], at: int, text: str) -> tuple[Numeral | None, int]:
    """Read the number that begins at a token, if one does; give where to go on."""
    token = tokens[at]
    if token["digits"]:
        return _figure(tokens, at, text)
    if token["word"]:
        return _words(tokens, at)
    return None, at + 1


def _figure(tokens: Sequence[re.Match[str]], at: int, text: str) -> tuple[Numeral | None, int]:
    token = tokens[at]
    digits, attached = token["digits"], token["attached"] or ""
    if (fraction := _FRACTION.match(text, token.start())) and int(fraction[2]):
        value = Fraction(int(fraction[1]), int(fraction[2]))
        return _spelled(tokens, at, at + 3, value, "part"), at + 3
    if len(digits) > _LONGEST or not (_GROUPED.match(digits) or _DECIMAL.match(digits)):
        return Numeral(value=digits.lstrip("0") or "0", start=token.start(), end=token.end(), suffix=attached), at + 1
    if not attached and digits.isdecimal() and (mixed := _mixed(tokens, at, text)) is not None:
        return mixed, at + 4
    plain = re.sub(r"[^\d.]", "", digits)
    scale, after = _scale(tokens, at, text)
    suffix = "" if attached and scale > 1 and after == at + 1 else attached
    return Numeral(
        value=Fraction(plain) * scale,
        start=token.start(),
        end=tokens[after - 1].end(),
        step=_step(plain) * scale,
        manner="ordinal" if attached in {"st", "nd", "rd", "th"} else "cardinal",
        suffix=suffix,
        plain=plain,
    ), after


def _mixed(tokens: Sequence[re.Match[str]], at: int, text: str) -> Numeral | None:
    """Read ``2 1/2``."""
    if text[tokens[at].end() : tokens[at].end() + 1] != " ":
        return None
    part = _FRACTION.match(text, tokens[at].end() + 1)
    if part is None or not 0 < int(part[1]) < int(part[2]):
        return None
    return _spelled(tokens, at, at + 4, int(tokens[at].group()) + Fraction(int(part[1]), int(part[2])), "cardinal")


def _step(plain: str) -> Fraction:
    """Give what the last telling digit counts: 10 of 120, 1/100 of 1.25."""
    whole, _, rest = plain.partition(".")
    if rest:
        return Fraction(1, 10 ** len(rest))
    return Fraction(10 ** (len(whole) - len(whole.rstrip("0")))) if whole.strip("0") else Fraction(1)


def _scale(tokens: Sequence[re.Match[str]], at: int, text: str) -> tuple[int, int]:
    """Give what figures are multiplied by, and where that ends: ``1.2k``, ``$5B``, ``1.2 million``, ``3-million``."""
    attached = tokens[at]["attached"] or ""
    if attached in _MONEY and text[max(0, tokens[at].start() - 1) : tokens[at].start()] in {"$", "€", "£", "¥"}:
        return _MONEY[attached], at + 1
    if attached:
        return _ATTACHED.get(attached, 1), at + 1
    after = at + 1 + (len(tokens) > at + 1 and tokens[at + 1].group() == "-")
    scale = 1
    while after < len(tokens) and (word := tokens[after].group().casefold()) in _SCALES and word != "k":
        if scale > _MOST:
            break
        scale *= _SCALES[word]
        after += 1
    return (scale, after) if scale > 1 else (1, at + 1)


def _words(tokens: Sequence[re.Match[str]], at: int) -> tuple[Numeral | None, int]:
    """Read a number in words: ``two hundred and five``, ``twelve hundred``, ``twenty-first``, ``two thirds``."""
    whole, after, ordinal = _whole(tokens, at)
    if whole is None:
        return _part(tokens, at, Fraction(1), at)
    if ordinal:
        return _spelled(tokens, at, after, Fraction(whole), "ordinal"), after
    part, end = _part(tokens, after, Fraction(whole), at)
    if part is not None:
        return part, end
    return _half_more(tokens, at, after, Fraction(whole))


def _whole(tokens: Sequence[re.Match[str]], at: int) -> tuple[int | None, int, bool]:
    """Read a whole number in words; give it, where it ends, and whether it is an ordinal."""
    total, group, begin = 0, 0, at
    seen, end = False, at
    while at < len(tokens):
        word = tokens[at].group().casefold()
        if word in _ORDINALS and (not seen or (group % 10 == 0 and _ORDINALS[word] < 10 and group)):  # noqa: PLR2004
            return total + group + _ORDINALS[word], at + 1, True
        step = _ONES.get(word, _TENS.get(word))
        if step is not None and _joins(group, step, seen=seen):
            group, seen = group + step, True
        elif word in _SCALES and len(word) > 2 and max(total, group) <= _MOST and (seen or _counts(tokens, at)):  # noqa: PLR2004 -- no letters
            total, group, seen = *_scaled(total, max(group, 1), _SCALES[word]), True
        elif not (word in {"-", "and"} and seen and at > begin and _goes_on(tokens, at, group)):
            break
        else:
            at += 1
            continue
        at += 1
        end = at
    return (total + group if seen else None), end, False


def _joins(group: int, step: int, *, seen: bool) -> bool:
    """Whether a word goes on with a number: ``twenty five`` and ``hundred five`` do, ``five five`` does not."""
    if not seen:
        return True
    if group % 100 == 0 and group:
        return True
    return group == 0 or (group % 10 == 0 and group % 100 >= 20 and 0 < step < 10)  # noqa: PLR2004


def _scaled(total: int, group: int, scale: int) -> tuple[int, int]:
    if scale in (12, 100):
        return total, group * scale
    return total + group * scale, 0


def _counts(tokens: Sequence[re.Match[str]], at: int) -> bool:
    """Whether a scale alone is a number: ``a hundred`` is, ``hundreds`` and ``per thousand`` are not."""
    return at > 0 and tokens[at - 1].group().casefold() in {"a", "an", "per", "several"}


def _goes_on(tokens: Sequence[re.Match[str]], at: int, group: int) -> bool:
    """Whether ``and`` or a hyphen stands within a number."""
    after = tokens[at + 1].group().casefold() if at + 1 < len(tokens) else ""
    if tokens[at].group() == "-":
        tens = group % 10 == 0 and group % 100 >= 20  # noqa: PLR2004
        return (tens and (after in _ONES or after in _ORDINALS)) or (after in _SCALES and len(after) > 2)  # noqa: PLR2004
    return (after in _ONES or after in _TENS) and group % 100 == 0 and group >= 0 and _hundreds(tokens, at)


def _hundreds(tokens: Sequence[re.Match[str]], at: int) -> bool:
    return tokens[at - 1].group().casefold() in _SCALES


def _part(tokens: Sequence[re.Match[str]], at: int, count: Fraction, begin: int) -> tuple[Numeral | None, int]:
    """Read a fraction in words after its count, or alone: ``two-thirds``, ``half``, ``a quarter``."""
    place = at + (at > begin and at < len(tokens) and tokens[at].group() == "-")
    word = tokens[place].group().casefold() if place < len(tokens) else ""
    if word not in _PARTS or not _is_part(tokens, place, word, counted=at > begin):
        return None, max(at, begin + 1)
    if at > begin and word in _ORDINALS and count > 1:  # "two third" is none
        return None, at
    scaled = _scale(tokens, place + 1, "") if _article(tokens, place + 1) else (1, place + 1)
    value, end = count / _PARTS[word] * scaled[0], scaled[1] if scaled[0] > 1 else place + 1
    return _spelled(tokens, begin, end, value, "part" if scaled[0] == 1 else "cardinal"), end


def _article(tokens: Sequence[re.Match[str]], at: int) -> bool:
    return at < len(tokens) and tokens[at].group().casefold() in {"a", "an"}


def _is_part(tokens: Sequence[re.Match[str]], at: int, word: str, *, counted: bool) -> bool:
    before = tokens[at - 1].group().casefold() if at else ""
    after = tokens[at + 1].group().casefold() if at + 1 < len(tokens) else ""
    if word in {"half", "halves"}:
        return before not in {*_ORDINALS, "other", "later", "-"} and after != "-"
    return counted or (word.startswith("quarter") and before in {"a", "one"} and after in {"of", "-"})


def _half_more(tokens: Sequence[re.Match[str]], at: int, after: int, value: Fraction) -> tuple[Numeral | None, int]:
    """Add ``and a half``, and what it is multiplied by then."""
    following = [one.group().casefold() for one in tokens[after : after + 3]]
    if following == ["and", "a", "half"]:
        after, value = after + 3, value + Fraction(1, 2)
        scale, after = _scale(tokens, after - 1, "")
        return _spelled(tokens, at, after, value * scale, "cardinal"), after
    return _spelled(tokens, at, after, value, "cardinal"), after


def _spelled(tokens: Sequence[re.Match[str]], at: int, after: int, value: Fraction, manner: Manner) -> Numeral:
    step = _step(str(value)) if value.denominator == 1 else Fraction(1, value.denominator)
    start, end = tokens[at].start(), tokens[after - 1].end()
    return Numeral(value=value, start=start, end=end, step=step, manner=manner, spelled=True)
