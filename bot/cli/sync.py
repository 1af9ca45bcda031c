"""``footnote sync``: files and folders into the knowledge."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from adapters.escaping import safe_line
from bot.cli.kinds import kind
from bot.cli.output import say, say_json, tell
from bot.cli.progress import shown
from bot.cli.summaries import as_object, counted, nothing_read, summed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.settings import Settings
    from knowledge.base import Genre, Principal, Source
    from knowledge.syncing import Summary

INCOMPLETE: Final = 3
"""The exit code where some documents were skipped and others read."""

KEPT = "Interrupted. Answers are as they were before; what was read is kept, and the same command goes on from there."
LOCKED = "{} cannot be read; check its permissions. Nothing was forgotten."
KEPT_OF_REBUILDING = (
    "Interrupted. What answered before is forgotten, as --rebuild asks; what was read since is kept, "
    "and the same command without --rebuild goes on from there."
)


@click.command("sync")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[PATH...]")
@click.option("--public", is_flag=True, help="Let everyone read it; without this, only your team does.")
@click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="PRINCIPAL",
    help="Let these read it instead of the team, such as slack:T1 or slack:T1:channel:C1; may be given several times.",
)
@click.option("--name", metavar="NAME", help="Call this source so; by default it is called as its file or folder.")
@click.option(
    "--kind",
    "genre",
    callback=kind,
    metavar="KIND",
    help="Cut its documents as technical, plain, general, legal, policy or audit.",
)
@click.option("--rebuild", is_flag=True, help="Forget everything first, other sources too.")
@click.option("--moved", is_flag=True, help="Take the place of a source that had this name elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.option("--quiet", is_flag=True, help="Print only what went wrong.")
@click.pass_context
def command(  # noqa: PLR0913 - its options
    ctx: click.Context,
    paths: tuple[Path, ...],
    readers: tuple[str, ...],
    name: str | None,
    genre: Genre | None,
    *,
    public: bool,
    rebuild: bool,
    moved: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Read Markdown, text and HTML files and folders: what is new or changed is added, what is gone is removed.

    Without a PATH, the sources that footnote.toml names are read.
    """
    from bot.app import synced
    from bot.settings import load

    _check(paths, readers, name)
    settings = load()
    if paths:
        sources = _given(settings, paths, readers, name, genre, public=public)
    else:
        sources = _named(settings, told_how=bool(public or readers or name or genre))
    if rebuild:
        _must_be_readable(paths or [source.path for source in settings.sources])
        if not quiet:
            _warn(settings, {source.name for source in sources})
    try:
        with shown(quiet=quiet or as_json) as progress:
            summary = asyncio.run(synced(settings, sources, progress=progress, rebuild=rebuild, moved=moved))
    except KeyboardInterrupt:
        tell(KEPT_OF_REBUILDING if rebuild else KEPT)
        raise
    if as_json:
        say_json(as_object(summary))
    elif not quiet:
        for line in (*summed(summary), *_hints(settings, summary, {source.name for source in sources})):
            say(line)
    ctx.exit(_judged(summary, paths, named=as_json or not quiet))


def _given(  # noqa: PLR0913 - what was said of them
    settings: Settings,
    paths: Sequence[Path],
    readers: tuple[Principal, ...],
    name: str | None,
    genre: Genre | None,
    *,
    public: bool,
) -> Sequence[Source]:
    from bot.app import files
    from bot.sources import may_read

    reading = may_read(settings.team, readers=readers, public=public)
    return [files(path, readers=reading, name=name, genre=genre) for path in paths]


def _named(settings: Settings, *, told_how: bool) -> Sequence[Source]:
    """Give the sources of the settings, which say themselves who reads each, its name and its kind."""
    from bot.app import named

    if not settings.sources:
        raise click.UsageError("Name a PATH to read, or name sources in footnote.toml: [[sources]] with a path each.")
    if told_how:
        raise click.UsageError(
            "--name, --public, --reader and --kind go with a PATH; footnote.toml says them of its sources."
        )
    return named(settings)


def _judged(summary: Summary, paths: Sequence[Path], *, named: bool) -> int:
    """Give the exit code, and say why it is not 0 unless what was skipped has been named."""
    if wrong := nothing_read(summary, partial(_endings, paths)):
        tell(wrong)
        return 1
    if summary.skipped and not named:
        were = counted(len(summary.skipped), "document was", "documents were")
        tell(f"{were} skipped; without --quiet they are named.")
    return INCOMPLETE if summary.skipped else 0


def _endings(paths: Sequence[Path]) -> list[str]:
    """Give the endings of the files right in these folders, such as ``.pdf``, in their order; hidden ones aside."""
    try:
        found = {file.suffix.lower() for path in paths if path.is_dir() for file in path.iterdir() if file.is_file()}
    except OSError:  # it is told without them
        return []
    return sorted(found - {""})


def _hints(settings: Settings, summary: Summary, synced: set[str]) -> list[str]:
    """Say that the manual, which a first chat reads by itself, goes on answering beside what was just added."""
    from bot.app import manual, sources

    known = asyncio.run(sources(settings)) if summary.added else ()
    if any(source.place == str(manual()) and source.name not in synced for source in known):
        return ["The manual of Footnote still answers too; footnote forget manual takes it out."]
    return []


def _must_be_readable(paths: Sequence[Path]) -> None:
    """Refuse a mistyped or locked path before everything is forgotten for it."""
    for path in paths:
        try:
            path.stat()
        except FileNotFoundError:
            raise click.ClickException(f"{path} does not exist; check the path. Nothing was forgotten.") from None
        except OSError:
            raise click.ClickException(LOCKED.format(path)) from None
        if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
            raise click.ClickException(LOCKED.format(path))


def _warn(settings: Settings, named: Collection[str]) -> None:
    """Name what has to be synced again, while it is still known and before anything can interrupt."""
    from bot.app import sources

    lost = [source for source in asyncio.run(sources(settings)) if source.name not in named]
    if lost:
        listed = ", ".join(f"{source.name} from {source.place}" if source.place else source.name for source in lost)
        tell(f"Other sources are forgotten too, so sync their paths again afterwards: {safe_line(listed)}.")


def _check(paths: Sequence[Path], readers: Sequence[Principal], name: str | None) -> None:
    """Refuse what would mix two sources, or let nobody read them."""
    from knowledge.base import PRINCIPAL

    if name is not None and (len(paths) > 1 or not name.strip() or "/" in name):
        raise click.UsageError("--name names one PATH, in words without a slash; sync several one at a time.")
    twice = [name for name, times in Counter(path.absolute().name for path in paths).items() if times > 1]
    if twice:
        raise click.UsageError(f"Two paths are called {twice[0]}; sync them one at a time, each with its own --name.")
    wrong = [reader for reader in readers if not PRINCIPAL.fullmatch(reader)]
    if wrong:
        known = "public, terminal:local, slack:T1, slack:T1:channel:C1, slack:T1:group:S1 or slack:T1:person:U1"
        raise click.UsageError(f"--reader {wrong[0]} is nobody that can be named; write it like {known}.")
