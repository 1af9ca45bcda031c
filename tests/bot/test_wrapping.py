from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

import pytest

from bot.wrapping import Opening

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Room:
    """A platform that says when it is opened and closed."""

    name = "room"
    anywhere = True

    def __init__(self, said: list[str], *, broken: bool = False) -> None:
        self._said = said
        self._broken = broken

    async def __aenter__(self) -> Self:
        if self._broken:
            raise OSError
        self._said.append("room opened")
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._said.append("room closed")


@asynccontextmanager
async def needed(said: list[str]) -> AsyncGenerator[None]:
    said.append("need opened")
    try:
        yield
    finally:
        said.append("need closed")


async def test_what_a_platform_needs_is_open_for_as_long_as_it_is() -> None:
    said: list[str] = []
    async with Opening(Room(said), needed(said)) as room:  # type: ignore[arg-type] # the rest is not asked
        assert (room.name, room.anywhere) == ("room", True)
    assert said == ["need opened", "room opened", "room closed", "need closed"]


async def test_what_was_opened_is_closed_where_the_platform_cannot_be() -> None:
    said: list[str] = []
    with pytest.raises(OSError):  # noqa: PT011 - it is the only one
        async with Opening(Room(said, broken=True), needed(said)):  # type: ignore[arg-type]
            pass
    assert said == ["need opened", "need closed"]
