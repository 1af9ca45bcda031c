"""A table of vectors for each model, and what its columns hold.

Vectors are kept as 16-bit floats (pgvector's ``halfvec``): half the space of 32 bits, found alike (docs/speed.md), and
of up to 4,000 numbers, where an index of 32-bit ones ends at 2,000. Readers and attributes are arrays beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from sqlalchemy import REAL, Column, Double, Index, MetaData, Table, Text, and_, bindparam, cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import UserDefinedType

from knowledge.attributes import folded
from knowledge.errors import WrongVectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from knowledge.base import Field, Filter, Metric, Scope, VectorSpec

SCHEMA: Final = "footnote_vectors"
"""Where a database keeps vectors, apart from the catalog, which may be elsewhere."""

_MOST: Final = {"halfvec": 4_000, "vector": 2_000}
"""Dimensions that pgvector indexes."""
_OPERATORS: Final[Mapping[Metric, str]] = {"cosine": "<=>", "dot": "<#>", "euclidean": "<->"}
_CLASSES: Final[Mapping[Metric, str]] = {"cosine": "cosine", "dot": "ip", "euclidean": "l2"}
_AT_ONCE: Final = {"fastupdate": False}
"""Without a list of what is yet to be indexed, which every search would have to read."""
_LONG: Final = 500
"""Characters of a key of an index of arrays, which takes 2,700 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How vectors are kept and searched, chosen from the figures in docs/speed.md.

    ``links`` and ``construction`` are HNSW's m and ef_construction, ``candidates`` its ef_search; ``few`` is up to how
    many rows that a scope and filters allow are compared one by one.
    """

    kind: Literal["halfvec", "vector"] = "halfvec"
    links: int = 16
    construction: int = 128
    candidates: int = 200
    few: int = 20_000


class Numbers(UserDefinedType["Sequence[float]"]):
    """A type of pgvector's. Its values go there and back as arrays of floats, which the driver knows."""

    cache_ok = True

    def __init__(self, kind: str, dimensions: int) -> None:
        """``kind`` is the type's name, with its schema."""
        self.kind = kind
        self.dimensions = dimensions

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 - as SQLAlchemy has it
        """Write the type."""
        return f"{self.kind}({self.dimensions})"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shelf:
    """The table of a model's vectors. ``path`` is the schema that pgvector is in, quoted where it needs to be."""

    spec: VectorSpec
    tuning: Tuning
    path: str
    table: Table

    @classmethod
    def of(cls, spec: VectorSpec, tuning: Tuning, path: str) -> Self:
        """Nothing is asked of the server."""
        return cls(spec=spec, tuning=tuning, path=path, table=_table(spec, tuning, path))

    @property
    def nearest(self) -> str:
        """Name the HNSW index, which is made once there is much to search."""
        return f"{self.table.fullname}_nearest"

    @property
    def index(self) -> str:
        """Write what makes that index, while others read and write."""
        operators = f"{self.path}.{self.tuning.kind}_{_CLASSES[self.spec.metric]}_ops"
        return (
            f"CREATE INDEX CONCURRENTLY {self.table.name}_nearest ON {self.table.fullname} USING hnsw "
            f"(vector {operators}) WITH (m = {self.tuning.links}, ef_construction = {self.tuning.construction})"
        )

    def far(self, asked: ColumnElement[Any]) -> ColumnElement[float]:
        """Give how far a row is, as the index has it: less is nearer."""
        return self._compared(_OPERATORS[self.spec.metric], asked)

    def score(self, asked: ColumnElement[Any]) -> ColumnElement[float]:
        """Give a row's cosine, whatever the metric."""
        return (1 - self._compared("<=>", asked)).label("score")

    def given(self, name: str) -> ColumnElement[Any]:
        """Take a vector that is bound under a name."""
        return cast(bindparam(name, type_=ARRAY(REAL)), self.table.c.vector.type)

    def allows(self, scope: Scope, filters: Sequence[Filter]) -> ColumnElement[bool] | None:
        """Hold for what may be read within the scope and meets every filter; None where that is nothing for certain."""
        wanted = [keys(scope.principals), *(keys(tokens(each.field, each.values)) for each in filters)]
        if not sayable(scope.workspace) or not all(wanted):
            return None
        readers, *others = wanted
        held = self.table.c
        return and_(
            held.workspace == scope.workspace,
            held.readers.overlap(readers),
            *(held.attributes.overlap(each) for each in others),
        )

    def _compared(self, operator: str, asked: ColumnElement[Any]) -> ColumnElement[float]:
        return self.table.c.vector.op(f"OPERATOR({self.path}.{operator})", return_type=Double())(asked)


def fit(spec: VectorSpec, tuning: Tuning) -> None:
    """See that pgvector can index such vectors; raises WrongVectors."""
    most = _MOST[tuning.kind]
    if not 0 < spec.dimensions <= most:
        raise WrongVectors(
            f"PostgreSQL indexes vectors of up to {most:,} dimensions, and those of {spec.model} have "
            f"{spec.dimensions:,}; set FOOTNOTE_EMBEDDING_DIMENSIONS to less, or choose another embedder."
        )


def table_name(spec: VectorSpec, tuning: Tuning) -> str:
    """Name the table by what is in it."""
    told = f"{spec.model}\n{spec.dimensions}\n{spec.metric}\n{tuning.kind}"
    return f"of_{_digest(told)}"


def tokens(field: Field, values: Iterable[str]) -> list[str]:
    """Write the values of a field as they stand among the attributes."""
    return [f"{field}={folded(value)}" for value in values]


def keys(texts: Iterable[str]) -> list[str]:
    """Write principals or tokens as they stand in an array: what is too long for its index ends in a digest."""
    return [one if len(one) <= _LONG else f"{one[:_LONG]}#{_digest(one)}" for one in said(texts)]


def said(texts: Iterable[str]) -> list[str]:
    """Leave out what no text of PostgreSQL can be, and so nothing there is."""
    return sorted(filter(sayable, texts))


def sayable(text: str) -> bool:
    """Whether a text has neither a NUL nor half of a character."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _table(spec: VectorSpec, tuning: Tuning, path: str) -> Table:
    name = table_name(spec, tuning)
    table = Table(
        name,
        MetaData(schema=SCHEMA),
        Column("workspace", Text, primary_key=True),
        Column("chunk", Text(collation="C"), primary_key=True),
        Column("edition", Text, nullable=False),
        Column("readers", ARRAY(Text), nullable=False),
        Column("attributes", ARRAY(Text), nullable=False),
        Column("vector", Numbers(f"{path}.{tuning.kind}", spec.dimensions), nullable=False),
    )
    Index(f"{name}_edition", table.c.workspace, table.c.edition)
    Index(f"{name}_allowed", table.c.readers, table.c.attributes, postgresql_using="gin", postgresql_with=_AT_ONCE)
    return table
