"""Why a request brought no vectors: an error with a sentence that names the remedy, and whether to ask again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.endpoint.refusals import later
from knowledge.errors import Refused, Unreachable

if TYPE_CHECKING:
    from knowledge.endpoint.base import Endpoint
    from knowledge.endpoint.refusals import Refusal
    from knowledge.errors import KnowledgeError


class Failure(Exception):
    """One request failed. ``error`` is what is raised where asking again, or for less, is of no use.

    ``passes``: the same request may be answered later, after ``retry_after`` seconds where the server says so.
    ``too_much``: fewer texts, or a shorter one, may be answered.
    """

    def __init__(
        self,
        error: KnowledgeError,
        *,
        passes: bool = False,
        too_much: bool = False,
        retry_after: float | None = None,
    ) -> None:
        """Keep all of it."""
        super().__init__(error.told)
        self.error = error
        self.passes = passes
        self.too_much = too_much
        self.retry_after = retry_after


def refused(refusal: Refusal, endpoint: Endpoint) -> Failure:
    """Say what a status means."""
    told = _told(refusal, endpoint)
    error = Unreachable(told) if refusal.passes else Refused(told)
    return Failure(error, passes=refusal.passes, too_much=refusal.too_much, retry_after=refusal.retry_after)


def late(endpoint: Endpoint) -> Failure:
    """Say that nothing came in time."""
    told = f"The embedding model's server at {endpoint.address} did not answer in time: try again in a moment."
    return Failure(Unreachable(told), passes=True)


def away(endpoint: Endpoint) -> Failure:
    """Say that there is nobody."""
    remedy = endpoint.remedy.address
    told = f"There is no embedding model's server at {endpoint.address}: check {remedy} and the network."
    return Failure(Unreachable(told), passes=True)


def lost(endpoint: Endpoint) -> Failure:
    """Say that the connection broke."""
    told = f"The connection to the embedding model's server at {endpoint.address} was lost: try again in a moment."
    return Failure(Unreachable(told), passes=True)


def nonsense(endpoint: Endpoint, what: str) -> Failure:
    """Say that an answer is none; it is not kept, and asking again would only cost again."""
    remedy = endpoint.remedy
    told = (
        f"The server at {endpoint.address} answered for the embedding model {endpoint.model} with {what}, so nothing "
        f"of it was kept: check {remedy.address} and {remedy.model}."
    )
    return Failure(Refused(told))


def wrong_length(endpoint: Endpoint, wanted: int, came: int) -> Failure:
    """Say that vectors are not as long as the index needs them."""
    remedy = endpoint.remedy
    told = (
        f"The embedding model {endpoint.model} at {endpoint.address} gave vectors of {came} dimensions where "
        f"{wanted} are needed, so none was kept: check {remedy.dimensions} and {remedy.model}."
    )
    return Failure(Refused(told))


def _told(refusal: Refusal, endpoint: Endpoint) -> str:
    model, address, remedy = endpoint.model, endpoint.address, endpoint.remedy
    wait = later(refusal.retry_after)
    match refusal.status:
        case _ if refusal.unpaid:
            return f"The embedding provider's account has no money left: add credit, or set another {remedy.key}."
        case 401:
            return f"The embedding model's server at {address} did not accept the key: check {remedy.key}."
        case 403:
            return (
                f"The key in {remedy.key} may not use the embedding model {model}: allow it in the provider's account, "
                f"or set {remedy.model}."
            )
        case 404:
            return f"There is no embedding model {model} at {address}: check {remedy.model} and {remedy.address}."
        case 429:
            return f"The embedding model's server at {address} is asked too often: {wait}."
        case _ if refusal.passes:
            return f"The embedding model's server at {address} has a fault of its own ({refusal.status}): {wait}."
        case _ if refusal.too_much:
            return f"Even a short text is too long for the embedding model {model} at {address}: set {remedy.model}."
        case status:
            return (
                f"The embedding model's server at {address} refused the request ({status}): check {remedy.model}, "
                f"{remedy.dimensions} and {remedy.address}."
            )
