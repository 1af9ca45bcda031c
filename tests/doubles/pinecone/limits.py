"""What Pinecone refuses before it looks at its records, and in which words."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BODY: Final = 2 * 1024 * 1024
"""Bytes of a request."""
UPSERT: Final = 1_000
IDS: Final = 1_000
"""Ids of a fetch or a deletion."""
TOP_K: Final = 10_000
PAGE: Final = 100
METADATA: Final = 40 * 1024
"""Bytes of a record's metadata, as JSON."""
NAME: Final = 512
"""Characters of an id, a prefix or a namespace."""

INVALID: Final = 3
NOT_FOUND: Final = 5
"""Codes of gRPC, which the data plane puts into its errors."""


class ApiError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def invalid(message: str) -> ApiError:
    return ApiError(400, INVALID, message)


def record(given: Mapping[str, Any], dimension: int) -> None:
    """Refuse a vector that no index of this dimension takes."""
    name(given.get("id"), "Vector ID")
    vector(given.get("values"), dimension)
    if not any(given["values"]):
        raise invalid(f"Dense vectors must contain at least one non-zero value. Vector ID {given['id']} has none")
    metadata(given.get("metadata") or {})


def vector(values: object, dimension: int) -> None:
    if not isinstance(values, list) or not all(_is_number(value) for value in values):
        raise invalid("values must be a list of finite numbers")
    if len(values) != dimension:
        raise invalid(f"Vector dimension {len(values)} does not match the dimension of the index {dimension}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def metadata(given: Mapping[str, Any]) -> None:
    for key, value in given.items():
        scalar = isinstance(value, str | int | float)
        if key.startswith("$") or not (
            scalar or (isinstance(value, list) and all(isinstance(each, str) for each in value))
        ):
            raise invalid(f"Metadata value must be a string, number, boolean or list of strings, got {key}")
    size = len(json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode())
    if size > METADATA:
        raise invalid(f"Metadata size is {size} bytes, which exceeds the limit of {METADATA} bytes per vector")


def ids(given: Sequence[str]) -> None:
    if len(given) > IDS:
        raise invalid(f"Too many IDs: {len(given)}; at most {IDS} may be given")
    for each in given:
        name(each, "Vector ID")


def name(given: object, what: str) -> None:
    if not isinstance(given, str) or not 1 <= len(given) <= NAME or not given.isascii() or "\x00" in given:
        raise invalid(f"{what} must be 1 to {NAME} ASCII characters")


def whole(given: object, what: str, most: int, default: int | None = None) -> int:
    given = default if given is None else given
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= most:
        raise invalid(f"{what} must be a whole number from 1 to {most}")
    return given
