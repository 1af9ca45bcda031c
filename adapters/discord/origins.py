"""How a question came to be asked, as its id tells: by a message, a command, a message's menu or a button. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from adapters.base import Place, Question

_MESSAGE: Final = re.compile(r"(?P<channel>[0-9]+):(?P<message>[0-9]+)(?::[0-9.]+)?")
_ABOUT: Final = re.compile(r"about:(?P<channel>[0-9]+):(?P<message>[0-9]+):[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """``channel`` and ``message`` are those of the message that asks it, or of the one that it is ``about``."""

    by: Literal["message", "command", "about", "again", "offer"]
    channel: str = ""
    message: str = ""


def origin(question: Question) -> Origin:
    """Say how a question came to be asked."""
    rest = question.id.removeprefix(f"{question.place.workspace}:")
    if rest.startswith("interaction:") and rest.count(":") == 1:
        return Origin(by="command")
    if rest.startswith("again:") and rest.count(":") > 1:
        return Origin(by="again")
    if about := _ABOUT.fullmatch(rest):
        return Origin(by="about", channel=about["channel"], message=about["message"])
    if message := _MESSAGE.fullmatch(rest):
        return Origin(by="message", channel=message["channel"], message=message["message"])
    return Origin(by="offer")


def guild(place: Place) -> str:
    """Give the guild of a place."""
    return place.workspace.partition(":")[2]
