"""What a sentence says beyond its words and amounts: rates, bounds, names. Pure.

A bound turned round or another name is another claim, though nearly every word is the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import NUMBER_WORDS, STOPWORDS, folded, stems
from bot.reading.measures import MEASURES
from bot.reading.names import acronyms, letters, phrases, undotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TIMES: Final = {
    form: word
    for word in "second minute hour day night week fortnight month quarter year decade".split()  # noqa: SIM905
    for form in (word, f"{word}s")
} | {"century": "century", "centuries": "century", "sec": "second", "s": "second", "min": "minute", "h": "hour",
     "hr": "hour", "yr": "year"}  # fmt: skip
_LASTING: Final = frozenset("for in within after of than half about over under during until".split())  # noqa: SIM905
"""What makes "an hour" how long something lasts, and no rate."""
_RATES: Final = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "annually": "year", "annual": "year",
}  # fmt: skip
_MONTHS: Final = frozenset(
    form
    for name in "january february march april may june july august september october november december".split()  # noqa: SIM905
    for form in (name, name[:3])
) | {"sept"}  # fmt: skip
_ORDINARY = re.compile(
    r"(?:despite|whereas|unless|apart|besides|aside|anyone|everyone|someone|nobody|others|\w{4,}(?:ly|ing|ed|ies|ers|ors|ions?|ments?|ness|ity|ive"
    r"|able|ible|ous|ful|ists?|ism|ient|ience|ance|ence|ize|ise|ate|ify|age))\Z"
)
"""Words in small letters that begin a sentence and are hardly names: "Accomplishing", but no "Kelly" or "Emily"."""
WEEKDAYS: Final = frozenset(stems("monday tuesday wednesday thursday friday saturday sunday".replace(" ", "-")))
_AFTER_VERBS: Final = frozenset(", the a an your it its this that them their all any each".split())  # noqa: SIM905
"""What follows a sentence's first word where it is no name, as in "Put the"."""
_OPENING: Final = frozenset('.!?:;"|(')
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_](?:[\w'-]*[^\W_])?|[^\w\s]")
_BOUND = re.compile(
    r"(?P<min>\bat least\b|\bminimum\b|\bno (?:less|fewer) than\b"
    r"|\b(?:or|and(?= \w+(?:\Z|[,.;:)]))) (?:more|newer|later|higher|above|greater|up|over)\b|>=|≥|\d\+)"
    r"|(?P<max>\bat most\b|\bmaximum\b|\bno(?:t)? (?:more|longer|later|greater) than\b"
    r"|\bup to\b(?= (?:\W?\d|an?\b|one\b|half\b|t(?:w|h[or]|en)|fi|fo|s[ie][vx]|eigh|nine|hund))|<=|≤"
    r"|\bor (?:less|fewer|lower|older|below|under|earlier)\b(?! than)|(?:\bnot |n't )(?:be )?exceed)"
    r"|(?P<more>\b(?:more|greater|higher|longer|larger|bigger) than\b(?! (?:that|this|it)\b)|\bexceed"
    r"|\b(?:over|above)\b(?= [$€£-]{0,2}\d))"
    r"|(?P<less>\b(?:less|fewer|lower|shorter|smaller) than\b(?! (?:that|this|it)\b)"
    r"|\b(?:under|below)\b(?= [$€£-]{0,2}\d))"
    r"|(?P<before>\bbefore\b|\bprior to\b)|(?P<after>\bafter\b)|(?P<until>\buntil\b|\btill\b)|(?P<unless>\bunless\b)"
    r"|(?P<only>(?<!not )(?<!n't )(?<!-)\b(?:only|solely|merely|exclusively|just\b(?=[^.]{1,160}\bbut also))\b)"
    r"|(?P<except>\bexcept\b)|(?P<stop>\b(?:stop(?:s|ped|ping)?|ceas(?:e|es|ed|ing))\b"
    r"(?= (?:\w+ing|to|at|when|after|before|once|if|and|or|in|on)\b|\W? \W|[^\w\s]|\Z))"
)


_OFFERS = re.compile(
    r"(?P<max>\bwithin\b(?= (?:\W?\d|an?\b|one\b|half\b|t(?:w|h[or]|en)|fi|fo|s[ie][vx]|eigh|nine))"
    r"|\b(?:limited to|capped at)\b)"
    r"|(?P<less>\bcheaper than\b)|(?P<more>\b(?:dearer|more expensive) than\b)"
    r"|(?P<only>\balone\b|\binstead of\b|\brather than\b|[,;] (?:and )?not\b)"
    r"|(?P<stop>\b(?:nothing|no) more\b|\bno longer\b)(?! than)"
)
"""What bears a bound out without being one that must be borne out."""
_EACH = re.compile(r"\b(?:(?:in|for|of) (?:a|an|any|one|each|every)|(?:one|\d+) [a-z]+ an?) ([a-z]+)")
"""What bears a rate out: "votes for an answer" are votes per answer."""
_BOTH = re.compile(r"\bper [a-z]+ (?:and|or) (?:per )?([a-z]+)")
_FEW = re.compile(r"\bonly (?=(?:\w+ )?(?:\W?\d|one\b|two\b|half\b|t(?:w|h[or]|en)|fi|fo|s[ie][vx]|eigh|nine))")
"""An "only" that calls a number small, and excludes nothing."""
_SHORTENED = re.compile(r"(?:'(?:ll|re|ve|d|m|s)|n't)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A name of several words: their stems, and their first letters."""

    stems: frozenset[str]
    letters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """``needs`` must stand in what supports it; ``names`` and ``initial`` are stems of words.

    ``initial`` are capitalised because they begin a sentence, ``small`` stand in small letters. ``strange``
    are those of them that begin a whole sentence. ``short`` are acronyms, ``letters`` the first ones of its words,
    ``phrases`` the names of several words.
    """

    needs: frozenset[str]
    names: frozenset[str]
    initial: frozenset[str]
    small: frozenset[str]
    strange: frozenset[str]
    short: frozenset[str]
    letters: str
    phrases: tuple[Phrase, ...]


@lru_cache(maxsize=2048)
def particulars(text: str) -> Particulars:
    """Read a text's particulars."""
    text = undotted(" ".join(folded(text).replace("\N{MINUS SIGN}", "-").split()))
    tokens = _TOKEN.findall(text)
    names, initial, strange = _named(tokens)
    bounds = frozenset(str(one.lastgroup) for one in _BOUND.finditer(_FEW.sub("", text.casefold())))
    return Particulars(
        needs=frozenset(_rates([token.casefold() for token in tokens])) | bounds,
        names=names,
        initial=initial,
        small=frozenset(one for token in tokens if token[0].islower() for one in stems(token)),
        strange=strange,
        short=acronyms(text),
        letters=letters(text),
        phrases=tuple(map(_phrase, phrases(tokens))),
    )


def offers(text: str) -> frozenset[str]:
    """Give the rates and bounds that a text bears out."""
    small = folded(text).casefold()
    each = (_TIMES.get(word) or " ".join(stems(word)) for word in (*_EACH.findall(small), *_BOTH.findall(small)))
    bounds = (str(one.lastgroup) for one in (*_OFFERS.finditer(small), *_BOUND.finditer(small)))
    return particulars(text).needs.union(bounds, (f"per {word}" for word in each))


def _phrase(run: tuple[str, ...]) -> Phrase:
    cut = frozenset(one for word in run for one in stems(word.casefold()))
    return Phrase(stems=cut, letters="".join(word[0] for word in run).casefold())


def _rates(tokens: Sequence[str]) -> Iterator[str]:
    for before, word, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        unit = _TIMES.get(after, "") if before not in _LASTING or word not in {"a", "an"} else ""
        if word in _RATES:
            yield f"per {_RATES[word]}"
        elif (word == "per" and after and after not in STOPWORDS | {"cent", "cents"}) or (
            word in {"a", "an", "each", "every", "/"} and unit
        ):
            yield f"per {unit or ' '.join(stems(after))}"


def _named(tokens: Sequence[str]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Give the stems of names, of words that are capital only, perhaps, as they come first, and of sentences' first."""
    names: set[str] = set()
    initial: set[str] = set()
    strange: set[str] = set()
    before = "."
    for word, after in zip(tokens, [*tokens[1:], ""], strict=False):
        if not word[0].isalpha():
            before = word if before.isalnum() or word in ".!?" else before
            continue
        small = _SHORTENED.sub("", word.casefold())
        cut = set(stems(small))
        first = before in _OPENING
        if cut & WEEKDAYS:
            names |= cut
        elif word[0].isupper() and small not in MEASURES and small not in _MONTHS and "i'" not in small[:2]:
            if not first:
                names |= cut
            elif (
                after not in _AFTER_VERBS and not _ORDINARY.match(small) and small.partition("-")[0] not in NUMBER_WORDS
            ):
                initial |= cut
                strange |= cut if before in ".!?" else set()
        before = word
    return frozenset(names), frozenset(initial), frozenset(strange)
