"""Nothing is asked of an empty knowledge without saying so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from knowledge.catalog import Catalog


async def is_empty(catalog: Catalog, team: str) -> bool:
    """Whether nothing at all was synced for a team."""
    return (await catalog.counts(team)).documents == 0


async def must_hold_something(catalog: Catalog, team: str) -> None:
    """Raise an error that says what to do where nothing was synced."""
    if await is_empty(catalog, team):
        raise click.ClickException("Nothing is synced yet: run footnote sync PATH")
