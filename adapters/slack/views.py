"""What Slack shows beside conversations: forms, quotes, the app's own page, an introduction. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.escaping import clipped, safe
from adapters.slack import kit
from adapters.slack.answers import WHEN, quoted
from adapters.slack.escaping import mrkdwn, mrkdwn_date
from adapters.slack.events import Spot
from adapters.sources import aware, day
from adapters.spending import Spending, sentences
from adapters.telling import COMMENT_LIMIT, KEPT, REASONS, RESTS, UNREAD, WITHHELD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.parts import AnswerId, Citation
    from adapters.wishes import Past

REASON: Final = "reason"
ASK: Final = "ask"
SHOWN_QUOTES: Final = "shown_quotes"
"""What the views are called in what comes back."""

WHY: Final = "why"
COMMENT: Final = "comment"
QUESTION: Final = "question"
VALUE: Final = "value"
"""The fields of the forms; each has one element, named the last."""

_QUESTION_LIMIT: Final = 3_000
RECENT: Final = 5
"""Conversations that the page tells of."""
_RECENT_LIMIT: Final = 150
_CHANNEL: Final = re.compile(r"slack:[A-Z0-9]+:([CG][A-Z0-9]+):[0-9.]+")
"""A conversation in a channel that may be linked to, by its id."""

_ABILITIES: Final = """
Mention me in a channel or write to me under *Messages*. I answer from your team's documents, and each sentence says \
which one it comes from: *Quotes* below an answer shows the passages.
In a thread that I answered in, just go on asking. Write `stop` there, or press *Stop*, and I stop. Edit your question \
before I begin to answer, and I answer the new one.
`/ask` asks from anywhere, and *Ask about this message* is in the menu of each message. A thumb up or down on an \
answer tells those who look after me whether it was any good.
Where the documents say nothing about it, I say so instead of guessing.
""".strip()
_PRIVACY: Final = f"""
{KEPT}
{RESTS} What you ask under *Messages* is shown to nobody else in \
this workspace. Where you alone may read more, I offer to answer you there.
""".strip()
_UNREAD: Final = f"{UNREAD} Open the page again in a minute."


def showing(channel: str, stamp: str) -> str:
    """Name an answer by a message that shows it, where its id is not known."""
    return f"message {channel} {stamp}"


def about(metadata: str) -> tuple[str, Spot]:
    """Give the answer that a form is about, and where whoever sent it had looked."""
    answer, channel, thread = [*metadata.split("\n"), "", ""][:3]
    return answer, Spot(channel=channel, thread=thread)


def reason(answer: AnswerId, spot: Spot) -> kit.Modal:
    """Give the form that asks what is wrong with an answer. Raises ValueError where its id is too long."""
    options = [{"text": kit.words(label, kit.BUTTON_LIMIT), "value": value} for value, label in REASONS.items()]
    why: dict[str, object] = {"type": "radio_buttons", "action_id": VALUE, "options": options}
    blocks: list[kit.Block] = [
        _field(WHY, "What is wrong with it?", why),
        _field(COMMENT, "What would have been right?", _typed(COMMENT_LIMIT), optional=True),
    ]
    return _form(REASON, "Bad answer", "Send", f"{answer}\n{spot.channel}\n{spot.thread}", blocks)


def ask(subject: str, text: str) -> kit.Modal:
    """Give the form for a question about a message; ``subject`` comes back with it, ``text`` is what it says."""
    shown: kit.RichText = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": _shown(text)}]}],
    }
    return _form(ASK, "Ask about this", "Ask", subject, [shown, _field(QUESTION, "Question", _typed(_QUESTION_LIMIT))])


def looking(name: str) -> kit.Modal:
    """Give the view that stands for the sources until they are found; ``name`` is what it is then changed by."""
    return {**_sources([kit.context(["Looking them up…"])]), "external_id": name}


def quotes(citations: Sequence[Citation]) -> kit.Modal:
    """Give the view of an answer's sources with what they say; without any, say that they cannot be shown."""
    return _sources(quoted(citations) if citations else [kit.section(WITHHELD)])


def _sources(blocks: list[kit.Block]) -> kit.Modal:
    return {
        "type": "modal",
        "callback_id": SHOWN_QUOTES,
        "private_metadata": "",
        "title": kit.words("Sources", kit.TITLE_LIMIT),
        "close": kit.words("Close", kit.TITLE_LIMIT),
        "blocks": blocks,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What an admin sees besides: how many conversations were asked in, in a day and in a week.

    ``most`` is how many are told at most; None is not known.
    """

    day: int | None
    week: int | None
    most: int


def home(spending: Spending | None, recent: Sequence[Past] | None, overview: Overview | None = None) -> kit.Home:
    """Give the app's own page for one person: what it can do, their limits, their last questions, privacy.

    None is what cannot be read now; ``overview`` is for admins.
    """
    blocks: list[kit.Block] = [
        kit.header("What I can do here"),
        *map(kit.section, _ABILITIES.splitlines()),
        kit.header("Your limits"),
        kit.section("\n".join(mrkdwn(one) for one in sentences(spending)) if spending else _UNREAD),
        kit.header("Your last questions"),
        *_recent(recent),
        *(_admins(spending, overview) if overview else ()),
        kit.header("Privacy"),
        *map(kit.section, _PRIVACY.splitlines()),
    ]
    return {"type": "home", "blocks": blocks}


def _recent(past: Sequence[Past] | None) -> list[kit.Block]:
    if past is None:
        return [kit.section(_UNREAD)]
    lines = [_conversation(one) for one in past[:RECENT]]
    return [kit.section("\n".join(lines) or "You asked nothing yet. Write to me under *Messages*.")]


def _conversation(past: Past) -> str:
    """Give one as a line, with a link to its channel; it begins with the question that it began with."""
    channel = _CHANNEL.fullmatch(past.conversation)
    notes = [
        mrkdwn_date(aware(past.last_at), WHEN, day(aware(past.last_at))),
        f"in <#{channel[1]}>" if channel else "",
        f"{past.turns} questions" if past.turns > 1 else "",
    ]
    asked = mrkdwn(clipped(past.first_question, _RECENT_LIMIT)) or "…"  # who only mentions the bot says nothing
    return f"• {asked} · {' · '.join(note for note in notes if note)}"


def _admins(spending: Spending | None, overview: Overview) -> list[kit.Block]:
    """Give what only admins see: what is asked here, what it may cost, and where there is more to see."""
    limits = [one for one in spending.allowances if one.of == "workspace"] if spending else []
    cost = sentences(Spending(allowances=tuple(limits))) if limits else ["This workspace has no limit of its own."]
    if spending is None:
        cost = [_UNREAD]
    return [
        kit.header("For admins"),
        kit.section(
            f"*Asked here.* Conversations in the last day: {_counted(overview.day, overview.most)}, in the last seven "
            f"days: {_counted(overview.week, overview.most)}."
        ),
        kit.section(f"*Cost.* {mrkdwn(' '.join(cost))} On the server, `footnote usage` shows what was spent, by whom."),
        kit.section(
            "*Health.* On the server, `footnote doctor index` and `footnote doctor slack` check what I depend on."
        ),
    ]


def _counted(count: int | None, most: int) -> str:
    if count is None:
        return "not known just now"
    return f"{count} or more" if count >= most else str(count)


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
