"""Prompts as files: front matter with id, version, variables and status, then both messages.

A mistake shows at start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from bot.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

Status = Literal["draft", "active", "deprecated"]

_SHAPE = re.compile(r"---\n(?P<front>.*?)\n---\n\s*# System\n(?P<system>.*?)\n# User\n(?P<user>.*)\Z", re.DOTALL)
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_KEYS: Final = frozenset({"id", "version", "status", "variables"})
GIVEN: Final = frozenset({"today", "begin", "end", "canary", "unanswered", "passages", "question", "earlier"})
"""The variables that the engine fills in."""
_NEEDED: Final = {"answer": ("passages", "question"), "rewrite": ("earlier", "question")}
"""The variables that a prompt is nothing without, by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """One version of a prompt; ``{{name}}`` in its two messages stands for a variable."""

    id: str
    version: str
    status: Status
    variables: frozenset[str]
    system: str
    user: str

    @property
    def name(self) -> str:
        """``id@version``, as it is stored beside each answer."""
        return f"{self.id}@{self.version}"

    def filled(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Give both messages with their variables filled in, in one pass: what a value says is never filled again."""
        return _filled(self.system, values), _filled(self.user, values)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values[match[1]], text)


def parsed(text: str, name: str) -> PromptFile:
    """Read one prompt file; raises BadSettings that names the file and every mistake in it."""
    shape = _SHAPE.match(text.replace("\r\n", "\n"))
    if shape is None:
        raise BadSettings(f"The prompt {name} must have front matter between ---, then # System, then # User.")
    front = dict(_pairs(shape["front"]))
    declared = frozenset(part for part in re.split(r"[,\s]+", front.get("variables", "")) if part)
    used = frozenset(_VARIABLE.findall(shape["system"] + shape["user"]))
    needed = _NEEDED.get(front.get("id", ""), ())
    if mistakes := [*_wrong_front(front), *_wrong_variables(declared, used, needed)]:
        raise BadSettings(f"The prompt {name} is wrong: {'; '.join(mistakes)}.")
    return PromptFile(
        id=front["id"],
        version=front["version"],
        status=cast("Status", front["status"]),
        variables=declared,
        system=shape["system"].strip(),
        user=shape["user"].strip(),
    )


def _pairs(front: str) -> Iterable[tuple[str, str]]:
    for line in front.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            yield key.strip(), value.strip()


def _wrong_front(front: Mapping[str, str]) -> Iterable[str]:
    yield from (f"{key} is missing" for key in sorted(_KEYS - front.keys()))
    yield from (f"{key} is unknown" for key in sorted(front.keys() - _KEYS))
    if "id" in front and not re.fullmatch(r"[a-z][a-z0-9-]*", front["id"]):
        yield "id must be lower-case words with hyphens"
    if "version" in front and not _VERSION.fullmatch(front["version"]):
        yield f"version {front['version']} is not like 1.0.0"
    if "status" in front and front["status"] not in get_args(Status):
        yield f"status {front['status']} is none of {', '.join(get_args(Status))}"


def _wrong_variables(declared: frozenset[str], used: frozenset[str], needed: Iterable[str]) -> Iterable[str]:
    yield from (f"{{{{{name}}}}} is used but not declared" for name in sorted(used - declared))
    yield from (f"{name} is declared but not used" for name in sorted(declared - used))
    yield from (f"nothing fills {name}" for name in sorted(declared - GIVEN))
    yield from (f"{{{{{name}}}}} must be used" for name in needed if name not in used)


def active(prompts: Iterable[PromptFile]) -> dict[str, PromptFile]:
    """Choose the one active version of each prompt, by its id; raises BadSettings where there is none, or more."""
    chosen: dict[str, PromptFile] = {}
    candidates = list(prompts)
    for wanted in _NEEDED:
        found = [prompt for prompt in candidates if prompt.id == wanted and prompt.status == "active"]
        if len(found) != 1:
            names = ", ".join(prompt.name for prompt in found) or "none"
            raise BadSettings(f"Exactly one version of the prompt {wanted} must be active, but there are: {names}.")
        chosen[wanted] = found[0]
    return chosen


def load(folder: Traversable | None = None) -> dict[str, PromptFile]:
    """Read all prompt files of a folder, the shipped ones by default, and give the active ones by their ids."""
    place = folder if folder is not None else files("bot.answering") / "prompts"
    found = [item for item in place.iterdir() if item.name.endswith(".md")]
    return active([parsed(item.read_text(encoding="utf-8"), item.name) for item in sorted(found, key=_name)])


def _name(item: Traversable) -> str:
    return item.name
