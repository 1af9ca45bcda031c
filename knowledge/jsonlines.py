"""Text files a line at a time, and JSON lines with a text in each: what is wrong is told with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from knowledge.errors import NothingThere, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """Give the lines that hold something, stripped, each with where it stands. Raises NothingThere and Unreadable."""
    try:
        with path.open("rb") as found:
            for number, line in enumerate(found, 1):
                where = f"{path}, line {number}"
                if text := _text(line, where).strip():
                    yield text, where
    except OSError as error:
        raise NothingThere(f"{path} cannot be read: {(error.strerror or 'an error').lower()}.") from error


def rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Give the objects of JSON lines, each with a text ``text``, and where it stands. Raises as ``lines`` does."""
    return ((_row(line, where), where) for line, where in lines(path))


def _text(line: bytes, where: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{where}: this is not UTF-8 text.") from error


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{where}: this is no JSON.") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise Unreadable(f"{where}: a row is an object with _id and text.")
    return row
