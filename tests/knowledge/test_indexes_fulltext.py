from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.indexes.fulltext import FullText
from tests.contracts.index import IndexContract
from tests.doubles.library import on_server

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from tests.contracts.index import Library
    from tests.doubles.postgres import Server


class TestFullText(IndexContract):
    @pytest.fixture(autouse=True)
    def _database(self, server: Server) -> None:
        self.address = server.empty()

    def library(self) -> AbstractAsyncContextManager[Library]:
        return on_server(self.address, FullText)
