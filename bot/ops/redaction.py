"""Masks secrets in what is logged. Pure, and linear in the length of a text.

A secret is found by the name that it goes by, or by its look: in a log, rather one too many than one too few. Every
pattern begins where a run of word characters begins and cannot match one text in two ways, so no text makes the search
slow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from knowledge.masking import MASK, SHAPES, START

_DEEPEST: Final = 8
"""Levels of nesting that are looked into; what lies deeper is masked whole."""

_KEYED = r"(?:[Aa]pi[_-]?[Kk]ey|API[_-]?KEY|(?i:token|secret|password|passwd|authorization|cookie))"
_SENTENCE = r"(?<!\S)[Tt]oken: [a-z]{1,10} [a-z\[]"
"""A sentence that goes on, as in "Slack does not know the token: copy it anew": no service makes a token of ten small
letters, while people do make passwords of words, so those are masked whatever follows."""
_SECRET: Final = re.compile(
    rf"{START}(?:{SHAPES})"
    r"|(?<=hooks\.slack\.com/)[a-z]{2,20}/[A-Za-z0-9/]{8,}|(?<=[?&]ticket=)[^\s&'\"]{4,}"
    rf"|(?<=://)(?P<user>[^\s/:@]*):[^\s/]+@"
    rf"|\b(?P<scheme>(?i:bearer|basic))[ \t]{{1,8}}[A-Za-z0-9._~+/=-]{{16,}}"
    rf"|(?!{_SENTENCE})"
    rf"(?P<named>{_KEYED}['\"]?[ \t]{{0,4}}[=:][ \t]{{0,4}}['\"]?(?:(?i:bearer|basic|bot)[ \t]{{1,4}})?+)"
    rf"(?!{re.escape(MASK)})[^\s'\"&,;)}}\]]{{4,}}"
)
_NAMED: Final = re.compile(r"(?i)(?:token|secret|password|passwd|passphrase|authorization|cookie|api[_-]?key|apikey)$")


def masked(text: str) -> str:
    """Give a text with the secrets in it masked."""
    return _SECRET.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    if (user := found["user"]) is not None:
        return f"{user}:{MASK}@"
    if (scheme := found["scheme"]) is not None:
        return f"{scheme} {MASK}"
    return f"{found['named'] or ''}{MASK}"


def redacted(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - anything may be logged
    """Give a value with the secrets in it masked, inside mappings and sequences too."""
    if isinstance(value, str):
        return masked(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= _DEEPEST:
        return MASK
    if isinstance(value, Mapping):
        return {redacted(key, depth + 1): _named(key, item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(item, depth + 1) for item in value]
    return masked(str(value))


def _named(key: object, value: Any, depth: int) -> Any:  # noqa: ANN401
    """Mask all that goes by a secret's name, but for numbers: ``tokens`` and their like are counts."""
    if isinstance(key, str) and _NAMED.search(key) and value is not None and not isinstance(value, bool | int | float):
        return MASK
    return redacted(value, depth)


def text_hash(text: str) -> str:
    """Stand for a text in logs and traces: 16 hexadecimal digits, the same for the same text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
