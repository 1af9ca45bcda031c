"""A sync in words; no I/O."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from adapters.escaping import safe_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from knowledge.staging import Progress, Stage
    from knowledge.syncing import Summary

_SHOWN_SKIPS = 20
_SHOWN_DOCUMENTS = 5
_SHOWN_ENDINGS = 5
_INSPECT = "footnote inspect FILE"
STAGES: Mapping[Stage, str] = {
    "carrying": "carrying vectors over",
    "reading": "reading",
    "embedded": "embedding",
    "staged": "embedding",
    "publishing": "publishing",
    "published": "done",
}


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Give ``1 file`` or ``2 files``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def summed(summary: Summary) -> list[str]:
    """Give what a sync did, as lines."""
    changes = (
        f"{summary.added:,} added",
        f"{summary.changed:,} changed",
        f"{summary.unchanged:,} unchanged",
        f"{summary.removed:,} removed",
    )
    skipped = [f"{len(summary.skipped):,} skipped"] if summary.skipped else []
    work = f"{counted(summary.chunks, 'chunk')} embedded in {summary.seconds:.1f} s"
    resumed = [f"{counted(summary.resumed, 'document')} taken over from a sync that had not finished."]
    renewed = [f"{counted(summary.renewed, 'chunk')} that answered already embedded anew, by the other embedder."]
    return [
        f"{', '.join((*changes, *skipped))}; {work}.",
        *(resumed if summary.resumed else []),
        *(renewed if summary.renewed else []),
        *_noticed(summary),
        *_skips(summary),
        *(_remaining(summary) if summary.remaining else []),
    ]


def _noticed(summary: Summary) -> Iterator[str]:
    """Name the documents that are worth a look, by what was seen in them."""
    if summary.flagged:
        documents = counted(len(summary.flagged), "document")
        yield f"Hidden text was left out of {documents}: {_named(summary.flagged)}; {_INSPECT} says how much."
    if summary.masked:
        secrets = counted(summary.masked, "secret was", "secrets were")
        yield f"{secrets} masked in {_named(summary.masked_in)}; {_INSPECT} shows where."
    if summary.suspicious:
        several = counted(len(summary.suspicious), "document contains", "documents contain")
        orders = f"{several} text that gives orders to a language model: {_named(summary.suspicious)}."
        yield f"{orders} Footnote does not follow them; {_INSPECT} shows why."


def _named(documents: Sequence[str]) -> str:
    left = len(documents) - _SHOWN_DOCUMENTS
    listed = ", ".join(map(safe_line, documents[:_SHOWN_DOCUMENTS]))
    return f"{listed} and {left:,} more (--json lists them all)" if left > 0 else listed


def _remaining(summary: Summary) -> list[str]:
    return [f"Vectors of what is gone could not be removed yet, which the next sync does again: {summary.remaining}"]


def as_object(summary: Summary) -> dict[str, Any]:
    """Give what a sync did, for programs; seconds to the millisecond."""
    stages = {name: round(seconds, 3) for name, seconds in asdict(summary.stages).items()}
    return asdict(summary) | {"seconds": round(summary.seconds, 3), "stages": stages}


def nothing_read(summary: Summary, endings: Callable[[], Sequence[str]] = tuple) -> str | None:
    """Say so where a sync could read nothing at all and so left nothing changed; else None.

    ``endings`` gives those of the files that were there instead.
    """
    if summary.added or summary.changed or summary.unchanged or summary.removed:
        return None
    if summary.skipped:
        return "Nothing could be read: every file was skipped."
    there = ", ".join(map(safe_line, endings()[:_SHOWN_ENDINGS]))
    instead = f", only {there}" if there else ""
    return f"There is nothing to read: no Markdown, text or HTML file was found{instead}."


def stage_words(progress: Progress) -> str:
    """Give where a sync is, in a few words."""
    words = [STAGES[progress.stage]]
    if progress.stage == "carrying":
        return f"{words[0]}, {progress.embedded:,} of {counted(progress.chunks, 'chunk')}"
    words.append(counted(progress.documents, "document"))
    if progress.chunks:
        words.append(f"{progress.embedded:,} of {counted(progress.chunks, 'chunk')} embedded")
    if progress.skipped:
        words.append(f"{progress.skipped:,} skipped")
    return ", ".join(words)


def _skips(summary: Summary) -> list[str]:
    shown = [f"  {skipped.told}" for skipped in summary.skipped[:_SHOWN_SKIPS]]
    left = len(summary.skipped) - len(shown)
    return [*shown, f"  and {counted(left, 'more file')}; --json lists them all."] if left > 0 else shown
