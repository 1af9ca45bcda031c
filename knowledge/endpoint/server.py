"""One request to a server of embeddings: sent, timed, read, and whatever goes wrong said as a Failure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from knowledge.endpoint import failing
from knowledge.endpoint.answers import Nonsense, tokens, vectors
from knowledge.endpoint.client import connected, refusal, sent
from knowledge.endpoint.models import KNOWN
from knowledge.endpoint.refusals import LATE
from knowledge.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from openai import AsyncOpenAI

    from knowledge.base import Vectors
    from knowledge.endpoint.base import Endpoint, Outcome
    from knowledge.endpoint.failing import Failure
    from knowledge.endpoint.packing import Portion

_CONNECT: Final = 5.0
_SHARE: Final = 0.75
"""Of a try's seconds that the connection may take, so that it is known whether anything was sent."""
_EXTRA: Final = "The embedding model needs a package that is not installed: run pip install 'footnote-bot[openai]'."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """The vectors (n, d) of a portion's texts, and the tokens that they took, as the server or a count says."""

    vectors: Vectors
    tokens: int


class Server:
    """Reached at the first request; one for all who embed with this endpoint."""

    def __init__(self, endpoint: Endpoint, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Nothing is connected, or even imported, yet. ``pause`` waits so many seconds between two tries."""
        self.endpoint = endpoint
        self.pause = pause
        self._client: AsyncOpenAI | None = None
        self._connecting = asyncio.Lock()
        self._format = "base64"

    async def connect(self) -> AsyncOpenAI:
        """Load the library, which takes a second. Raises Refused where it is not installed."""
        async with self._connecting:
            if self._client is None:
                self._client = await asyncio.to_thread(self._connected)
            return self._client

    async def ask(self, portion: Portion, outcome: Outcome, *, length: int | None, seconds: float) -> Answer:
        """Embed the texts of one request, within so many seconds. Raises Failure.

        ``length`` is how long the vectors have to be. ``outcome`` notes what it may have cost, however this ends.
        """
        client = await self.connect()
        outcome.begun = True
        try:
            async with asyncio.timeout(seconds):
                response = await self._asked(client, [text.text for text in portion.texts], seconds)
        except Exception as error:
            raise self._failed(error, outcome) from error
        outcome.tokens = tokens(getattr(response, "usage", None), portion.worst)
        found = await self._read(response, len(portion.texts))
        if length is not None and found.shape[1] != length:
            raise failing.wrong_length(self.endpoint, length, found.shape[1])
        return Answer(vectors=found, tokens=portion.tokens if outcome.tokens is None else outcome.tokens)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    def _connected(self) -> AsyncOpenAI:
        endpoint = self.endpoint
        longest = max(endpoint.question.one, endpoint.passage.one)
        try:
            return connected(base_url=endpoint.base_url, key=endpoint.key, longest=longest, connect=_CONNECT)
        except ImportError as error:
            raise Refused(_EXTRA) from error

    async def _asked(self, client: AsyncOpenAI, texts: list[str], seconds: float) -> object:
        """Ask, once more for plain numbers where the server does not know base64."""
        from openai import BadRequestError, UnprocessableEntityError  # noqa: PLC0415 - connected, so it is there

        first = self._format
        try:
            return await self._created(client, texts, first, seconds)
        except (BadRequestError, UnprocessableEntityError) as error:
            if first == "float" or "encoding_format" not in str(error):
                raise
            self._format = "float"
            return await self._created(client, texts, "float", seconds)

    async def _created(self, client: AsyncOpenAI, texts: list[str], encoding: str, seconds: float) -> object:
        """Ask for an encoding by name, so that the library leaves decoding to us: it would make lists of numbers."""
        import httpx2  # noqa: PLC0415 - as above

        create: Any = client.embeddings.create  # a server may answer anything, whatever the types say
        response: object = await create(
            model=self.endpoint.model,
            input=texts,
            encoding_format=encoding,
            timeout=httpx2.Timeout(seconds, connect=min(_CONNECT, _SHARE * seconds)),
            **self._dimensions(),
        )
        return response

    def _dimensions(self) -> dict[str, int]:
        """Ask for a length only where it is not the model's own: some refuse to hear of any."""
        wanted, known = self.endpoint.dimensions, KNOWN.get(self.endpoint.model)
        if wanted is None or (known is not None and known.dimensions == wanted):
            return {}
        return {"dimensions": wanted}

    async def _read(self, response: object, count: int) -> Vectors:
        """Decode beside the event loop, which a thousand vectors would hold up."""
        read: Callable[..., Vectors] = vectors
        try:
            return await asyncio.to_thread(read, getattr(response, "data", None), count)
        except Nonsense as error:
            raise failing.nonsense(self.endpoint, str(error)) from error

    def _failed(self, error: Exception, outcome: Outcome) -> Failure:
        """Say what an error of the library means, and note where such a request costs nothing."""
        import httpx2  # noqa: PLC0415 - it is there, or nothing could have been raised
        import openai  # noqa: PLC0415 - the same

        if isinstance(error, openai.APIStatusError):
            found = refusal(error)
            outcome.begun = found.status in LATE
            return failing.refused(found, self.endpoint)
        outcome.begun = sent(error)
        if isinstance(error, openai.APITimeoutError | TimeoutError | httpx2.TimeoutException):
            return failing.late(self.endpoint)
        if not outcome.begun:
            return failing.away(self.endpoint)
        if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
            return failing.lost(self.endpoint)
        return failing.nonsense(self.endpoint, "what is no list of embeddings")
