"""How a question came to be asked, as its id tells: by a message, a command, a shortcut or a button. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from adapters.base import Question

_STAMP: Final = r"[0-9]+\.[0-9]+"
_MESSAGE: Final = re.compile(rf"(?P<channel>[^:]+):(?P<stamp>{_STAMP})(?::[0-9.]+)?")
_ABOUT: Final = re.compile(r"shortcut:(?P<channel>[^:]+):(?P<stamp>[0-9.]+):.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """``channel`` and ``stamp`` are those of the message that asks it, or of the one that it is ``about``."""

    by: Literal["message", "command", "about", "again", "offer"]
    channel: str = ""
    stamp: str = ""


def origin(question: Question) -> Origin:
    """Say how a question came to be asked."""
    rest = question.id.removeprefix(f"{question.place.workspace}:")
    if rest.startswith("command:"):
        return Origin(by="command")
    if rest.startswith("again:"):
        return Origin(by="again")
    if about := _ABOUT.fullmatch(rest):
        return Origin(by="about", channel=about["channel"], stamp=about["stamp"])
    if message := _MESSAGE.fullmatch(rest):
        return Origin(by="message", channel=message["channel"], stamp=message["stamp"])
    return Origin(by="offer")
