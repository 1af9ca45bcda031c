"""Whether a sentence says more than another one that has its words: for certain, of all, as done, as true. Pure.

Each rule asks for the small words of both, and that they stand with the same telling ones; no rule knows a meaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.reading.particulars import particulars
from bot.reading.wording import SENTENCE, STOPS, wording

if TYPE_CHECKING:
    from bot.reading.wording import Wording


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MAY: Final = _words("may might could")
_ALLOWS: Final = _MAY | _words("can should")
_HEDGES: Final = _words(
    """may might could can cannot able possible possibly potential potentially perhaps allowed permitted permissible
    allow allows permit permits whether if option options optional chance let lets eligible should would recommended
    suggested sometimes some often likely unlikely ability"""
)
"""What says that something need not be so."""
_TRIES: Final = _words(
    "attempt attempts attempted tries try tried aims aim intends intend plans hopes wants expects expected scheduled"
)
_TRYING: Final = _TRIES | _words("attempting trying plan planned will designed meant")
_MUST: Final = _words(
    "must required mandatory requires require obligatory need needs necessary obliged only shall has have"
)
_NEAR: Final = 6
"""Words in which that follows which another one belongs to."""
_PENDING: Final = _words(
    """planned proposed scheduled intended roadmap draft drafted considering considered discussed upcoming pending
    suggested rejected declined"""
)
_COMING: Final = _PENDING | _words(
    """will would future soon may might could should shall can plan plans proposal propose proposes intends consider
    considers expected suggest suggestion suggestions against not no never turned"""
)
_PAST: Final = _words("was were been")
_EVERY: Final = _words("all every each any everyone everybody entire whole always")
_ALL: Final = _words("everyone everybody anyone anybody")
_WHOLE: Final = _EVERY | _words("whenever no both only never")
_OFTEN: Final = _words(
    "often usually generally sometimes typically mostly normally commonly frequently occasionally mainly"
)
_PART: Final = _OFTEN | _words(
    "some most many several few half majority partly certain rarely likely primarily nearly almost"
)
_FEW: Final = _words("some few several certain")
_DISOWNED = re.compile(
    r"\b(?:mistake|misconception|myth|fallacy|misunderstanding|rumou?rs?) (?:is|it is|to|that|of|has|have)\b"
    r"|\b(?:is|was|are|were|be|prove[ds]?|proven|turn(?:s|ed) out(?: to be)?) (?:wrong|false|incorrect|untrue|a myth"
    r"|a mistake|unfounded|mistaken)\b"
    r"|\b(?:suspected|suspects?|allegedly|alleged|rumou?red|mistakenly|wrongly|falsely|contrary to)\b"
    r"|\b(?:initially|at first|first) (?:blamed|thought|assumed|believed|suspected)\b"
    r"|\b(?:many|some|most) (?:\w+ ){0,2}(?:believe|think|assume)\b"
    r"|\b(?:complain|complained|claim|claimed|claims|alleges|reported|argued) that\b"
)
_DISTANCE: Final = _words(
    """initially first mistake mistakes misconception myth fallacy misunderstanding rumor rumour rumored rumoured wrong
    wrongly false falsely incorrect incorrectly untrue suspected suspect suspects believe believed think thought assume
    assumed alleged allegedly mistaken mistakenly contrary not never no avoid reported report reports
    reportedly claim claimed
    claims complain complained complaint complaints argued argue argues may might could according"""
)
_BOUND = re.compile(
    r"\b(?:up to|at most|at least|no (?:more|less|fewer) than|(?<!half )(?<!times )as (?:many|much) as"
    r"|(?:more|less|fewer) than)"
    r" (?:about |an? )?[$€£]?(\w+(?:[.,]\d+)*)"
)
_BOUNDED: Final = _words(
    "may can could might limit limits limited maximum minimum max min cap capped range ranges exceed exceeds exceeding"
)
_BOUNDING: Final = _words("most least within under over below above between longer more less fewer than")
_ABSOLUTE: Final = tuple(
    (re.compile(rf"\b(?:{claimed})\b"), re.compile(rf"\b(?:{said})\b"))
    for claimed, said in (
        (
            "at once|immediately|instantly|right away|straight away",
            "at once|immediate|immediately|instant|instantly|right away|straight away|directly|promptly|as soon as|now",
        ),
        ("at any time|anytime", "any|anytime|whenever|always|all times"),
        ("even (?:if|when|where)|regardless of|no matter", "even|also|regardless|whether|whatever|all|any|always|no"),
        (
            "without exception|in all cases|in any case|always",
            "exceptions?|all|any|always|every|each|must|never|no|any",
        ),
        (
            "everywhere(?! else)|anywhere(?! from)|worldwide",
            "everywhere|anywhere|any|all|every|world|worldwide|global|globally",
        ),
        ("guarantee[sd]?|guaranteed", "guarantee[sd]?|guaranteed|ensures?|warrant\\w*|promise[sd]?|always"),
    )
)
"""What leaves no exception, and what says so too."""


def stronger(claimed: str, said: str) -> bool:
    """Whether a sentence claims more than another one says, most of whose words it has."""
    one, other = wording(claimed), wording(said)
    return any(rule(one, other) for rule in _RULES)


def _certain(one: Wording, other: Wording) -> bool:
    """Catch "Receive" for "may receive", and "reconnects" for "tries to reconnect"."""
    if one.said & _HEDGES:
        return False
    if any(stem in one.telling and other.stems.count(stem) == 1 for stem in other.after(_MAY)):
        return True
    if one.said & _TRYING:
        return False
    places = (at for at, word in enumerate(other.words) if word in _TRIES and other.next(at) == "to")
    return any(other.governed(at) in one.telling for at in places)


def _bound(one: Wording, other: Wording) -> bool:
    """Catch "Must start" for "may start"."""
    if other.said & _MUST:
        return False
    open_ = frozenset(other.after(_ALLOWS))
    return any(
        one.governed(at) in open_
        for at, word in enumerate(one.words)
        if word == "must" or (word in {"has", "have", "need", "needs"} and one.next(at) == "to")
    )


def _done(one: Wording, other: Wording) -> bool:
    """Catch "Was removed" for "will be removed", and "supports" for "support is planned"."""
    if not one.said & _COMING and any(_pends(one, other, places) for places in other.clauses(SENTENCE)):
        return True
    if one.said & _COMING:
        return False
    past = frozenset(one.after(_PAST))
    return any(stem in past and other.stems.count(stem) == 1 for stem in other.after(_words("will shall")))


def _pends(one: Wording, other: Wording, places: range) -> bool:
    here = range(places.start, places.stop)
    if not any(other.words[at] in _PENDING and (not at or other.words[at - 1] != "as") for at in here):
        return False  # "as intended" is no plan
    common = other.within(places) & one.telling
    return len(common) > 1 and 2 * len(common) >= len(one.telling)


def _every(one: Wording, other: Wording) -> bool:
    """Catch "All plugins" for "some plugins" or "long plugins", and "always" for "usually"."""
    if not one.said & _EVERY or one.said & _PART:
        return False
    if "only" in other.said - one.said and one.said & {"all", "every", "everyone", "everybody", "any", "anyone"}:
        return True
    if one.said & _ALL and not other.said & (_ALL | {"all", "any", "every", "public", "nobody"}):
        return True
    if other.said & _WHOLE:
        return _every_kind(one, other)
    if other.said & _OFTEN:
        return True
    parts = frozenset(other.after(_PART))
    return any(
        (noun := one.governed(at)) in parts
        or (word in {"all", "every"} and _narrowed(noun, one, other))
        or (word == "any" and any(other.words[place - 1] == "that" for place in _places(noun, other)))
        or (word == "each" and noun in other.telling and _narrowed(noun, one, other))
        for at, word in enumerate(one.words)
        if word in _EVERY and one.next(at) != "of" and not one.next(at).isdigit()
    )


def _every_kind(one: Wording, other: Wording) -> bool:
    """Catch "Every file" for "every text file"."""
    for at, word in enumerate(one.words):
        if word in {"all", "every"} and not frozenset(_told(one, at)) & other.telling:
            return True
    nouns = {one.stems[at + 1] for at, word in enumerate(one.words[:-1]) if word in {"all", "every"}} - {""}
    for at, word in enumerate(other.words):
        following = other.stems[at + 1 : at + 7] if word in {"all", "every"} else ()
        if any(noun in following and following[0] not in one.telling | {""} for noun in nouns):
            return True
    return False


def _places(noun: str, other: Wording) -> list[int]:
    return [at for at, stem in enumerate(other.stems) if stem == noun and at] if noun else []


def _told(one: Wording, at: int) -> list[str]:
    """Give the two telling words that follow a place: "every additional worker" is every worker."""
    end = next((end for end in range(at + 1, len(one.words)) if one.words[end] in STOPS), len(one.words))
    return [stem for stem in one.stems[at + 1 : min(end, at + 1 + _NEAR)] if stem][:2]


def _narrowed(noun: str, one: Wording, other: Wording) -> bool:
    """Whether a thing is not spoken of, or only with a telling word before it that the sentence does not have."""
    before = [other.stems[at - 1] if at else "" for at, stem in enumerate(other.stems) if stem == noun]
    return bool(noun) and all(stem and stem not in one.telling for stem in before)


def _of_all(one: Wording, other: Wording) -> bool:
    """Catch "Roles require" for "some roles require"."""
    if one.said & (_PART | _HEDGES | _words("number group share part various different those one")):
        return False
    return any(stem in one.telling for stem in other.after(_FEW))


def _exactly(one: Wording, other: Wording) -> bool:
    """Catch "Return 100 items" for "return up to 100 items"."""
    if one.said & _BOUNDED or particulars(one.text).needs & {"min", "max", "more", "less"}:
        return False
    values = (found[1] for found in _BOUND.finditer(other.text))
    return any(value in one.words and not _near(one, value) & _BOUNDING for value in values)


def _near(one: Wording, value: str) -> frozenset[str]:
    """Give the words around a value."""
    at = one.words.index(value)
    return frozenset((*one.words[max(0, at - 3) : at], *one.words[at + 1 : at + 4]))


def _disowned(one: Wording, other: Wording) -> bool:
    """What the other one calls a mistake, or only reports."""
    if one.said & _DISTANCE or any(word.endswith("n't") for word in one.said):
        return False
    return _DISOWNED.search(other.text) is not None


def _absolute(one: Wording, other: Wording) -> bool:
    """Catch "At once" and its like, which the other one does not say."""
    return any(claimed.search(one.text) and not said.search(other.text) for claimed, said in _ABSOLUTE)


_RULES: Final = (_certain, _bound, _done, _every, _of_all, _exactly, _disowned, _absolute)
