"""Other ways to write a name: countries and their people, initials, titles before a name. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import STOPWORDS, stems

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAME: Final = """
    africa african; america american usa; arabia arab arabian arabic; argentina argentine argentinian; asia asian;
    australia australian; austria austrian; belgium belgian; brazil brazilian; britain british uk;
    bulgaria bulgarian; canada canadian; chile chilean; china chinese; colombia colombian; croatia croatian;
    cuba cuban; czechia czech; denmark danish; egypt egyptian; england english; estonia estonian;
    europe european; finland finnish; france french; germany german germanic; greece greek; hungary hungarian;
    iceland icelandic; india indian; indonesia indonesian; iran iranian; iraq iraqi; ireland irish; israel israeli;
    italy italian; japan japanese; kenya kenyan; korea korean; latvia latvian; lithuania lithuanian;
    malaysia malaysian; mexico mexican; morocco moroccan; netherlands dutch; nigeria nigerian; norway norwegian;
    pakistan pakistani; peru peruvian; philippines filipino philippine; poland polish; portugal portuguese;
    romania romanian; rome roman; russia russian; scotland scottish; serbia serbian; slovakia slovak;
    slovenia slovene slovenian; spain spanish; sweden swedish; switzerland swiss; syria syrian; taiwan taiwanese;
    thailand thai; turkey turkish; ukraine ukrainian; vietnam vietnamese; wales welsh;
    doctor dr; professor prof; saint st; mount mt; fort ft; senator sen; governor gov; president pres; versus vs;
    television tv; junior jr; senior sr; corporation corp; company co; incorporated inc; limited ltd
"""
_ONE: Final = {
    cut: stems(group.split()[0])[0] for group in _SAME.split(";") for word in group.split() for cut in stems(word)
}
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,10}")
_SHORT = re.compile(r"\b[A-Z]{2,6}(?=s?\b)")
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1 << 14)
def one(name: str) -> str:
    """Give the stem that stands for all ways to write a name: Italy for Italian."""
    return _ONE.get(name, name)


def undotted(text: str) -> str:
    """Give a text with ``U.S.`` as ``US``."""
    return _DOTTED.sub(lambda found: found[0].replace(".", ""), text)


def acronyms(text: str) -> frozenset[str]:
    """Give what a text without such dots writes in capitals only, in small letters and without a plural's s."""
    return frozenset(found.casefold() for found in _SHORT.findall(text))


def letters(text: str) -> str:
    """Give the first letters of a text's words but the smallest: an acronym of three or more may stand for them."""
    return "".join(word[0] for word in _WORD.findall(text.casefold()) if word not in STOPWORDS)


def phrases(tokens: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Give the runs of two and more capitalised tokens, as they are written."""
    found: list[list[str]] = [[]]
    for token in tokens:
        if token[0].isupper() and (found[-1] or token.casefold() not in STOPWORDS):
            found[-1].append(token)
        elif found[-1]:
            found.append([])
    return tuple(tuple(run) for run in found if len(run) > 1)
