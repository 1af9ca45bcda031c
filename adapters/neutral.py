"""Words that others wrote, for wherever they are shown: they can call nobody, and point and lead nowhere. Pure.

Titles, file names, quotes and a model's sentences pass here. Mentions lose the sign or the brackets that make a
platform call somebody (Slack's ``<!channel>`` and ``<@U1>``, Discord's ``@everyone``); what they say stays.
"""

from __future__ import annotations

import re
from typing import Final

from adapters.addresses import unlinked
from adapters.escaping import safe, safe_line

_CALLS: Final = re.compile(
    r"@{1,20}(?=(?:everyone|here|channel|all)(?!\w))"
    r"|<{1,20}(?=(?:[@!#]&?|/[\w-]{1,32}:\d|id:|t:\d|a?:\w{1,32}:\d)[^\s<>]{0,200}>)",
    re.IGNORECASE,
)
"""Discord also knows commands (``</ask:1>``), pages (``<id:guide>``), times (``<t:1>``) and emoji (``<:a:1>``)."""
_ROUNDS: Final = 20


def neutral(text: str) -> str:
    """Give the text with its lines kept, and nothing in it that acts."""
    return _neutral(safe(text))


def neutral_line(text: str) -> str:
    """Give the text on one line, and nothing in it that acts."""
    return _neutral(safe_line(text))


def _neutral(text: str) -> str:
    """Take out calls first: without their brackets, what is left may be an address."""
    return _calling_nobody(unlinked(_calling_nobody(text)))


def _calling_nobody(text: str) -> str:
    """Take the calls out, and those that come about by that; where there is no end to them, all that may call."""
    if "@" not in text and "<" not in text:
        return text
    for _ in range(_ROUNDS):
        bare = _CALLS.sub("", text)
        if bare == text:
            return text
        text = bare
    return text.replace("@", "").replace("<", "")
