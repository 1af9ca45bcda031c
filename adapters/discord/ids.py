"""The ids of buttons and forms: what is to be done, and with what; at most 100 characters. Pure.

An id reads ``f:{action}:{value}``, or ``f:{action}:{value}#{key}`` where a post is to be found again by its journal's
key. A question stands in it without its platform's name. An answer that is shown in direct messages has its guild
before it, ``{guild}/{answer}``, since nothing else says there which guild it is of. Anybody may forge one.
"""

from __future__ import annotations

import re
from typing import Final

STOP: Final = "s"
WANT: Final = "w"
PRIVATELY: Final = "p"
"""What is done with a question: its id follows."""

QUOTES: Final = "q"
UP: Final = "u"
DOWN: Final = "d"
AGAIN: Final = "a"
"""What is done with an answer: its id follows."""

REASON: Final = "r"
"""The form that asks why an answer is bad; the answer's id follows."""
ASK: Final = "k"
"""The form for a question about a message: ``{channel}:{message}`` follows."""

WHY: Final = "why"
COMMENT: Final = "comment"
QUESTION: Final = "question"
"""The fields of the forms."""

_LONGEST: Final = 100
_ID: Final = re.compile(r"f:([a-z]):([^#\s]{1,96})(?:#(\S{0,90}))?")
_ANSWER: Final = re.compile(r"(?:([1-9][0-9]{0,19})/)?([A-Za-z0-9_-]{1,64})")
_PLATFORM: Final = "discord:"


def named(action: str, value: str, key: str = "") -> str:
    """Give the id of a button or a form. Raises ValueError where it is too long."""
    found = f"f:{action}:{value.removeprefix(_PLATFORM)}" + (f"#{key}" if key else "")
    if len(found) > _LONGEST:
        raise ValueError("An id of a button has at most 100 characters.")
    return found


def parted(custom_id: str) -> tuple[str, str]:
    """Give the action and the value of an id; nothing where it is none of ours."""
    found = _ID.fullmatch(custom_id) if len(custom_id) <= _LONGEST else None
    return (found[1], found[2]) if found else ("", "")


def keyed(custom_id: str) -> str:
    """Give the journal's key that an id holds, if it holds one."""
    found = _ID.fullmatch(custom_id) if len(custom_id) <= _LONGEST else None
    return (found[3] or "") if found else ""


def question(value: str) -> str:
    """Give the question that a value names."""
    return f"{_PLATFORM}{value}"


def guild(question: str) -> str:
    """Give the guild of a question's id."""
    return question.removeprefix(_PLATFORM).partition(":")[0]


def answer(value: str) -> tuple[str, str]:
    """Give the guild that stands before an answer, if one does, and the answer; nothing where that is none."""
    found = _ANSWER.fullmatch(value)
    return (found[1] or "", found[2]) if found else ("", "")
