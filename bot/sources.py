"""The sources that ``footnote.toml`` names, which a running bot keeps up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from adapters.base import PRINCIPAL
from knowledge.base import Genre  # noqa: TC001 - pydantic reads it
from knowledge.genres import GENRES, named


def _named(value: object) -> object:
    """Refuse an empty path, which would be the working folder with all that is in it."""
    if isinstance(value, str) and not value.strip():
        raise ValueError
    return value


def _name(value: str) -> str:
    if not value.strip() or "/" in value:
        raise ValueError
    return value


def _reader(value: str) -> str:
    if not PRINCIPAL.fullmatch(value):
        raise ValueError
    return value


def _kind(value: object) -> Genre:
    """Take the words that ``--kind`` takes."""
    if isinstance(value, str) and (genre := named(value)):
        return genre
    raise ValueError


class NamedSource(BaseModel):
    """One table ``[[sources]]``. A relative path is one from the working folder, where the file lies too."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    path: Annotated[Path, BeforeValidator(_named), AfterValidator(Path.expanduser)] = Field(
        description="a file or folder"
    )
    name: Annotated[str, AfterValidator(_name)] | None = Field(default=None, description="a name without a slash")
    public: bool = Field(default=False, description="true or false")
    readers: tuple[Annotated[str, AfterValidator(_reader)], ...] = Field(
        default=(), description='a list such as ["slack:T1", "slack:T1:channel:C1"]'
    )
    kind: Annotated[Genre | None, BeforeValidator(_kind)] = Field(
        default=None, description=f"{', '.join(GENRES[:-1])} or {GENRES[-1]}"
    )

    @property
    def called(self) -> str:
        """The source's name: by default that of its file or folder."""
        return self.name or self.path.absolute().name


def distinct(sources: tuple[NamedSource, ...]) -> tuple[NamedSource, ...]:
    """Give the sources; raises ValueError where two have the same name."""
    if len({source.called for source in sources}) < len(sources):
        raise ValueError
    return sources


def may_read(team: str, *, readers: tuple[str, ...], public: bool) -> frozenset[str]:
    """Say who reads a source: those that are named, and everyone where it is public; by default the team."""
    return frozenset(readers) | ({"public"} if public else set()) or frozenset({team})
