"""Emoji as people's clients write them: characters, and names between colons. Pure."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = re.compile(r"(?<![\w:])(?::[\w+'-]{1,100}:)+(?!\w)")
"""``:pray:``, ``:+1::skin-tone-2:``, several in a row; not the middle of ``std::map::find`` or ``10:30:15``."""


def without_names(text: str) -> str:
    """Give a text without the emoji that are written as names; characters are no words anyway."""
    return _NAMES.sub(" ", text)
