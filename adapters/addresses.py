"""Web addresses in text that others wrote: none may reach a platform, which would make a link of it. Pure.

What a platform makes a link of is more than what begins with ``https``: any scheme, ``www.``, and a host with a path.
A bare host stays, as ``Node.js`` and ``docs.md`` look like one, unless its letters are not plain ones: such a name is
there to look like another. Every repetition is bounded, so that a search takes time that is linear in the text.
"""

from __future__ import annotations

import re
from typing import Final

REMOVED: Final = "(link removed)"
_KNOWN: Final = (
    "https?|ftps?|file|data|javascript|vbscript|mailto|tel|sms|blob|about|intent|steam|magnet|ws|wss|obsidian|vscode"
    "|skype|facetime|whatsapp|zoommtg|tg|ms-[a-z]{2,12}|view-source|chrome|spotify|market"
)
_FILES: Final = (
    "md|py|js|ts|tsx|jsx|json|toml|ya?ml|txt|sh|db|env|html?|css|sql|csv|ini|cfg|conf|lock|log|rst|xml|pdf|docx?|xlsx?"
    "|png|jpe?g|svg|so|rb|rs|go|java|kt|cs|cpp|hpp|php"
)
"""Endings of files, after which a slash begins no path on a host: "docs/settings.md/toml", "Node.js/Express"."""
_ENDS: Final = (
    "com|net|org|io|dev|app|co|ai|me|info|biz|xyz|site|online|shop|club|example|link|click|to|ly|gg|ru|cn|de|uk"
)
"""Endings of hosts whose other letters look like plain ones, to which no path is needed."""
_DOT: Final = r"[.\u3002\uff0e\uff61]"
_IP: Final = r"\d{1,3}(?:\.\d{1,3}){3}"
_LABEL: Final = r"[^\W_](?:[\w-]{0,62})"
PATTERN: Final = (
    r"[a-z][a-z0-9+.-]{0,30}:/{2}[^\s<>`]{0,1500}"
    rf"|(?<![\w.-])(?:{_KNOWN}):(?=[^\s<>`]{{0,3}}[\w/])[^\s<>`]{{1,1500}}"
    r"|(?<!\w)www\.[^\s<>`]{0,1500}"
    rf"|(?<![\w.@/-])(?:(?:{_LABEL}{_DOT}){{1,6}}(?!(?:{_FILES})\b)[^\W\d_]{{2,24}}|{_IP}|localhost)"
    r"(?:(?::\d{1,5})?(?:/|[?#](?=[\w/&=%]))[^\s<>`]{0,1500}|:\d{2,5}(?!\w))"
    rf"|(?<![\w:/])//(?:{_LABEL}{_DOT}){{1,6}}[^\W\d_]{{2,24}}[^\s<>`]{{0,1500}}"
    rf"|(?<![\w.@/-])(?=[\w.-]{{0,200}}[^\W\x00-\x7f])(?:{_LABEL}\.){{1,6}}(?:{_ENDS})(?![\w-])"
    rf"|(?<![\w.-])(?:{_LABEL}\.){{0,6}}xn--[\w.-]{{1,200}}(?:/[^\s<>`]{{0,1500}})?"
)
"""To be searched for without case."""
ADDRESS: Final = re.compile(PATTERN, re.IGNORECASE)
_HINT: Final = re.compile(r":|//|www\.|xn--|[.\u3002\uff0e\uff61][\w-]", re.IGNORECASE)
_WEB: Final = re.compile(r"https?://[^\s<>\"'`|\\^{}\x00-\x20\x7f-\x9f]{1,2000}", re.IGNORECASE)
_EDGE: Final = ".,;:!?*_'\""


def addressed(text: str) -> bool:
    """Whether a platform might make a link of something in a text."""
    return _HINT.search(text) is not None and ADDRESS.search(text) is not None


def unlinked(text: str) -> str:
    """Give a text with every address in it replaced; the punctuation behind one stays."""
    return ADDRESS.sub(_removed, text) if _HINT.search(text) else text


def _removed(found: re.Match[str]) -> str:
    return f"{REMOVED}{found[0][len(stripped(found[0])) :]}"


def stripped(address: str) -> str:
    """Give an address without the punctuation of the sentence it stands in."""
    return address.rstrip(_EDGE if "(" in address else f"{_EDGE})")


def web(url: str | None) -> str | None:
    """Give a stored address exactly as it is, where it may become a link: ``http`` or ``https``, nothing to break out.

    None for any other, which may only be shown as words, and for one whose host is not what it looks like.
    """
    return url if url is not None and url.isprintable() and _WEB.fullmatch(url) and _plain(url) else None


def _plain(url: str) -> bool:
    """Whether the host is in plain letters, and no person stands before it, who may look like a host."""
    host = re.split(r"[/?#]", url.split("//", 1)[1], maxsplit=1)[0]
    return host.isascii() and "@" not in host
