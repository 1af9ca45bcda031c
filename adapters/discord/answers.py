"""What stands around an answer on Discord: its sources and their quotes, buttons, progress. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord import escaping, kit
from adapters.discord.render import mark
from adapters.doing import doing
from adapters.doubting import doubt
from adapters.escaping import clipped
from adapters.neutral import neutral_line
from adapters.sources import aware, day, noted, path, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.discord.kit import Row
    from adapters.leaves import Links
    from adapters.parts import AnswerId, Citation, Ending, Status

_TITLE: Final = 120
_LONGEST: Final = 900
"""Characters of a source's line; what is behind its title goes before it may be longer."""
_QUESTION: Final = 300
_UNTITLED: Final = "Question"
MISSING: Final = "A part of this answer may not have been shown."
_ENDED: Final = frozenset({"answered", "cut", "stopped", "unknown"})


def small(words: str) -> str:
    """Give a line of small text, from what is Markdown already."""
    return f"-# {words}"


def source(citation: Citation, linked: Links) -> str:
    """Give one source as Markdown: its number, title and section, publisher, year or date, and its age if old.

    Its number is the link: a title might look like another address.
    """
    title = _named(path(citation) or citation.document)
    rest = noted(citation, _when(citation), _named, linked=citation.number in linked)
    number = mark(citation.number, linked)
    whole = f"{number} {title}{rest}"
    return whole if escaping.size(whole) <= _LONGEST else f"{number} {title}"


def _named(words: str) -> str:
    return escaping.line(clipped(words, _TITLE))


def _when(citation: Citation) -> str:
    """Give a source's date: a document's day, and what was said by the reader's own clock."""
    if citation.dated is None:
        return ""
    at = aware(citation.dated)
    return f"<t:{int(at.timestamp())}:f>" if citation.said else day(at)


def used(ending: Ending, citations: Sequence[Citation]) -> list[Citation]:
    """Give the sources that an answer used, in order of use."""
    known = {one.number: one for one in citations}
    return [known[number] for number in ending.cited if number in known]


def quoted(citation: Citation, linked: Links) -> str:
    """Give a source with the passage that the answer rests on."""
    return f"{source(citation, linked)}\n> {escaping.line(quote(citation)) or '…'}"


def lines(ending: Ending, citations: Sequence[Citation], linked: Links) -> list[str]:
    """Give the lines of small text below an answer that came to its end."""
    note = "Stopped." if ending.verdict == "stopped" else doubt(ending)
    return [small(one) for one in ([note] if note else []) + [source(one, linked) for one in used(ending, citations)]]


def closing(ending: Ending, citations: Sequence[Citation], question: str, guild: str = "") -> list[Row]:
    """Give the buttons below an answer that came to its end; in direct messages, nothing else says its ``guild``."""
    if ending.verdict == "offered":
        return offering(question)
    if ending.verdict not in _ENDED:
        return []
    answer = f"{guild}/{ending.answer}" if guild else ending.answer
    return after(answer, cited=bool(used(ending, citations)))


def after(answer: AnswerId, *, cited: bool) -> list[Row]:
    """Give the buttons below an answer: "Sources" where it cites, thumbs, and "Ask again"."""
    quotes = [(kit.QUOTES, "Sources")] if cited else []
    return _row(answer, *quotes, (kit.UP, "👍"), (kit.DOWN, "👎"), (kit.AGAIN, "Ask again"))


def stopping(question: str) -> list[Row]:
    """Give the button that stops an answer while it is written, by its question."""
    return _row(question, (kit.STOP, "Stop"))


def offering(question: str) -> list[Row]:
    """Give the button that has an old question answered after all."""
    return _row(question, (kit.WANT, "Yes, answer it"), style="primary")


def privately(question: str) -> list[Row]:
    """Give the button that has a question answered where only its asker reads."""
    return _row(question, (kit.PRIVATELY, "Answer me privately"), style="primary")


def _row(value: str, *buttons: tuple[str, str], style: kit.Style = "secondary") -> list[Row]:
    """Give buttons about one thing; none where its name has no room, since a cut one would mean another."""
    try:
        return [kit.row(*(kit.button(action, label, value, style) for action, label in buttons))]
    except ValueError:
        return []


def progress(status: Status | None) -> str:
    """Say what the bot does now, before anything of the answer is there."""
    words = doing(status) if status else "searching…"
    return small(words[:1].upper() + words[1:])


def title(question: str) -> str:
    """Name a thread after its question: plain words, of which Discord makes nothing."""
    return clipped(neutral_line(question), kit.NAME_LIMIT) or _UNTITLED


def asked(person: str, question: str, about: str = "") -> str:
    """Say who asked what, above an answer whose question stands in no message; ``about`` is where another stands.

    A mention without leave to mention calls nobody.
    """
    return f"<@{person}> asked{_which(about)}: {_words(question)}"


def you_asked(question: str, about: str = "") -> str:
    """Say to somebody alone what they asked."""
    return f"You asked{_which(about)}: {_words(question)}"


def _which(about: str) -> str:
    return f" about {escaping.link('this message', f'https://discord.com/channels/{about}')}" if about else ""


def offered(channel: str, question: str) -> str:
    """Say to somebody alone what they may see more about."""
    return f"In <#{channel}> you asked: “{_words(question)}”. I may show you more about it here than there."


def shut_out(channel: str, question: str) -> str:
    """Say to somebody alone why they have no answer."""
    return f"In <#{channel}> you asked: “{_words(question)}”. I cannot write there."


def forbidden(channel: str, question: str) -> str:
    """Say to somebody alone that the rules of their server withhold an answer, or the rest of it."""
    return f"In <#{channel}> you asked: “{_words(question)}”. A rule of the server (AutoMod) blocks my answer."


def _words(question: str) -> str:
    return escaping.line(clipped(question, _QUESTION)) or "…"
