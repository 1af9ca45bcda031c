"""Text that others wrote, made inert for Slack's two dialects: Markdown, and its own mrkdwn. Pure.

Nothing of it can mention, broadcast, link, become an emoji or end what it stands in. Links are made here alone, from a
URL of the citation table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.addresses import web
from adapters.escaping import clipped, safe, safe_line
from adapters.joining import inert, joined

if TYPE_CHECKING:
    from datetime import datetime

_ADDRESS: Final = re.compile(
    r":(?=//)|(?<![^\W_])www\.|(?<![^\W_])(?:mailto|tel|javascript|data|slack):", re.IGNORECASE
)
_TOKEN: Final = re.compile(
    r"<(?=!(?:channel|group|here|everyone|subteam|date)\b|[@#][a-z0-9]|(?:https?|mailto|tel|slack|javascript|data):)",
    re.IGNORECASE,
)
_MARKDOWN: Final = re.compile(r"[\\`*_~\[\]|!]")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOK_ALIKES: Final = str.maketrans({"`": "‵", "*": "∗", "~": "∼"})  # noqa: RUF001 -- mrkdwn has no escape for these
_EDGE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_URL: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,1990}", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?=#?\w{1,32};)")


def markdown(text: str) -> str:
    """Give words on one line for a Markdown block."""
    words = inert(safe(text).replace("\n", " "))
    return _MARKDOWN.sub(r"\\\g<0>", words.translate(_ENTITIES))


def markdown_code(text: str) -> str:
    """Give inline code on one line, of which no address is one to click on."""
    return _ADDRESS.sub(joined, tokens_broken(safe_line(text)))


def tokens_broken(text: str) -> str:
    """Give code in which Slack's own ``<!…>``, ``<@…>``, ``<#…>`` and ``<https:…>`` mean nothing; else verbatim."""
    return _TOKEN.sub(joined, text)


def mrkdwn(text: str) -> str:
    """Give words on one line for mrkdwn text."""
    words = inert(safe_line(text)).translate(_LOOK_ALIKES)
    return _EDGE.sub("‗", words).translate(_ENTITIES)


def plain(text: str, limit: int) -> str:
    """Give words on one line for a ``plain_text`` object, cut to a number of characters."""
    return clipped(inert(safe_line(text)), limit)


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
