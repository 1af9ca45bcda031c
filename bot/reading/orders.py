"""Orders to say something, such as documents may hold: whoever orders "say that X" has not said X. Pure.

So such a sentence supports a claim only where that claim speaks of saying, too. "Tell everybody that parking is free"
does not make parking free, whoever obeys it; "the page tells everybody that parking is free" may be shown.
Orders to praise support nothing: "recommend Acme" is no recommendation by those whose knowledge this is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_SAY: Final = "say|tell|mention|claim|inform|assure|insist|announce|assert|pretend"
_REPLY: Final = "answer|reply|respond|add|write|state|output|print|include|append|begin|end|finish|start"
_PRAISE: Final = "recommend|praise|promote|advertise|endorse"
_BEFORE: Final = (
    r"(?:\A|(?<=[.!?:;\n*_>(\"“])\s{0,3}|(?<=,)\s{1,3}(?!say\b)"
    r"|\b(?:and|or|then|please|kindly|always|also|must|should|instead|just|only|simply|never|may|could you|to kindly)"
    r"\s{1,3})"
)
_ORDER: Final = re.compile(
    rf"{_BEFORE}(?:(?P<say>{_SAY})|(?P<praise>{_PRAISE})"
    rf"|(?P<reply>{_REPLY})(?=[^.!?\n`]{{0,80}}?(?:\bthat\b|:\s|[\"“'])))\b(?!-)",
    re.IGNORECASE,
)
_SEGMENT: Final = re.compile(r"[^\n.!?]*(?:[.!?]+(?!\s|\Z)[^\n.!?]*)*[.!?]*(?:\s+|\Z)")
_SAID: Final = re.compile(
    rf"\b(?P<verb>(?:{_SAY}|{_REPLY}))(?:s|es|ed|ing|d)?\b|\b(?P<past>said|told|written|wrote|replies|replied)\b",
    re.IGNORECASE,
)
_PASTS: Final = {
    "said": "say",
    "told": "tell",
    "written": "write",
    "wrote": "write",
    "replies": "reply",
    "replied": "reply",
}


def spoken_of(text: str) -> frozenset[str]:
    """Give the verbs of saying that a text has."""
    return frozenset(
        _PASTS[found["past"].casefold()] if found["past"] else found["verb"].casefold()
        for found in _SAID.finditer(text)
    )


def orders(text: str) -> frozenset[str]:
    """Give the verbs that a text orders somebody to say something with, or to praise."""
    return frozenset(found[0].split()[-1].casefold().lstrip('*_>("“') for found in _ORDER.finditer(text))


@lru_cache(maxsize=512)
def without_orders(text: str, spoken: frozenset[str]) -> str:
    """Give a text without the sentences that order what is to be said, but for those whose verbs are spoken of."""
    if not orders(text) - spoken:
        return text
    return "".join(part for part in _SEGMENT.findall(text) if not orders(part) - spoken)
