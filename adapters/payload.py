"""Values out of JSON that anybody may have written: what is missing or of another kind reads as empty. Pure."""

from __future__ import annotations


def at(given: object, *path: str) -> object:
    """Follow names through nested objects; None where there is nothing."""
    for name in path:
        given = given.get(name) if isinstance(given, dict) else None
    return given


def text(given: object, *path: str) -> str:
    """Give a string."""
    found = at(given, *path)
    return found if isinstance(found, str) else ""


def items(given: object, *path: str) -> list[object]:
    """Give a list."""
    found = at(given, *path)
    return found if isinstance(found, list) else []


def strings(given: object) -> str:
    """Give all strings that stand anywhere in what is given."""
    if isinstance(given, str):
        return given
    if isinstance(given, dict):
        given = list(given.values())
    return " ".join(filter(None, map(strings, given))) if isinstance(given, list) else ""
