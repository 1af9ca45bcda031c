"""How well the verifier tells supported claims from others, beside other packages, and what it costs.

The rows are those of AttributionBench's dev set. Packages that are not installed are left out, and said to be:
``pip install anchorcite ancora-rag`` has both. They are no dependencies, for nothing but this reads them.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bot.answering import content
from bot.answering.calibration import _newton
from bot.answering.checking import Checker
from bot.answering.evidence import evidence
from bot.answering.verify import LEAST, _Asserted, judged
from bot.models.base import Numbered
from bot.reading.amounts import amounts
from bot.reading.inlines import plain, read, without_cites
from bot.reading.roots import roots
from bot.reading.units import split
from tests.benchmarks.figures import Figure, median_ms
from tests.benchmarks.tampering import NOTATIONS, reformatted, tampered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

    import numpy.typing as npt

    from bot.answering.evidence import Evidence

    Column = npt.NDArray[Any]
    Score = Callable[["Row"], tuple[bool, float]]

FOLDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A claim in plain words, the passages that it cites, and whether they support it."""

    question: str
    claim: str
    passages: tuple[Numbered, ...]
    supported: bool
    source: str

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(map(evidence, self.passages))


def figures(data: Path) -> Sequence[Figure]:
    """Measure over ``attribution/dev.jsonl`` in the folder."""
    rows = [_row(json.loads(line)) for line in (data / "attribution" / "dev.jsonl").read_text().splitlines()]
    return [*_told_apart(rows), *_changed(rows), *_notations(), *_cost(rows)]


def _row(kept: dict[str, Any]) -> Row:
    claim = re.sub(r"^\s*(?:\d+[.)]|[•*-])\s+", "", kept["claim"])
    return Row(
        question=kept["question"],
        claim=plain(without_cites(read(claim))).strip(),
        passages=tuple(_passage(number, text) for number, text in enumerate(kept["references"], 1)),
        supported=kept["supported"],
        source=kept["source"],
    )


def _passage(number: int, text: str) -> Numbered:
    text = re.sub(r"^\[\d+\]\s\S+\s*\n", "", text)  # its number and address, which a passage has apart
    titled = re.match(r"Title: (.*)\n(?:Section: (.*)\n)?", text)
    if titled is None:
        return Numbered(number=number, title="", heading=(), text=text)
    heading = (titled[2],) if titled[2] else ()
    return Numbered(number=number, title=titled[1], heading=heading, text=text[titled.end() :])


def accepts(claim: str, passages: Sequence[Evidence]) -> bool:
    """Whether the verifier would show a claim that cites these passages."""
    table = {one.number: one for one in passages}
    return bool(judged(claim, (), list(table), table).numbers)


def _told_apart(rows: Sequence[Row]) -> Iterator[Figure]:
    truth = np.array([row.supported for row in rows])
    shown = np.array([accepts(row.claim, row.evidence) for row in rows])
    yield _f1("Footnote, as shipped", shown, truth, aim="0.72")
    yield _f1("Footnote, content refitted on other questions", _apart(rows, _fold), truth)
    yield _f1("Footnote, content refitted on other sources", _apart(rows, lambda row: row.source), truth)
    for source in sorted({row.source for row in rows}):
        own = np.array([row.source == source for row in rows])
        yield _f1(f"Footnote, as shipped: {source}", shown[own], truth[own])
    yield Figure(name="supported claims shown", value=100 * float(shown[truth].mean()), unit="%")
    yield Figure(name="other claims shown", value=100 * float(shown[~truth].mean()), unit="%")
    words = np.array([_share(row) for row in rows])
    yield _f1("share of words alone, at its best threshold", words >= _best(words, truth), truth)
    for name, score in (("anchorcite", _anchorcite), ("ancora", _ancora)):
        yield from _package(name, score, rows, truth)


def _package(name: str, scorer: Callable[[ModuleType], Score], rows: Sequence[Row], truth: Column) -> Iterator[Figure]:
    if find_spec(name) is None:
        package = "ancora-rag" if name == "ancora" else name
        sys.stderr.write(f"{package} is left out: it is not installed here (pip install {package}).\n")
        return
    score = scorer(import_module(name))
    found = [score(row) for row in rows]
    scores = np.array([one for _, one in found])
    yield _f1(f"{name}, at its own threshold", np.array([own for own, _ in found]), truth)
    yield _f1(f"{name}, at its best threshold", scores >= _best(scores, truth), truth)


def _anchorcite(module: ModuleType) -> Score:
    """Its core install: the lexical scorer, with the threshold that it brings."""
    scorer = module.LexicalScorer()

    def score(row: Row) -> tuple[bool, float]:
        anchors = [module.anchor_claim(row.claim, one.text, scorer=scorer, threshold=0.0) for one in row.passages]
        best = max((one.score for one in anchors if one is not None), default=0.0)
        return best >= scorer.default_threshold, best

    return score


def _ancora(_module: ModuleType) -> Score:
    """Its gate for one claim; a number that it misses in the passages is a score of 0."""
    checker = import_module("ancora.grounding").GroundingChecker()
    chunk = import_module("ancora.types").Chunk

    def score(row: Row) -> tuple[bool, float]:
        chunks = [chunk(id=str(p.number), doc_id="d", text=p.text, start=0, end=len(p.text)) for p in row.passages]
        found = checker.check_claim(row.claim, chunks)
        return found.supported, 0.0 if found.unsupported_numbers else found.support_score

    return score


def _share(row: Row) -> float:
    claimed = set(roots(row.claim))
    held = set[str]().union(*(roots(passage.text) for passage in row.passages))
    return len(claimed & held) / len(claimed) if claimed else 0.0


def _apart(rows: Sequence[Row], group: Callable[[Row], object]) -> Column:
    """Judge each row by a content model that was fitted to the other groups; the rules are fitted to nothing."""
    agree = np.array([_agrees(row) for row in rows])
    truth = np.array([row.supported for row in rows])
    table = np.array([list(content.features(row.claim, row.evidence).values()) for row in rows])
    groups = np.array([str(group(row)) for row in rows])
    shown = np.zeros(len(rows), bool)
    for one in set(groups):
        fitted = (groups != one) & agree
        means, scales = table[fitted].mean(axis=0), table[fitted].std(axis=0)
        bias, weights = _newton((table[fitted] - means) / scales, truth[fitted].astype(float))
        scores = bias + (table - means) / scales @ weights
        shown |= (groups == one) & agree & (1 / (1 + np.exp(-scores)) >= LEAST)
    return shown


def _fold(row: Row) -> object:
    return int.from_bytes(blake2b(row.question.encode(), digest_size=8).digest()) % FOLDS


def _agrees(row: Row) -> bool:
    return _only_fault(row) is None


def _only_fault(row: Row) -> str | None:
    """Give what the rules find wrong, whatever the content."""
    given = _Asserted(row.claim, (), row=False)
    if any(one.quotes(row.claim) for one in row.evidence):
        return None
    return "content" if given.claim.empty else given.particulars_fault(row.evidence)


def _changed(rows: Sequence[Row]) -> Iterator[Figure]:
    supported = [row for row in rows if row.supported]
    made = [(sort, text, row) for row in supported for sort, text in tampered(row.claim)]
    for sort in ("number", "date", "negation"):
        texts = [(text, row) for kind, text, row in made if kind == sort]
        yield _rejected(f"tampered, {sort} ({len(texts)})", texts, aim="99.5")
    yield _rejected(f"tampered, all ({len(made)})", [(text, row) for _, text, row in made], aim="99.5")
    counted = [row for row in supported if any(not one.weak for one in amounts(row.claim))]
    lost = [row for row in counted if _only_fault(row) == "amount"]
    alone = [row for row in lost if content.likelihood(row.claim, row.evidence) >= LEAST]
    size = len(counted)
    yield Figure(name=f"supported, with amounts ({size}), whose amounts fail", value=100 * len(lost) / size, unit="%")
    yield Figure(name="such, rejected for that alone", value=100 * len(alone) / size, unit="%", aim="8 at most")
    pairs = [(text, row.claim) for row in counted for text in reformatted(row.claim)]
    yield _misjudged(f"reformatted amounts of claims, rejected ({len(pairs)})", pairs)


def _notations() -> Iterator[Figure]:
    frame = "The team counted {} in the northern region of the company."
    pairs = [(frame.format(one), frame.format(first)) for first, *others in NOTATIONS for one in others]
    yield _misjudged(f"other notations, rejected ({len(pairs)})", pairs)


def _misjudged(name: str, pairs: Sequence[tuple[str, str]]) -> Figure:
    """Judge texts by passages that say the same."""
    wrong = [text for text, said in pairs if not accepts(text, [evidence(_passage(1, said))])]
    return Figure(name=name, value=100 * len(wrong) / len(pairs), unit="%", aim="2 at most")


def _rejected(name: str, made: Sequence[tuple[str, Row]], *, aim: str) -> Figure:
    kept = sum(accepts(text, row.evidence) for text, row in made)
    return Figure(name=name, value=100 - 100 * kept / len(made), unit="% rejected", aim=aim)


def _cost(rows: Sequence[Row]) -> Iterator[Figure]:
    """Time an answer of ten units that cites five passages, which were read before."""
    chosen = [row for row in rows if len(row.passages) == 1][:200:20]
    passages = [
        Numbered(number=at, title="", heading=(), text=row.passages[0].text[:1_500])
        for at, row in enumerate(chosen[:5], 1)
    ]
    table = {one.number: evidence(one) for one in passages}
    answer = "\n".join(f"- {row.claim} [{at % 5 + 1}]" for at, row in enumerate(chosen))

    def check() -> None:
        checker = Checker(question="What is it?", table=table)
        for unit in split(answer):
            checker.check(unit)

    yield Figure(name="verifier and markup", value=median_ms(check, times=30), unit="ms an answer", aim="5")


def _f1(name: str, shown: Column, truth: Column, *, aim: str = "") -> Figure:
    return Figure(name=f"macro-F1, {name}", value=_macro(shown, truth), unit="", aim=aim)


def _macro(shown: Column, truth: Column) -> float:
    each = [2 * ((shown == v) & (truth == v)).sum() / ((shown == v).sum() + (truth == v).sum()) for v in (True, False)]
    return float(np.mean(each))


def _best(scores: Column, truth: Column) -> float:
    return max(map(float, np.unique(scores)), key=lambda least: _macro(scores >= least, truth))
