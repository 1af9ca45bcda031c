"""What the SDK raises, as what went wrong with knowledge. The service's own words are never passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pinecone import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    PineconeConnectionError,
    PineconeError,
    RateLimitError,
    ResponseParsingError,
    ServiceError,
    UnauthorizedError,
)

from knowledge.errors import KnowledgeError, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

FAILURES: Final = (PineconeError, TimeoutError)
"""What a request may raise."""
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})


def passing(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, ApiError):
        return error.status_code in _AGAIN
    return isinstance(error, TimeoutError | PineconeConnectionError)


def asked_to_wait(error: Exception) -> float | None:
    """Give the seconds of a Retry-After."""
    if not isinstance(error, ApiError):
        return None
    try:
        seconds = float((error.headers or {}).get("retry-after", ""))
    except ValueError:
        return None
    return seconds if seconds >= 0 else None


def explained(error: Exception, host: str) -> KnowledgeError:
    """Say what an error means, and which setting to look at."""
    status = error.status_code if isinstance(error, ApiError) else None
    kind, sentence = next(_MEANINGS[each] for each in _MEANINGS if isinstance(error, each))
    return kind(sentence.format(at=f"Pinecone at {host}", host=host, status=status))


_MEANINGS: Final[Mapping[type[Exception], tuple[type[KnowledgeError], str]]] = {
    UnauthorizedError: (Refused, "{at} does not accept the key in PINECONE_API_KEY."),
    ForbiddenError: (
        Refused,
        "{at} does not allow this to the key in PINECONE_API_KEY: it may lack a role, or its project may be full.",
    ),
    NotFoundError: (
        Unreachable,
        "There is no index of Pinecone at {host}. PINECONE_HOST must be the index's own host.",
    ),
    RateLimitError: (Unreachable, "{at} has too much to do now, or its plan is used up for this month."),
    ServiceError: (Unreachable, "{at} is out of order (status {status})."),
    ApiError: (Refused, "{at} refused a request (status {status})."),
    TimeoutError: (Unreachable, "{at} did not answer in time."),
    PineconeConnectionError: (Unreachable, "{at} cannot be reached. PINECONE_HOST says where it is."),
    ResponseParsingError: (
        Unreachable,
        "What answers at {host} is not Pinecone. PINECONE_HOST must be the index's own host.",
    ),
    Exception: (Refused, "{at} was asked for something that it cannot do."),
}
"""The first that an error is an instance of holds."""
