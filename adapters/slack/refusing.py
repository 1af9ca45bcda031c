"""A refusal as Slack shows it: a mark on the message that asks, and words to its asker, whom alone they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters import refusing
from adapters.slack.answers import notification
from adapters.slack.origins import origin
from adapters.slack.payload import direct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.markup import Tree
    from adapters.parts import Ending
    from adapters.slack.posting import Posting

MEMBERS: Final = "I answer only members of this workspace."
_NAMES: Final[Mapping[refusing.Mark, str]] = {
    "limited": "no_entry_sign",
    "paused": "double_vertical_bar",
    "failed": "warning",
}
"""The reaction that stands for a refusal."""


async def marked(posting: Posting, mark: refusing.Mark, ending: Ending, tree: Tree) -> bool:
    """Mark the message that asks; where others read it, tell its asker why. ``tree`` says it, or else the ending.

    Gives whether any of that can be seen: where it cannot, the words are to stand where the answer would.
    """
    asked = origin(posting.question)
    own = asked.stamp if asked.by == "message" and asked.channel == posting.channel else None
    seen = await posting.react(own, _NAMES[mark]) if own else False
    if not own or not direct(posting.channel):
        seen = await whispered(posting, tree or (refusing.words(ending),)) or seen
    return seen


async def whispered(posting: Posting, tree: Tree) -> bool:
    """Say something to the asker alone: in the thread, if something stands there beneath its first message."""
    asked, thread = origin(posting.question), posting.question.place.thread
    return await posting.whisper(notification(tree), thread if thread != asked.stamp else None)
