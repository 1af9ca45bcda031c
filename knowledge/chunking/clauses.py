"""Lines that open a section where nothing marks them as headings: ``2.1 Term``, ``ARTICLE IV``, ``FINDING 3``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LONGEST_LINE: Final = 160
_LONGEST_TITLE: Final = 100
_MOST_WORDS: Final = 14
_LEAST_LETTERS: Final = 4

_NUMBERED: Final = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,5})([.)]?)\s+(\S.*)")
_SIGNED: Final = re.compile(r"§{1,2}\s?\d+[a-z]?(?:\.\d+)*(?![\w,])\.?\s*[-–—:]?\s*(.*)")
_KEYED: Final = re.compile(
    r"((?i:part|chapter|title|schedule|annex|appendix|exhibit|article|art\.|section|clause))\s+"
    r"(?:[IVXLC]+|\d+(?:\.\d+)*[a-z]?|[A-Z])(?![\w'’])[.:)]?\s*[-–—:]?\s*(.*)",
)
_OUTER: Final = frozenset(["part", "chapter", "title", "schedule", "annex", "appendix", "exhibit"])
_FINDING: Final = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3})*[.)]?\s+)?(?:audit\s+)?"
    r"(?:finding|observation|issue|deficiency|weakness|exception|non-?conformity|non-?conformance)"
    r"(?:\s*(?:no\.?|number|nr\.?)?\s*[:#]?\s*(?:[a-z]{1,6}[-.])?\d[\w.-]{0,12}(?:\s*[-–—:.)]\s*|\s+|$)|\s*[:–—]\s+(?=\S))(.*)",
    re.IGNORECASE,
)
_CODED: Final = re.compile(r"\[?[A-Z]{1,6}-\d{1,4}(?:\]\s*[:.–—-]?|\s*[:.–—]|\s-)\s+(.*)")  # C-1: title, [H-02] title
_PARTS: Final = (
    r"(severity|(?:overall )?risk(?: rating| level)?|rating|priority|impact|likelihood|condition|criteri(?:a|on)|"
    r"(?:root )?cause|effect|consequence|evidence|recommendations?|recommended (?:action|mitigation)(?: steps)?|"
    r"corrective actions?|(?:agreed )?action plan|"
    r"(?:management|auditee|agency)(?:['’]?s)? (?:response|comments?|action plan)|"
    r"response|remediation|mitigation|responsible (?:party|person|owner)|target date|due date)"
)
_PART: Final = re.compile(rf"(?:[-*] )?{_PARTS}\s*(?::|$)", re.IGNORECASE)
_LABEL: Final = re.compile(rf"\b{_PARTS}\s*:", re.IGNORECASE)
_KNOWN: Final = re.compile(
    r"(?:executive )?summary|introduction|background|purpose|objectives?|scope|applicability|definitions|policy|"
    r"policy statement|(?:roles and )?responsibilities|procedures?|compliance|enforcement|exceptions|violations|"
    r"methodology|(?:detailed |audit )?(?:findings|observations)(?: and recommendations)?|conclusions?|recommendations|"
    r"review|revision history|related (?:documents|policies)|recitals",
    re.IGNORECASE,
)
_UNDERLINE: Final = re.compile(r"[=~*_-]{3,}")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a line opens: a section with a heading of this ``level``, outermost lowest."""

    level: int


CLAUSE: Final = Opening(99)
"""A clause without a title: a paragraph of its own, but no section."""
FINDING: Final = Opening(11)
PART: Final = Opening(12)
"""Of a finding. Where the finding itself stands depends on what is open."""
_FIRST, _CHAPTER, _ARTICLE, _NUMBER = (Opening(level) for level in (1, 2, 3, 4))
"""A text's own title, its chapters, its articles, and its numbered sections, of which each dot is a level more."""


def opening(line: str, before: str, after: str, following: str, *, first: bool) -> Opening | None:
    """Say what a line opens; None where it goes on.

    ``before`` and ``after`` are its neighbours, ``following`` is the next line that is not blank. ``first`` says that
    nothing but blank lines came before.
    """
    line = line.strip()
    if not line or len(line) > _LONGEST_LINE:
        return None
    before, after = before.strip(), after.strip()
    alone = not before and not after
    if found := _finding(line) or _article(line) or _numbered(line, before, following.strip(), alone=alone):
        return found
    known = _KNOWN.fullmatch(line.rstrip(" :")) or _in_capitals(line, after) or _underlined(line, after)
    if known and not before:
        return _FIRST if first else _CHAPTER
    return None


def is_finding(heading: str) -> bool:
    """Whether a heading names one finding of an audit, such as ``Observation 2: Shared passwords`` or ``[H-02] …``."""
    if len(heading) > _LONGEST_LINE:
        return False
    found = _FINDING.fullmatch(heading) or _CODED.fullmatch(heading)
    return found is not None and _titled(found[1])


def part(heading: str) -> str | None:
    """Give the part of a finding that a heading or line opens, such as ``recommendation``, in small letters."""
    found = _PART.match(heading[:_LONGEST_LINE])
    return found[1].casefold() if found else None


def labels(text: str) -> list[str]:
    """Give the parts of findings that a text labels (``Cause: …``), in small letters."""
    return [found[1].casefold() for found in _LABEL.finditer(text)]


def is_clause(line: str) -> bool:
    """Whether a heading or paragraph begins as a clause of a contract or law: ``§ 4``, ``Article 5``, ``2.1 Term``."""
    return any(pattern.match(line[:_LONGEST_LINE]) for pattern in (_SIGNED, _KEYED, _NUMBERED))


def _finding(line: str) -> Opening | None:
    if is_finding(line):
        return FINDING
    found = _PART.match(line)
    return (PART if found.end() == len(line) else CLAUSE) if found else None


def _article(line: str) -> Opening | None:
    if found := _SIGNED.fullmatch(line):
        return _ARTICLE if _titled(found[1]) else CLAUSE
    if found := _KEYED.fullmatch(line):
        level = _CHAPTER if found[1].casefold() in _OUTER else _ARTICLE
        return level if _titled(found[2]) else CLAUSE
    return None


def _numbered(line: str, before: str, following: str, *, alone: bool) -> Opening | None:
    """A numbered title, unless a neighbour is of the same list or the next line goes on with the sentence."""
    found = _NUMBERED.fullmatch(line)
    if not found:
        return None
    depth, capital = found[1].count("."), found[3].isupper()
    if not (found[2] or depth or capital):
        return None  # "30 days after …"
    siblings = (_NUMBERED.match(line[:_LONGEST_LINE]) for line in (before, following))
    listed = any(sibling is not None and sibling[1].count(".") == depth for sibling in siblings)
    title = _titled(found[3]) or (alone and _capitalised(found[3]))
    if capital or (title and not listed and not following[:1].islower()):
        return Opening(_NUMBER.level + depth)
    return CLAUSE


def _in_capitals(line: str, after: str) -> bool:
    """Whether a line is in capitals and does not go on in capitals."""
    return line.isupper() and _titled(line) and sum(map(str.isalpha, line)) >= _LEAST_LETTERS and not after.isupper()


def _underlined(line: str, after: str) -> bool:
    return bool(_UNDERLINE.fullmatch(after)) and _titled(line)


def _titled(text: str) -> bool:
    """Whether what follows a number, if anything, is a title and no sentence."""
    if not text:
        return True
    short = len(text) <= _LONGEST_TITLE and len(text.split()) <= _MOST_WORDS
    begins = text[0].isupper() or text[0].isdigit() or text[0] in "\"'“("
    return (
        short
        and begins
        and not text.endswith((",", ";"))
        and (text.isupper() or not text.endswith((".", ":", "?", "!")))
    )


def _capitalised(text: str) -> bool:
    """Whether all words that matter are in capitals: a title, though it ends with a full stop."""
    return all(word[0].isupper() or len(word) < 5 for word in text.split()) and _titled(text.removesuffix("."))  # noqa: PLR2004 - "with"
