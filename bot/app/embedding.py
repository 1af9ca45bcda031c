"""Embedders, each opened once and under the name that the settings know it by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.base import Embedder

READER: Final = "minilm"
"""What reads sentences where the embedder of the settings is none of this machine: they are too many to pay for."""


class Embedders:
    """Those that were asked for."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._open: dict[str, Embedder] = {}

    async def named(self, name: str) -> Embedder:
        """Give one by its name. Raises KnowledgeError."""
        return self._local(name)

    def reader(self) -> Embedder:
        """Give the one that reads sentences: the settings' own if it is of this machine."""
        from knowledge import embedders

        name = self._settings.embedder
        return self._local(name if name in embedders.names() else READER)

    def _local(self, name: str) -> Embedder:
        if name not in self._open:
            self._open[name] = embedder_of(self._settings, name)
        return self._open[name]


def embedder_of(settings: Settings, name: str) -> Embedder:
    """Load an embedder of this machine."""
    from knowledge import embedders

    return embedders.load(name, settings.home)
