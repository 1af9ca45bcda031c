"""Places where knowledge is kept: every pairing that the settings can name, each empty and its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.settings import load
from tests.doubles.pinecone.index import Index
from tests.doubles.pinecone.server import KEY, Pinecone

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from bot.settings import Settings
    from tests.doubles.postgres import Server

PAIRINGS: Final = (
    ("embedded", "embedded"),
    ("embedded", "pinecone"),
    ("embedded", "postgres"),
    ("postgres", "embedded"),
    ("postgres", "postgres"),
    ("postgres", "pinecone"),
)
DIMENSIONS: Final = 64


@dataclass(frozen=True)
class Place:
    """Settings that keep knowledge somewhere, and what is there."""

    environ: Mapping[str, str]
    settings: Settings
    pinecone: Pinecone | None

    def catch_up(self) -> None:
        """Let a slow index show all that it was given."""
        if self.pinecone is not None:
            self.pinecone.catch_up()

    def wanting(self, **settings: str) -> Place:
        """Give the same place, wanted otherwise."""
        environ = {**self.environ, **settings}
        return Place(environ, load(environ), self.pinecone)


@contextmanager
def placed(home: Path, words: str, vectors: str, server: Server | None = None, *, lag: int = 0) -> Generator[Place]:
    """Give an empty place. ``lag`` is how many requests pass until a double of Pinecone shows what it was given."""
    environ = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_WORDS": words, "FOOTNOTE_VECTORS": vectors}
    with ExitStack() as stack:
        if server is not None and "postgres" in {words, vectors}:
            with ThreadPoolExecutor(1) as beside:  # it runs a loop of its own, and here one may run
                environ["DATABASE_URL"] = beside.submit(server.database).result()
        service = None
        if vectors == "pinecone":
            service = stack.enter_context(Pinecone(Index(dimension=DIMENSIONS, lag=lag)))
            environ |= {"PINECONE_HOST": service.url, "PINECONE_API_KEY": KEY}
        yield Place(environ, load(environ), service)
