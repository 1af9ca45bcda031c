"""What a caller sent: query, form or JSON, read and checked against what a method knows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from tests.doubles.slack.errors import Refused, wrong_arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.doubles.slack.emitting import Emitter
    from tests.doubles.slack.rates import Rate
    from tests.doubles.slack.records import Installation, Json
    from tests.doubles.slack.state import State

_STRUCTURED: Final = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "chunks": "invalid_chunks",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
    "prompts": "invalid_arguments",
    "loading_messages": "invalid_arguments",
}
"""Arguments that are JSON, in forms too, and the error of one that is not."""
_TRUE: Final = frozenset({True, "1", "true", "True"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call that passed the door: who calls, with which arguments."""

    state: State
    emit: Emitter
    caller: Installation
    given: Mapping[str, Any]
    longest_page: int

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - JSON
        return self.given[name]

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - JSON
        return self.given.get(name, default)

    def yes(self, name: str) -> bool:
        return self.given.get(name) in _TRUE

    def limit(self, default: int, most: int) -> int:
        try:
            given = int(self.given.get("limit", default))
        except ValueError:
            raise wrong_arguments("limit must be an integer") from None
        if not 1 <= given <= most:
            raise Refused("invalid_limit")
        return min(given, self.longest_page)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What a method takes and needs. Its handler gives the answer, to which ``ok`` is added, or raises ``Refused``."""

    answer: Callable[[Asked], Json]
    rate: Rate
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    scope: str | None = None

    def check(self, given: Mapping[str, Any]) -> None:
        unknown = [f"unknown argument: {name}" for name in given if name not in self.required | self.optional]
        empty = {name for name in self.required if given.get(name) is None or given.get(name) == ""}
        missing = [f"missing required field: {name}" for name in sorted(empty)]
        wrong = [
            f"must be a string [json-pointer:/{name}]"
            for name, value in given.items()
            if name in {"channel", "ts", "thread_ts", "text", "markdown_text", "status", "user"}
            and not isinstance(value, str)
        ]
        if unknown or missing or wrong:
            raise wrong_arguments(*unknown, *missing, *wrong)


def words(names: str) -> frozenset[str]:
    return frozenset(names.split())


def read(content_type: str, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """All arguments, those that are JSON decoded."""
    given: dict[str, Any] = dict(query)
    if content_type.startswith("application/json"):
        given |= _object(body)
    elif content_type.startswith("application/x-www-form-urlencoded") or not body:
        given |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    else:
        raise Refused("invalid_post_type")
    return {name: _decoded(name, value) for name, value in given.items()}


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise Refused("invalid_json") from None
    if not isinstance(found, dict):
        raise Refused("json_not_object")
    return found


def _decoded(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if name not in _STRUCTURED or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(_STRUCTURED[name]) from None
