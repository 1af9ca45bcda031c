"""What a metadata filter of Pinecone holds for. Pure.

A list of strings is matched by any of its members; ``$ne`` and ``$nin`` are the opposites of ``$eq`` and ``$in``, and
so hold where a field is missing; order is for numbers alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Metadata: TypeAlias = Mapping[str, Any]
Filter: TypeAlias = Mapping[str, Any]
MOST_VALUES: Final = 10_000
"""Values of one ``$in`` or ``$nin``."""


class BadFilterError(Exception):
    """A filter that the service refuses."""


def matches(condition: Filter, metadata: Metadata) -> bool:
    """Whether a record is meant; raises BadFilterError, whatever the record."""
    found = [_holds(name, asked, metadata) for name, asked in condition.items()]  # all of them, so that all are checked
    return all(found)


def _holds(name: str, asked: object, metadata: Metadata) -> bool:
    if name in ("$and", "$or"):
        if not isinstance(asked, list) or not asked or not all(isinstance(each, Mapping) for each in asked):
            raise BadFilterError(f"{name} takes a list of filters")
        found = [matches(each, metadata) for each in asked]
        return all(found) if name == "$and" else any(found)
    if name.startswith("$"):
        raise BadFilterError(f"{name} is not a field")
    if not isinstance(asked, Mapping):
        asked = {"$eq": asked}
    found = [_compared(operator, value, metadata.get(name)) for operator, value in asked.items()]
    return all(found)


def _compared(operator: str, value: object, held: object) -> bool:
    match operator:
        case "$eq" | "$ne":
            return _is(_scalar(operator, value), held) is (operator == "$eq")
        case "$in" | "$nin":
            return any(_is(each, held) for each in _several(operator, value)) is (operator == "$in")
        case "$exists":
            if not isinstance(value, bool):
                raise BadFilterError("$exists takes true or false")
            return (held is not None) is value
        case "$gt" | "$gte" | "$lt" | "$lte":
            if not _is_number(value):
                raise BadFilterError(f"{operator} takes a number")
            return _is_number(held) and _ORDERS[operator](held, value)
        case _:
            raise BadFilterError(f"{operator} is not an operator")


_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "$gt": lambda held, value: held > value,
    "$gte": lambda held, value: held >= value,
    "$lt": lambda held, value: held < value,
    "$lte": lambda held, value: held <= value,
}


def _is(value: object, held: object) -> bool:
    """Compare as JSON does: true is no number."""
    if isinstance(held, list):
        return value in held
    return held is not None and isinstance(held, bool) is isinstance(value, bool) and held == value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scalar(operator: str, value: object) -> object:
    if not isinstance(value, str | int | float):
        raise BadFilterError(f"{operator} takes a string, a number or a boolean")
    return value


def _several(operator: str, values: object) -> list[object]:
    if not isinstance(values, list):
        raise BadFilterError(f"{operator} takes a list")
    if len(values) > MOST_VALUES:
        raise BadFilterError(f"{operator} takes {MOST_VALUES} values at most")
    return [_scalar(operator, value) for value in values]
