"""A refusal as Discord shows it: a mark on the message that asks, and words to its asker, whom alone they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord.beside import privately
from adapters.discord.contents import Content
from adapters.discord.errors import DiscordError, Refused
from adapters.discord.origins import origin
from adapters.discord.ways import Ticketed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters import refusing
    from adapters.discord.beside import Asides
    from adapters.markup import Tree
    from adapters.parts import Ending

MEMBERS: Final = "I answer only members of this server."
_EMOJI: Final[Mapping[refusing.Mark, str]] = {
    "limited": "\N{NO ENTRY SIGN}",
    "paused": "\N{DOUBLE VERTICAL BAR}\N{VARIATION SELECTOR-16}",
    "failed": "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
}
"""The reaction that stands for a refusal."""
_REACTION: Final = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"
_TELLING: Final = 2


async def marked(asides: Asides, mark: refusing.Mark, ending: Ending, tree: Tree) -> bool:
    """Mark the message that asks; where there are words for it, tell its asker why.

    Gives whether any of that can be seen: where it cannot, the words are to stand where the answer would.
    """
    question = asides.posting.question
    asked = origin(question)
    if asked.by != "message":
        return False
    try:
        await asides.calls.ask("PUT", _REACTION, channel_id=asked.channel, message_id=asked.message, emoji=_EMOJI[mark])
        seen = True
    except DiscordError:
        seen = False
    words = tree or (asides.sentence(ending.told) if ending.told else ())
    if words and question.place.private_to is None:
        seen = await privately(asides, _TELLING, Content(tree=words)) or seen
    return seen


async def whispered(asides: Asides, tree: Tree) -> bool:
    """Say something to whoever used a command or a button, and to nobody else; give whether they have it."""
    way, posting = asides.posting.way, asides.posting
    if not isinstance(way, Ticketed) or posting.question.place.private_to is not None:
        return False
    try:
        await way.whisper(posting.held(0), Content(tree=tree).body())
    except Refused:
        return False
    return True
