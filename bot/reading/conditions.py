"""Whether a sentence leaves out the condition or the reservation that another one makes for the same. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import folded
from bot.reading.wording import STOPS, wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.reading.wording import Wording

_STRICT: Final = (
    r"only (?:if|when|where|for|after|with|in|by|on|at|from|to|while|during|until|as)|unless|except(?: for)?"
    r"|provided that|as long as|on condition that"
)
_LOOSE: Final = (
    r"if|in case|where|until|when|whenever|(?<!at )once(?! (?:an?|per|every|more)\b)|during|by default"
    r"|on request|upon request"
)
_MARK = re.compile(rf"\b(?:(?P<strict>{_STRICT})|(?P<loose>{_LOOSE}))\b")
_END = re.compile(r"[,;.!?)](?:\s|\Z)")
_STOP = re.compile(r"[;.!?](?:\s|\Z)")
_JOIN = re.compile(r", (?:and|but) |[;.!?](?:\s|\Z)")
"""What joins clauses, of which a condition may hold for the last one alone."""
_CONSENT = re.compile(
    r"\b(?:needs?|requires?|must (?:have|get|be)|subject to|with)\b[^.;]{0,40}?"
    r"\b(?:approv\w+|permission|consent|agreement|authori[sz]\w+|licen[cs]e)\b"
)
_CONDITIONS: Final = frozenset(
    """if unless only except until when once whenever while during provided condition conditions conditional
    conditionally depending depends subject case default request where apart besides excluding
    other""".split()  # noqa: SIM905 - a list of words
)
"""What makes a condition or a reservation of its own."""
_WHICH: Final = frozenset({"who", "that"})
_FIRST: Final = 3
"""Words in which the thing stands that a sentence is about."""
_CONSENTING: Final = frozenset(
    """requires require required needs need must has have approval approved approve approves permission consent
    agreement agrees authorised authorized authorisation authorization license licence subject""".split()  # noqa: SIM905
)
_NEGATIONS: Final = frozenset("not no never without cannot nobody none".split())  # noqa: SIM905 - a list of words
_ENOUGH: Final = 2 / 3
"""Share of its telling words that the main clause has, of a sentence that says the same without the condition."""
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Condition:
    """The telling words of a condition and of what it holds for.

    A ``strict`` one excludes all else; an ``exempt`` one is what it does not hold for. ``near`` is the part of a row of
    clauses that it stands with.
    """

    strict: bool
    exempt: bool
    words: frozenset[str]
    main: frozenset[str]
    near: frozenset[str]


def unconditional(claimed: str, said: str) -> bool:
    """Whether a sentence says without a condition what another one says with it."""
    one, other = wording(claimed), wording(said)
    if one.said & _CONDITIONS:
        return False
    free = one.said & {"may", "can", "possible", "allowed", "permitted"} and not one.said & _CONSENTING
    if free and _CONSENT.search(other.text) and len(one.telling & other.telling) >= _FEWEST:
        return True
    if _unrestricted(one, other):
        return True
    denies = bool(one.said & _NEGATIONS) or any(word.endswith("n't") for word in one.said)
    return any(
        _left_out(condition, one.telling) or (not denies and _ignored(condition, one.telling))
        for condition in _conditions(other.text)
    )


def _unrestricted(one: Wording, other: Wording) -> bool:
    """Catch "Parents keep" for "parents who return keep": a clause that says which ones is left out."""
    if one.said & _WHICH:
        return False
    for at, word in enumerate(other.words[1 : _FIRST + 1], 1):
        noun = other.stems[at - 1]
        if word in _WHICH and noun and noun in one.stems[:_FIRST]:
            end = next((end for end in range(at, len(other.words)) if other.words[end] in STOPS), len(other.words))
            clause = [stem for stem in other.stems[at + 1 : end] if stem]
            rest = one.telling & other.telling - {noun}
            if len(clause) > _FEWEST and rest and not one.telling & frozenset(clause[:_FEWEST]):
                return True
    return False


def _left_out(condition: _Condition, claimed: frozenset[str]) -> bool:
    common = condition.main & claimed
    if not condition.near & claimed:
        return False
    whole = condition.strict and common == condition.main
    if len(common) < _FEWEST or (len(common) < _ENOUGH * len(claimed) and not whole):
        return False
    told = condition.words & claimed
    return 2 * len(told) <= len(condition.words) if condition.strict else not told


def _ignored(condition: _Condition, claimed: frozenset[str]) -> bool:
    """Whether it says of what is exempt what holds for all else."""
    rest = claimed - condition.words
    return (
        condition.exempt and condition.words <= claimed
        and len(condition.main & rest) >= max(_FEWEST, _ENOUGH * len(rest))
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _conditions(text: str) -> tuple[_Condition, ...]:
    return tuple(one for one in _read(folded(text)) if one.words and one.main)


def _read(text: str) -> Iterator[_Condition]:
    for found in _MARK.finditer(text):
        before, rest = text[: found.start()].rstrip(), text[found.end() :]
        end = _END.search(rest)
        clause = rest[: end.start()] if end else rest
        first = not before or before[-1] in ".;:!?"
        if found["loose"] == "where" and not first:
            continue
        main = _STOP.split(rest[end.end() :])[0] if first and end else _STOP.split(before)[-1]
        words = wording(clause).telling or wording(found[0]).telling
        held = wording(main).telling
        exempt = found[0].startswith(("except", "unless"))
        near = held if first else wording(_JOIN.split(before)[-1]).telling & held or held
        yield _Condition(
            strict=found["strict"] is not None, exempt=exempt, words=words - held or words, main=held, near=near
        )
