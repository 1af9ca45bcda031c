"""What Discord shows to one person alone, and its forms, as JSON within its limits. Pure.

Limits are those of docs.discord.com/developers/components/reference and …/interactions/application-commands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from adapters.discord import acting, escaping, kit
from adapters.discord.answers import quoted
from adapters.discord.render import links
from adapters.escaping import clipped
from adapters.neutral import neutral_line
from adapters.spending import sentences
from adapters.telling import COMMENT_LIMIT, KEPT, REASONS, RESTS, UNREAD, WITHHELD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.parts import AnswerId, Citation
    from adapters.spending import Spending
    from adapters.wishes import Past

Json: TypeAlias = dict[str, Any]

PAGES: Final = 5
"""Messages that one page takes at most."""
UNKNOWN: Final = f"{UNREAD} Try again in a minute."
SOURCELESS: Final = "What I said here last rests on no document. Ask me something, and I say where the answer stands."
UNANSWERED: Final = "I have answered nothing here whose sources I could show you. Ask me something first."

_LABEL, _TYPED, _SELECT = 18, 4, 3
_PARAGRAPH: Final = 2
_DESCRIPTION: Final = 100
_QUESTION: Final = 2_000
_TITLE: Final = 200
_CHOICES: Final = 25
_CHOICE: Final = 100
_MORE: Final = 40
"""Characters that a line takes which says how many more there are."""
_WORD: Final = re.compile(r"\w+")

_HELP: Final = """
Mention me in a channel or write me a direct message. I answer from your team's documents, and each sentence says \
which one it comes from: *Sources* below an answer shows the passages.
In a thread that I answered in, just go on asking. Write `stop` there, or press *Stop*, and I stop. Edit your question \
before I begin to answer, and I answer the new one.
`/ask` asks from anywhere, also for your eyes only, and *Ask about this* is in the menu of each message, under Apps. \
A thumb up or down on an answer tells those who look after me whether it was any good.
`/sources` shows what my last answer rests on, `/usage` your limits, and `/privacy` what I keep.
Where the documents say nothing about it, I say so instead of guessing.
""".strip()
_PRIVACY: Final = f"""
{KEPT}
{RESTS} What you ask me in a direct message is shown to nobody else on this server. Where you alone may read more, I \
offer to answer you there.
""".strip()


def ask(channel: str, message: str, text: str) -> Json:
    """Give the form for a question about a message, which says ``text``."""
    field = {
        "type": _TYPED,
        "custom_id": acting.QUESTION,
        "style": _PARAGRAPH,
        "min_length": 1,
        "max_length": _QUESTION,
        "required": True,
    }
    about = clipped(neutral_line(text), _DESCRIPTION // 2)
    return _form(
        kit.custom(acting.ASK, f"{channel}:{message}"), "Ask about this", [_labelled("Question", field, about)]
    )


def reason(answer: AnswerId) -> Json:
    """Give the form that asks what is wrong with an answer. Raises ValueError where its id is too long."""
    options = [{"label": label, "value": value} for value, label in REASONS.items()]
    why = {"type": _SELECT, "custom_id": acting.WHY, "options": options, "required": True}
    comment = {
        "type": _TYPED,
        "custom_id": acting.COMMENT,
        "style": _PARAGRAPH,
        "max_length": COMMENT_LIMIT,
        "required": False,
    }
    fields = [_labelled("What is wrong with it?", why), _labelled("What would have been right?", comment)]
    return _form(kit.custom(acting.REASON, answer), "Bad answer", fields)


def alone(content: str) -> Json:
    """Give a message that one person sees."""
    return {**shown(content), "flags": kit.EPHEMERAL | kit.SUPPRESS_EMBEDS}


def shown(content: str) -> Json:
    """Give a message that calls nobody and previews nothing."""
    return {
        "content": content,
        "allowed_mentions": {"parse": []},
        "flags": kit.SUPPRESS_EMBEDS,
    }


def told(sentence: str) -> list[str]:
    """Give a sentence of the bot's own, in which words of others may stand."""
    return _pages([escaping.line(sentence)])


def quotes(citations: Sequence[Citation], question: str = "") -> list[str]:
    """Give an answer's sources with the passages that it rests on; without any, say that they cannot be shown."""
    linked = links(citations)
    about = [f"Asked last: {escaping.line(clipped(question, _TITLE))}"] if question else []
    return _pages([*about, *(quoted(one, linked) for one in citations)]) if citations else _pages([*about, WITHHELD])


def usage(spending: Spending | None) -> list[str]:
    """Give a person's limits; None is what cannot be read now."""
    return _pages([UNKNOWN] if spending is None else [escaping.line(one) for one in sentences(spending)])


def helping() -> list[str]:
    """Say what the bot can do."""
    return _pages(_HELP.splitlines())


def privacy() -> list[str]:
    """Say what is kept, and who sees what."""
    return _pages(_PRIVACY.splitlines())


def choices(past: Iterable[Past], typed: str) -> list[Json]:
    """Give the questions in which all words occur that are typed; one that is too long to be chosen whole is none."""
    wanted = _WORD.findall(typed.casefold())
    found: dict[str, str] = {}
    for one in past:
        question = " ".join(one.first_question.split())
        found.setdefault(question.casefold(), question)
    fitting = (one for one in found.values() if one and escaping.size(one) <= _CHOICE)
    matching = [one for one in fitting if all(word in one.casefold() for word in wanted)]
    return [{"name": one, "value": one} for one in matching[:_CHOICES]]


def introduction(me: str) -> str:
    """Give what the bot says when it is added to a guild; ``me`` is its user's id."""
    return (
        f"Hello! Mention <@{me}> with a question, and I answer in a thread from your team's documents, with footnotes. "
        "`/ask` asks from anywhere, and `/help` says what else I can do. I show in a channel only what everybody who "
        "sees it may read."
    )


def _pages(paragraphs: Sequence[str]) -> list[str]:
    """Put paragraphs into messages, whole; what the last of them has no room for is counted there."""
    pages = [""]
    for at, one in enumerate(paragraphs):
        last = len(pages) == PAGES
        room = kit.MESSAGE_LIMIT - (_MORE if last else 0)
        paragraph = clipped(one, room // 2) if escaping.size(one) > room else one
        joined = f"{pages[-1]}\n{paragraph}" if pages[-1] else paragraph
        if escaping.size(joined) <= room:
            pages[-1] = joined
        elif last:
            pages[-1] += f"\nand {len(paragraphs) - at} more"
            break
        else:
            pages.append(paragraph)
    return pages


def _labelled(label: str, component: Json, description: str = "") -> Json:
    described = {"description": description} if description else {}
    return {"type": _LABEL, "label": label, **described, "component": component}


def _form(custom_id: str, title: str, fields: list[Json]) -> Json:
    return {"custom_id": custom_id, "title": title, "components": fields}
