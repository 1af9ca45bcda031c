"""The words of a message in Slack's own markup, also where only its blocks say them. Pure; never raises.

Slack gives every message its ``text``; a few servers and clients that speak its API leave that out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.payload import items, text
from adapters.slack.payload import ident

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST: Final = 4
"""Levels of a message's rich text: blocks, sections or lists, the sections of a list, and what stands in them."""
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def words(message: object) -> str:
    """Give what a message says; a mention in its blocks is one as in its text."""
    said = text(message, "text")
    return said if said.strip() else "\n".join(filter(None, map(_block, items(message, "blocks"))))


def _block(block: object) -> str:
    match text(block, "type"):
        case "rich_text":
            return "\n".join(filter(None, (_told(one, _DEEPEST) for one in items(block, "elements"))))
        case "section":
            return text(block, "text", "text")
        case _:
            return ""


def _told(element: object, depth: int) -> str:
    """Give one element of rich text."""
    if text(element, "type") == "rich_text_list" and depth:
        return "\n".join(_told(one, depth - 1) for one in items(element, "elements"))
    return "".join(_within(element, depth))


def _within(element: object, depth: int) -> Iterator[str]:
    for one in items(element, "elements") if depth else ():
        yield _leaf(one) or _told(one, depth - 1)


def _leaf(given: object) -> str:
    match text(given, "type"):
        case "text":
            return text(given, "text").translate(_ENTITIES)
        case "user":
            return _token("@", ident(given, "user_id"))
        case "channel":
            return _token("#", ident(given, "channel_id"))
        case "usergroup":
            return _token("!subteam^", ident(given, "usergroup_id"))
        case "broadcast":
            return _token("!", ident(given, "range"))
        case "emoji":
            return f":{ident(given, 'name')}:"
        case "link":
            return (text(given, "text") or text(given, "url")).translate(_ENTITIES)
        case _:
            return ""


def _token(kind: str, name: str) -> str:
    return f"<{kind}{name}>" if name else ""
