"""How the weights of retrieval were chosen: each on the other question sets, never on the one that is reported.

``python -m tests.benchmarks.weights DATA`` prints two tables: nDCG@10 by the vectors' share in the fused score, with
the share that the other sets choose; and by weights of what is read again, fitted to the other sets by pairwise
logistic regression (a relevant passage against each of the best forty that are not; Joachims 2002, but for the loss).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.app import knowledge, rows
from bot.evaluation.collection import questions
from bot.evaluation.measures import ndcg
from bot.settings import Settings
from knowledge.base import PUBLIC, Scope
from knowledge.fusion import scaled
from tests.benchmarks.retrieval import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from bot.app import Knowledge
    from bot.evaluation.collection import Asked
    from knowledge.retriever import Ranked

    Numbers = npt.NDArray[np.float64]

NAMES: Final = ("words", "vectors", "sentence", "two", "coverage", "pairs")
SHARES: Final = tuple(round(share * 0.05, 2) for share in range(21))
_RIDGE: Final = 1.0
_RATE: Final = 0.5
_STEPS: Final = 3_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searched:
    """One question's candidates: documents, both scaled scores (n, 2), and the evidence (m, 6) of the first m."""

    documents: Sequence[str]
    fused: Numbers
    evidence: Numbers
    relevant: Mapping[str, int]


async def searched(folder: Path, settings: Settings) -> list[Searched]:
    """Ask the judged questions of a set, each without its history."""
    async with knowledge(settings, file=settings.home / f"{folder.name}.db") as known:
        await known.sync([rows(folder, pages=folder.name in PAGES)])
        return [await _search(known, asked) for asked in questions(folder) if asked.relevant]


async def _search(known: Knowledge, asked: Asked) -> Searched:
    scope = Scope(workspace=known.workspace, principals=frozenset({PUBLIC}))
    ranked = await known.retriever.ranked(asked.text, scope=scope)
    passages = {one.chunk: one for one in await known.catalog.passages(ranked.hits, scope)}
    order = [hit.chunk for hit in ranked.hits if hit.chunk in passages]
    order.sort(key=lambda chunk: chunk not in ranked.evidence)
    return Searched(
        documents=[passages[chunk].document for chunk in order],
        fused=np.array(_scores(ranked, order)).reshape(-1, 2),
        evidence=np.array(_evidence(ranked, order)).reshape(-1, len(NAMES)),
        relevant=asked.relevant,
    )


def _scores(ranked: Ranked, order: Sequence[str]) -> list[tuple[float, float]]:
    by_name = {ranking.name: scaled(ranking) for ranking in ranked.rankings}
    words, vectors = by_name["words"], by_name["vectors"]
    return [(words.get(chunk, 0.0), vectors.get(chunk, 0.0)) for chunk in order]


def _evidence(ranked: Ranked, order: Sequence[str]) -> list[tuple[float, ...]]:
    found = (ranked.evidence[chunk] for chunk in order if chunk in ranked.evidence)
    return [(e.words, e.vectors, e.nearest.sentence, e.nearest.two, e.coverage, e.pairs) for e in found]


def scored(set_: Sequence[Searched], score: Callable[[Searched], Numbers]) -> float:
    """Give the mean nDCG@10, documents by their best chunk."""
    return float(np.mean([_ndcg(one, score(one)) for one in set_]))


def _ndcg(one: Searched, scores: Numbers) -> float:
    order = np.argsort(-scores, kind="stable")
    ranked = list(dict.fromkeys(one.documents[place] for place in order))
    return ndcg(ranked, one.relevant, at=10)


def fitted(sets: Sequence[Sequence[Searched]]) -> Numbers:
    """Fit weights to the pairs of all sets, which count alike; the largest weight is 1."""
    pairs = [np.concatenate([_pairs(one) for one in set_]) for set_ in sets]
    table = np.concatenate(pairs)
    counts = np.concatenate([np.full(len(each), 1 / len(each) / len(pairs)) for each in pairs])
    weights = np.zeros(len(NAMES))
    for _ in range(_STEPS):
        doubts = 1 / (1 + np.exp(np.clip(table @ weights, -30, 30)))
        weights += _RATE * (table.T @ (counts * doubts) - _RIDGE * weights / 1_000)
    scaled_to_one: Numbers = weights / np.abs(weights).max()
    return scaled_to_one


def _pairs(one: Searched) -> Numbers:
    """Give how each relevant document's best passage differs from those that are not relevant."""
    read = one.documents[: len(one.evidence)]
    best = {document: place for place, document in reversed(list(enumerate(read))) if document in one.relevant}
    others = [place for place, document in enumerate(read) if document not in one.relevant]
    rows_ = [one.evidence[place] - one.evidence[other] for place in best.values() for other in others]
    return np.array(rows_).reshape(-1, len(NAMES))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kept", type=Path, help="keep the indexes in this folder")
    parser.add_argument("--embedder", default="minilm")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=asked.kept or Path(folder), embedder=asked.embedder)
        folders = sorted({path.parent.parent for path in asked.data.glob("*/qrels/*.tsv")})
        sets = {one.name: asyncio.run(searched(one, settings)) for one in folders}
    for line in (*_shares(sets), "", *_weights(sets)):
        sys.stdout.write(f"{line}\n")


def _shares(sets: Mapping[str, Sequence[Searched]]) -> list[str]:
    table = {name: {share: scored(set_, _fused(share)) for share in SHARES} for name, set_ in sets.items()}
    lines = ["vectors' share  " + "".join(f"{name:>10}" for name in sets)]
    lines += [f"{share:>14.2f}  " + "".join(f"{table[name][share]:>10.4f}" for name in sets) for share in SHARES]
    for name in sets:
        others = [other for other in sets if other != name]
        best = max(SHARES, key=lambda share: sum(table[other][share] for other in others))
        lines.append(f"{name}: the others choose {best:.2f}, which gives {table[name][best]:.4f}")
    return lines


def _fused(share: float) -> Callable[[Searched], Numbers]:
    return lambda one: one.fused @ np.array([1 - share, share])


def _weights(sets: Mapping[str, Sequence[Searched]]) -> list[str]:
    lines = [f"{'fitted to':>22} " + "".join(f"{name:>10}" for name in NAMES) + "   nDCG@10 of the one left out"]
    for name, set_ in sets.items():
        weights = fitted([other for label, other in sets.items() if label != name])
        lines.append(f"{'all but ' + name:>22} {_row(weights)}{scored(set_, _read_again(weights)):>10.4f}")
    weights = fitted(list(sets.values()))
    together = ", ".join(f"{name} {scored(set_, _read_again(weights)):.4f}" for name, set_ in sets.items())
    return [*lines, f"{'all':>22} {_row(weights)}   ({together})"]


def _row(weights: Numbers) -> str:
    return "".join(f"{weight:>10.2f}" for weight in weights)


def _read_again(weights: Numbers) -> Callable[[Searched], Numbers]:
    """Put what was read again in the weights' order, and in front of what was not."""
    return lambda one: np.concatenate(
        [one.evidence @ weights + 1_000, one.fused[len(one.evidence) :] @ np.array([0.65, 0.35])]
    )


if __name__ == "__main__":
    main()
