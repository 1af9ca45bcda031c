"""What a sentence claims, as sets to compare: telling words, numbers, exact names. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

STOPWORDS: Final = frozenset(
    """a about above after again all also although am an and any are as at be because been before being below
    between both but by can could did do does doing down during each either else etc even every few for from
    further had get gets got has have having he her here hers herself him himself his how however i if in into
    is it its itself just let like make makes made may me might more most much must my myself of off often on
    once one only or other our ours ourselves out over own per please same shall she should so some such than
    that the their theirs them themselves then there therefore these they this those through thus to too under
    until up upon us use used using very via was we well were what when where whether which while who whom whose
    why will with within would you your yours yourself according based example following found given include
    includes including known means mentioned note overall provide provided provides refer see several specific
    specifically states various way ways""".split()  # noqa: SIM905 -- read as prose
)
NEGATIONS: Final = frozenset(
    """no not never none nobody nothing nowhere neither nor without cannot non lack lacks lacking unable hardly rarely
    seldom scarcely barely false untrue""".split()  # noqa: SIM905 -- read as prose
)
"""Words that only deny: no stem is made of them, and ``bot.reading.negations`` says what they reach."""
NUMBER_WORDS: Final = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
    )
} | {"thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
     "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
     "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "half": "0.5", "trillion": "1000000000000",
     "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000",
     "twice": "2", "dozen": "12"}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# What may be tried again from its middle is bounded, so that a hostile text takes linear time.
_WORD = re.compile(r"[^\W\d_](?:[\w'-]*[^\W_])?|\d[\d._-]{0,40}+[^\W\d_][\w.-]*")
_EXACT = re.compile(
    r"(?<![\w.+-])[\w.+-]++@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,}\b"
    r"|(?<!\w)(?:[@#]\w[\w.-]*|(?:https?:)?//\S+|(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,}\b(?:/\S*)?"
    r"|(?=\w*?[A-Za-z])[^\W_]*+_\w+|--?[A-Za-z][\w-]*|(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]*){0,20})"
)
_APOSTROPHES = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT SINGLE QUOTATION MARK}": "'"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The checkable parts of a text. ``words`` are stems; ``exact`` are addresses, options, mentions, file names."""

    words: frozenset[str]
    numbers: frozenset[str]
    exact: frozenset[str]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to check."""
        return not (self.words or self.numbers or self.exact)


@lru_cache(maxsize=2048)
def claim(text: str) -> Claim:
    """Read what a text claims."""
    text = folded(text)
    words = [word.casefold() for word in _WORD.findall(text)]
    return Claim(
        words=frozenset(stem for word in words for stem in stems(word)),
        numbers=frozenset(value(found) for found in _NUMBER.findall(text))
        | frozenset(NUMBER_WORDS[word] for word in words if word in NUMBER_WORDS and word != "one"),
        exact=frozenset(found.rstrip(".,;:!?)").casefold() for found in _EXACT.findall(text)),
    )


def folded(text: str) -> str:
    """Give compatibility forms and typewriter apostrophes, so that two spellings of one thing are equal."""
    return unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)


def unmarked(word: str) -> str:
    """Give a word without accents, which many write without."""
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def value(written: str) -> str:
    """``1,000`` is 1000, ``05`` is 5, ``2.50`` is 2.5; a version such as ``3.11.0`` stays as it is."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", written):
        written = written.replace(",", "")
    whole, point, rest = written.partition(".")
    if point and rest.isdigit():
        rest = rest.rstrip("0") if len(rest) > 1 or rest == "0" else rest
        written = f"{whole}.{rest}" if rest else whole
    return written.lstrip("0") or "0"


@lru_cache(maxsize=1 << 15)
def stems(word: str) -> tuple[str, ...]:
    """Give a word's stems; a team's documents share a vocabulary, so most words were cut before."""
    if word.endswith("n't") or word in STOPWORDS or word in NEGATIONS:
        return ()
    word = unmarked(word)
    parts = word.split("-") if "-" in word else [word]
    return tuple(stem(part) for part in parts if len(part) > 1 and part not in STOPWORDS)


_INFLECTIONS: Final = (
    ("ising", "iz"), ("ised", "iz"), ("ises", "iz"), ("ingly", ""), ("ings", ""), ("edly", ""), ("ing", ""),
    ("ies", "y"), ("ied", "y"), ("ed", ""), ("ly", ""), ("es", "e"), ("s", ""),
)  # fmt: skip
_DERIVATIONS: Final = (
    ("ization", "iz"), ("isation", "iz"), ("ation", ""), ("ement", ""), ("ment", ""), ("ness", ""), ("ion", ""),
    ("ise", "iz"), ("or", ""), ("er", ""), ("y", "i"), ("e", ""),
)  # fmt: skip
_SHORTEST: Final = 3
"""Letters of a stem: shorter ones mean nothing."""


def stem(word: str) -> str:
    """Cut a word's endings, lightly: enough for ``install``, ``installs``, ``installing`` and ``installations``."""
    word = word.removesuffix("'s")
    bare = word if word.endswith("ss") else _without(word, _INFLECTIONS)
    bare = _single(bare)
    cut = _single(_without(bare, _DERIVATIONS))
    verbal = cut != word and not word.endswith("ats")
    return cut[:-2] if verbal and cut.endswith("at") and len(cut) - 2 >= _SHORTEST else cut  # "rotate" as "rotation"


def _without(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    for ending, put in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: len(word) - len(ending)] + put
    return word


def _single(word: str) -> str:
    """``stopp`` is ``stop``; a double s or z is part of its word."""
    doubled = len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "szle"
    return word[:-1] if doubled else word
