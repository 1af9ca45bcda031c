"""Reads a settings record from variables and a file, and says everything that is wrong with them in one go."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError

from bot.errors import BadSettings
from bot.ops.redaction import masked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pydantic.fields import FieldInfo

PREFIX: Final = "FOOTNOTE_"
FILE: Final = Path("footnote.toml")
_PLACEHOLDERS: Final = ("\u2026", "...")
"""What stands for the rest of a secret where one is shown."""

_Path: TypeAlias = tuple[str, ...]
_Record = TypeVar("_Record", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Variable:
    """The name of a setting's variable, where people know it by another than ``FOOTNOTE_…``."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """One setting; a secret one is read from the environment alone. ``table`` is what each item of a list holds."""

    variable: str
    path: _Path
    right: str
    secret: bool
    table: type[BaseModel] | None


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What was found so far: each value with the name that people gave it by, and the mistakes, a line each."""

    values: dict[_Path, tuple[str, Any]] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)


def loaded(record: type[_Record], environ: Mapping[str, str] | None, toml: Path | None) -> _Record:
    """Give the record; raises BadSettings."""
    declared = tuple(_declared(record))
    reading = _Reading()
    _read_file(toml, declared, reading)
    _read_variables(os.environ if environ is None else environ, declared, reading)  # noqa: TID251 - this is the edge
    try:
        settings = record.model_validate(_nested(reading.values))
    except ValidationError as error:
        reading.mistakes += _wrong(error, declared, reading)
    else:
        if not reading.mistakes:
            return settings
    raise BadSettings(_told(reading.mistakes)) from None


def _declared(record: type[BaseModel], above: _Path = ()) -> Iterator[_Declared]:
    for name, info in record.model_fields.items():
        path = (*above, name)
        if _is_record(info.annotation):
            yield from _declared(info.annotation, path)
        else:
            yield _one(info, path)


def _one(info: FieldInfo, path: _Path) -> _Declared:
    known = next((mark.name for mark in info.metadata if isinstance(mark, Variable)), None)
    return _Declared(
        variable=known or PREFIX + "_".join(path).upper(),
        path=path,
        right=info.description or "another value",
        secret=SecretStr in (info.annotation, *get_args(info.annotation)),
        table=next((kind for kind in get_args(info.annotation) if _is_record(kind)), None),
    )


def _is_record(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _read_variables(environ: Mapping[str, str], declared: Iterable[_Declared], reading: _Reading) -> None:
    """Take what is set; set to nothing, as a line of an example file may be, means not set."""
    known = {setting.variable: setting for setting in declared}
    for name, value in environ.items():
        if name in known and value.strip():
            reading.values[known[name].path] = (name, value)
        elif name.startswith(PREFIX) and name not in known:
            reading.mistakes.append(_unknown(name, known))


def _read_file(toml: Path | None, declared: Iterable[_Declared], reading: _Reading) -> None:
    file = toml or FILE
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if toml:
            reading.mistakes.append(f"{file} is not there; name a file that is, or leave it out.")
        return
    except OSError:
        reading.mistakes.append(f"{file} cannot be read; correct its permissions, or move it away.")
        return
    except ValueError as error:  # no UTF-8, or no TOML: the parser says where
        why = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it holds bytes that are no UTF-8"
        reading.mistakes.append(f'{file} is no TOML: {why}; a line of it reads like model = "gpt-4.1-mini".')
        return
    _take(content, (), {setting.path: setting for setting in declared}, f"{file}: ", reading)


def _take(
    content: Mapping[str, Any], above: _Path, known: Mapping[_Path, _Declared], said: str, reading: _Reading
) -> None:
    for key, value in content.items():
        path = (*above, key)
        setting = known.get(path)
        if setting and setting.secret:
            reading.mistakes.append(f"{said}{'.'.join(path)} is a secret; set the variable {setting.variable} instead.")
        elif setting:
            reading.values[path] = (f"{said}{'.'.join(path)}", value)
        elif not isinstance(value, dict) and any(other[: len(path)] == path for other in known):
            reading.mistakes.append(f"{said}{key} must be a table [{'.'.join(path)}].")
        elif isinstance(value, dict) and any(other[: len(path)] == path for other in known):
            _take(value, path, known, said, reading)
        else:
            reading.mistakes.append(said + _unknown(".".join(path), [".".join(other) for other in known]))


def _unknown(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name.removeprefix(PREFIX), [other.removeprefix(PREFIX) for other in known], n=1)
    meant = next((other for other in known if close and other.removeprefix(PREFIX) == close[0]), None)
    return f"{name} is no setting; " + (f"did you mean {meant}?" if meant else "remove it.")


def _nested(values: Mapping[_Path, tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for path, (_, value) in values.items():
        table = content
        for name in path[:-1]:
            table = table.setdefault(name, {})
        table[path[-1]] = value
    return content


def _wrong(error: ValidationError, declared: Iterable[_Declared], reading: _Reading) -> Iterator[str]:
    """A line for each setting that is wrong, however many ways it is wrong in."""
    places = {tuple(str(part) for part in detail["loc"]) for detail in error.errors(include_input=False)}
    for setting in declared:
        inside = {place[len(setting.path) :] for place in places if place[: len(setting.path)] == setting.path}
        if inside:
            name, value = reading.values.get(setting.path, (setting.variable, None))
            if setting.table and all(len(place) > 1 for place in inside):
                yield from _wrong_in_tables(setting.table, name, value, {(place[0], place[1]) for place in inside})
            elif setting.table and isinstance(value, list | dict):
                yield f"{name} must be {setting.right}."
            elif value is None:
                yield f"{name} is not set; it must be {setting.right}."
            else:
                shown = _hidden(value) if setting.secret else masked(repr(value))
                yield f"{name} is {shown}; it must be {setting.right}."


def _hidden(value: object) -> str:
    """Describe a secret that is none, without showing it."""
    said = "not a usable value (it is not shown)"
    if not isinstance(value, str):
        return said
    if any(mark in value for mark in _PLACEHOLDERS):
        return f"{said}, but the placeholder that a manual shows in its place"
    strange = any(not "!" <= char <= "~" for char in value.strip().replace(", ", ","))
    return f"{said}: it holds a space or another character that no key has" if strange else said


def _wrong_in_tables(
    table: type[BaseModel], name: str, tables: Sequence[Mapping[str, Any]], places: Collection[tuple[str, str]]
) -> Iterator[str]:
    """The same for a list of tables, which people count from 1; a place is a table's index and a key."""
    for index, key in sorted(places, key=lambda place: (int(place[0]), place[1])):
        whose, given, info = f"{name}, table {int(index) + 1}: ", tables[int(index)], table.model_fields.get(key)
        if info is None:
            yield whose + _unknown(key, table.model_fields)
        elif key in given and SecretStr in get_args(info.annotation):
            yield f"{whose}{key} is set (it is not shown); it must be {info.description}."
        elif key in given:
            yield f"{whose}{key} is {masked(repr(given[key]))}; it must be {info.description}."
        else:
            yield f"{whose}{key} is not set; it must be {info.description}."


def _told(mistakes: list[str]) -> str:
    if len(mistakes) == 1:
        return f"A setting is wrong: {mistakes[0]}"
    return "\n".join([f"{len(mistakes)} settings are wrong:", *(f"- {mistake}" for mistake in mistakes)])
