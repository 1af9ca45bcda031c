"""``footnote index``: where the knowledge is kept, and how it comes elsewhere."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from adapters.escaping import safe_line
from bot.cli.output import say, say_json, tell
from bot.cli.progress import shown
from bot.cli.summaries import counted

if TYPE_CHECKING:
    from bot.app.keeping import Catalogued, Keeping
    from knowledge.carrying import Carried
    from knowledge.copying import Copied
    from knowledge.vectorsets import Kept

_KEPT = (
    "Interrupted. Answers are as they were before; what was copied is kept, and the same command goes on from there."
)


@click.group("index", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Show where the catalog, its keywords and its vectors are kept."""
    if ctx.invoked_subcommand is not None:
        return
    from bot.app import kept
    from bot.settings import load

    keeping = asyncio.run(kept(load()))
    if as_json:
        say_json(_object(keeping))
    else:
        _print(keeping)


@command.command("copy")
@click.option(
    "--from",
    "origin",
    type=click.Choice(["embedded", "postgres"]),
    help="The catalog to copy everything from; without it, only vectors are brought where the settings want them.",
)
@click.option("--anew", is_flag=True, help="Make all vectors anew, where the old ones can no longer be reached.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.option("--quiet", is_flag=True, help="Print only what went wrong.")
def copy(origin: Catalogued | None, *, anew: bool, as_json: bool, quiet: bool) -> None:
    """Bring the knowledge where the settings say.

    No source is read again. Set FOOTNOTE_WORDS, FOOTNOTE_VECTORS and FOOTNOTE_EMBEDDER to what you want, then run this.
    Vectors of the same model are copied, those of another one are made anew. What answers now goes on answering until
    all is there.
    """
    from bot.app import carried, copied
    from bot.settings import load

    settings = load()
    if origin == settings.words:
        raise click.UsageError(
            f"The catalog is {origin} already, by the settings. Set FOOTNOTE_WORDS to where it shall be, or leave "
            "--from out to bring only the vectors elsewhere."
        )
    if anew and origin is not None:
        raise click.UsageError("--anew is for vectors alone; leave --from out.")
    try:
        with shown(quiet=quiet or as_json) as progress:
            if origin is None:
                done: Carried | Copied | None = asyncio.run(carried(settings, anew=anew, progress=progress))
            else:
                done = asyncio.run(copied(settings, origin, progress=progress))
    except KeyboardInterrupt:
        tell(_KEPT)
        raise
    if as_json:
        say_json({} if done is None else asdict(done))
    elif not quiet:
        say(_said(done))


def _said(done: Carried | Copied | None) -> str:
    if done is None:
        return "The vectors that serve are those that the settings want; there is nothing to copy."
    from knowledge.copying import Copied

    if isinstance(done, Copied):
        new = f"{counted(done.documents, 'document')} copied, {counted(done.removed, 'document')} removed"
        return f"{new}; {counted(done.chunks, 'chunk')}, of which {done.embedded:,} were embedded."
    return f"Other vectors serve now: {done.copied:,} copied, {done.embedded:,} embedded."


def _object(keeping: Keeping) -> dict[str, Any]:
    return {
        "catalog": keeping.catalog,
        **asdict(keeping.counts),
        "wanted": asdict(keeping.wanted),
        "vectors": [{**asdict(one.kept), "state": one.state} for one in keeping.sets],
    }


def _print(keeping: Keeping) -> None:
    say("Catalog and keywords", "bold")
    say(f"   {safe_line(keeping.catalog)}")
    say(f"   {counted(keeping.counts.documents, 'document')}, {counted(keeping.counts.chunks, 'chunk')}")
    say("Vectors", "bold")
    for one in keeping.sets:
        say(f"   {one.state}: {_words(one.kept)}")
    if not any(one.kept == keeping.wanted for one in keeping.sets):
        say(f"   wanted: {_words(keeping.wanted)}")
    if any(one.kept != keeping.wanted for one in keeping.sets if one.state == "serving"):
        say("   A running bot brings what is wanted; footnote index copy brings it now.")


def _words(kept: Kept) -> str:
    spec = kept.spec
    return safe_line(f"{kept.store}, {kept.embedder} ({spec.model}, {spec.dimensions} dimensions, {spec.metric})")
