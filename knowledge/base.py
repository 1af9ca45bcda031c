"""The records and seams of knowledge. A search without a scope cannot be written.

Shapes: a vector is a float32 row of ``VectorSpec.dimensions`` numbers, of unit length; several are a matrix (n, d).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt

Principal: TypeAlias = str
"""Who may read: ``public``, ``slack:T1``, ``slack:T1:channel:C1``, ``…:group:S1`` or ``…:person:U1``."""

PRINCIPAL: Final = re.compile(r"public|[a-z][a-z0-9_-]*:[^:\s]+(?::(?:channel|group|person):[^:\s]+)?")
"""The grammar of a principal, for ``fullmatch``."""

PUBLIC: Principal = "public"

Format: TypeAlias = Literal["markdown", "text", "html", "passage"]
"""What the bytes are. A passage is a row of a data set or a message: text that is one chunk, whatever its length."""

Genre: TypeAlias = Literal["technical", "plain", "general", "legal", "policy", "audit", "passage"]
"""What a document is to its readers, which decides how it is cut. Readers call it its kind."""

Metric: TypeAlias = Literal["cosine", "dot", "euclidean"]
Field: TypeAlias = Literal["source", "tag", "year", "publisher", "product", "version", "kind"]
"""What a filter may ask for. ``source`` is the name that a sync gave it; ``kind`` is a genre or a format."""

Vectors: TypeAlias = "npt.NDArray[np.float32]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Something to know, as its source gave it: bytes, with what the source knows about them.

    ``id`` is stable across syncs and unique in a workspace (``folder/file.md``). ``title`` is the source's best guess;
    the document's own (front matter, first heading, ``<title>``) wins. ``readers`` is never empty. ``genre`` is None
    where the source does not know it.
    """

    id: str
    source: str
    format: Format
    content: bytes
    title: str
    readers: frozenset[Principal]
    genre: Genre | None = None
    url: str | None = None
    publisher: str | None = None
    year: int | None = None
    tags: tuple[str, ...] = ()
    product: str | None = None
    version: str | None = None
    owner: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of one edition of a document, small enough to search and to quote.

    ``edition`` names a document as it was at one time (its id and the digest of all that was known of it); ``id`` is
    ``edition:ordinal``, so a changed document's new chunks never overwrite those that still answer.
    ``text`` is what a reader sees and a citation quotes. ``heading`` is its path, outermost first; what is searched
    and embedded is ``searched``: title and path in front of the text. ``anchor`` points into the page, where it can.
    """

    id: str
    edition: str
    ordinal: int
    text: str
    searched: str
    heading: tuple[str, ...] = ()
    anchor: str | None = None
    why: str = ""
    """Why it was cut here, for ``footnote inspect``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorSpec:
    """Which vectors an index holds; stored with it, so that two models never mix."""

    model: str
    dimensions: int
    metric: Metric = "cosine"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedded:
    """Vectors (n, d) for n texts, in their order, and the tokens that they took."""

    vectors: Vectors
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmbeddedChunk:
    """A chunk with its vector (d,) and what a search asks of its document, which an index of its own has to hold too.

    ``attributes`` are by field, case-folded (``knowledge.attributes``); an edition never changes, so neither do they.
    """

    chunk: Chunk
    vector: Vectors
    readers: frozenset[Principal]
    attributes: Mapping[Field, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What may be found: a workspace, and the principals that *every* reader of the conversation holds."""

    workspace: str
    principals: frozenset[Principal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One condition: the field has one of these values, compared without case. Several filters must all hold."""

    field: Field
    values: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Query:
    """What to search. A keyword index reads ``text``, a vector index ``vector`` (d,)."""

    text: str
    vector: Vectors | None
    scope: Scope
    filters: tuple[Filter, ...] = ()
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A chunk that an index found. Scores of one index compare with each other only; higher is better."""

    chunk: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A chunk that was found, with its document's particulars: what a prompt numbers and a citation names.

    ``text`` may be the chunk's best sentences only. ``score`` is the fused one, from 0 to 1.
    """

    chunk: str
    document: str
    title: str
    text: str
    heading: tuple[str, ...]
    url: str | None
    source: str
    score: float
    publisher: str | None = None
    year: int | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What both searches say about how well they did: the features of the sufficiency gate.

    ``similarity`` is the best cosine of question and chunk. ``coverage`` is the share, from 0 to 1, of the question's
    weight (its terms by their rarity in the knowledge) that one of the best passages contains; ``missing`` the share
    that none does. ``terms`` counts the question's telling terms. ``spread`` is how far the best cosine stands above
    that of the last candidate, and ``peak`` how far above the mean of those of the next nine. ``sentence`` is the best
    cosine of question and sentence, and ``stated`` the best product of a sentence's cosine and coverage: one sentence
    that is near and says what is asked. ``said`` are the roots of all words of the best passages, which are whole here.
    """

    similarity: float = 0.0
    coverage: float = 0.0
    terms: int = 0
    missing: float = 1.0
    spread: float = 0.0
    peak: float = 0.0
    sentence: float = 0.0
    stated: float = 0.0
    said: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """The passages for a question, best first, and how good the search looks.

    ``missed`` is the sentence that says why only keywords were searched, None where vectors were too.
    """

    passages: tuple[Passage, ...]
    signals: Signals = field(default_factory=Signals)
    missed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a doctor looked at: ``told`` says how it is, and where it is not ``ok``, what to do about it."""

    what: str
    ok: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A document that is there but could not be read now, and the sentence that says why.

    ``document`` is its id, or, where it ends with ``/``, the beginning of the ids of a whole folder's documents.
    """

    document: str
    told: str


class Source(Protocol):
    """Where documents come from. Its documents are all there are: what is missing from them is gone.

    ``name`` tells sources of one workspace apart, and ``origin`` says where this one is (a path, an address): two of
    one name and different origins are never mixed. ``skipped`` fills while ``documents`` is read: those that are
    there but unreadable now, whose earlier edition stays.
    """

    name: str
    origin: str

    @property
    def skipped(self) -> Sequence[Skipped]:
        """Say what was left out of the documents given so far."""
        ...

    def documents(self) -> AsyncGenerator[Document]:
        """Give every document, in a stable order."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors.

    ``vector_share`` is how much its vectors weigh in the fused score, from 0 to 1, the rest being the keywords'.
    ``batch`` is how many texts it should be given at a time, to be fast: a few seconds of work at most.
    """

    spec: VectorSpec
    vector_share: float
    batch: int

    async def embed(self, texts: Sequence[str], /, *, purpose: Literal["question", "passage"]) -> Embedded:
        """Embed the texts, one row each."""
        ...


class Index(Protocol):
    """Finds chunks, by words or by vectors, inside a scope: permission and filters are part of the search.

    An index may hold editions that are not published yet, or no longer: the catalog alone says which ones answer.
    """

    name: Literal["words", "vectors"]

    async def prepare(self, spec: VectorSpec, /) -> None:
        """Make ready for these vectors; raises WrongVectors where they do not fit into the index."""
        ...

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        """Add whole chunks; putting one again changes nothing."""
        ...

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Forget all chunks of these editions; unknown ones are no error."""
        ...

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Give at most ``query.limit`` hits, best first, none outside the scope or the filters."""
        ...


class VectorIndex(Index, Protocol):
    """An index of vectors, which may be a server of its own, and slow to show what it was given.

    It holds the vectors of one model, those of the spec that it was prepared with; where it keeps others' too, they are
    apart. Whatever it holds, it finds only what the catalog lets answer.
    """

    async def settled(self, workspace: str, /) -> None:
        """Return once a search sees all that was put and removed; raises Unreachable where that takes too long."""
        ...

    async def vectors(self, workspace: str, chunks: Sequence[str], /) -> Mapping[str, Vectors]:
        """Give the vectors (d,) of these chunks by their id, as far as they are there."""
        ...

    async def clear(self, workspace: str, /) -> None:
        """Forget all that is held of the workspace under the spec."""
        ...

    async def count(self, workspace: str, /) -> int:
        """Say how many vectors of the workspace are held under the spec, answering or not."""
        ...
