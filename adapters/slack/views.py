"""What Slack shows beside conversations: forms, quotes, the app's own page, an introduction. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.escaping import safe
from adapters.slack import kit
from adapters.slack.answers import quoted
from adapters.slack.escaping import clipped, mrkdwn
from adapters.spending import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Turn
    from adapters.parts import AnswerId, Citation
    from adapters.spending import Spending

REASON: Final = "reason"
ASK: Final = "ask"
SHOWN_QUOTES: Final = "shown_quotes"
"""What the views are called in what comes back."""

WHY: Final = "why"
COMMENT: Final = "comment"
QUESTION: Final = "question"
VALUE: Final = "value"
"""The fields of the forms; each has one element, named the last."""

REASONS: Final = {
    "wrong": "It is wrong",
    "incomplete": "Something is missing",
    "outdated": "It is out of date",
    "sources": "The sources do not fit",
    "other": "Something else",
}
_COMMENT_LIMIT: Final = 2_000
_QUESTION_LIMIT: Final = 3_000
_RECENT: Final = 5
_RECENT_LIMIT: Final = 150


def reason(answer: AnswerId) -> kit.Modal:
    """Give the form that asks what is wrong with an answer. Raises ValueError where its id is too long."""
    options = [{"text": kit.words(label, kit.BUTTON_LIMIT), "value": value} for value, label in REASONS.items()]
    why: dict[str, object] = {"type": "radio_buttons", "action_id": VALUE, "options": options}
    blocks: list[kit.Block] = [
        _field(WHY, "What is wrong with it?", why),
        _field(COMMENT, "What would have been right?", _typed(_COMMENT_LIMIT), optional=True),
    ]
    return _form(REASON, "Bad answer", "Send", answer, blocks)


def ask(subject: str, text: str) -> kit.Modal:
    """Give the form for a question about a message; ``subject`` comes back with it, ``text`` is what it says."""
    shown: kit.RichText = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": _shown(text)}]}],
    }
    return _form(ASK, "Ask about this", "Ask", subject, [shown, _field(QUESTION, "Question", _typed(_QUESTION_LIMIT))])


def quotes(citations: Sequence[Citation]) -> kit.Modal:
    """Give the view of an answer's sources with what they say."""
    return {
        "type": "modal",
        "callback_id": SHOWN_QUOTES,
        "private_metadata": "",
        "title": kit.words("Sources", kit.TITLE_LIMIT),
        "close": kit.words("Close", kit.TITLE_LIMIT),
        "blocks": quoted(citations),
    }


def home(spending: Spending, recent: Sequence[Turn]) -> kit.Home:
    """Give the app's own page for one person: what it can do, their limits, their last answers, privacy."""
    blocks: list[kit.Block] = [
        kit.header("What I can do here"),
        kit.section(
            "Mention me in a channel or write to me here. I answer from your team's documents, and each sentence "
            "says which one it comes from. In a thread that I answered in, just go on asking."
        ),
        kit.section("`/ask` asks from anywhere. *Ask about this message* is in the menu of each message."),
        kit.header("Your limits"),
        kit.section("\n".join(mrkdwn(sentence) for sentence in sentences(spending))),
        kit.header("Your last questions"),
        *_recent(recent),
        kit.header("Privacy"),
        kit.section(
            "I keep questions, answers and ratings, so that a conversation can go on and answers get better. "
            "An answer rests only on what everybody who reads it may read."
        ),
    ]
    return {"type": "home", "blocks": blocks}


def _recent(turns: Sequence[Turn]) -> list[kit.Block]:
    lines = [f"{turn.asked_at.date().isoformat()} · {_line(turn.question)}" for turn in turns[:_RECENT]]
    return [kit.section("\n".join(lines) or "You asked nothing yet.")]


def _line(question: str) -> str:
    return mrkdwn(clipped(question, _RECENT_LIMIT))


def introduction(bot: str) -> list[kit.Block]:
    """Give what the bot says when it is added to a channel; ``bot`` is its user's id."""
    mention = f"<@{bot}>" if bot.isalnum() else "me"
    return [
        kit.section(
            f"Hello! Mention {mention} with a question, and I answer in its thread from your team's documents, with "
            "footnotes. I show here only what everybody in this channel may read."
        )
    ]


def _form(name: str, title: str, submit: str, about: str, blocks: list[kit.Block]) -> kit.Modal:
    if len(about) > kit.METADATA_LIMIT:
        raise ValueError(f"A view carries at most {kit.METADATA_LIMIT:,} characters, not {len(about):,}.")
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": about,
        "title": kit.words(title, kit.TITLE_LIMIT),
        "close": kit.words("Cancel", kit.TITLE_LIMIT),
        "submit": kit.words(submit, kit.TITLE_LIMIT),
        "blocks": blocks,
    }


def _field(name: str, label: str, element: dict[str, object], *, optional: bool = False) -> kit.Input:
    return {
        "type": "input",
        "block_id": name,
        "label": kit.words(label, kit.BUTTON_LIMIT),
        "optional": optional,
        "element": element,
    }


def _typed(limit: int) -> dict[str, object]:
    return {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": limit}


def _shown(text: str) -> str:
    return clipped(safe(text).strip(), _QUESTION_LIMIT) or "…"
