"""Text that others wrote, made safe to show: it cannot drive a terminal, reorder a line or hide in it.

Titles, file names, passages and a model's words all pass here before they reach a screen. C0 characters become their
visible picture (ESC is shown as ␛), C1 characters and stray surrogates the replacement character; marks that reorder
text (Unicode TR 9, section 2), fillers, selectors and tag characters are dropped, because nothing visible is lost with
them; joiners stay inside the scripts and emoji that are spelled with them.
"""

from __future__ import annotations

import re

_TAB, _LINE_FEED, _DELETE, _C1_END = 0x09, 0x0A, 0x7F, 0x9F
_PICTURES = 0x2400
_DELETE_PICTURE = 0x2421
_REPLACEMENT = 0xFFFD
_BREAKS = {0x0B: _LINE_FEED, 0x0C: _LINE_FEED, 0x85: _LINE_FEED, 0x2028: _LINE_FEED, 0x2029: _LINE_FEED}
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE = (
    *(0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x200B, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
    *(*range(0x2060, 0x2066), *range(0x206A, 0x2070), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFFC)),
    *range(0x1D173, 0x1D17B),
)
_TAGS = range(0xE0000, 0xE1000)
_SURROGATES = range(0xD800, 0xE000)

_TABLE: dict[int, int | None] = {
    **{code: _PICTURES + code for code in range(0x20) if code not in {_TAB, _LINE_FEED}},
    _DELETE: _DELETE_PICTURE,
    **dict.fromkeys(range(_DELETE + 1, _C1_END + 1), _REPLACEMENT),
    **dict.fromkeys((*_BIDI, *_INVISIBLE, *_TAGS)),
    **dict.fromkeys(_SURROGATES, _REPLACEMENT),
    **_BREAKS,
}
_DANGEROUS = re.compile("[" + "".join(re.escape(chr(code)) for code in _TABLE) + "]")
_JOINED = r"[\u0600-\u109f\u2600-\u27bf\U0001f000-\U0001faff]"
_JOINERS = re.compile(rf"[\u200c\u200d](?!{_JOINED})|(?<!{_JOINED})[\u200c\u200d]")
_SPACE = re.compile(r"\s+")


def safe(text: str) -> str:
    """Give the text with lines and tabs kept and everything else that acts instead of showing made harmless."""
    if text.isascii() and text.isprintable():
        return text
    return _JOINERS.sub("", text.replace("\r\n", "\n").translate(_TABLE))


def safe_line(text: str) -> str:
    """Give the text on one line, safe, with runs of white space as one space."""
    return _SPACE.sub(" ", safe(text)).strip()


def clipped(text: str, limit: int) -> str:
    """Cut after so many characters, and say so by an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def safe_json(dumped: str) -> str:
    r"""Give JSON in which dangerous characters are written as ``\uXXXX``, so that it is safe to show and loses none."""
    return _DANGEROUS.sub(lambda found: _escaped(found.group()), dumped)


def _escaped(character: str) -> str:
    if character in "\n\t":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
