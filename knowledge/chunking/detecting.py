"""What kind of document this is, by its title and outline. Rather none than a wrong one: each rule asks for much."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.chunking.clauses import is_clause, labels, part
from knowledge.chunking.findings import opens_finding
from knowledge.chunking.outline import Prose, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import Genre
    from knowledge.chunking.outline import Section

_LEAST_CLAUSES: Final = 4
_LEAST_PHRASES: Final = 6
_LEAST_PHRASES_NAMED: Final = 4
"""Where the title is that of a contract; a guide to smart contracts has one too, and says “the contract” often."""
_STEM: Final = 6
"""Letters that tell apart what a text says: “this licence” and “the licence” are one phrase."""
_LEAST_TELLING: Final = 3
_LEAST_FINDINGS: Final = 2
_LONG: Final = 2_400
_LONG_PARAGRAPH: Final = 200

_CONTRACT: Final = re.compile(
    r"\b(?:agreement|contract|licen[cs]e|terms (?:of (?:use|service)|and conditions)|act|regulation|bylaws|lease|"
    r"treaty)\b",
    re.IGNORECASE,
)
_PHRASE: Final = re.compile(
    r"\b(?:here(?:by|in|under|to|of|inafter|with)|there(?:of|under)|whereas|notwithstanding|pursuant to|indemnif\w+|"
    r"governing law|governed by|th(?:e|is|ese) (?:parties|agreement|contract|licen[cs]e|terms)|shall|liab(?:le|ility)|"
    r"warrant(?:y|ies)|jurisdiction|severab\w+|force majeure|in witness|effective date|terminat(?:e|ion)|"
    r"paragraph \(\w\)|subsection|subparagraph)\b",
    re.IGNORECASE,
)
_NUMBER: Final = r"(?:(?:\d[\d.]*|[IVXLC]+|[A-Z])[.)]?\s+)?"
_LEGAL_HEADING: Final = re.compile(
    rf"{_NUMBER}(?:(?:terms and )?definitions|acceptance(?: of (?:the )?terms)?|(?:limitations? of )?liability|"
    r"(?:disclaimer of )?warrant(?:y|ies)|disclaimers?|indemni(?:ty|fication)|governing law(?: and jurisdiction)?|"
    r"jurisdiction|(?:term and )?termination|severability|assignment|entire agreement|force majeure|waiver|notices|"
    r"confidentiality|intellectual property(?: rights)?|amendments?|dispute resolution|arbitration|recitals|"
    r"payment terms)",
    re.IGNORECASE,
)
_POLICY: Final = re.compile(r"\b(?:polic(?:y|ies)|code of conduct)\b", re.IGNORECASE)
_POLICY_HEADING: Final = re.compile(
    rf"{_NUMBER}(purpose|scope|applicability|polic(?:y|ies)|policy statements?|(?:roles and )?responsibilities|"
    r"enforcement|exceptions|violations|compliance|non-?compliance|definitions|review|revision history|"
    r"related (?:documents|policies))(?: and .{1,40})?",
    re.IGNORECASE,
)
_POLICY_FRAME: Final = frozenset(["purpose", "scope", "applicability", "policy statement", "policy statements"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the rules look at. ``rows`` are the first cells of all tables, and ``code`` counts the code blocks."""

    title: str
    headings: Sequence[str]
    paragraphs: Sequence[str]
    findings: int
    rows: Sequence[str]
    code: int


def signs(title: str, sections: Sequence[Section]) -> Signs:
    """Gather them, in one pass."""
    blocks = [block for section in sections for block in section.blocks]
    paragraphs = [block.text for block in blocks if isinstance(block, Prose)]
    tables = [block for block in blocks if isinstance(block, Table)]
    return Signs(
        title=title,
        headings=[section.path[-1] for section in sections if section.path],
        paragraphs=paragraphs,
        findings=sum(opens_finding(section.path) for section in sections),
        rows=[row[0] for table in tables for row in (table.header, *table.rows)],
        code=len(blocks) - len(paragraphs) - len(tables),
    )


def detected(seen: Signs) -> tuple[Genre, str] | None:
    """Give the kind that a document's structure shows, and why; None where nothing shows one."""
    rules: tuple[tuple[Genre, str | None], ...] = (
        ("audit", _audit(seen)),
        ("policy", _policy(seen)),
        ("legal", _legal(seen)),
    )
    return next(((genre, why) for genre, why in rules if why), None)


def is_long_prose(seen: Signs) -> bool:
    """Whether there is running text alone: no heading, code or table, long, and in paragraphs instead of items."""
    size = sum(map(len, seen.paragraphs))
    prose = size >= _LONG and size / max(1, len(seen.paragraphs)) >= _LONG_PARAGRAPH
    return prose and not (seen.headings or seen.rows or seen.code)


def _audit(seen: Signs) -> str | None:
    """Two findings or more, with recommendations and one more of their parts."""
    if seen.findings < _LEAST_FINDINGS:
        return None
    parts = [found for name in (*seen.headings, *seen.rows) if (found := part(name))]
    parts.extend(found for text in seen.paragraphs for found in labels(text))
    others = [found for found in parts if not found.startswith("recommend")]
    if len(parts) - len(others) < _LEAST_FINDINGS or not others:
        return None
    return f"{seen.findings} of its sections are findings, with recommendations and {_listed(others)}"


def _legal(seen: Signs) -> str | None:
    """Clauses and the words of contracts, or a contract's title and the headings of one."""
    if seen.code:
        return None
    named = _CONTRACT.search(seen.title) is not None
    usual = list(dict.fromkeys(heading for heading in seen.headings if _LEGAL_HEADING.fullmatch(heading)))
    if named and len(usual) >= _LEAST_TELLING:
        return f"its title is that of a contract or law, and its headings are {_listed(usual)}"
    phrases = _phrases(seen) if (clauses := _clauses(seen)) else []
    if len(phrases) < (_LEAST_PHRASES_NAMED if named else _LEAST_PHRASES):
        return None
    return f"{clauses} are numbered clauses, and it says {_listed(phrases)}"


def _clauses(seen: Signs) -> str:
    """Say how many headings or paragraphs are clauses, where that is many of them."""
    for name, texts, share in (("headings", seen.headings, 2), ("paragraphs", seen.paragraphs, 4)):
        clauses = sum(map(is_clause, texts))
        if clauses >= _LEAST_CLAUSES and share * clauses >= len(texts):
            return f"{clauses} of {len(texts)} {name}"
    return ""


def _phrases(seen: Signs) -> list[str]:
    """Give the phrases of contracts and laws that it holds, one of each stem."""
    phrases: dict[str, str] = {}
    for text in seen.paragraphs:
        for found in _PHRASE.finditer(text):
            phrase = found[0].casefold()
            phrases.setdefault(phrase.split()[-1][:_STEM], phrase)
    return list(phrases.values())


def _policy(seen: Signs) -> str | None:
    """A policy's title and three of the headings of one; one of these says what it is for or whom it binds."""
    if seen.code or not _POLICY.search(seen.title):
        return None
    usual = {found[1].casefold(): heading for heading in seen.headings if (found := _POLICY_HEADING.fullmatch(heading))}
    if len(usual) < _LEAST_TELLING or not _POLICY_FRAME & usual.keys():
        return None
    return f"its title says policy, and its headings are {_listed(list(usual.values()))}"


def _listed(names: Sequence[str]) -> str:
    """Give the first three different ones, in quotes."""
    first = [f"“{name}”" for name in dict.fromkeys(names)][:3]
    return " and ".join((", ".join(first[:-1]), first[-1])) if len(first) > 1 else first[0]
