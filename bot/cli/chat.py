"""``footnote chat``: the bot in this terminal."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import click

from bot.cli.output import tell

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.base import Source

_NOTHING: Final = (
    "Nothing is synced yet, so the manual of Footnote is read first; footnote sync PATH adds your own documents."
)
TERMINATED: Final = 143
"""The exit code of shells for what SIGTERM ended."""


@click.command("chat")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Talk with the bot in this terminal, or answer each line of a pipe.

    Where nothing is synced yet, the sources that the settings name are, or else its own manual, so that there is
    something to ask about.
    """
    from bot.settings import load

    settings = load()
    if settings.sources:
        _know_the_sources(settings)
    else:
        _know_the_manual(settings)
    ctx.exit(asyncio.run(_chat(settings)))


def _know_the_sources(settings: Settings) -> None:
    """Read them before the first question where nothing is known; else that goes on while questions are answered."""
    from bot.app import named, sources
    from knowledge.errors import KnowledgeError

    if not asyncio.run(sources(settings)):
        tell("Nothing is synced yet, so the sources that footnote.toml names are read first.")
        for source in named(settings):
            with suppress(KnowledgeError):  # the service says so, and tries again
                _read_first(settings, source)


def _know_the_manual(settings: Settings) -> None:
    """Give a newcomer something to ask about, as new as the program: an upgrade brings another manual."""
    from bot.app import files, manual, sources, synced
    from knowledge.errors import KnowledgeError

    held = asyncio.run(sources(settings))
    readers = held[0].readers if held else frozenset({settings.team})
    source = files(manual(), readers=readers, name="manual")
    if not held:
        tell(_NOTHING)
        _read_first(settings, source)
    elif [(one.name, one.place) for one in held] == [(source.name, source.origin)]:
        with suppress(KnowledgeError):  # whatever is in the way, such as another chat that starts, the old one answers
            asyncio.run(synced(settings, [source]))


def _read_first(settings: Settings, source: Source) -> None:
    from bot.app import synced
    from bot.cli.progress import shown
    from bot.cli.summaries import counted

    with shown(quiet=False) as progress:
        summary = asyncio.run(synced(settings, [source], progress=progress))
    tell(f"Read {counted(summary.added, 'page')} in {summary.seconds:.1f} s.")


async def _chat(settings: Settings) -> int:
    """Serve this terminal to its end; give the exit code, which says whether every line of a pipe was answered."""
    from bot.app import service, terminal
    from bot.cli.person import user

    here = terminal(settings, user=user())
    if await service(settings, here, told=here.notice if here.interactive else None):
        tell("Footnote was told to end (SIGTERM), so this chat ends here.")
        return TERMINATED
    return int(here.failed)
