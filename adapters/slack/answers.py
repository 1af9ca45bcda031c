"""What stands around an answer on Slack: its notification, sources and their quotes, buttons, progress. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.columns import text
from adapters.doubting import doubt
from adapters.escaping import clipped
from adapters.markup import CodeBlock, Listing, Quote, Table
from adapters.slack import kit
from adapters.slack.escaping import linkable, mrkdwn, mrkdwn_date, mrkdwn_link
from adapters.sources import aware, day, noted, path, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.markup import Block, Tree
    from adapters.parts import AnswerId, Citation, Ending

RATE: Final = "rate"
STOP: Final = "stop"
AGAIN: Final = "again"
QUOTES: Final = "quotes"
WANT: Final = "want"
PRIVATELY: Final = "privately"
WHY: Final = "why"
"""What the buttons of an answer are called in what comes back."""

UP: Final = "+"
DOWN: Final = "-"
"""What a thumb's value begins with; the answer's id follows."""

WHEN: Final = "{date_short_pretty} at {time}"
"""A moment, as Slack writes it for each reader."""

_LISTED: Final = 9
"""Sources in a list; one line of ten may say how many more there are."""
_TITLE: Final = 200
_SESSION_TITLE: Final = 200
_QUESTION: Final = 2_000


def notification(tree: Tree, limit: int = kit.TEXT_LIMIT) -> str:
    """Give the answer as plain words, for notifications and for clients without blocks; no link, no style."""
    return clipped("\n".join(_lines(tree)), limit) or "…"


def paragraphs(tree: Tree, limit: int = kit.SECTION_LIMIT) -> list[str]:
    """Give the answer as plain words in mrkdwn, in pieces that a section takes; no link, no style."""
    left, made = "\n".join(_lines(tree)), []
    while len(left) > limit:
        room = left[:limit]
        line = room.rfind("\n") + 1
        at = line if line > limit // 2 else room.rfind(" ") + 1 or len(room)
        made.append(left[:at])
        left = left[at:]
    return [piece for piece in (*made, left) if piece.strip()]


def _lines(tree: Tree) -> Iterator[str]:
    for block in tree:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Listing():
            for item in block.items:
                yield f"• {mrkdwn(text(item.children))}"
                yield from _lines(item.blocks)
        case Table():
            yield from (" · ".join(mrkdwn(text(cell)) for cell in row) for row in (block.header, *block.rows))
        case CodeBlock():
            yield mrkdwn(block.text)
        case Quote():
            yield from _lines(block.blocks)
        case _:
            yield mrkdwn(text(block.children))


def sources(citations: Sequence[Citation]) -> list[kit.Block]:
    """Give the list of sources as one small block, linked; none where there are none."""
    lines = [source(one) for one in citations[:_LISTED]]
    if more := len(citations) - len(lines):
        lines.append(f"and {more} more")
    return [kit.context(lines)] if lines else []


def source(citation: Citation) -> str:
    """Give one source as a line of mrkdwn: number, title and section, publisher, year or date, and its age if old."""
    title = _named(path(citation) or citation.document)
    rest = noted(citation, _when(citation), _named, linked=linkable(citation.url))
    linked = mrkdwn_link(title, citation.url) if citation.url and linkable(citation.url) else title
    line = f"[{citation.number}] {linked}{rest}"
    return line if len(line) <= kit.SECTION_LIMIT else f"[{citation.number}] {title}{rest}"


def _named(words: str) -> str:
    return mrkdwn(clipped(words, _TITLE))


def _when(citation: Citation) -> str:
    """Give a source's date in mrkdwn: a document's day, and what was said by the reader's own clock."""
    if citation.dated is None:
        return ""
    at = aware(citation.dated)
    return mrkdwn_date(at, WHEN, f"{day(at)}, {at:%H:%M} UTC") if citation.said else day(at)


def quoted(citations: Sequence[Citation]) -> list[kit.Block]:
    """Give each source with the passage that the answer rests on, for a view or for one person's eyes."""
    shown = citations[: (kit.BLOCKS_LIMIT - 1) // 2]
    blocks = [block for one in shown for block in _quoted(one)]
    if more := len(citations) - len(shown):
        blocks.append(kit.context([f"and {more} more"]))
    return blocks or [kit.section("This answer rests on no source.")]


def _quoted(citation: Citation) -> list[kit.Block]:
    words: dict[str, object] = {"type": "text", "text": quote(citation) or "…"}
    passage: kit.RichText = {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [words]}]}
    return [kit.section(source(citation)), passage]


def rating(answer: AnswerId) -> kit.ContextActions:
    """Give the thumbs below an answer. Raises ValueError where its id is too long for a button."""
    return kit.feedback(RATE, f"{UP}{answer}", f"{DOWN}{answer}")


def after(answer: AnswerId, *, cited: bool) -> list[kit.Block]:
    """Give what stands below an answer that is whole: thumbs, "Ask again" and, where it cites, "Quotes"."""
    buttons = [kit.button(AGAIN, "Ask again", answer)]
    if cited:
        buttons.insert(0, kit.button(QUOTES, "Quotes", answer))
    return [rating(answer), kit.actions(*buttons)]


def closing(ending: Ending, citations: Sequence[Citation], question: str) -> list[kit.Block]:
    """Give all that stands below an answer: the sources that it used, in order of use, and what can be done with it."""
    known = {one.number: one for one in citations}
    shown = [*sources([known[number] for number in ending.cited if number in known])]
    match ending.verdict:
        case "answered" | "cut" | "stopped" | "unknown":
            words = "Stopped." if ending.verdict == "stopped" else doubt(ending)
            noted = [kit.context([words])] if words else []
            return [*noted, *shown, *after(ending.answer, cited=bool(shown))]
        case "offered":
            return [*shown, offering(question)]
        case _:
            return shown


def asked(person: str, question: str, about: str = "") -> str:
    """Say in mrkdwn who asked what, above answers to a question that stands in no message.

    ``about`` is the address of a message that it is about, where that does not stand right above.
    """
    which = f" about {mrkdwn_link('this message', about)}" if linkable(about) else ""
    return f"<@{person}> asked{which}: {_words(question)}"


def you_asked(question: str, how: str = "") -> str:
    """Say in mrkdwn to somebody alone what they asked, and ``how``."""
    return f"You asked{how}: {_words(question)}"


def offered(channel: str, question: str) -> str:
    """Say in mrkdwn to somebody alone what they may see more about."""
    return f"In <#{channel}> you asked: “{_words(question)}”. I may show you more about it here than there."


def shut_out(channel: str, question: str) -> str:
    """Say in mrkdwn to somebody alone why they have no answer."""
    return f"In <#{channel}> you asked: “{_words(question)}”. I can no longer write there."


def about(channel: str, address: str) -> str:
    """Say in mrkdwn to somebody alone which message they asked about."""
    return (
        f" about {mrkdwn_link('this message', address)}" if linkable(address) else f" about a message in <#{channel}>"
    )


def _words(question: str) -> str:
    return mrkdwn(clipped(question, _QUESTION)) or "…"


def inviting(bot: str) -> kit.Context:
    """Say how to have answers where everybody reads them, to somebody who asked where the bot is no member."""
    return kit.context([f"Only you can see this. To ask me here with everybody: /invite <@{bot}>"])


def stopping(question: str) -> kit.Actions:
    """Give the button that stops an answer while it is written, by its question."""
    return kit.actions(kit.button(STOP, "Stop", question, "danger"))


def offering(question: str) -> kit.Actions:
    """Give the button that has an old question answered after all."""
    return kit.actions(kit.button(WANT, "Yes, answer it", question, "primary"))


def privately(question: str) -> kit.Actions:
    """Give the button that has a question answered where only its asker reads."""
    return kit.actions(kit.button(PRIVATELY, "Answer me here", question, "primary"))


def explaining(about: str) -> kit.Actions:
    """Give the button that opens the form for what is wrong with an answer."""
    return kit.actions(kit.button(WHY, "Tell me why", about))


def session_title(question: str) -> str:
    """Give a title for a conversation from its first question, in at most 200 characters."""
    return kit.words(question, _SESSION_TITLE)["text"]
