"""Signs that a text gives orders to a language model, or hides some. Pure, and linear in the length of a text.

A tripwire tells, and does nothing: no document is dropped for it, no answer changed. Whoever wants past it gets past,
by another wording or another language; what contains an attack is that answers are verified against their passages.
Each sign is narrow, so that few honest texts show one, and a text that shows one is worth a look.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection

Sign: TypeAlias = str
"""What was seen, in a few words that may stand in a log."""

_PARTS: Final = {
    "<gap>": r"[\s\W_]{1,5}",
    "<few>": r"(?:[^\s.!?\n]{1,20}[\s,]{1,3}){0,4}",
    "<orders>": r"(?:instruction|prompt|direction|directive|guideline|rule|command|constraint|guardrail)s?\b",
    "<model>": r"(?:AI|assistant|chat-?bot|bot|language model|LLM|GPT)",
    "<overrule>": r"\b(?:ignore|disregard|forget|override|bypass|overrule|(?:do not|don't|stop) follow(?:ing)?)\b",
    "<secret>": r"(?:passwords?|secrets?|api keys?|tokens?|credentials|conversation|chat history|private \w{1,20})\b",
    "<answer>": r"(?:answers?|repl(?:y|ies)|responses?)\b",
    "<say>": r"(?:add|say|mention|recommend|include|insert|write|append|praise)\b",
}
_PATTERNS: Final[dict[Sign, str]] = {
    "overrules instructions": (
        r"<overrule><gap><few>(?:previous|prior|earlier|above|preceding|all|any|your|other|these|those|system)\b"
        r"<gap><few><orders>"
        r"|<overrule><gap>(?:everything|all|anything)\b<gap><few>(?:above|before|previously|prior|told|said)\b"
    ),
    "gives a new role": (
        r"\byou are (?:now|no longer) (?:an? |the |in )?(?:dan\b|unrestricted|unfiltered|evil|jailbroken|bound\b|free\b"
        r"|developer|<model>\b)"
        r"|\b(?:pretend (?:to be|that you are|you are)|role-?play as|act as if you (?:are|were)|act as) "
        r"(?:an? |the )?<few>(?:<model>|DAN|unrestricted|unfiltered|hacker|administrator)\b"
        r"|\bfrom now on,? you (?:are|act|answer|respond|reply|will|must)\b"
        r"|\b(?:developer|god|jailbreak|dan) mode (?:is )?(?:now )?(?:enabled|activated|on)\b"
    ),
    "speaks to the model": (
        r"\b(?:dear|attention|note (?:to|for)|instructions? (?:to|for)|message (?:to|for)|important for|hey|hello)\b,?"
        r"<gap>(?:the |any |all |an? )?(?:AI|LLM|language model|chat-?bot)s?(?: assistants?| models?| agents?)?\b"
        r"|\b(?:if|when) you are an? (?:AI|LLM|language model|chat-?bot)\b"
        r"|\b(?:AI|LLM)s?(?: assistants?| models?| agents?)?,? (?:must|should|reading this|that reads?|processing this)"
        r"\b<gap><few>(?:say|answer|respond|reply|recommend|include|add|mention|state|tell|output|follow|ignore)\b"
    ),
    "asks for the prompt": (
        r"\b(?:reveal|repeat|print|output|show|display|disclose|leak|reproduce|encode|translate|tell)\b"
        r"<gap><few>(?:system|hidden|initial|original|secret) (?:prompt|instructions?|rules)\b"
        r"|\b(?:reveal|repeat|print|output|disclose|leak|encode) (?:me )?your (?:prompt|instructions|rules)\b"
        r"|\brepeat (?:everything|all|the (?:text|words)) (?:above|before)\b"
    ),
    "asks to send something out": (
        r"\b(?:send|post|append|include|embed|exfiltrate|leak|forward|encode|put|upload)\b<gap><few>"
        r"<few><secret>.{0,60}?(?:https?:|\burl\b|\blink\b|\bimage\b|\bquery string\b|\bto\b.{0,20}@)"
        r"|!\[[^\]\n]{0,100}\]\(https?://[^)\s]{0,200}[?&][\w-]{1,30}=[{<\[$]"
    ),
    "orders an answer": (
        r"\b(?:always|only|must|should) (?:also )?<say>.{0,60}?\b(?:every|each|any|all|your) (?:of your )?<answer>"
        r"|\b(?:in|at the end of|to|into|begin|end|start|finish) (?:every|each|all of your|all your|your) <answer>"
        r"(?:<gap><few><say>| with\b)"
        r"|\b<say>.{0,60}?\b(?:in|to|into|at the end of|with) (?:every|each|all|your) (?:(?:of )?your )?<answer>"
        r"|\b(?:always|only) (?:answer|respond|reply) (?:with|that|by saying)\b"
    ),
    "imitates delimiters": (
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>|\[/?INST\]|<</?SYS>>"
        r"|</(?:system|instructions|passages?|documents?|context)>\s{0,5}(?:<|system|ignore|new|you)"
        r"|^[#=\-*\s]{1,8}(?:end of|begin|start of|new) (?:the )?(?:documents?|passages?|context|system prompt"
        r"|instructions?|system message)[#=\-*:.\s]{0,8}$"
        r"|^\s{0,8}(?:#{1,6} )?(?:system|assistant) ?(?:message|prompt|override)?:\s{0,3}(?:you|ignore|new|the user)\b"
    ),
}


def _pattern(written: str) -> re.Pattern[str]:
    for name, part in _PARTS.items():
        written = written.replace(name, part)
    return re.compile(written, re.IGNORECASE | re.MULTILINE)


_COMPILED: Final = tuple((sign, _pattern(written)) for sign, written in _PATTERNS.items())
_ENDS: Final = re.compile(r"[.!?]\s|\n")
_LONGEST: Final = 200
_TAGS: Final = range(0xE0000, 0xE0080)


@lru_cache(maxsize=512)  # the same passages are found again and again
def signs(text: str) -> tuple[Sign, ...]:
    """Say what of a text, without its invisible characters, looks like an order to a model; nothing, nearly always."""
    return tuple(sign for sign, pattern in _COMPILED if pattern.search(text))


def sentences(text: str) -> tuple[tuple[Sign, str], ...]:
    """Give each sign of a text with the sentence, or the line, that shows it first; at most 200 characters of it."""
    found = ((sign, pattern.search(text)) for sign, pattern in _COMPILED)
    return tuple((sign, _around(text, match)) for sign, match in found if match)


def _around(text: str, match: re.Match[str]) -> str:
    before = [end.end() for end in _ENDS.finditer(text, 0, match.start())]
    after = _ENDS.search(text, max(match.end() - 1, match.start()))
    return text[before[-1] if before else 0 : after.end() if after else None].strip()[:_LONGEST]


def spelled(source: str) -> str:
    """Give what tag characters spell: ASCII that no reader sees (Unicode 16, section 23.9)."""
    return "" if source.isascii() else "".join(chr(ord(char) - _TAGS.start) for char in source if ord(char) in _TAGS)


def unseen(text: str, tags: str, shown: Collection[Sign]) -> tuple[Sign, ...]:
    """Say what a document's source shows that what is read of it does not: it stands in comments or attributes."""
    found = dict.fromkeys((*signs(text), *signs(tags)))
    return tuple(f"{sign}, where no reader sees it" for sign in found if sign not in shown)
