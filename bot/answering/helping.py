"""What the bot says of itself: what it can do, in the words of the platform that it is asked on. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.markup import Code, Item, Listing, Paragraph, Plain, Strong

if TYPE_CHECKING:
    from adapters.markup import Inline, Tree

WHO: Final = (
    "I am Footnote, a bot that looks answers up in your team's documents. A language model may write them, but I show "
    "only what the documents bear out, with a footnote on each sentence. Type help for more."
)
WHENCE: Final = (
    "From your team's documents, as far as everybody who reads the answer may read them. Each sentence has a footnote "
    "that leads to its source; where the documents say nothing, I say that I don't know."
)
_FILTERS: Final[tuple[Inline, ...]] = (
    Plain("Narrow the search inside a question: "),
    Code("year:2024"),
    Plain(", "),
    Code('publisher:"Acme Ltd"'),
    Plain(", "),
    Code("tag:security"),
    Plain(", "),
    Code("source:handbook"),
    Plain(", or product, version and kind in the same way."),
)
_FOLLOW: Final = "is read with the question before it."
_UNKNOWN: Final = (Plain("Where the documents do not answer, I say that I don't know, and name the closest ones."),)
_ANYWHERE: Final[tuple[tuple[Inline, ...], ...]] = (
    (Plain("Ask in plain words. I search the documents and answer with "), Strong((Plain("footnotes"),)), Plain(".")),
    (Plain(f"Ask on: a follow-up such as “and on Windows?” {_FOLLOW}"),),
    _FILTERS,
    _UNKNOWN,
    (Plain("Rate an answer: with + or - in a terminal, elsewhere with a thumb up or down."),),
)


def _said(about: str, quotes: str) -> tuple[tuple[Inline, ...], ...]:
    """Say what can be done where threads, commands and buttons are, by the names that these have there."""
    return (
        (
            Plain("Mention me with a question in a channel, or write to me directly. I answer in the thread, with "),
            Strong((Plain("footnotes"),)),
            Plain("."),
        ),
        (Plain(f"Ask on in that thread, without a mention: a follow-up such as “and on Windows?” {_FOLLOW}"),),
        (
            Code("/ask"),
            Plain(" asks from anywhere, and "),
            Strong((Plain(about),)),
            Plain(" is in the menu of each message."),
        ),
        (
            Plain("Write "),
            Code("stop"),
            Plain(" in the thread, or press "),
            Strong((Plain("Stop"),)),
            Plain(", to end it."),
        ),
        (
            Strong((Plain(quotes),)),
            Plain(" below an answer shows what it rests on, and "),
            Strong((Plain("Ask again"),)),
            Plain(" answers anew."),
        ),
        _FILTERS,
        _UNKNOWN,
        (Plain("Rate an answer with a thumb up or down below it."),),
    )


_THERE: Final = {
    "slack": _said("Ask about this message", "Quotes"),
    "discord": _said("Ask about this", "Sources"),
}


def help_tree(platform: str) -> Tree:
    """What the bot can do on a platform, as a person should read it."""
    items = _THERE.get(platform, _ANYWHERE)
    return (
        Paragraph((Plain("I answer questions from your team's documents and show where each sentence comes from."),)),
        Listing(tuple(Item(children) for children in items)),
    )
