"""Text that others wrote, made inert for Discord's Markdown. Pure.

Nothing of it can mention, broadcast, link, invite, become an emoji, a time or a command, or end what it stands in.
Links are made here alone, from a URL of the citation table.
"""

from __future__ import annotations

import re
from typing import Final

from adapters.addresses import web
from adapters.escaping import safe, safe_line
from adapters.joining import JOINER, inert, joined

_MARKDOWN: Final = re.compile(r"[\\`*_~\[\]|<>#]")
"""Behind a backslash, Discord shows any sign as it is."""
_TOKEN: Final = re.compile(
    r"@(?=everyone|here)|<(?=[@#][!&]?\d|/[\w -]{1,99}:\d|a?:\w{1,99}:\d|t:-?\d|id:\w)", re.IGNORECASE
)
_OPENING: Final = re.compile(r"<(?=\S)")
_TICKS: Final = re.compile(r"`(?=`)")
_FENCE: Final = re.compile(r"``(?=`)")
_URL: Final = re.compile(
    r"https?://(?:[A-Za-z0-9._~:/?#@!$&',;=%+\[\]-]|\([A-Za-z0-9._~:/?#@!$&',;=%+-]*\)){1,1990}", re.IGNORECASE
)

_LONGEST: Final = 500
"""Characters of a URL that is linked; a message has room for few of them."""


def words(text: str) -> str:
    """Give words on one line; a bracket at their beginning makes no link of a mark before them."""
    shown = _MARKDOWN.sub(r"\\\g<0>", opened(inert(safe(text).replace("\n", " "))))
    return f"{JOINER}{shown}" if shown.startswith("(") else shown


def opened(text: str) -> str:
    """Give text in which no bracket begins anything."""
    return _OPENING.sub(joined, text)


def line(text: str) -> str:
    """Give words on one line without space at its ends or more than one in a row."""
    return words(safe_line(text))


def code(text: str) -> str:
    """Give inline code on one line: three ticks would begin a block wherever they stand."""
    return _TICKS.sub(joined, tokens_broken(safe_line(text)))


def block(text: str) -> str:
    """Give code for a block, which three ticks end wherever they stand; else verbatim."""
    return _FENCE.sub(joined, tokens_broken(text))


def tokens_broken(text: str) -> str:
    """Give code in which Discord's own ``@everyone``, ``<@1>``, ``<#1>`` and ``<t:1>`` mean nothing; else verbatim."""
    return _TOKEN.sub(joined, text)


def linkable(url: str | None) -> bool:
    """Whether a URL may be linked as it is: http or https, its host in plain sight, and nothing that ends the link.

    Discord ends a link at the first bracket that is not one of a pair.
    """
    return bool(url and len(url) <= _LONGEST and _URL.fullmatch(url) and web(url))


def link(label: str, url: str) -> str:
    """Give a link with a label that is Markdown already, and no preview of it."""
    return f"[{label}](<{url}>)"


def size(text: str) -> int:
    """Say how long Discord takes a text to be, at most: in UTF-16, an emoji is two."""
    return len(text.encode("utf-16-le")) // 2
