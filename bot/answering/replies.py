"""What the engine says in its own words. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapters.markup import Cite, Inline, Paragraph, Plain, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Citation

CLOSEST: Final = 3
"""Titles that an "I don't know" names, at most."""
_UNKNOWN: Final = "I don't know: I found no answer to that in the documents that everyone here may read."


def unknown(citations: Sequence[Citation]) -> Tree:
    """Say that the knowledge does not answer, and name the closest documents; the source list has the rest."""
    close = closest(citations)
    if not close:
        return (Paragraph((Plain(_UNKNOWN),)),)
    marks: list[Inline] = [Plain(f"{_UNKNOWN} The closest {'is' if len(close) == 1 else 'are'} ")]
    for place, line in enumerate(close):
        marks += [Plain(f"{_between(place, len(close))}“{line.title}” "), Cite(line.number)]
    return (Paragraph((*marks, Plain("."))),)


def closest(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Give the first line of each document, at most three."""
    documents: dict[str, Citation] = {}
    for line in citations:
        documents.setdefault(line.document, line)
    return tuple(documents.values())[:CLOSEST]


def renumbered(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Give only the closest, numbered from 1, for a table that holds nothing else."""
    return tuple(replace(line, number=number) for number, line in enumerate(closest(citations), 1))


def _between(place: int, number: int) -> str:
    if place == 0:
        return ""
    return " and " if place == number - 1 else ", "


def cut() -> Tree:
    """Say that an answer broke off."""
    return (Paragraph((Plain("The answer broke off here. What stands above is checked; ask again for the rest."),)),)


def limited() -> Tree:
    """Say that an answer is not all that the model would have said."""
    sentence = "The answer reached its limit of length here; ask for what is missing in a question of its own."
    return (Paragraph((Plain(sentence),)),)


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


def offer(ago: str) -> Tree:
    """Ask whether an old question is still wanted; ``ago`` is such as "2 hours ago"."""
    return told(f"You asked this {ago}, and I could not answer then. Do you still want it?")
