"""Which HTML no reader sees: by attribute, by style, by class names that mean it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)

_CLASSES = frozenset(["sr-only", "visually-hidden", "screen-reader-text", "headerlink", "anchor-link", "linenos"])
_ZERO = r"(?:0+(?:\.0*)?|\.0+)%?"
_TINY = r"(?:[01]?(?:\.\d*)?(?:px|pt)|0*\.0\d*r?em|[0-5](?:\.\d*)?%)"
"""Letters of less than two pixels, a tenth of the usual or a twentieth."""
_CLEAR = (
    rf"(?:transparent|#[0-9a-f]{{3}}(?:0|[0-9a-f]{{3}}00)\s*(?:;|!|$)"
    rf"|(?:rgb|hsl)a?\(\s*(?:[^(),/\s]+[,\s]+){{2}}[^(),/\s]+\s*[,/]\s*{_ZERO}\s*\))"
)
_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden"
    r"|opacity\s*:\s*(?:0?\.)?0+(?:\.0+)?%?\s*(?:;|!|$)"
    r"|(?:font-size|max-height|max-width|height|width)\s*:\s*0+(?:\.0+)?[a-z%]*\s*(?:;|!|$)"
    rf"|font-size\s*:\s*{_TINY}\s*(?:;|!|$)|font\s*:\s*0+(?:px)?[\s/]"
    r"|text-indent\s*:\s*-\s*\d{3,}|(?:left|top|right|bottom|margin-left|margin-top)\s*:\s*-\s*\d{4,}"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    rf"|transform\s*:\s*scale[xy]?\(\s*0\s*\)|(?:-webkit-text-fill-)?color\s*:\s*{_CLEAR})",
)
_WHITE = r"(?:white|#fff(?:f{3}|f{5}|f)?|rgba?\(\s*255\s*[, ]\s*255\s*[, ]\s*255[^)]*\))"
_WHITE_TEXT = re.compile(rf"(?:^|;)\s*color\s*:\s*{_WHITE}\s*(?:;|!|$)")
_BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color|-image)?\s*:\s*([^;]*)")
_ONLY_WHITE = re.compile(rf"\s*(?:{_WHITE}|none|transparent|inherit|initial|unset)\s*(?:!important)?\s*\Z")
_LONGEST_STYLE = 4_000
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_LAST = 0x10FFFF
_ATTRIBUTE = re.compile(r"([a-zA-Z_:][\w:.-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,40})((?:[^<>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,2000}+)>")


def hidden(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element and all inside it is hidden, its text's colour apart."""
    if "hidden" in attributes or tag == "input" or (tag == "dialog" and "open" not in attributes):
        return True
    return bool(_STYLE.search(_style(attributes)))


def unspoken(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element is decoration, as icons and marks behind headings are: left out, and no cause for alarm."""
    if (attributes.get("aria-hidden") or "").strip().lower() == "true":
        return True
    return not _CLASSES.isdisjoint((attributes.get("class") or "").lower().split())


def white(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element's text is white: hidden, unless something behind it is not."""
    if tag.endswith("font") and re.fullmatch(_WHITE, (attributes.get("color") or "").strip().lower()):
        return True
    return bool(_WHITE_TEXT.search(_style(attributes)))


def backed(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element has a background that white text shows on."""
    if attributes.get("bgcolor"):
        return not _ONLY_WHITE.match((attributes["bgcolor"] or "").lower())
    return any(not _ONLY_WHITE.match(found) for found in _BACKGROUND.findall(_style(attributes)))


def _style(attributes: Mapping[str, str | None]) -> str:
    return unescaped(re.sub(r"/\*.*?\*/", "", (attributes.get("style") or "")[:_LONGEST_STYLE])).lower()


def unescaped(css: str) -> str:
    r"""Undo the escapes of CSS, in which ``disp\6c ay`` is ``display``."""
    return _ESCAPE.sub(lambda found: chr(min(int(found[1], 16), _LAST)) if found[1] else found[2], css)


class Veil:
    """Follows HTML tags in a stream of Markdown, and says whether what stands between them is hidden."""

    def __init__(self) -> None:
        """Nothing is hidden yet."""
        self.falls = 0
        """How many elements were hidden so far."""
        self._tag = ""
        self._depth = 0

    @property
    def down(self) -> bool:
        """Whether text is hidden here. An element that is never closed hides the rest, as in a browser."""
        return self._depth > 0

    def see(self, html: str) -> None:
        """Take in the tags of a piece of HTML."""
        for closing, name, rest in _TAG.findall(html):
            tag = name.lower()
            if tag in VOID:
                continue
            if self._depth and tag == self._tag:
                self._depth += -1 if closing else 1
            elif not self._depth and not closing and _veils(tag, rest):
                self._tag, self._depth = tag, 1
                self.falls += 1


def _veils(tag: str, rest: str) -> bool:
    found = _ATTRIBUTE.findall(rest[:_LONGEST_STYLE])
    attributes = {name.lower(): double or single or bare for name, double, single, bare in found}
    return hidden(tag, attributes) or unspoken(attributes) or (white(tag, attributes) and not backed(attributes))
