"""One index as Pinecone's data plane answers for it: JSON in, JSON out, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from tests.doubles.pinecone import limits
from tests.doubles.pinecone.filters import BadFilterError, matches
from tests.doubles.pinecone.limits import NOT_FOUND, ApiError, invalid
from tests.doubles.pinecone.shelves import Record, Shelves, Write, dropped, removed, upserted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

Body: TypeAlias = "Mapping[str, Any]"
Metric: TypeAlias = Literal["cosine", "dotproduct", "euclidean"]
DEFAULT: Final = "__default__"


@dataclass(frozen=True, slots=True)
class Answer:
    """A body, and what stands about log positions in the headers."""

    body: object
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Index:
    dimension: int
    metric: Metric = "cosine"
    lag: int = 0
    tells_positions: bool = True
    """Whether answers name log positions, as serverless indexes do."""
    deletes_by_filter: bool = True
    """As all but some older indexes do."""
    shelves: Shelves = field(init=False)

    def __post_init__(self) -> None:
        self.shelves = Shelves(lag=self.lag)

    def upsert(self, body: Body) -> Answer:
        given: Sequence[Body] = body.get("vectors") or ()
        if not 1 <= len(given) <= limits.UPSERT:
            raise invalid(f"Upsert takes 1 to {limits.UPSERT} vectors, got {len(given)}")
        for each in given:
            limits.record(each, self.dimension)
        records = {each["id"]: _record(each) for each in given}
        namespace = _namespace(body)
        return self._written({"upsertedCount": len(given)}, namespace, upserted(namespace, records))

    def delete(self, body: Body) -> Answer:
        """Serverless answers 404 where the namespace is not there."""
        namespace = _namespace(body)
        write = self._deletion(namespace, body)
        self._there(namespace)
        return self._written({}, namespace, write)

    def update(self, body: Body) -> Answer:
        namespace = _namespace(body)
        there = self._there(namespace)
        if ("id" in body) is ("filter" in body):
            raise invalid("Exactly one of id or filter must be given")
        meant = [there[body["id"]]] if body.get("id") in there else self._found(there, body.get("filter"))
        changed = {each.id: self._changed(each, body) for each in meant}
        told = {"matchedRecords": len(meant)} if "filter" in body else {}
        return Answer(told) if body.get("dryRun") else self._written(told, namespace, upserted(namespace, changed))

    def query(self, body: Body) -> Answer:
        namespace = _namespace(body)
        top = limits.whole(body.get("topK"), "topK", limits.TOP_K)
        held = self.shelves.seen.get(namespace, {})
        asked = self._asked(body, held)
        found = list(self._found(held, body.get("filter")))
        scores = self._scores(found, asked)
        order = np.lexsort((np.arange(len(found))[::-1], scores if self.metric == "euclidean" else -scores))[:top]
        matches = [_match(found[place], float(scores[place]), body) for place in order]
        told = {"results": [], "matches": matches, "namespace": _told(namespace), "usage": {"readUnits": 5}}
        return Answer(told, self._position("x-pinecone-max-indexed-lsn", self.shelves.reconciled.get(namespace, 0)))

    def fetch(self, ids: Sequence[str], namespace: str) -> Answer:
        limits.ids(ids)
        held = self.shelves.seen.get(namespace, {})
        found = {name: _shown(held[name]) for name in ids if name in held}
        units = {"readUnits": 1 + len(found) // 10}
        return Answer({"vectors": found, "namespace": _told(namespace), "usage": units})

    def fetch_by_metadata(self, body: Body) -> Answer:
        if not body.get("filter"):
            raise invalid("Empty filter provided for fetch by metadata request")
        namespace = _namespace(body)
        limit = limits.whole(body.get("limit"), "limit", limits.TOP_K, 100)
        found = sorted(each.id for each in self._found(self.shelves.seen.get(namespace, {}), body["filter"]))
        page, following = _page(found, limit, body.get("paginationToken"))
        held = self.shelves.seen.get(namespace, {})
        told = {"vectors": {name: _shown(held[name]) for name in page}, "namespace": _told(namespace)}
        return Answer({**told, "usage": {"readUnits": 1}, **following})

    def listed(self, namespace: str, prefix: str, limit: int | None, token: str | None) -> Answer:
        limit = limits.whole(limit, "limit", limits.PAGE, limits.PAGE)
        names = sorted(name for name in self.shelves.seen.get(namespace, {}) if name.startswith(prefix))
        page, following = _page(names, limit, token)
        told = {"vectors": [{"id": name} for name in page], "namespace": _told(namespace), "usage": {"readUnits": 1}}
        return Answer({**told, **following})

    def stats(self) -> Answer:
        counts = {name: {"vectorCount": len(held)} for name, held in self.shelves.seen.items()}
        total = sum(each["vectorCount"] for each in counts.values())
        told = {"namespaces": counts, "indexFullness": 0, "totalVectorCount": total, "dimension": self.dimension}
        return Answer({**told, "metric": self.metric, "vectorType": "dense", "memoryFullness": 0, "storageFullness": 0})

    def namespaces(self, prefix: str, limit: int | None, token: str | None) -> Answer:
        limit = limits.whole(limit, "limit", limits.PAGE, limits.PAGE)
        names = sorted(name for name in self.shelves.seen if name.startswith(prefix))
        page, following = _page(names, limit, token)
        return Answer({"namespaces": [self._described(name) for name in page], "total_count": len(names), **following})

    def create_namespace(self, name: str) -> Answer:
        limits.name(name, "Namespace")
        if name in self.shelves.written or name == DEFAULT:
            raise ApiError(409, 6, "Namespace already exists")
        self.shelves.write(name, upserted(name, {}))
        return Answer(self._described(name))

    def describe_namespace(self, name: str) -> Answer:
        if name not in self.shelves.seen:
            raise ApiError(404, NOT_FOUND, "Namespace not found")
        return Answer(self._described(name))

    def delete_namespace(self, name: str) -> Answer:
        self._there(name)
        return self._written({}, name, dropped(name))

    def _described(self, name: str) -> Body:
        """Counts of 64 bits are strings in this part of the API."""
        return {"name": name, "record_count": str(len(self.shelves.seen.get(name, {})))}

    def _there(self, namespace: str) -> Mapping[str, Record]:
        if namespace not in self.shelves.written:
            raise ApiError(404, NOT_FOUND, "Namespace not found")
        return self.shelves.written[namespace]

    def _written(self, body: object, namespace: str, write: Write) -> Answer:
        position = self.shelves.write(namespace, write)
        return Answer(body, self._position("x-pinecone-request-lsn", position))

    def _position(self, header: str, position: int) -> Mapping[str, str]:
        return {header: str(position)} if self.tells_positions else {}

    def _deletion(self, namespace: str, body: Body) -> Write:
        if body.get("deleteAll"):
            if body.get("ids") or body.get("filter"):
                raise invalid("No explicit IDs and no filter allowed when delete_all=true")
            return removed(namespace, lambda _: True)
        if "filter" in body:
            if not self.deletes_by_filter:
                raise invalid("This index does not support deleting with metadata filtering")
            if not body["filter"]:
                raise invalid("Delete with empty metadata filter is not allowed")
            _matched(body["filter"], {})
            return removed(namespace, lambda record: _matched(body["filter"], record.metadata))
        limits.ids(body.get("ids") or ())
        gone = frozenset(body.get("ids") or ())
        return removed(namespace, lambda record: record.id in gone)

    def _found(self, held: Mapping[str, Record], condition: Body | None) -> Sequence[Record]:
        if condition is None:
            return tuple(held.values())
        _matched(condition, {})
        return tuple(record for record in held.values() if _matched(condition, record.metadata))

    def _changed(self, record: Record, body: Body) -> Record:
        metadata = {**record.metadata, **body.get("setMetadata", {})}
        limits.metadata(metadata)
        if "values" not in body:
            return Record(id=record.id, values=record.values, metadata=metadata)
        limits.vector(body["values"], self.dimension)
        return Record(id=record.id, values=np.asarray(body["values"], np.float32), metadata=metadata)

    def _asked(self, body: Body, held: Mapping[str, Record]) -> npt.NDArray[np.float32]:
        if ("vector" in body) is ("id" in body):
            raise invalid("Exactly one of vector or id must be given")
        if "id" in body:
            return held[body["id"]].values if body["id"] in held else np.zeros(self.dimension, np.float32)
        limits.vector(body["vector"], self.dimension)
        return np.asarray(body["vector"], np.float32)

    def _scores(self, found: Sequence[Record], asked: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        if not found:
            return np.empty(0, np.float32)
        matrix = np.stack([record.values for record in found])
        if self.metric == "euclidean":  # its square, the smaller the better
            squares: npt.NDArray[np.float32] = ((matrix - asked) ** 2).sum(axis=1)
            return squares
        dots: npt.NDArray[np.float32] = matrix @ asked
        if self.metric == "dotproduct":
            return dots
        norms = np.linalg.norm(matrix, axis=1) * np.linalg.norm(asked)
        return np.asarray(dots / np.maximum(norms, 1e-30), np.float32)


def _matched(condition: Body, metadata: Body) -> bool:
    try:
        return matches(condition, metadata)
    except BadFilterError as error:
        raise invalid(f"Invalid filter: {error}") from error


def _namespace(body: Body) -> str:
    return body.get("namespace") or DEFAULT


def _told(namespace: str) -> str:
    return "" if namespace == DEFAULT else namespace


def _record(given: Body) -> Record:
    values = np.asarray(given["values"], np.float32)
    return Record(id=given["id"], values=values, metadata=given.get("metadata") or {})


def _shown(record: Record) -> Body:
    metadata = {"metadata": record.metadata} if record.metadata else {}
    return {"id": record.id, "values": record.values.tolist(), **metadata}


def _match(record: Record, score: float, body: Body) -> Body:
    values = record.values.tolist() if body.get("includeValues") else []
    metadata = {"metadata": record.metadata} if body.get("includeMetadata") else {}
    return {"id": record.id, "score": score, "values": values, **metadata}


def _page(names: Sequence[str], limit: int, token: str | None) -> tuple[Sequence[str], Body]:
    """Give a page, and what points to the next; a token is the last name before it."""
    rest = [name for name in names if token is None or name > token]
    more = {"pagination": {"next": rest[limit - 1]}} if len(rest) > limit else {}
    return rest[:limit], more
