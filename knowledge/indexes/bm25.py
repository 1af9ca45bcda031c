"""BM25 in PostgreSQL, which has none of its own: ``ts_rank`` of a single stem says how often a chunk has it.

For one stem whose n positions weigh the same, ``ts_rank`` is the sum of 1/j² for j from 1 to n, times 6/π²: r (see
calc_rank_or in PostgreSQL's tsrank.c). Then ``_ONCE * r / (1 - r)`` is n within 6 %: 1.0, 2.04, 3.09 … 10.5, 53. So the
server counts in C, beside the words, what SQL would have to unpack; and frequency, length and rarity make BM25 of it.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import Float, Integer, String, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from knowledge.attributes import folded
from knowledge.base import Hit
from knowledge.stores.server import SCHEMA
from knowledge.tables import TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import TextualSelect
    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import Query

_K1: Final = 1.2
_B: Final = 0.75
"""What FTS5 has: how soon more of a term counts no more, and how much a chunk's length counts."""
_ONCE: Final = 0.645
"""(1 - r) / r where a stem occurs once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a chunk must have, as ``tsquery`` reads it, and how much it weighs: its inverse document frequency."""

    query: str
    weight: float


async def best(
    connection: AsyncConnection, terms: Sequence[Term], visited: Sequence[Term], query: Query, average: float
) -> Sequence[Hit]:
    """Give the best chunks that have any of the ``visited`` terms, scored by all; ``average`` is a chunk's length.

    Permission and filters are part of the search: what they leave out takes no place.
    """
    asked: dict[str, object] = {
        "visited": " | ".join(f"({term.query})" for term in visited),
        "principals": sorted(query.scope.principals),
        "workspace": query.scope.workspace,
        "average": average,
        "most": query.limit,
    }
    for number, term in enumerate(terms):
        asked |= {f"term{number}": term.query, f"weight{number}": term.weight}
    for number, condition in enumerate(query.filters):
        asked[f"filter{number}"] = attributes(condition.field, condition.values)
    rows = await connection.execute(_statement(len(terms), len(query.filters)), asked)
    return tuple(Hit(chunk=chunk, score=score) for chunk, score in rows)


def attributes(field: str, values: frozenset[str]) -> list[str]:
    """Write what a filter asks for, and what a chunk has, in one form."""
    return sorted(f"{field}={folded(value)}" for value in values)


@lru_cache(maxsize=64)
def _statement(terms: int, filters: int) -> TextualSelect:
    """Write the search for so many terms and filters.

    The positions' weights are all 1. What does not occur has the rank 0, and a billionth of its weight here.
    """
    scores = " + ".join(
        f":weight{number} / (1 + norm * (1 / (ts_rank('{{1,1,1,1}}', stems, :term{number}) + float8 '1e-9') - 1))"
        for number in range(terms)
    )
    conditions = "".join(f" AND attributes && :filter{number}" for number in range(filters))
    statement = f"""
        SELECT chunk.id, best.score FROM (
            SELECT chunk, {scores} AS score
            FROM (
                SELECT held.chunk, held.stems,
                    float8 '{_K1 / _ONCE}' * (float8 '{1 - _B}' + float8 '{_B}' * held.length / :average) AS norm
                FROM {SCHEMA}.lexemes AS held JOIN {SCHEMA}.edition ON edition.number = held.edition
                WHERE held.stems @@ :visited AND held.readers && :principals{conditions}
                    AND edition.workspace = :workspace AND edition.state = 'live'
                OFFSET 0
            ) AS found
            ORDER BY score DESC, chunk LIMIT :most
        ) AS best JOIN {SCHEMA}.chunk ON chunk.number = best.chunk
        ORDER BY best.score DESC, best.chunk
    """  # noqa: S608 - numbers and constants
    return (
        text(statement)
        .bindparams(
            bindparam("visited", type_=TSQUERY),
            bindparam("principals", type_=ARRAY(TEXT)),
            bindparam("workspace", type_=TEXT),
            bindparam("average", type_=Float),
            bindparam("most", type_=Integer),
            *(bindparam(f"term{number}", type_=TSQUERY) for number in range(terms)),
            *(bindparam(f"weight{number}", type_=Float) for number in range(terms)),
            *(bindparam(f"filter{number}", type_=ARRAY(TEXT)) for number in range(filters)),
        )
        .columns(column("id", String), column("score", Float))
    )
