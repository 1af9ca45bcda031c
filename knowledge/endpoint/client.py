"""The library that speaks to servers as OpenAI has it, for chat and for embeddings: opened, and its errors read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.endpoint.refusals import Refusal, seconds

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

_NOBODY: Final = "none"
"""The key that is sent where there is none: the library insists on one, and local servers do not care."""


def connected(*, base_url: str, key: str | None, longest: float, connect: float) -> AsyncOpenAI:
    """Make a client, which connects at its first request; seconds for an answer and for the connection.

    Raises ImportError where the extra ``openai`` is not installed.
    """
    import httpx2  # noqa: PLC0415 - comes with openai
    from openai import AsyncOpenAI  # noqa: PLC0415 - an extra, and 1 s to import

    return AsyncOpenAI(
        api_key=key or _NOBODY,
        base_url=base_url,
        max_retries=0,  # a retry would spend again, unseen by the budget
        timeout=httpx2.Timeout(longest, connect=connect, pool=connect),
    )


def refusal(error: APIStatusError) -> Refusal:
    """Read what a server refused with."""
    return Refusal(
        status=error.status_code,
        code=str(error.code or ""),
        message=str(error),
        retry_after=seconds(error.response.headers),
    )


def sent(error: Exception) -> bool:
    """Whether the request may have reached the server: not where no connection came about."""
    import httpx2  # noqa: PLC0415 - comes with openai

    never = (
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.PoolTimeout,
        httpx2.ProxyError,
        httpx2.UnsupportedProtocol,
        httpx2.InvalidURL,
    )
    return not isinstance(error, never) and not isinstance(error.__cause__, never)
