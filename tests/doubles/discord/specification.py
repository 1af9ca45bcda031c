"""Discord's published specification, to which every request of the bot is held, where it lies beside the project."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

_FILE: Final = Path(__file__).parents[3].parent / "shared" / "data" / "specs" / "discord-openapi.json"
_SMALLEST_ID: Final = 1 << 40
_JSON: Final = "application/json"


@cache
def _document() -> dict[str, Any]:
    if not _FILE.exists():
        return {}
    found: dict[str, Any] = json.loads(_FILE.read_text())
    return found


def template(path: str, method: str) -> str | None:
    """The path as the specification writes it."""
    segments = path.strip("/").split("/")
    best: tuple[int, str] | None = None
    for known, operations in _document().get("paths", {}).items():
        parts = known.strip("/").split("/")
        if method.lower() not in operations or len(parts) != len(segments):
            continue
        pairs = list(zip(parts, segments, strict=True))
        if all(part == segment or part.startswith("{") for part, segment in pairs):
            literals = sum(part == segment for part, segment in pairs)
            if best is None or literals > best[0]:
                best = (literals, known)
    return best[1] if best else None


@cache
def _validator(method: str, known: str) -> Draft202012Validator | None:
    document = _document()
    body = document["paths"][known][method.lower()].get("requestBody")
    if body is None or _JSON not in body["content"]:
        return None
    schema = {**body["content"][_JSON]["schema"], "components": document["components"]}
    return Draft202012Validator(schema)


def complaint(method: str, path: str, body: object) -> str | None:
    """What is wrong with a request's body; None where nothing is, or where the specification is not at hand."""
    if not _document():
        return None
    known = template(path, method)
    if known is None:
        return f"{method} {path} is no route of Discord's."
    validator = _validator(method, known)
    if validator is None or body is None:
        return None
    errors = sorted(validator.iter_errors(_written(body)), key=lambda error: -len(error.absolute_path))
    if not errors:
        return None
    told = "; ".join(_told(error) for error in errors[:3])
    return f"{method} {known}: {told}"


def _written(body: Any) -> Any:  # noqa: ANN401 - any JSON
    """The body with its ids as strings: Discord takes numbers as well, as discord.py sends them."""
    if isinstance(body, dict):
        return {key: _written(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_written(value) for value in body]
    return str(body) if isinstance(body, int) and body > _SMALLEST_ID else body


def _told(error: Any) -> str:  # noqa: ANN401 - jsonschema's
    inner = max(error.context or [error], key=lambda one: len(one.absolute_path))
    where = "/".join(str(step) for step in inner.absolute_path) or "the body"
    return f"{where}: {inner.message[:200]}"
