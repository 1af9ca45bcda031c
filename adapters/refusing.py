"""A refusal in words and by its meaning, whatever a platform shows of it; its asker alone is concerned by it."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from adapters.markup import Paragraph, Plain
from adapters.parts import Ending, Text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from adapters.markup import Tree
    from adapters.parts import Part, Verdict

Mark: TypeAlias = Literal["limited", "paused", "failed"]
"""What a reaction on the message that asks can stand for."""
_MARKS: Final[Mapping[Verdict, Mark]] = {"limited": "limited", "paused": "paused", "failed": "failed"}
_WORDS: Final[Mapping[Verdict, str]] = {
    "limited": "You have asked me as much as I take from one person for now. Ask again later.",
    "paused": "I am paused here. I turn to your question as soon as I am resumed.",
}
"""What is said to an asker alone where nothing better is known."""
_FAILED: Final = "I could not answer this."


def mark(ending: Ending, *, silent: bool, worded: bool) -> Mark | None:
    """Give what stands for a refusal: at a silent place, and where it was said in words before."""
    meant = _MARKS.get(ending.verdict)
    return meant if silent or (not worded and ending.verdict != "failed") else None


def words(ending: Ending) -> Paragraph:
    """Give what a refusal says that has no words of its own."""
    return Paragraph((Plain(ending.told or _WORDS.get(ending.verdict, _FAILED)),))


def said(words: str) -> Tree:
    """Give a sentence of our own."""
    return (Paragraph((Plain(words),)),)


async def worded(parts: AsyncGenerator[Part]) -> AsyncGenerator[Part]:
    """Give the same, with words in a refusal that has none, where no message asks that a mark could stand on."""
    said = False
    async with aclosing(parts):
        async for part in parts:
            said = said or isinstance(part, Text)
            if isinstance(part, Ending) and part.verdict in _WORDS and not said:
                yield Text(block=words(part))
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


def refusal(found: Begun) -> Tree:
    """Give what a refusal says; nothing where what was begun is none."""
    last = found.parts[-1] if found.parts else None
    if not (isinstance(last, Ending) and last.verdict in _WORDS):
        return ()
    return tuple(part.block for part in found.parts if isinstance(part, Text)) or (words(last),)


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
