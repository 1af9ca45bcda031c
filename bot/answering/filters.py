"""Filters that a person writes into a question: ``year:2024 publisher:"Acme Ltd"``. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from knowledge.base import Field, Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

_WRITTEN = re.compile(
    r'(?<!\S)(?P<field>[A-Za-z]{3,9}):(?:"(?P<quoted>[^"\n]{1,200})"|(?P<bare>[^\s":/][^\s"]{0,199}))(?!\S)'
)
_FIELDS: Mapping[str, Field] = {name: name for name in get_args(Field)}


def parsed(text: str) -> tuple[str, tuple[Filter, ...]]:
    """Take the filters out of a question: what is left of it, and one filter a field.

    A field written twice, or with commas, has any of its values. ``foo:bar`` with an unknown field stays text, and so
    does ``source: x``, with a space, because people write that way without meaning a filter.
    """
    found: dict[Field, set[str]] = {}

    def taken(match: re.Match[str]) -> str:
        field = _FIELDS.get(match["field"].lower())
        values = _values(match)
        if field is None or not values:
            return match[0]
        found.setdefault(field, set()).update(values)
        return ""

    left = _WRITTEN.sub(taken, text)
    if not found:
        return text.strip(), ()
    filters = tuple(Filter(field=field, values=frozenset(values)) for field, values in found.items())
    return re.sub(r"[ \t]{2,}", " ", left).strip(), filters


def _values(match: re.Match[str]) -> list[str]:
    if match["quoted"] is not None:
        return [match["quoted"].strip()] if match["quoted"].strip() else []
    bare: str = match["bare"].rstrip("?!.;,")
    return [value for value in bare.split(",") if value]
