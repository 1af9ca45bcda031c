"""``--kind``: what kind of document a file is, or all files of a source are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from knowledge.base import Genre


def kind(_ctx: click.Context, _option: click.Parameter, word: str | None) -> Genre | None:
    """Read the option's word. Raises UsageError, naming the kinds, where it means none."""
    from knowledge.genres import GENRES, named

    if word is None:
        return None
    if genre := named(word):
        return genre
    known = f"{', '.join(GENRES[:-1])} and {GENRES[-1]}"
    raise click.UsageError(f"--kind {word} is no kind of document; the kinds are {known}.")
