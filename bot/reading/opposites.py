"""Words that say the opposite of each other, as stems. Pure."""

from __future__ import annotations

from typing import Final

from bot.reading.claims import stem

_PAIRS: Final = """
    accept reject; accept refuse; active inactive; add remove; allow forbid; allow prohibit; allow deny; allow block;
    allowed banned; ascending descending; change remain; change unchanged; cheaper dearer; create delete;
    decrease increase; drop rise; encrypted plain; enable disable; external internal; export import; fail succeed;
    fall rise; faster slower; first last; gain lose; grant revoke; grow shrink; higher lower;
    inbound outbound; join leave; maximum minimum; mandatory optional; manual automatic; newest oldest; open closed;
    paid unpaid; pass fail; permanent temporary; permit forbid; permit prohibit; private public; raise lower;
    reduce increase; required optional; rise decline; start end; strengthen weaken; win lose
"""
_OPPOSITES: Final[dict[str, set[str]]] = {}
for _pair in _PAIRS.split(";"):
    _one, _other = map(stem, _pair.split())
    _OPPOSITES.setdefault(_one, set()).add(_other)
    _OPPOSITES.setdefault(_other, set()).add(_one)


def opposed(claimed: frozenset[str], said: frozenset[str]) -> frozenset[str]:
    """Give the words of a sentence that a text denies by their opposites: neither of the two says both sides."""
    return frozenset(word for word in (claimed - said) & _OPPOSITES.keys() if _denied(word, claimed, said))


def _denied(word: str, claimed: frozenset[str], said: frozenset[str]) -> bool:
    others = _OPPOSITES[word]
    same = set[str]().union(*(_OPPOSITES[one] for one in others & said))
    return bool(others & said) and not others & claimed and not same & said
