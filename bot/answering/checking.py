"""A unit of a model's answer into a checked block, or nothing. Pure.

What comes out cites only numbers of the table, and each sentence in it is supported by the passages it cites. Lead-ins
and headings claim nothing; the engine shows them only before something that was checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, Protocol

from adapters.markup import (
    Block,
    Cite,
    Code,
    CodeBlock,
    Emphasis,
    Heading,
    Inline,
    Item,
    Listing,
    Paragraph,
    Plain,
    Strong,
    Table,
)
from adapters.parts import Verification
from bot.answering.evidence import Evidence, holding_code
from bot.answering.verify import judged
from bot.reading.claims import claim
from bot.reading.inlines import cleaned, numbers, plain, read, without_cites
from bot.reading.negations import negations
from bot.reading.particulars import particulars
from bot.reading.prose import cells, spoken
from bot.reading.rows import misplaced
from bot.reading.rows import row as row_of
from bot.reading.units import Unit
from bot.reading.units import split as units_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.answering.verify import Judgement

_LANGUAGES: Final = frozenset(
    """bash bat c clojure cmake console cpp cs csharp css csv dart diff docker dockerfile elixir env erlang fish go
    graphql groovy haskell hcl html http ini java javascript js json json5 jsonc jsx julia kotlin less lua make makefile
    markdown md nginx nix objc perl php plaintext powershell properties proto ps1 py python r rb regex rs ruby rust sass
    scala scss sh shell sql swift terraform text toml ts tsx txt typescript vb vim xml yaml yml zig zsh""".split()  # noqa: SIM905
)
"""What may stand behind a fence: a model's own word there would be shown unverified."""
_DEEPEST: Final = 3
_LONGEST_HEADING: Final = 10
_NOUN: Final = 2
"""Words of the question that are a name at most, and no sentence yet."""
_VERB = re.compile(
    r"\b(?:am|are|be|been|being|can|could|did|do|does|had|has|have|is|may|might|must|need|needs|ought|shall|should|was"
    r"|were|will|would|always|only|every|all|any)\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"(?:to|for|here|steps?|run|use|try|then|next|first|finally|example|examples|"
    r"the (?:following|steps?|options?)|these)\b.*:\Z",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:(?:sure|certainly|of course|okay|ok)[,.!]? ?)?(?:here (?:is|are|'s) (?:what i found|how|"
    r"the (?:answer|steps|details|summary))|here's (?:what i found|how)|in short|in summary|for example|in other words|"
    r"(?:this|that) is what the (?:documents|passages|sources) say)(?: (?:about (?:it|this|that)))?[:.,]?\Z",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"\b(?:let me know|feel free|happy to|glad|(?:i )?hope (?:this|that|it)|you(?:'re| are) welcome"
    r"|any (?:other |more |further )?questions|(?:great|good) question|sorry|thank)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A block that may be shown: a claim with its citations, or a lead-in or heading that needs one to follow."""

    block: Block
    sort: Literal["claim", "lead-in", "heading"]
    used: tuple[tuple[int, str], ...] = ()
    """Which passage supports which sentence, in plain words."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What checking a draft comes to, unit by unit: the marks that it wrote and those that hold, and what was dropped.

    ``likelihoods`` are those of what is shown, ``sentences`` how many of the ``dropped`` were running text.
    """

    found: int = 0
    valid: int = 0
    contradictions: int = 0
    dropped: int = 0
    sentences: int = 0
    likelihoods: list[float] = field(default_factory=list)

    def judge(self, judgement: Judgement, own: Sequence[int]) -> None:
        """Count a sentence, and the marks that it wrote itself."""
        self.found += len(own)
        self.valid += len(set(own) & set(judgement.numbers))
        self.contradictions += judgement.denied
        if judgement.numbers:
            self.likelihoods.append(judgement.likelihood)

    def drop(self, *, sentence: bool) -> None:
        """Count what is left out."""
        self.dropped += 1
        self.sentences += sentence

    @property
    def verification(self) -> Verification:
        """Give the record of it all."""
        weighed = len(self.likelihoods) + self.contradictions
        return Verification(
            found=self.found,
            valid_citations=self.valid,
            contradictions=self.contradictions,
            dropped=self.dropped,
            confidence=round(sum(self.likelihoods) / weighed, 3) if weighed else 0.0,
        )


class Checks(Protocol):
    """Says what of a model's answer may be shown; ``Checker`` does."""

    def check(self, unit: Unit, tally: Tally | None = None) -> Checked | None:
        """Give what of a unit may be shown; None where nothing may. ``tally`` takes note of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker(Checks):
    """Checks units against the numbered passages; ``question`` may be repeated without support."""

    question: str
    table: Mapping[int, Evidence]

    def check(self, unit: Unit, tally: Tally | None = None) -> Checked | None:
        """Give what of a unit may be shown; None where nothing may. ``tally`` takes note of it."""
        tally = tally or Tally()
        match unit.sort:
            case "sentence":
                return self._sentence(unit.text, tally)
            case "item":
                return self._item(unit, tally)
            case "row":
                return self._row(unit, tally)
            case "code":
                return self._code(unit, tally)
            case "heading":
                return self._heading(unit)

    def _sentence(self, text: str, tally: Tally) -> Checked | None:
        nodes = read(text)
        bare = without_cites(nodes)
        words = plain(bare).strip()
        leads = _HARMLESS.match(words) or self._leads(words)
        if leads and not numbers(nodes):
            return Checked(block=Paragraph(bare), sort="lead-in")
        cited, used = self._cited(nodes, tally)
        if not used:
            if numbers(nodes) or _asserts(words):
                tally.drop(sentence=True)
            return None
        return Checked(block=Paragraph(cited), sort="claim", used=used)

    def _cited(self, nodes: tuple[Inline, ...], tally: Tally) -> tuple[tuple[Inline, ...], tuple[tuple[int, str], ...]]:
        """Give a sentence's nodes with the marks that hold, and what they support; nothing where none does."""
        bare = without_cites(nodes)
        text = plain(bare).strip()
        own = numbers(nodes)
        judgement = judged(text, _codes(bare), own, self.table)
        tally.judge(judgement, own)
        shown = judgement.numbers
        used = tuple((number, text) for number in shown)
        if not shown:
            return (), ()
        if shown == own:
            return nodes, used
        return (*bare, Plain(" "), *(Cite(number) for number in shown)), used

    def _announced(self, words: str) -> bool:
        """Whether a heading is a title's own words, or names a thing that was asked for, and claims nothing."""
        bare = spoken(words)
        if any(f" {bare} " in f" {title} " for one in self.table.values() for title in one.titles):
            return True
        given = claim(words)
        titled = any(given.words <= one.about.words for one in self.table.values())
        asked = given.words <= claim(self.question).words and len(given.words) <= _NOUN
        return (titled or asked) and _claimless(words)

    def _leads(self, words: str) -> bool:
        """Whether a lead-in only repeats what was asked and the names of titles, and claims nothing."""
        if not _LEAD_IN.match(words) or words.count(":") > 1:
            return False
        known = claim(self.question).words.union(*(one.about.words for one in self.table.values()))
        return claim(words).words <= known and _claimless(words)

    def _titled(self, header: Sequence[tuple[Inline, ...]], shown: Sequence[int]) -> bool:
        """Whether the words over a table are a row of the passages it cites, or stand in them and claim nothing."""
        words = " ".join(plain(without_cites(cell)) for cell in header)
        if any(self.table[number].quotes(words) for number in shown):
            return True
        held = frozenset[str]().union(*(self.table[number].words for number in shown))
        return claim(words).words <= held and _claimless(words)

    def _item(self, unit: Unit, tally: Tally, depth: int = 0) -> Checked | None:
        children: list[Inline] = []
        blocks: list[Block] = []
        used: list[tuple[int, str]] = []
        for part in units_of(unit.text):
            found = self._part(part, tally, depth)
            if found is None:
                continue
            used += found.used
            match found.block:
                case Paragraph(more) if not blocks:
                    children += [Plain(" "), *more] if children else more
                case block:
                    blocks.append(block)
        if not used or not children:
            return None
        start = int(unit.head) if unit.head else None
        nested = _gathered(blocks)
        return Checked(block=Listing((Item(tuple(children), nested),), start), sort="claim", used=tuple(used))

    def _part(self, part: Unit, tally: Tally, depth: int) -> Checked | None:
        if part.sort != "item":
            return self.check(part, tally)
        return self._item(part, tally, depth + 1) if depth < _DEEPEST else None

    def _row(self, unit: Unit, tally: Tally) -> Checked | None:
        header = tuple(read(cell) for cell in cells(unit.head))
        row = [read(cell) for cell in cells(unit.text)][: len(header)]
        row += [()] * (len(header) - len(row))
        bare = tuple(node for cell in row for node in (*without_cites(cell), Plain(" ")))
        own = tuple(dict.fromkeys(number for cell in row for number in numbers(cell)))
        text = plain(bare).strip()
        judgement = judged(text, _codes(bare), own, self.table, row=True)
        shown = judgement.numbers
        moved = misplaced(row_of(unit.head, unit.text), [one for number in shown for one in self.table[number].rows])
        if moved or not shown or not self._titled(header, shown):
            tally.judge(replace(judgement, numbers=(), denied=judgement.denied or moved), own)
            tally.drop(sentence=False)
            return None
        tally.judge(judgement, own)
        if shown != own:
            row = [without_cites(cell) for cell in row]
            last = max((at for at, cell in enumerate(row) if cell), default=0)
            row[last] = (*row[last], Plain(" "), *(Cite(number) for number in shown))
        titles = tuple(without_cites(cell) for cell in header)
        return Checked(block=Table(titles, (tuple(row),)), sort="claim", used=tuple((n, text) for n in shown))

    def _code(self, unit: Unit, tally: Tally) -> Checked | None:
        shown = holding_code(unit.text, self.table)[:1]
        if not shown:
            tally.drop(sentence=False)
            return None
        tally.likelihoods.append(1.0)
        language = unit.head.split()[0].casefold() if unit.head.split() else ""
        block = CodeBlock(cleaned(unit.text), language if language in _LANGUAGES else "", shown)
        return Checked(block=block, sort="claim", used=((shown[0], unit.text),))

    def _heading(self, unit: Unit) -> Checked | None:
        nodes = without_cites(read(unit.text))
        words = plain(nodes)
        if not spoken(words) or len(words.split()) > _LONGEST_HEADING or not self._announced(words):
            return None
        return Checked(block=Heading(int(unit.head), nodes), sort="heading")


def _asserts(words: str) -> bool:
    """Whether an uncited sentence said something: small talk and lead-ins are not missed."""
    return not (words.endswith(":") or _SMALL_TALK.search(words)) and len(claim(words).words) > _NOUN


def _claimless(words: str) -> bool:
    """Whether words only name something: no verb that asserts or allows, no negation, number or exact name."""
    given = claim(words)
    return not (negations(words) or given.numbers or given.exact or particulars(words).needs or _VERB.search(words))


def _codes(nodes: Sequence[Inline]) -> tuple[str, ...]:
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Code):
            found.append(node.text)
        elif isinstance(node, Strong | Emphasis):
            found += _codes(node.children)
    return tuple(found)


def _gathered(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Put neighbouring items of nested lists into one list each."""
    gathered: list[Block] = []
    for block in blocks:
        last = gathered[-1] if gathered else None
        if isinstance(block, Listing) and isinstance(last, Listing):
            gathered[-1] = replace(last, items=(*last.items, *block.items))
        else:
            gathered.append(block)
    return tuple(gathered)
