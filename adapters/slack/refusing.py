"""A refusal as Slack shows it: a mark on the message that asks, and words to its asker, whom alone they concern."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters.markup import Paragraph, Plain
from adapters.parts import Ending, Text
from adapters.slack.answers import notification
from adapters.slack.escaping import mrkdwn
from adapters.slack.origins import origin
from adapters.slack.payload import direct

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.markup import Tree
    from adapters.parts import Part, Verdict
    from adapters.slack.posting import Posting

MEMBERS: Final = "I answer only members of this workspace."
_MARKS: Final[dict[Verdict, str]] = {
    "limited": "no_entry_sign",
    "paused": "double_vertical_bar",
    "failed": "warning",
}
"""The reaction that stands for a refusal."""
_WORDS: Final[dict[Verdict, str]] = {
    "limited": "You have asked me as much as I take from one person for now. Ask again later.",
    "paused": "I am paused here. I turn to your question as soon as I am resumed.",
}
"""What is said to an asker alone where nothing better is known."""


def mark(ending: Ending, *, silent: bool, worded: bool) -> str | None:
    """Give the reaction that stands for a refusal: at a silent place, and where it was said in words before."""
    name = _MARKS.get(ending.verdict)
    return name if silent or (not worded and ending.verdict != "failed") else None


async def marked(posting: Posting, name: str, ending: Ending, tree: Tree) -> bool:
    """Mark the message that asks; where others read it, tell its asker why. ``tree`` says it, or else the ending.

    Gives whether any of that can be seen: where it cannot, the words are to stand where the answer would.
    """
    asked = origin(posting.question)
    own = asked.stamp if asked.by == "message" and asked.channel == posting.channel else None
    seen = await posting.react(own, name) if own else False
    if not own or not direct(posting.channel):
        seen = await whispered(posting, notification(tree) if tree else _told(ending)) or seen
    return seen


def words(ending: Ending) -> Paragraph:
    """Give what a refusal says that has no words of its own."""
    return Paragraph((Plain(ending.told or _WORDS.get(ending.verdict, "I could not answer this.")),))


async def whispered(posting: Posting, text: str) -> bool:
    """Say mrkdwn to the asker alone: in the thread, if something stands there beneath its first message."""
    asked, thread = origin(posting.question), posting.question.place.thread
    return await posting.whisper(text, thread if thread != asked.stamp else None)


async def worded(parts: AsyncGenerator[Part]) -> AsyncGenerator[Part]:
    """Give the same, with words in a refusal that has none, where no message asks that a mark could stand on."""
    said = False
    async with aclosing(parts):
        async for part in parts:
            said = said or isinstance(part, Text)
            if isinstance(part, Ending) and part.verdict in _WORDS and not said:
                yield Text(block=Paragraph((Plain(part.told or _WORDS[part.verdict]),)))
            yield part


@dataclass(slots=True)
class Begun:
    """What came until it was known whether the question is taken, and what broke it meanwhile."""

    parts: list[Part] = field(default_factory=list)
    failure: Exception | None = None


async def begun(parts: AsyncGenerator[Part]) -> Begun:
    """Look at what comes until it is known whether the question is taken: a refusal is words and an ending."""
    found = Begun()
    try:
        async for part in parts:
            found.parts.append(part)
            if not isinstance(part, Text):
                break
    except Exception as error:  # noqa: BLE001 - it is raised where the parts are taken
        found.failure = error
    return found


def refusal(found: Begun) -> str | None:
    """Give a refusal in mrkdwn."""
    last = found.parts[-1] if found.parts else None
    if not (isinstance(last, Ending) and last.verdict in _WORDS):
        return None
    tree = tuple(part.block for part in found.parts if isinstance(part, Text))
    return notification(tree) if tree else _told(last)


async def resumed(found: Begun, parts: AsyncGenerator[Part]) -> AsyncGenerator[Part]:
    """Give what was looked at, and the rest; raises what broke it once what came before was given."""
    async with aclosing(parts):
        for part in found.parts:
            yield part
        if found.failure is not None:
            raise found.failure
        async for part in parts:
            yield part


async def told(words: str) -> AsyncGenerator[Part]:
    """Give a reply of our own."""
    yield Text(block=Paragraph((Plain(words),)))
    yield Ending(answer="", verdict="told")


def _told(ending: Ending) -> str:
    return mrkdwn(ending.told or _WORDS.get(ending.verdict, ""))
