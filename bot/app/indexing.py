"""Indexes of vectors, each opened once, wherever the settings or the catalog say that it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from knowledge.errors import Unreachable

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from bot.app.embedding import Embedders
    from bot.settings import Settings
    from knowledge.base import Embedder, VectorIndex
    from knowledge.catalog import Catalog
    from knowledge.stores.base import Store
    from knowledge.vectorsets import Kept

_POSTGRES: Final = "postgres"
"""What the place of vectors in PostgreSQL is, or begins with."""
_PINECONE: Final = "pinecone "
"""What the place of vectors in Pinecone begins with; its host follows, since there may be several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexes:
    """Those that were asked for; ``stack`` closes them. See ``knowledge.serving.Opening``."""

    settings: Settings
    store: Store
    catalog: Catalog
    embedders: Embedders
    stack: AsyncExitStack
    _open: dict[Kept, VectorIndex] = field(default_factory=dict)

    async def wanted(self) -> Kept:
        """Say what the settings want. Raises KnowledgeError."""
        from knowledge.vectorsets import Kept

        spec = replace((await self.embedders.wanted()).spec, metric=self.settings.metric)
        return Kept(store=self._place(), embedder=self.settings.embedder, spec=spec)

    async def index(self, kept: Kept, /) -> VectorIndex:
        """Open an index, prepared."""
        if kept not in self._open:
            index = await self._made(kept)
            await index.prepare(kept.spec)
            self._open[kept] = index
        return self._open[kept]

    async def _made(self, kept: Kept) -> VectorIndex:
        """Make an index; raises Unreachable where the settings no longer say how, and another one is wanted."""
        from bot.errors import BadSettings
        from knowledge.errors import Refused

        try:
            return await self.made(kept.store)
        except (BadSettings, Refused) as error:
            raise (error if kept.store == self._place() else Unreachable(error.told)) from error

    async def embedder(self, kept: Kept, /) -> Embedder:
        """Give what made the vectors; raises Unreachable where it is there no more, and another is wanted."""
        from bot.errors import BadSettings
        from knowledge.errors import KnowledgeError

        wanted = kept.embedder == self.settings.embedder
        try:
            embedder = await self.embedders.named(kept.embedder, None if wanted else kept.spec)
        except (BadSettings, KnowledgeError) as error:
            raise (error if wanted else Unreachable(error.told)) from error
        if replace(embedder.spec, metric=kept.spec.metric) != kept.spec:
            raise Unreachable(_changed(kept))
        return embedder

    async def made(self, place: str) -> VectorIndex:
        """Make an index that is not prepared."""
        if place.startswith(_PINECONE):
            return await self._pinecone(place.removeprefix(_PINECONE), await self._owner())
        if place.startswith(_POSTGRES):
            return self._pgvector(place, await self._owner())
        from knowledge.indexes.vectors import VectorMatrix

        return VectorMatrix(self.store)

    async def _owner(self) -> str:
        """Name this catalog to indexes that others may share."""
        import secrets

        from knowledge.notes import Notes

        return await Notes(self.store).settled("owner", secrets.token_hex(4))

    def _pgvector(self, place: str, owner: str) -> VectorIndex:
        """Use a pool of its own, whose searches are not to wait for what a sync does in the catalog's."""
        if place not in {_POSTGRES, self._postgres()}:
            raise Unreachable(
                f"The vectors are in {place}, and DATABASE_URL names another database now. Name that one again, or "
                "let footnote index copy --anew make them anew."
            )
        from bot.app.places import server_address
        from knowledge.indexes.owned import OwnAnswers, Owned
        from knowledge.indexes.pgvector.index import PgVectors
        from knowledge.stores.server import Server

        server = Server(server_address(self.settings))
        self.stack.push_async_callback(server.close)
        return Owned(PgVectors(server, OwnAnswers(self.catalog, owner)), owner)

    async def _pinecone(self, host: str, owner: str) -> VectorIndex:
        from bot.errors import BadSettings
        from knowledge.indexes.owned import OwnAnswers, Owned

        try:
            from knowledge.indexes.pinecone.index import PineconeVectors
        except ModuleNotFoundError as error:
            raise BadSettings('Pinecone needs the extra "pinecone": pip install "footnote-bot[pinecone]".') from error
        key = self.settings.pinecone_api_key.get_secret_value() if self.settings.pinecone_api_key else ""
        made = PineconeVectors(host, key, OwnAnswers(self.catalog, owner))
        return Owned(await self.stack.enter_async_context(made), owner)

    def _place(self) -> str:
        """Name the place of vectors as the catalog keeps it. Raises BadSettings."""
        from bot.errors import BadSettings

        if self.settings.vector_store == "postgres":
            return self._postgres()
        if self.settings.vector_store == "embedded":
            return "embedded"
        if self.settings.pinecone_host is None:
            raise BadSettings(
                "The vectors are in Pinecone, but PINECONE_HOST is not set: set it to the host of an index, which "
                "Pinecone's console shows."
            )
        return f"{_PINECONE}{self.settings.pinecone_host}"

    def _postgres(self) -> str:
        """Name the database, unless the catalog is in it too: then both move together, whatever it is called."""
        from bot.app.places import server_address
        from knowledge.stores.address import shown_address

        address = server_address(self.settings)
        return _POSTGRES if self.settings.words == "postgres" else f"{_POSTGRES} {shown_address(address)}"


def _changed(kept: Kept) -> str:
    return (
        f"The vectors were made by another version of {kept.embedder} ({kept.spec.model}, {kept.spec.dimensions} "
        f"dimensions); footnote index copy makes them anew."
    )
