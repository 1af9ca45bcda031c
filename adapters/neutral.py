"""Words that others wrote, for wherever they are shown: they can call nobody, and point and lead nowhere. Pure.

Titles, file names, quotes and a model's sentences pass here. Mentions lose the signs or the brackets that make a
platform call somebody or act (Slack's ``<!channel>`` and ``<@U1>``, Discord's ``@everyone`` and ``</command:1>``); what
they say stays.
"""

from __future__ import annotations

import re
from typing import Final

from adapters.addresses import unlinked
from adapters.escaping import safe, safe_line

_BRACKETED: Final = (
    r"[!#]&?[^\s<>]{1,200}>"  # Slack's broadcasts and groups, and channels
    r"|!date\^"  # Slack's dates, which hold spaces
    r"|/[\w-]{1,32}(?: [\w-]{1,32}){0,2}:\d"  # Discord's commands
    r"|(?:t|id|a?):[\w:-]{1,100}>"  # its times, pages and emoji
)
_CALLS: Final = re.compile(
    r"(?<![<@])[<@]++(?:(?<=@)(?=(?P<all>everyone|(?:here|channel|group|all)(?!\w)))"
    rf"|(?<=@)(?=[!&]?[^\s<>]{{1,200}}>)|(?<=<)(?={_BRACKETED}))",
    re.IGNORECASE,
)
"""A whole run of signs and brackets before what they act on: what is left of a part of one would act again."""


def neutral(text: str) -> str:
    """Give the text with its lines kept, and nothing in it that acts; done again, it changes nothing."""
    return unlinked(_calling_nobody(safe(text)))


def neutral_line(text: str) -> str:
    """Give the text on one line, and nothing in it that acts; done again, it changes nothing."""
    return unlinked(_calling_nobody(safe_line(text)))


def _calling_nobody(text: str) -> str:
    """Take calls out before addresses: without their brackets, what is left may be one."""
    return _CALLS.sub(_uncalled, text) if "@" in text or "<" in text else text


def _uncalled(found: re.Match[str]) -> str:
    """Keep the sign of a single person, who is called by brackets alone."""
    return "" if found["all"] else found[0].replace("<", "")
