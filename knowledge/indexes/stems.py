"""Stems of words, as a PostgreSQL server's dictionaries make them, and kept in memory once they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from knowledge.errors import Refused
from knowledge.stores.server import SCHEMA
from knowledge.tables import TEXT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

PORTER: Final = "porter"
"""The stemmer of SQLite's keywords: English as of 1980."""
_SIMPLE: Final = "simple"
"""No stemmer at all."""
_LONGEST: Final = 500
"""Letters of a word that are kept: PostgreSQL takes 2046 bytes."""
_REMEMBERED: Final = 200_000

_STEMS = text(
    "SELECT word, (ts_lexize(CAST(CAST(:dictionary AS text) AS regdictionary), word))[1] FROM unnest(:words) AS word"
).bindparams(bindparam("words", type_=ARRAY(TEXT)))
_MADE = text(
    "SELECT 1 FROM pg_ts_dict JOIN pg_namespace ON pg_namespace.oid = dictnamespace "
    "WHERE nspname = :schema AND dictname = :name"
)
_LANGUAGES = text(r"SELECT DISTINCT left(dictname, -5) FROM pg_ts_dict WHERE dictname LIKE '%\_stem' ORDER BY 1")


class Stems:
    """The stems of one language. Its dictionary has no stopwords: what is said may be asked for."""

    def __init__(self, language: str) -> None:
        """``language`` is one that ``make`` was called for, on whatever connection."""
        self.language = language
        self._known: dict[str, str] = {}

    async def of(self, words: Collection[str], connection: AsyncConnection) -> Mapping[str, str]:
        """Give the stem of each word, asking the server for those that were not asked for before."""
        if len(self._known) > _REMEMBERED:
            self._known = {}
        known = self._known
        if unknown := {word[:_LONGEST] for word in words if word not in known}:
            asked = {"dictionary": _qualified(self.language), "words": sorted(unknown)}
            stems = {word: stem or word for word, stem in await connection.execute(_STEMS, asked)}
            known |= {word: stems[word[:_LONGEST]] for word in words if word not in known}
        return known


async def make(language: str, connection: AsyncConnection) -> None:
    """Make the language's dictionary where it is missing; raises Refused where the server cannot stem the language."""
    if await connection.scalar(_MADE, {"schema": SCHEMA, "name": _name(language)}):
        return
    known = [PORTER, _SIMPLE, *(await connection.scalars(_LANGUAGES)).all()]
    if language not in known:
        raise Refused(f"PostgreSQL cannot stem {language}. Set FOOTNOTE_LANGUAGE to one of {', '.join(known)}.")
    template = _SIMPLE if language == _SIMPLE else f"snowball, language = {language}"
    await connection.execute(text(f"CREATE TEXT SEARCH DICTIONARY {_qualified(language)} (template = {template})"))


def _name(language: str) -> str:
    return f"stems_{language}"


def _qualified(language: str) -> str:
    return f"{SCHEMA}.{_name(language)}"
