"""Text that others wrote, made inert for Slack's two dialects: Markdown, and its own mrkdwn. Pure.

Nothing of it can mention, broadcast, link, become an emoji or end what it stands in. Where Slack would make something
of plain characters (``@here``, ``#general``, ``example.com``, ``a@b.example``, ``https://``, ``:smile:``) a word joiner
stands behind the character that it would act on; no reader sees it, and ``adapters.escaping`` drops those that others
wrote. Links are made here alone, from a URL of the citation table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.addresses import web
from adapters.escaping import clipped, safe, safe_line

if TYPE_CHECKING:
    from datetime import datetime

JOINER: Final = "\u2060"
"""WORD JOINER: invisible, and part of no mention, host or emoji name."""

_ACTS: Final = re.compile(
    r"[@#＠＃](?=\w)"  # noqa: RUF001 -- the full-width ones
    r"|[.．](?=[^\W_])"  # noqa: RUF001 -- a dot within what may be a host; a full-width one counts in host names too
    r"|[。｡](?=[a-z])"
    r"|:(?=//|[\w+'-]+:)"
    r"|(?<![\w.-])localhost(?=[:/])"
    r"|(?<![^\W_])(?:mailto|tel|javascript|data|slack)(?=:)",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r":(?=//)|(?<![^\W_])www\.|(?<![^\W_])(?:mailto|tel|javascript|data|slack):", re.IGNORECASE
)
_TOKEN: Final = re.compile(
    r"<(?=!(?:channel|group|here|everyone|subteam|date)\b|[@#][a-z0-9]|(?:https?|mailto|tel|slack|javascript|data):)",
    re.IGNORECASE,
)
_DECIMAL: Final = re.compile(r"(?<=\d)\.(?=\d)")
_HOST: Final = re.compile(r"\d+(?:\.\d+){3,}(?=[/:])")
"""Numbers that are a machine's address, such as ``10.0.0.1:80``, and no version."""
_MARKDOWN: Final = re.compile(r"[\\`*_~\[\]|!]")
_BLOCK: Final = re.compile(r"[#+=-]|\d{1,9}[.)](?=\s|\Z)")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOK_ALIKES: Final = str.maketrans({"`": "‵", "*": "∗", "~": "∼"})  # noqa: RUF001 -- mrkdwn has no escape for these
_EDGE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_URL: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,1990}", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?=#?\w{1,32};)")


def markdown(text: str) -> str:
    """Give words on one line for a Markdown block."""
    joined = _inert(safe(text).replace("\n", " "))
    return _MARKDOWN.sub(r"\\\g<0>", joined.translate(_ENTITIES))


def markdown_line(line: str) -> str:
    """Give rendered inline Markdown that begins no block of its own: no heading, list, rule or indented code."""
    text = line.lstrip()
    begin = _BLOCK.match(text)
    if begin is None:
        return text
    at = begin.end() - 1
    return f"{text[:at]}\\{text[at:]}"


def markdown_code(text: str) -> str:
    """Give inline code on one line, of which no address is one to click on."""
    return _ADDRESS.sub(_joined, tokens_broken(safe_line(text)))


def tokens_broken(text: str) -> str:
    """Give code in which Slack's own ``<!…>``, ``<@…>``, ``<#…>`` and ``<https:…>`` mean nothing; else verbatim."""
    return _TOKEN.sub(_joined, text)


def mrkdwn(text: str) -> str:
    """Give words on one line for mrkdwn text."""
    joined = inert(text).translate(_LOOK_ALIKES)
    return _EDGE.sub("‗", joined).translate(_ENTITIES)


def inert(text: str) -> str:
    """Give words on one line, of which Slack makes nothing where it parses no markup."""
    return _inert(safe_line(text))


def plain(text: str, limit: int) -> str:
    """Give words on one line for a ``plain_text`` object, cut to a number of characters."""
    return clipped(inert(text), limit)


def linkable(url: str | None) -> bool:
    """Whether a URL may be linked as it is: http or https, its host in plain sight, and nothing that ends the link."""
    return bool(url and _URL.fullmatch(url) and web(url))


def markdown_link(label: str, url: str) -> str:
    """Give a link with a label that is Markdown already. The URL reads as exactly this one."""
    target = _ENTITY.sub(r"\\&", url).replace("(", r"\(").replace(")", r"\)")
    return f"[{label}]({target})"


def mrkdwn_link(label: str, url: str) -> str:
    """Give a link with a label that is mrkdwn already, which holds no ``|`` or ``>``."""
    return f"<{url.translate(_ENTITIES)}|{label.replace('|', '¦')}>"


def mrkdwn_date(at: datetime, words: str, fallback: str) -> str:
    """Give a time that Slack shows in its reader's zone, such as by ``{date_short_pretty} at {time}``."""
    return f"<!date^{int(at.timestamp())}^{words}|{fallback}>"


def _inert(text: str) -> str:
    """Put joiners in, but into no decimal number."""
    hosts = {at for host in _HOST.finditer(text) for at in range(*host.span())}
    decimals = {found.start() for found in _DECIMAL.finditer(text)} - hosts
    return _ACTS.sub(lambda found: found[0] if found.start() in decimals else _joined(found), text)


def _joined(found: re.Match[str]) -> str:
    return found[0] + JOINER
