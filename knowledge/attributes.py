"""What filters ask of a document, in the one form in which every index stores and compares it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from knowledge.base import Document, Field
    from knowledge.chunking import Chunked


_LONGEST: Final = 500
"""Characters of a value that count; a server could not index many more."""


def folded(value: object) -> str:
    """Bring a value into the form in which attributes are stored and compared."""
    return str(value).strip().casefold()[:_LONGEST]


def attributes(document: Document, chunked: Chunked) -> Mapping[Field, frozenset[str]]:
    """Give what a document can be filtered by, folded; a field that says nothing is left out."""
    said: Mapping[Field, Iterable[object]] = {
        "source": (document.source,),
        "kind": (chunked.genre, document.format),
        "tag": chunked.tags,
        "year": (chunked.year,),
        "publisher": (chunked.publisher,),
        "product": (chunked.product,),
        "version": (chunked.version,),
    }
    known = {name: frozenset(folded(value) for value in values if value is not None) for name, values in said.items()}
    return {name: values for name, values in known.items() if values}
