"""What to do with a message before any search: small talk, help, nothing at all, too long, or a question. Pure.

Small talk is recognised by rules that must match the whole message, so that "thanks, but how do I…" stays a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from adapters.emoji import without_names
from adapters.markup import Code, Paragraph, Plain, Tree
from bot.answering.filters import parsed
from bot.answering.helping import WHENCE, WHO, help_tree
from bot.errors import TooLong

if TYPE_CHECKING:
    from knowledge.base import Filter

LONGEST: Final = 10_000
"""Characters of a question, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A question for the knowledge: its words, and the filters that were written into it.

    ``before`` is what others said where it was asked, as far as it may lean on that.
    """

    text: str
    filters: tuple[Filter, ...]
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something to say at once, without searching."""

    tree: Tree


Route: TypeAlias = Search | Told

_NAME = r"(?: (?:footnote|bot|there|all|everyone|everybody|folks|team|friend|again|you))?"
_GREETING = rf"(?:hi+|hello+|hey+|hiya|howdy|yo|hallo|moin|good (?:morning|afternoon|evening|day)|greetings){_NAME}"
_THANKS = (
    r"(?:(?:ok(?:ay)?|great|cool|perfect|nice|awesome|super|got it|yes) )?"
    r"(?:thanks|thank you|thx|ty|cheers|many thanks|thanks a (?:lot|bunch|million|ton)|much appreciated|danke)"
    r"(?: (?:so much|very much|again|a lot|for (?:the|your) (?:help|answer|explanation)|for that|that help(?:s|ed)))?"
    rf"{_NAME}"
)
_PRAISE = (
    r"(?:ok(?:ay)?|great|cool|perfect|nice|awesome|super|got it|good (?:bot|job|answer)|well done|makes sense|i see|"
    r"understood|alright)"
)
_GOODBYE = rf"(?:(?:good ?)?bye(?: bye)?|see (?:you|ya)(?: later| soon| tomorrow)?|good night|cu|ciao|take care){_NAME}"
_MOOD = (
    rf"(?:how are you(?: doing)?(?: today)?|how is it going|how's it going|how do you do|what's up|whats up|sup){_NAME}"
)
_HELP = (
    r"(?:/?help(?: me)?(?: please)?|commands|usage|what can (?:you|i) (?:do|ask)(?: you)?(?: here)?|what do you do|"
    r"how (?:do|can) i use (?:you|this bot|the bot)|who are you|what are you|are you (?:a )?(?:bot|human|robot)|"
    r"how do you work|introduce yourself)"
)

_WHO = (
    r"(?:what's|whats|what is) your name|what are you called|who (?:made|built|wrote) you|"
    r"are you (?:an? )?(?:real )?(?:person|ai|llm|language model|chat ?bot|chat ?gpt|gpt(?: ?[0-9o]+)?|open ?ai|claude|"
    r"gemini|copilot)|wer bist du|wie hei(?:ß|ss)t du|bist du (?:eine? )?(?:mensch|bot|roboter|ki|chat ?gpt)"
)
_WHENCE = r"where do (?:your|the|these) answers come from"


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z", re.IGNORECASE)


_GREETS = _whole(rf"{_GREETING}(?: {_MOOD})?")
_SMALL: Final = (
    (_whole(_WHO), WHO),
    (_whole(_WHENCE), WHENCE),
    (_whole(_MOOD), "All well, and ready for a question."),
    (_whole(_THANKS), "You're welcome. Ask away."),
    (_whole(_PRAISE), "Good. Ask away."),
    (_whole(r"(?:please )?stop(?: it| please)?"), "Nothing that you asked is being answered here."),
    (_whole(_GOODBYE), "Goodbye. The conversation stays here for when you come back."),
)
_EMPTY = "There is no question in that message. Ask me something about your documents, or type help."


def routed(text: str, platform: str = "terminal") -> Route:
    """Choose the way of a message that was written on a platform; raises TooLong past 10,000 characters."""
    if len(text) > LONGEST:
        raise TooLong(
            f"That question has {len(text):,} characters; the most I can read is {LONGEST:,}. "
            "Please shorten it, or ask it in parts."
        )
    words = _bare(text)
    if not words:
        return Told(tree=_said(_EMPTY))
    if reply := _small_talk(words, platform):
        return Told(tree=reply)
    question, filters = parsed(text)
    if not _bare(question):
        return Told(tree=_only_a_filter())
    return Search(text=question, filters=filters)


def _small_talk(words: str, platform: str) -> Tree | None:
    if _GREETS.match(words):
        return _said("Hello! Ask me a question about your documents and I answer with footnotes. Type help for more.")
    if _whole(_HELP).match(words):
        return help_tree(platform)
    return next((_said(reply) for rule, reply in _SMALL if rule.match(words)), None)


def _bare(text: str) -> str:
    """The message as its words: punctuation at their edges, emoji and runs of space fall away."""
    plain = without_names(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    words = re.sub(r"[^\w'/]+", " ", plain).split()
    return " ".join(word for word in words if word.strip("'/_"))


def _said(sentence: str) -> Tree:
    return (Paragraph((Plain(sentence),)),)


def _only_a_filter() -> Tree:
    words = Plain("That is only a filter. Add a question, such as: "), Code("leave policy year:2021"), Plain(".")
    return (Paragraph(words),)
