"""What the engine says in its own words. Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapters.markup import Cite, Inline, Item, Listing, Paragraph, Plain, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.parts import Citation
    from bot.answering.conflicts import Conflict, Side
    from bot.money.base import Rate

CLOSEST: Final = 3
"""Titles that an "I don't know" names, at most."""
_UNKNOWN: Final = "I don't know: I found no answer to that in the documents that {} may read."
_DIFFERING: Final = "Sources differ here, or speak of different cases. In their own words, the newest first:"
_UNSUPPORTED: Final = (
    "I don't know: what I had written is not borne out by the documents, so I left it out. They may still answer it."
)
RESTING: Final = (
    "No language model could answer, so what I can give you here is quotes. Whoever runs me finds the reason in my log."
)
UNACCOUNTED: Final = (
    "I cannot keep account of money just now, and so I ask no language model; what I can give you here is quotes."
)
_FEW: Final = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WINDOWS: Final = {60: "a minute", 3_600: "an hour", 86_400: "a day"}


def unknown(citations: Sequence[Citation], *, dropped: int = 0, alone: bool = False, why: str | None = None) -> Tree:
    """Say that the knowledge does not answer, and point at the closest documents, whose titles the source list has.

    ``dropped`` are the parts of a draft that were not borne out, so that an answer may be there all the same; ``alone``
    says that nobody but the asker reads it, and ``why`` why nothing but what is public was read.
    """
    said = _UNSUPPORTED if dropped else _UNKNOWN.format("you" if alone else "everyone here")
    close = closest(citations)
    marks: list[Inline] = [Plain(said)]
    if close:
        marks.append(Plain(f" The closest document{' is ' if len(close) == 1 else 's are '}"))
        for place, line in enumerate(close):
            marks += [Plain(_between(place, len(close))), Cite(line.number)]
        marks.append(Plain("."))
    return (Paragraph(tuple(marks)), *(public_only(why) if why else ()))


def public_only(why: str) -> Tree:
    """Say why nothing but what is public was read."""
    return told(f"Here I read only what is public, because {why}.")


def privately() -> Tree:
    """Say that somebody alone may get more, in words that are the same whatever there is."""
    return told("Write to me directly if it may be something that only you may read.")


def withheld() -> Tree:
    """Stand for an earlier answer that may not be shown any more, whatever the reason is."""
    return told("What I answered here rests on documents that are gone, or that not everyone here may read now.")


def withheld_question() -> Tree:
    """Stand for the question to such an answer, where somebody else asked it."""
    return told("What was asked here is shown to whoever asked it.")


def closest(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Give the first line of each document, at most three; what people said is none."""
    documents: dict[str, Citation] = {}
    for line in citations:
        if not line.said:
            documents.setdefault(line.document, line)
    return tuple(documents.values())[:CLOSEST]


def renumbered(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Give only the closest, numbered from 1, for a table that holds nothing else."""
    return tuple(replace(line, number=number) for number, line in enumerate(closest(citations), 1))


def _between(place: int, number: int) -> str:
    if place == 0:
        return ""
    return " and " if place == number - 1 else ", "


def differing(conflicts: Sequence[Conflict]) -> Tree:
    """Quote what sources say differently, newest first, with their dates; which of it holds is not for a bot to say."""
    if not conflicts:
        return ()
    found: dict[str, Side] = {}
    for side in (side for conflict in conflicts for side in conflict.sides):
        found.setdefault(side.text, side)
    sides = sorted(found.values(), key=lambda side: side.changed, reverse=True)
    items = tuple(Item((Plain(f"“{one.text}” "), Cite(one.number), Plain(f", {_changed(one)}"))) for one in sides)
    return (Paragraph((Plain(_DIFFERING),)), Listing(items))


def _changed(side: Side) -> str:
    if side.dated is not None:
        return f"last changed on {side.dated.date().isoformat()}"
    return f"of {side.year}" if side.year is not None else "without a date"


def cut() -> Tree:
    """Say that an answer broke off."""
    return (Paragraph((Plain("The answer broke off here. What stands above is checked; ask again for the rest."),)),)


def limited() -> Tree:
    """Say that an answer is not all that the model would have said."""
    sentence = "The answer reached its limit of length here; ask for what is missing in a question of its own."
    return (Paragraph((Plain(sentence),)),)


def left_out(dropped: int, sentences: int) -> Tree:
    """Say how much of a draft was not shown; ``sentences`` of what was ``dropped`` were running text."""
    noun = "sentence" if dropped == sentences else "part"
    many = _FEW[dropped] if dropped < len(_FEW) else str(dropped)
    what = f"one {noun}" if dropped == 1 else f"{many} {noun}s"
    return told(f"I left out {what} that the sources do not support.")


def told(sentence: str) -> Tree:
    """Say an error's own sentence."""
    return (Paragraph((Plain(sentence),)),)


def broken(reference: str) -> Tree:
    """Say that something went wrong, without saying what: that is in the log under the reference."""
    return told(
        f"Something went wrong, and it is not your question's fault. Please ask again; the reference is {reference}."
    )


def apology(reference: str) -> Tree:
    """Say that no try at an answer came to its end."""
    return told(
        "I tried several times to answer this and could not finish. Please ask again; if that does not help, tell "
        f"whoever runs this bot the reference {reference}."
    )


def paused() -> Tree:
    """Say that nothing is answered here for now."""
    return told("Whoever runs me has paused me here. Your question is kept, and I turn to it as soon as I am resumed.")


def quoted_instead(told: str) -> str:
    """Say why an answer is quoted and not written; ``told`` is the limit's own sentence."""
    return f"{told} What I can give you here is quotes."


def denied(rate: Rate, wait: float) -> Tree:
    """Say that somebody asks too often, and from when on they may ask again."""
    window = _WINDOWS.get(rate.seconds, f"{rate.seconds} seconds")
    if not rate.most:
        return told(f"I take no questions here: whoever runs me allows none within {window}.")
    questions = "one question" if rate.most == 1 else f"{rate.most} questions"
    return told(
        f"You have asked {questions} within {window}, which is as many as I take from one person. "
        f"Ask again in {lasting(wait)}."
    )


def lasting(seconds: float) -> str:
    """Give a time to wait in the words of a person, rounded up."""
    for unit, name in ((3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds > unit or unit == 1:
            number = max(1, math.ceil(seconds / unit))
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    raise AssertionError


def offer(ago: str) -> Tree:
    """Ask whether an old question is still wanted; ``ago`` is such as "2 hours ago"."""
    return told(f"You asked this {ago}, and I could not answer then. Do you still want it?")
