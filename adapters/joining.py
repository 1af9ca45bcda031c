"""Words of which no platform makes anything where it would of plain characters. Pure.

Where a platform would act on them (``@here``, ``#general``, ``example.com``, ``a@b.example``, ``https://``,
``:smile:``) a word joiner stands behind the character that it would act on; no reader sees it, and
``adapters.escaping`` drops those that others wrote.
"""

from __future__ import annotations

import re
from typing import Final

JOINER: Final = "\u2060"
"""WORD JOINER: invisible, and part of no mention, host or emoji name."""

_ACTS: Final = re.compile(
    r"[@#＠＃](?=\w)"  # noqa: RUF001 -- the full-width ones
    r"|[.．](?=[^\W_])"  # noqa: RUF001 -- a dot within what may be a host; a full-width one counts in host names too
    r"|[。｡](?=[a-z])"
    r"|:(?=//|[\w+'-]+:)"
    r"|(?<![\w.-])localhost(?=[:/])"
    r"|(?<![^\W_])(?:mailto|tel|javascript|data|slack|discord|steam)(?=:)",
    re.IGNORECASE,
)
_DECIMAL: Final = re.compile(r"(?<=\d)\.(?=\d)")
_HOST: Final = re.compile(r"\d+(?:\.\d+){3,}(?=[/:])")
"""Numbers that are a machine's address, such as ``10.0.0.1:80``, and no version."""


def inert(text: str) -> str:
    """Put joiners in, but into no decimal number."""
    hosts = {at for host in _HOST.finditer(text) for at in range(*host.span())}
    decimals = {found.start() for found in _DECIMAL.finditer(text)} - hosts
    return _ACTS.sub(lambda found: found[0] if found.start() in decimals else joined(found), text)


def joined(found: re.Match[str]) -> str:
    """Give what was found with a joiner behind it."""
    return found[0] + JOINER
