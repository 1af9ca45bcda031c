"""What a text denies: for each negation, what follows it, as stems. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import NEGATIONS, folded, stems

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[,;:.!?()\u2014\"\u201c\u201d]")
_NON = re.compile(
    r"\b(?:non-?|un-?(?!der|i[tqvo]|til|less)|im(?=poss|perm|prac|mov|prob)|in(?=valid|activ|correct|access|elig|adequa"
    r"|suffic|complet|effic|effect|visib|capab|compat|flex|accura|frequen|sensit|secur)|il(?=legal)|ir(?=regul|relev"
    r"|revers)|dis(?=abl|agree|allow|approv|connect|lik))([^\W\d_]{3,40})",
    re.IGNORECASE,
)
_WORDS: Final = NEGATIONS - {"non"} | frozenset(
    """lacked incorrect fail fails failed impossible prohibit prohibits prohibited forbid forbids
    forbidden""".split()  # noqa: SIM905
)
_NOTHING: Final = frozenset({"only", "just", "merely", "doubt", "matter", "to"})
"""What makes no denial of a "not" or "no" before it; "not to mention"."""
_BOUNDS: Final = frozenset({"more", "less", "fewer", "later", "greater", "exceed", "be"})
_STOPS: Final = frozenset(',;:.!?()\u2014"\u201c\u201d')
_ENDS: Final = _STOPS | {"but", "because", "although", "while", "whereas", "if", "unless", "so"}
_REACH: Final = 4
"""Telling words that a negation reaches."""
_FAR: Final = 24
"""Words in which what belongs to it stands."""
_UNLESS: Final = frozenset({"unless", "until", "except", "without"})
_CONDITIONED = re.compile(
    r"\b(?:if|when|once|after|before|only|provided|in case|the next time|as long as"
    r"|must|has to|have to|needs?|requires?)\b",
    re.IGNORECASE,
)
_RATHER = re.compile(
    r"\b(?:rather than|instead of|as opposed to|unless|(?:stop(?:s|ped|ping)?|ceas(?:e|es|ed))(?= \w+ing\b))\b",
    re.IGNORECASE,
)
_NEAR: Final = 300
"""Characters in which the words stand that "rather than" reaches."""
_LIGHT: Final = frozenset(cut for word in ("available", "possible", "allowed", "supported") for cut in stems(word))
"""What says so little that the thing before it is what is denied."""
_PRONOUNS: Final = frozenset({"it", "them", "this", "that", "these", "those", "one"})
_AND_NO: Final = frozenset({"no", "nor"})
"""What begins a denial of its own, also within what another one reaches."""
_GIVEN: Final = frozenset(cut for word in ("set", "given", "specified", "defined") for cut in stems(word))
"""What is denied of a thing that something is done without."""
_PARTLY: Final = frozenset("all always best every most necessarily".split())  # noqa: SIM905 - a list of words
_NOBODY: Final = frozenset({"nothing", "none", "nobody"})
_THINGS: Final = frozenset({"no", "without", "lack", "lacks", "lacking", "lacked"})
"""What denies a thing and not what is said of it: "no tax increase" says nothing of tax."""
_SCARCELY: Final = frozenset({"barely", "hardly", "scarcely"})
_UNTRUE: Final = frozenset({"false", "untrue", "incorrect"})
_IS: Final = frozenset({"is", "are", "was", "were", "be", "it's", "that's"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """One negation: its ``reach`` in telling words, and the ``focus`` that stands next to it.

    A ``whole`` one denies its words together, not each; ``unless`` are words that follow such a word,
    and ``beside`` those that stand before it. A ``partial`` one denies that something is always or most so.
    """

    reach: frozenset[str]
    focus: str
    whole: bool
    unless: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    partial: bool = False
    lacks: bool = False
    pronoun: bool = False
    held_for: frozenset[str] = frozenset()

    def concerns(self, words: frozenset[str]) -> bool:
        """Whether a text with these words speaks of what it denies: half of it, or more than half of a thing."""
        if self.held_for and not self.held_for & words:
            return False
        held = 2 * len(self.reach & words)
        return held > len(self.reach) if self.whole else held >= max(1, len(self.reach))

    def meets(self, claimed: Denial, words: frozenset[str]) -> bool:
        """Whether it may be a negation of a sentence with these words: both deny the same, next to them or within."""
        if self.reach == claimed.reach or self._of(claimed) or claimed._of(self):
            return True
        if self.pronoun or claimed.pronoun:
            return self.lacks and claimed.lacks
        if self._thing(claimed, words) or claimed._thing(self, self.reach | self.beside):
            return True
        if claimed.whole and not claimed.lacks and claimed.focus in self.beside and self.focus in words:
            return True  # "authors merge, not the reviewers" of "reviewers do not merge"
        either = self.focus in claimed.reach or claimed.focus in self.reach
        within = 2 * len(self.reach & (claimed.reach | words)) >= max(1, len(self.reach))
        alike = 2 * len(claimed.reach & self.reach) >= max(1, len(claimed.reach))
        return within and either and (alike or self.focus == claimed.focus)

    def _of(self, other: Denial) -> bool:
        """Whether it denies what the other one says "is not available" of, or "is not set" of what it lacks."""
        return other.focus in (_LIGHT | _GIVEN if self.lacks else _LIGHT) and self.focus in other.beside

    def _thing(self, other: Denial, words: frozenset[str]) -> bool:
        """Whether it denies of a thing, as in "knows no price", what the other one denies as "does not know"."""
        if not self.whole or self.lacks or other.focus not in self.beside:
            return False
        alone = other.reach == {other.focus} and len(self.beside) > 1 and self.beside <= words
        return alone or bool(self.reach & words)  # "counts in no window" does not count

    def lifted(self, words: frozenset[str]) -> bool:
        """Whether it denies what it denies unless something holds that a text with these words speaks of."""
        return bool(self.unless) and 2 * len(self.unless & words) >= len(self.unless)

    def resembles(self, claimed: Denial, known: frozenset[str], words: frozenset[str]) -> bool:
        """Whether each denies a word that the other text does not have at all, of the same thing."""
        if claimed.focus in known or self.focus in words or self.partial:
            return False
        rest = self.reach - {self.focus}
        return rest == claimed.reach - {claimed.focus} and bool(rest or self.beside & claimed.beside)


@lru_cache(maxsize=4096)
def negations(text: str) -> tuple[Denial, ...]:
    """Give each negation of a text, in their order; linear in its length."""
    said = [word.casefold() for word in _TOKEN.findall(folded(text))]
    return tuple(_denial(said, at) for at, word in enumerate(said) if _denies(said, at, word))


def _denies(tokens: Sequence[str], at: int, word: str) -> bool:
    if word not in _WORDS and not word.endswith("n't"):
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    then = tokens[at + 2] if at + 2 < len(tokens) else ""
    if word in {"fail", "fails", "failed"}:
        return after == "to"
    if word in _SCARCELY and after.endswith("er") and after != "ever":
        return False  # "barely older" is older
    if word in _UNTRUE:
        return after == "that" or (at > 0 and tokens[at - 1] in _IS)
    if word == "no" and (after == "," or (after == "time" and not stems(then))):
        return False  # "loses no time"
    if (
        (word in {"no", "not"} or word.endswith("n't"))
        and after in _NOTHING
        and not (after == "to" and then != "mention")
    ):
        return False
    bound = then == "than" or after == "exceed" or (after == "be" and then == "exceed")
    return not (after in _BOUNDS and bound)


def _denial(tokens: Sequence[str], at: int) -> Denial:
    """Read the telling words after a negation, or, where a clause ends there, the last two before it."""
    found: list[str] = []
    lacks = tokens[at] == "without"
    pronoun = lacks and tokens[at + 1 : at + 2] and tokens[at + 1] in _PRONOUNS and not _goes_on(tokens[at + 2 :])
    # What follows a stop at once is still denied, as in "do not, however, expire", but not by "nothing" and its like.
    whole_word = tokens[at] in _NOBODY
    aside = not whole_word and tokens[at + 1 : at + 2] and tokens[at + 1] in _STOPS
    for far, token in enumerate(() if pronoun else tokens[at + 1 : at + 1 + 4 * _REACH]):
        stopped = token in _STOPS and (far or whole_word) and not aside
        if stopped or (found and token in _ENDS | _AND_NO) or len(found) >= _REACH:
            break
        found += stems(token)
    if found:
        reached = found[:_REACH]
        before = _before(tokens, at)
        contrast = at > 0 and tokens[at - 1] in {"and", ","}  # "a sentence and not the chunk"
        return Denial(
            reach=frozenset(reached), focus=reached[0], whole=tokens[at] in _THINGS or contrast,
            partial=bool(_PARTLY & frozenset(tokens[at + 1 : at + 4])),
            unless=_twice(tokens, at, reached) or _unless(tokens[at + 1 : at + 1 + _FAR]), beside=before, lacks=lacks,
            held_for=_held_for(tokens, at),
        )  # fmt: skip
    other = tokens[at] == "no" and tokens[at + 1 : at + 2] == ["other"]
    found = [] if other else _last(tokens, at)  # "in no other" denies nothing that it follows
    focus = found[-1] if found else ""
    return Denial(reach=frozenset(found), focus=focus, whole=True, lacks=lacks, pronoun=bool(pronoun))


def _goes_on(rest: Sequence[str]) -> bool:
    return bool(rest) and rest[0] not in _ENDS


def _held_for(tokens: Sequence[str], at: int) -> frozenset[str]:
    """Give the last words before "while no" or "if no", for which this is a condition."""
    conditional = at > 1 and tokens[at] == "no" and tokens[at - 1] in {"while", "if", "when"}
    return frozenset(_last(tokens, at - 1)) if conditional else frozenset()


def _last(tokens: Sequence[str], at: int) -> list[str]:
    return [cut for token in tokens[max(0, at + 1 - 2 * _REACH) : at] for cut in stems(token)][-2:]


def _before(tokens: Sequence[str], at: int) -> frozenset[str]:
    start = next((place + 1 for place in range(at - 1, max(-1, at - _FAR), -1) if tokens[place] in _ENDS), 0)
    return frozenset(_last(tokens[start:at], at - start))


def _twice(tokens: Sequence[str], at: int, reached: Sequence[str]) -> frozenset[str]:
    """Give what "without" denies that follows "never": both are undone together."""
    before = frozenset(tokens[max(0, at - _FAR // 2) : at])
    denied = before & _WORDS or any(word.endswith("n't") for word in before)
    return frozenset(reached) if tokens[at] == "without" and denied else frozenset()


def _unless(tokens: Sequence[str]) -> frozenset[str]:
    at = next((at + 1 for at, token in enumerate(tokens) if token in _UNLESS), len(tokens))
    end = next((end for end in range(at, len(tokens)) if tokens[end] in _ENDS), len(tokens))
    return frozenset(cut for token in tokens[at:end] for cut in stems(token))


def conditioned(text: str) -> bool:
    """Whether a text says "if" or its like, which "not, unless" says too."""
    return _CONDITIONED.search(text) is not None


@lru_cache(maxsize=4096)
def contrasts(text: str) -> tuple[Denial, ...]:
    """Read each "rather than" and its like: it may stand for a negation of what follows."""
    found = [
        [word.casefold() for word in _TOKEN.findall(text[one.end() : one.end() + _NEAR])]
        for one in _RATHER.finditer(folded(text))
    ]
    return tuple(_denial(["not", *tokens], 0) for tokens in found)


@lru_cache(maxsize=4096)
def absences(text: str) -> tuple[Denial, ...]:
    """Read each ``non-polluting`` or ``unlawful``: it may stand for a negation, and no negation need stand for it.

    What the text says without the beginning too, as of federal and nonfederal ones, it does not deny.
    """
    text = folded(text)
    plain = {cut for word in _TOKEN.findall(_NON.sub("", text)) for cut in stems(word.casefold())}
    found = [stems(one.casefold()) for one in _NON.findall(text)]
    return tuple(
        Denial(reach=frozenset(one), focus=one[0], whole=False) for one in found if one and one[0] not in plain
    )
