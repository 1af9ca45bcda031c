"""What people are told, or asked, in the same words on every platform that shows more than answers. Pure."""

from __future__ import annotations

from typing import Final

REASONS: Final = {
    "wrong": "It is wrong",
    "incomplete": "Something is missing",
    "outdated": "It is out of date",
    "sources": "The sources do not fit",
    "other": "Something else",
}
"""What may be wrong with an answer."""
COMMENT_LIMIT: Final = 2_000

KEPT: Final = (
    "I keep questions, answers and ratings, so that a conversation can go on and answers get better. Passwords and "
    "keys in what you write about a bad answer are masked."
)
RESTS: Final = "An answer rests only on what everybody who reads it may read."
UNREAD: Final = "This cannot be read just now."
WITHHELD: Final = (
    "What this answer rests on cannot be shown here now: not everybody here may read it, or it is not kept any more. "
    "*Ask again* answers from what may be read now."
)
