"""What one sync finds against what the file held at its start, and what it should therefore publish. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from knowledge.base import Skipped
from knowledge.editions import Publishing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from knowledge.base import Document
    from knowledge.editions import Held

Judgement: TypeAlias = Literal["unchanged", "resumed", "new", "again"]
"""unchanged: answers already · resumed: an earlier sync staged it · new: to be embedded · again: seen in this sync."""


STILL_ANSWERS = "What was known of it before still answers."


class Tally:
    """Judges each document as it is read, and knows at the end what to publish."""

    def __init__(self, held: Iterable[Held], sources: Collection[str]) -> None:
        """Start from what the file holds; ``sources`` are those that this sync reads to their end."""
        held = tuple(held)
        self._sources = frozenset(sources)
        self._live = {edition.document: edition for edition in held if edition.state == "live"}
        self._staged = {(edition.document, edition.digest): edition for edition in held if edition.state == "staged"}
        self._unchanged: set[str] = set()
        self._new: dict[str, str] = {}
        self._seen: dict[str, str] = {}
        self._skipped: dict[str, Skipped] = {}
        self._clashes: dict[str, Skipped] = {}
        self._lost: tuple[str, ...] = ()
        self._dates: dict[int, datetime | None] = {}
        self._waiting = 0
        self.resumed = 0

    def judge(self, document: Document, digest: str) -> Judgement:
        """Compare by digest; the first source that gives an id owns it in this sync."""
        earlier = self._seen.setdefault(document.id, digest)
        if earlier != digest:
            told = f"{document.id} is given twice and differs; the first was kept. Rename one, or sync only one."
            self._clashes[document.id] = Skipped(document=document.id, told=told)
        if self._has(document.id):
            return "again"
        live = self._live.get(document.id)
        if live is not None and live.digest == digest:
            self._unchanged.add(document.id)
            self._date(live, document)
            return "unchanged"
        staged = self._staged.get((document.id, digest))
        if staged is None:
            self._new[document.id] = ""
            self._waiting += 1
            return "new"
        self._new[document.id] = staged.id
        self._date(staged, document)
        self.resumed += 1
        return "resumed"

    def staged(self, document: str, edition: str) -> None:
        """Count a new document as ready to be published."""
        self._new[document] = edition
        self._waiting -= 1

    def skip(self, skipped: Skipped) -> None:
        """Leave a document, or a whole folder, out; what there is of it from earlier goes on answering."""
        if skipped.document in self._unchanged or self._new.get(skipped.document):
            return
        self._skipped.setdefault(skipped.document, skipped)
        if skipped.document.endswith("/"):
            self._lost = (*self._lost, skipped.document)
        if self._new.pop(skipped.document, None) is not None:
            self._waiting -= 1

    def publishing(self) -> Publishing:
        """Say what to publish, now that every source was read to its end and every new document is staged."""
        return Publishing(
            flipped=tuple(self._new.values()),
            dropped=(*self._replaced(), *self.removed(), *self._leftover()),
            dates=self._dates,
        )

    def removed(self) -> tuple[Held, ...]:
        """Give the editions whose document is gone from the sources that were read; other sources' stay."""
        live = self._live.values()
        return tuple(one for one in live if one.source in self._sources and not self._has(one.document))

    @property
    def ready(self) -> int:
        """Count the documents that need nothing more before they are published."""
        return len(self._unchanged) + len(self._new) - self._waiting

    @property
    def unchanged(self) -> int:
        """Count the documents that answer already."""
        return len(self._unchanged)

    @property
    def added(self) -> int:
        """Count the documents that did not answer before."""
        return len(self._new.keys() - self._live.keys())

    @property
    def changed(self) -> int:
        """Count the documents that answered otherwise before."""
        return len(self._new.keys() & self._live.keys())

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Give what was left out, in order."""
        return (*map(self._told, self._skipped.values()), *self._clashes.values())

    def _told(self, skipped: Skipped) -> Skipped:
        """Add that something older goes on answering, where that is so."""
        of_it = skipped.document if skipped.document.endswith("/") else None
        if skipped.document in self._live or (of_it and any(live.startswith(of_it) for live in self._live)):
            return replace(skipped, told=f"{skipped.told} {STILL_ANSWERS}")
        return skipped

    def _has(self, document: str) -> bool:
        return document in self._unchanged or document in self._new or self._is_skipped(document)

    def _is_skipped(self, document: str) -> bool:
        return document in self._skipped or document.startswith(self._lost)

    def _replaced(self) -> tuple[Held, ...]:
        return tuple(live for live in self._live.values() if live.document in self._new)

    def _leftover(self) -> tuple[Held, ...]:
        """Give what killed syncs staged in vain; what they staged of other sources, the sync of those may resume."""
        used = set(self._new.values())
        return tuple(
            staged
            for staged in self._staged.values()
            if staged.id not in used and (staged.source in self._sources or self._has(staged.document))
        )

    def _date(self, held: Held, document: Document) -> None:
        if held.given_at != document.updated_at:
            self._dates[held.number] = document.updated_at
