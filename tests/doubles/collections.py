"""A small question set in BEIR's format, written into a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CORPUS: Sequence[dict[str, Any]] = (
    {"_id": "keys", "title": "Keys", "text": "Signing keys are rotated every month by the night job."},
    {"_id": "birds", "title": "Birds", "text": "Birds sing in the trees in the morning."},
    {"_id": "ships", "title": "Ships", "text": "Ships sail to the island on Fridays. The ferry takes two hours."},
)
QUERIES: Sequence[dict[str, Any]] = (
    {"_id": "q1", "text": "How often are signing keys rotated?", "metadata": {"answerable": True}},
    {
        "_id": "q2",
        "text": "How long does it take?",
        "metadata": {"history": ["user: When do ships sail?", "agent: Fri."]},
    },
    {"_id": "q3", "text": "Who won the cup in Brazil?", "metadata": {"answerable": False}},
    {"_id": "q4", "text": "Thanks!", "metadata": {"answerable": False}},
)
QRELS = "query-id\tcorpus-id\tscore\nq1\tkeys\t1\nq1\tbirds\t0\nq2\tships\t2\n"


def a_collection(
    folder: Path,
    *,
    corpus: Sequence[dict[str, Any]] = CORPUS,
    queries: Sequence[dict[str, Any]] = QUERIES,
    qrels: str = QRELS,
    split: str = "test",
) -> Path:
    """Write a set; give its folder."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "qrels" / f"{split}.tsv").write_text(qrels, encoding="utf-8")
    return folder
