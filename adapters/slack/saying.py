"""What a person said on Slack, as words: mentions, links and entities as a person reads them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN: Final = re.compile(r"<([^<>]{1,4000})>")
_STOP: Final = re.compile(r"(?:please )?stop(?: it| please)?[.!]*", re.IGNORECASE)
_GROUPS: Final = frozenset({"!subteam", "!here", "!channel", "!everyone"})
_PERSON: Final = re.compile(r"@(?=[A-Z]*[0-9])([UW][A-Z0-9]{6,63})\b")
"""A mention that Slack gave no name with."""
_PEOPLE: Final = 5
"""People whose names are asked for."""
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def said(text: str, me: str) -> str:
    """Give a message's words without the mentions of the bot, whose user id is ``me``."""
    words = _TOKEN.sub(lambda token: _token(token[1], me), text)
    for entity, character in _ENTITIES:
        words = words.replace(entity, character)
    return words.strip()


def mentions(text: str, me: str) -> bool:
    """Whether a message mentions the bot."""
    return bool(me) and any(token[1].partition("|")[0] == f"@{me}" for token in _TOKEN.finditer(text))


def mentions_others(text: str, me: str) -> bool:
    """Whether a message mentions somebody, a group, or all who are there, but the bot."""
    named = (token[1].partition("|")[0].partition("^")[0] for token in _TOKEN.finditer(text))
    return any(name in _GROUPS or (name.startswith("@") and name != f"@{me}") for name in named)


def stops(words: str) -> bool:
    """Whether somebody says that the answer shall end, and nothing else."""
    return bool(_STOP.fullmatch(words))


def people(words: str) -> tuple[str, ...]:
    """Give the ids by which words mention people, the first few."""
    return tuple(dict.fromkeys(_PERSON.findall(words)))[:_PEOPLE]


def named(words: str, names: Mapping[str, str]) -> str:
    """Put names for the ids of people; whoever has none is somebody."""
    return _PERSON.sub(lambda found: f"@{names.get(found[1], 'somebody')}", words)


def _token(inner: str, me: str) -> str:
    body, _, label = inner.partition("|")
    match body[:1]:
        case "@":
            return "" if body[1:] == me else f"@{label or body[1:]}"
        case "#":
            return f"#{label or body[1:]}"
        case "!":
            return label or f"@{body[1:].partition('^')[0]}"
        case _:
            return label or body
