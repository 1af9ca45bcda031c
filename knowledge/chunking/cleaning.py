"""From bytes to text that holds only what a reader sees: the boundary at which invisible characters stop."""

from __future__ import annotations

import codecs
import re
import unicodedata

from knowledge.errors import Unreadable

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = ((b"%PDF-", "a PDF"), (b"PK\x03\x04", "a ZIP or Office file"), (b"{\\rtf", "an RTF file"))
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\f\r\x1b")
_CONTROLS_AT_MOST = 0.01
_HIGH_AT_MOST = 0.3
"""Share of bytes above 127 that a text in a Western one-byte encoding stays under."""

_ODD_ASCII = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
# Zero-width, bidi controls, tag characters and variation selectors, which can spell words that nobody sees
# (Unicode Technical Report 36, section 3), soft hyphens, and control characters, which steer terminals. Joiners stay
# inside the scripts that are spelled with them, from Arabic to Myanmar.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    "|[\u200c\u200d](?![\u0600-\u109f])|(?<![\u0600-\u109f])[\u200c\u200d]",
)


def decoded(content: bytes, name: str) -> str:
    """Decode UTF-8, or UTF-16 and UTF-32 with a byte order mark, or Windows-1252 where the bytes look like text.

    Raises Unreadable, naming the document, for anything else.
    """
    for signature, what in _SIGNATURES:
        if content.startswith(signature):
            raise Unreadable(f"{name} is {what}, whatever its name says; export it as Markdown, text or HTML.")
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content:
        raise Unreadable(f"{name} is not text (it holds NUL bytes); save it as UTF-8 text or leave it out.")
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding is not None:
            raise Unreadable(f"{name} begins as {encoding} but is not; save it as UTF-8 text.") from None
        text = _western(content, name)
    if "\0" in text or (encoding is None and _controls(content) > _CONTROLS_AT_MOST):
        raise Unreadable(f"{name} is not text (it is full of control characters); save it as UTF-8 text.")
    return text


def visible(text: str) -> str:
    """Leave out what no reader sees, end lines with a line feed, and compose characters (NFC)."""
    if text.isascii() and not _ODD_ASCII.search(text):
        return text  # nearly all there is, and the search is ten times as fast
    text = _INVISIBLE.sub("", _BREAKS.sub("\n", text))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def invisible(text: str) -> int:
    """How many characters of a text no reader sees, a byte order mark at its start apart."""
    if text.isascii() and not _ODD_ASCII.search(text):
        return 0
    return sum(1 for _ in _INVISIBLE.finditer(text.removeprefix("\ufeff")))


def one_line(text: str) -> str:
    """Leave out what no reader sees and make all white space one space."""
    return " ".join(visible(text).split())


def _western(content: bytes, name: str) -> str:
    high = len(content) - len(content.translate(None, bytes(range(128, 256))))
    if high > _HIGH_AT_MOST * len(content) or _controls(content):
        raise Unreadable(f"{name} is not text in an encoding that we know; save it as UTF-8 text.")
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is neither UTF-8 nor Windows-1252 text; save it as UTF-8 text.") from None


def _controls(content: bytes) -> float:
    """The share of control bytes."""
    return (len(content) - len(content.translate(None, _CONTROL))) / max(1, len(content))
