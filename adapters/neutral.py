"""Words that others wrote, for wherever they are shown: they can call nobody, and point and lead nowhere. Pure.

Titles, file names, quotes and a model's sentences pass here. Mentions lose the sign or the brackets that make a
platform call somebody (Slack's ``<!channel>`` and ``<@U1>``, Discord's ``@everyone``); what they say stays.
"""

from __future__ import annotations

import re
from typing import Final

from adapters.addresses import unlinked
from adapters.escaping import safe, safe_line

_CALLS: Final = re.compile(r"@(?=(?:everyone|here|channel|all)(?!\w))|<(?=[@!#]&?[^\s<>]{1,200}>)", re.IGNORECASE)


def neutral(text: str) -> str:
    """Give the text with its lines kept, and nothing in it that acts."""
    return _calling_nobody(unlinked(safe(text)))


def neutral_line(text: str) -> str:
    """Give the text on one line, and nothing in it that acts."""
    return _calling_nobody(unlinked(safe_line(text)))


def _calling_nobody(text: str) -> str:
    return _CALLS.sub("", text) if "@" in text or "<" in text else text
