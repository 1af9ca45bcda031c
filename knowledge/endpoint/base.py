"""How an endpoint is reached, and who keeps account of what it is asked. Pure."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from knowledge.endpoint.refusals import shown

if TYPE_CHECKING:
    from knowledge.base import Embedder


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The settings that a sentence about a failure names."""

    key: str = "OPENAI_API_KEY"
    model: str = "FOOTNOTE_EMBEDDER"
    address: str = "OPENAI_BASE_URL"
    dimensions: str = "FOOTNOTE_EMBEDDING_DIMENSIONS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that texts may take with all tries together, and seconds of one try; ``tries`` are how many at most."""

    total: float
    one: float
    tries: int


AT_ONCE: Final = Patience(total=2.0, one=2.0, tries=3)
"""For a question: a person waits, and keywords find something too."""
PATIENT: Final = Patience(total=60.0, one=45.0, tries=7)
"""For passages, which nobody waits for, and which are not to fail for a server that restarts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A model of embeddings and its server. ``base_url`` ends in ``/v1`` where the server's paths begin there.

    ``dimensions`` is asked of a model that can shorten its vectors; None: as long as they come.
    """

    model: str
    base_url: str
    key: str | None = field(default=None, repr=False)
    dimensions: int | None = None
    remedy: Remedy = field(default_factory=Remedy)
    question: Patience = AT_ONCE
    passage: Patience = PATIENT

    @property
    def address(self) -> str:
        """The address as it may be shown: without a user or password."""
        return shown(self.base_url)


@dataclass(slots=True)
class Outcome:
    """What came of one request, noted by whoever makes it while it is made.

    ``begun``: it may have cost something, because it was sent and not refused by a status. ``tokens`` are those that
    the server says it took; None where it did not say, or said what cannot be.
    """

    begun: bool = False
    tokens: int | None = None


class Meter(Protocol):
    """Keeps account of requests that may cost money."""

    def request(self, tokens: int, /) -> AbstractAsyncContextManager[Outcome]:
        """Stand around one request, which takes at most so many tokens.

        Entering raises Unaffordable where it may not be made; leaving books what the outcome says.
        """
        ...


class Free(Meter):
    """Keeps none."""

    def request(self, _tokens: int, /) -> AbstractAsyncContextManager[Outcome]:
        """Let every request be made."""
        return nullcontext(Outcome())


class Priced(Protocol):
    """What has a price: a model at a server."""

    @property
    def model(self) -> str:
        """The model as its server calls it."""
        ...

    @property
    def base_url(self) -> str:
        """Where it is asked."""
        ...


@runtime_checkable
class Billed(Priced, Protocol):
    """An embedder whose requests may cost money."""

    def metered(self, meter: Meter, /) -> Embedder:
        """Give the same embedder, over the same connections, with somebody else who keeps account."""
        ...
