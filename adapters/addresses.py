"""Web addresses in text that others wrote: none may reach a platform, which would make a link of it. Pure.

What a platform makes a link of is more than what begins with ``https``: any scheme, ``www.``, ``//host``, and a host
of whatever ending, or a number of one, with a port or a path. A bare host stays, as ``Node.js`` and ``docs.md`` look
like one, unless its letters are not plain ones: such a name is there to look like another. File names stay with their
line (``base.py:14``), networks (``10.0.0.0/8``), and what has a colon but neither a query nor the name of a scheme, as
``year:2024`` and ``ec2:ResourceTag/department``. No part of a text is looked at more than a few times, so a search
takes time that is linear in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

REMOVED: Final = "(link removed)"
_KNOWN: Final = (
    "https?|ftps?|file|data|javascript|vbscript|mailto|tel|sms|blob|about|intent|steam|magnet|wss?"
    "|obsidian|vscode(?:-insiders)?|skype|sips?|callto|facetime(?:-audio)?|xmpp|zoommtg|msteams|whatsapp|tg|spotify"
    "|evernote|onenote|webcal|itms(?:-apps)?|geo|bitcoin|view-source|ms-[a-z-]{2,30}|web[+][a-z]{2,30}"
)
"""Schemes that are one even with a single word behind them. Not ``slack``, which begins the names of readers."""
_ENDS: Final = (
    "com|net|org|io|dev|app|co|ai|me|info|biz|xyz|site|online|shop|club|example|link|click|to|ly|gg|ru|cn|de|uk"
    "|top|tech|cloud|store|page|tk|fr|eu|br|us|pro|live|space|website"
)
"""Endings of hosts whose other letters look like plain ones, to which no path is needed."""
_FILES: Final = (
    "bak|bat|cfg|cjs|class|conf|cpp|cs|css|csv|db|dll|docx?|env|exe|gif|go|gz|hpp|html?|ini|ipynb|jar|java|jpe?g|jsonl?"
    "|jsx?|kt|lock|log|mdx|mjs|odt|pdf|php|plist|png|pptx?|ps1|rb|rst|scss|sql|sqlite|svg|swift|tar|tex|tf|tgz|toml"
    "|tsv|tsx?|txt|vue|wav|webp|whl|xlsx?|xml|ya?ml"
)
"""Endings of files that are those of no host."""
_BOTH: Final = "md|py|sh|rs|pl|cc|so|ps|zip|mov|in"
"""Endings of files that are those of hosts too: a line may follow them, a path may not."""
_STOPS: Final = r"\u3002\uff0e\uff61"
"""Full stops that a browser takes for dots in a host; behind Chinese and Japanese letters they end a sentence."""
_DOT: Final = rf"(?:\.|(?<![\u2e80-\u9fff\uac00-\ud7af])[{_STOPS}](?=[a-z]))"
_NAME: Final = rf"(?<![\w/-])(?:[\w-]++{_DOT}){{1,8}}(?!(?:{_FILES})(?![\w-]))"
_END: Final = r"[^\W\d_]{2,24}(?![\w-])"
_REST: Final = r"[^\s<>`]*+"
_SCHEME: Final = "[a-z0-9+.-]++:/{2}"
_PATH: Final = rf"(?:/|[?#](?=[\w/=&%+-])){_REST}"
_NUMBER: Final = r"(?:\d{1,3}\.){3}\d{1,3}"
_NETWORK: Final = r"/(?:[0-2]?\d|3[0-2])(?![\w/?#]|\.\w)"
PATTERN: Final = (
    rf"(?<![a-z0-9+.-]){_SCHEME}{_REST}"
    rf"|(?<![\w.-])(?:{_KNOWN}):(?=[^\s<>`]{{0,3}}[\w/]){_REST}"
    rf"|(?<![\w.:/@-])[a-z][a-z0-9+-]{{1,19}}:(?=/\w|[\w.@:%/-]{{1,200}}[?|]\w)(?!{_SCHEME}){_REST}"
    rf"|(?<![\w/])//(?=[\w-]{{1,63}}(?:[./{_STOPS}]\w|:\d)){_REST}"
    rf"|(?<!\w)www{_DOT}{_REST}"
    rf"|{_NAME}{_END}\.?(?::\d{{1,5}})?{_PATH}"
    rf"|{_NAME}(?!(?:{_BOTH}):){_END}:\d{{2,5}}(?!\w)"
    rf"|(?<![\w.-]){_NUMBER}(?::\d{{1,5}}(?!\w)(?:{_PATH})?|(?!{_NETWORK}){_PATH})"
    rf"|\[(?=[0-9a-f]{{0,4}}:[0-9a-f]{{0,4}}:)[0-9a-f:.]{{2,45}}\](?::\d|/){_REST}"
    rf"|(?<![\w.-])localhost(?::\d{{1,5}}|(?=/)){_REST}"
    rf"|(?<![\w./-])(?=[\w.-]{{0,200}}[^\W\x00-\x7f])(?:[\w-]{{1,63}}\.){{1,6}}(?:{_ENDS})(?![\w-])"
    rf"|(?<![\w./-])[\w-]{{1,63}}(?<![\u2e80-\u9fff\uac00-\ud7af])[{_STOPS}](?:{_ENDS})(?![\w-])"
    rf"|(?<![\w.-])(?:[\w-]{{1,63}}\.){{0,6}}xn--[\w.-]++(?:/{_REST})?"
)
"""To be searched for without case."""
_ADDRESS: Final = re.compile(PATTERN, re.IGNORECASE)
_HINT: Final = re.compile(rf"[:{_STOPS}]|//|\.[\w?#]|xn--", re.IGNORECASE)
_WEB: Final = re.compile(
    r"https?://(?:(?:[a-z0-9_-]{1,63}\.){0,20}[a-z0-9_-]{1,63}\.?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?"
    r"(?:[/?#][^\s<>\"'`|\\^{}\x00-\x20\x7f-\x9f]{0,2000})?",
    re.IGNORECASE | re.ASCII,
)
_EDGE: Final = ".,;:!?*_'\""


def addressed(text: str) -> bool:
    """Whether a platform might make a link of something in a text."""
    return _HINT.search(text) is not None and _ADDRESS.search(text) is not None


def unlinked(text: str) -> str:
    """Give a text without addresses, each of which is said to be removed."""
    return replaced(text, lambda _: REMOVED)


def replaced(text: str, by: Callable[[str], str]) -> str:
    """Give a text with what stands for each address in it; the punctuation of the sentence behind one stays."""

    def put(found: re.Match[str]) -> str:
        address = stripped(found[0])
        return by(address) + found[0][len(address) :]

    return _ADDRESS.sub(put, text) if _HINT.search(text) else text


def addresses(text: str) -> tuple[str, ...]:
    """Give the addresses in a text, in their order."""
    return tuple(map(stripped, _ADDRESS.findall(text))) if _HINT.search(text) else ()


def stripped(address: str) -> str:
    """Give an address without the punctuation of the sentence it stands in."""
    return address.rstrip(_EDGE if "(" in address else f"{_EDGE})")


def web(url: str | None) -> str | None:
    """Give a stored address exactly as it is, where it may become a link: ``http`` or ``https``, nothing to break out.

    None for any other, which may only be shown as words, and for one whose host is not what it looks like: with letters
    that are not plain, or with a person in front of it.
    """
    return url if url is not None and url.isprintable() and _WEB.fullmatch(url) else None
