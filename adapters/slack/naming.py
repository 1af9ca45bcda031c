"""Names for the people that words mention by id, as far as Slack gives them soon."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

from adapters.slack.saying import named, people

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE: Final = 1.0
"""Seconds for all of them: a form is to open within three."""


class Names(Protocol):
    """Knows what people are called; ``adapters.slack.facts.Facts``."""

    async def name(self, team: str, user: str, /) -> str:
        """Give what somebody is called, or their id."""
        ...


async def with_names(words: str, team: str, known: Names) -> str:
    """Say words with names for ids."""
    found = people(words)
    return named(words, await _asked(found, team, known)) if found else words


async def _asked(users: tuple[str, ...], team: str, known: Names) -> Mapping[str, str]:
    names: dict[str, str] = {}

    async def ask(user: str) -> None:
        name = await known.name(team, user)
        if name != user:
            names[user] = name

    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as group:
            for user in users:
                group.create_task(ask(user))
    return names
