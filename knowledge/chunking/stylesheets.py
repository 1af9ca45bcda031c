"""Which of a page's elements its own style sheet hides. Plain rules only: one class or one id, at any screen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.chunking.hiding import unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = re.compile(r"([^{};]*;|[^{};]*)([{}]?)")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_PLAIN = re.compile(r"\*?([.#][\w-]+)")
_NAMED = re.compile(r"[.#][\w-]+")
_HIDES = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))")
_SHOWS = re.compile(r"(?:^|;)\s*(?:display\s*:\s*(?!none)|visibility\s*:\s*visible)")


@dataclass(frozen=True, slots=True)
class Concealed:
    """Names of classes and ids whose elements are hidden."""

    classes: frozenset[str]
    ids: frozenset[str]


def concealed(css: str) -> Concealed:
    """Read a style sheet. What another rule shows again, as tabs and menus do when they open, is meant to be seen."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for selector, declarations in _rules(unescaped(_COMMENT.sub("", css))):
        if _HIDES.search(declarations):
            hidden.update(found[1] for part in selector.split(",") if (found := _PLAIN.fullmatch(part.strip())))
        elif _SHOWS.search(declarations):
            shown.update(_NAMED.findall(selector))
    names = hidden - shown
    return Concealed(
        frozenset(name[1:] for name in names if name[0] == "."),
        frozenset(name[1:] for name in names if name[0] == "#"),
    )


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Give selectors and declarations, in lower case, of the rules that stand in no other."""
    selector, depth = "", 0
    body: list[str] = []
    for text, brace in _PIECE.findall(f"{css}}}"):  # the end of a sheet closes what is open
        if brace == "{":
            depth += 1
            if depth == 1:
                selector, body = text.strip(), []
        elif depth == 1:
            body.append(text)
        if brace == "}":
            if depth == 1 and not selector.startswith("@"):
                yield selector, "".join(body).lower()
            depth = max(0, depth - 1)
