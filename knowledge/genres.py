"""The kinds of document that are cut each in its own way, and the words that people use for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.base import Genre

_WORDS: Mapping[Genre, str] = {
    "technical": "technical, technical document, documentation, doc, docs, handbook, guide, user guide, how to, howto, "
    "manual, reference, api, runbook, playbook, tutorial, faq, readme, specification, spec",
    "plain": "plain, plain text, text",
    "general": "general, article, essay, news, blog, blog post, story, speech, letter, memo",
    "legal": "legal, legal document, contract, agreement, licence, license, eula, nda, terms, terms of use, "
    "terms of service, terms and conditions, tos, lease, deed, statute, law, regulation, bylaws, treaty",
    "policy": "policy, policies, code of conduct",
    "audit": "audit, audit report, audit finding, finding, internal audit, security audit, penetration test, pentest",
}
GENRES: Final = tuple(_WORDS)
"""What a document can be said to be. A passage is one by its format alone."""

_NAMED: Final = {word: genre for genre, words in _WORDS.items() for word in words.split(", ")}
_BETWEEN: Final = re.compile(r"[\s_-]+")


def named(word: str) -> Genre | None:
    """Give the kind that a word such as ``policy`` or ``Contracts`` means, in any case; None where it means none."""
    words = _BETWEEN.sub(" ", word.strip()).casefold()
    return _NAMED.get(words) or _NAMED.get(words.removesuffix("s"))
