"""Slack's blocks as plain dictionaries, each within its limits (docs.slack.dev/reference/block-kit). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NotRequired, TypeAlias, TypedDict

from adapters.escaping import clipped
from adapters.slack.escaping import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKDOWN_LIMIT: Final = 12_000
"""Characters of all Markdown blocks of a message together."""
BLOCKS_LIMIT: Final = 50
VIEW_BLOCKS_LIMIT: Final = 100
SECTION_LIMIT: Final = 3_000
HEADER_LIMIT: Final = 150
VALUE_LIMIT: Final = 2_000
TITLE_LIMIT: Final = 24
BUTTON_LIMIT: Final = 75
CONTEXT_LIMIT: Final = 10
TEXT_LIMIT: Final = 3_000
"""Of a message's fallback text; ``chat.update`` was seen to refuse 11,800 characters and to take 4,000."""
METADATA_LIMIT: Final = 3_000


class PlainText(TypedDict):
    """Words without any markup."""

    type: Literal["plain_text"]
    text: str
    emoji: bool


class Mrkdwn(TypedDict):
    """Text in Slack's own markup; ``verbatim``, nothing is made of its plain characters."""

    type: Literal["mrkdwn"]
    text: str
    verbatim: bool


class MarkdownBlock(TypedDict):
    """Real Markdown, which Slack translates."""

    type: Literal["markdown"]
    text: str


class Section(TypedDict):
    """A paragraph of mrkdwn."""

    type: Literal["section"]
    text: Mrkdwn


class Header(TypedDict):
    """A heading."""

    type: Literal["header"]
    text: PlainText


class Divider(TypedDict):
    """A line."""

    type: Literal["divider"]


class Context(TypedDict):
    """Small grey text."""

    type: Literal["context"]
    elements: list[Mrkdwn]


class RichText(TypedDict):
    """Text in elements that Slack does not parse."""

    type: Literal["rich_text"]
    elements: list[dict[str, object]]


class Table(TypedDict):
    """A table of at most 100 rows and 20 columns; one in a message."""

    type: Literal["table"]
    rows: list[list[RichText]]
    column_settings: list[dict[str, object]]


class Button(TypedDict):
    """A button; ``value`` comes back when it is pressed."""

    type: Literal["button"]
    action_id: str
    text: PlainText
    value: str
    style: NotRequired[Literal["primary", "danger"]]


class Actions(TypedDict):
    """A row of buttons."""

    type: Literal["actions"]
    elements: list[Button]


class Choice(TypedDict):
    """One of the two feedback buttons."""

    text: PlainText
    accessibility_label: str
    value: str


class Feedback(TypedDict):
    """Thumbs."""

    type: Literal["feedback_buttons"]
    action_id: str
    positive_button: Choice
    negative_button: Choice


class ContextActions(TypedDict):
    """Thumbs, below an answer."""

    type: Literal["context_actions"]
    elements: list[Feedback]


class Input(TypedDict):
    """A field of a form."""

    type: Literal["input"]
    block_id: str
    label: PlainText
    optional: bool
    element: dict[str, object]


Block: TypeAlias = (
    MarkdownBlock | Section | Header | Divider | Context | RichText | Table | Actions | ContextActions | Input
)


class Modal(TypedDict):
    """A view in front of the conversation."""

    type: Literal["modal"]
    callback_id: str
    private_metadata: str
    external_id: NotRequired[str]
    title: PlainText
    close: PlainText
    submit: NotRequired[PlainText]
    blocks: list[Block]


class Home(TypedDict):
    """The app's own page."""

    type: Literal["home"]
    blocks: list[Block]


def words(text: str, limit: int) -> PlainText:
    """Give a plain text object; what looks like an emoji's name stays as it is written."""
    return {"type": "plain_text", "text": plain(text, limit) or " ", "emoji": False}


def mrkdwn_text(text: str, limit: int = SECTION_LIMIT) -> Mrkdwn:
    """Give text that is mrkdwn already; Slack makes nothing of its plain characters."""
    return {"type": "mrkdwn", "text": clipped(text, limit) or " ", "verbatim": True}


def section(text: str) -> Section:
    """Give a paragraph of text that is mrkdwn already."""
    return {"type": "section", "text": mrkdwn_text(text)}


def header(text: str) -> Header:
    """Give a heading from words."""
    return {"type": "header", "text": words(text, HEADER_LIMIT)}


def context(lines: Sequence[str]) -> Context:
    """Give small text, at most ten lines of mrkdwn."""
    return {"type": "context", "elements": [mrkdwn_text(line) for line in lines[:CONTEXT_LIMIT]]}


def lines(blocks: Sequence[Block]) -> list[str]:
    """Give the small text among blocks, as the mrkdwn that it is: what of them can be read without blocks."""
    return [one["text"] for block in blocks if block["type"] == "context" for one in block["elements"]]


def actions(*buttons: Button) -> Actions:
    """Give a row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def button(action: str, label: str, value: str, style: Literal["primary", "danger"] | None = None) -> Button:
    """Give a button. Raises ValueError where its value is too long, since a cut one would mean something else."""
    made: Button = {"type": "button", "action_id": action, "text": words(label, BUTTON_LIMIT), "value": _valued(value)}
    return {**made, "style": style} if style else made


def feedback(action: str, up: str, down: str) -> ContextActions:
    """Give thumbs with the values that come back. Raises ValueError where one is too long."""
    thumbs: Feedback = {
        "type": "feedback_buttons",
        "action_id": action,
        "positive_button": _choice("Good answer", up),
        "negative_button": _choice("Bad answer", down),
    }
    return {"type": "context_actions", "elements": [thumbs]}


def _choice(label: str, value: str) -> Choice:
    return {"text": words(label, BUTTON_LIMIT), "accessibility_label": label, "value": _valued(value)}


def _valued(value: str) -> str:
    if not 0 < len(value) <= VALUE_LIMIT:
        raise ValueError(f"A button's value has 1 to {VALUE_LIMIT:,} characters, not {len(value):,}.")
    return value
