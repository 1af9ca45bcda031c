"""Whether a question is about the place that it is asked in, or hands on what somebody else asked there. Pure.

The rules name whole phrases: a question that is stopped by mistake loses its answer, and one that is not costs a call.
"""

from __future__ import annotations

import re
from typing import Final

from knowledge.trimming import sentences

_PLACE = r"(?:thread|conversation|discussion|chat|exchange)"
_FILE = r"(?:file|files|attachment|attachments|attached|document|table|spreadsheet|upload)"
_TALK: Final = re.compile(
    rf"\b(?:this|the (?:whole|entire)) {_PLACE}\b"
    rf"|\b(?:summari[sz]e|sum up|recap|tl;?dr)\b(?:.{{0,40}}\b(?:this|above|here|so far)\b|[\s.!?]*\Z)"
    rf"|\b(?:did|do|have|are|were) we\b.{{0,60}}\b(?:here|above|so far)\b"
    rf"|\b(?:said|decided|agreed|discussed|written|posted|mentioned|suggested|proposed)\b.{{0,20}}\b(?:above|so far)\b"
    rf"|\b(?:messages?|posts?|said) above\b|\babove (?:messages?|posts?)\b"
    rf"|\bdiese[mnrs]? (?:thread|faden|unterhaltung|gespräch|diskussion)\b"
    rf"|\bwir\b.{{0,40}}\b(?:hier|oben|bisher)\b|\b(?:hier|oben|bisher)\b.{{0,40}}\bwir\b"
    rf"|\bfass\w*\b.{{0,40}}\bzusammen\b",
    re.IGNORECASE,
)
_FILES: Final = re.compile(
    rf"\b(?:this|these|the attached|my) {_FILE}\b|\bdiese[mnrs]? (?:datei|anhang)\b", re.IGNORECASE
)
_HANDS_ON: Final = re.compile(
    r"(?:please |hey |hi |so )*"
    r"(?:(?:can|could|would|will|do) you (?:please )?(?:answer|help|explain|know|say)|answer|help|explain"
    r"|any idea|any ideas|any thoughts|thoughts|what do you (?:think|say)"
    r"|kannst du (?:das )?(?:beantworten|helfen)|weißt du das|was meinst du)"
    r"(?: (?:with|to|on|about|us|me|him|her|them|this|that|it|here|there|the|question|above|please|more|dazu|das))*"
    r"[\s.?!]*",
    re.IGNORECASE,
)
_LONGEST: Final = 2_000
"""Characters that are looked at: who writes more asks for more than what stands above."""


def points(question: str) -> bool:
    """Whether a question is about what was said where it is asked, or about a file that stands there."""
    return points_at_talk(question) or bool(_FILES.search(question[:_LONGEST]))


def points_at_talk(question: str) -> bool:
    """Whether a question is about what was said where it is asked."""
    return bool(_TALK.search(question[:_LONGEST]))


def hands_on(question: str) -> bool:
    """Whether somebody only wants what was asked before them to be answered."""
    return bool(_HANDS_ON.fullmatch(question.strip()[:_LONGEST]))


def asks_only(text: str) -> bool:
    """Whether a message says nothing, but asks."""
    return all(one.rstrip("\"'”’) ").endswith("?") for one in sentences(text))
