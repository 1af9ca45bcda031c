"""Words that say the opposite of each other, as stems. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bot.reading.claims import folded, stem
from bot.reading.irregular import BASES

_PAIRS: Final = """
    accept reject; accept refuse; accept decline; activate deactivate; active inactive; add remove; advantage drawback;
    agree disagree; allow forbid; allow prohibit; allow deny; allow block; allow ban; allowed banned; appear disappear;
    approve refuse; approve reject; arrive depart; arrival departure; ascending descending; asset liability;
    begin end; best worst; borrower lender; buyer seller; change remain; change unchanged; cheap expensive;
    cheaper dearer; create delete; credit debit; decrease increase; dangerous safe; download upload; drop rise;
    earlier later; earliest latest; employer employee; enable disable; encourage discourage; encrypt decrypt;
    encrypted plain; even odd; exclude include; export import; external internal; fail succeed; fall rise;
    faster slower; fastest slowest; first last; gain lose; grant revoke; grow shrink; higher lower; highest lowest;
    inbound outbound; incoming outgoing; join leave; junior senior; landlord tenant; largest smallest; left right;
    longest shortest; majority minority; mandatory optional; manual automatic; maximum minimum; major minor;
    multiple single; newest oldest; offline online; open closed; paid unpaid; pass fail; permanent temporary;
    permit forbid; permit prohibit; private public; profit loss; pull push; raise lower; recipient sender;
    reduce increase; required optional; rise decline; start end; strengthen weaken; stronger weaker;
    above below; always never; attach detach; big small; common rare; deep shallow; double halve; early late;
    easier harder; easy difficult; empty full; everyone nobody; fast slow; frequently rarely;
    hidden visible; hide show; insert remove; install uninstall; large small; lock unlock;
    long short; longer shorter; morning evening; many few; negative positive; new old; newer older; often rarely;
    pause resume; shrink expand; simple complex; slower quicker; start stop; store skip; success failure;
    suspend resume; thick thin; upgrade downgrade; wide narrow; wrong right;
    synchronous asynchronous; upper lower; weekday weekend; win lose
"""
_WHOLE: Final = frozenset({"employer", "employee"})
"""Words whose stem is that of others too: "employer" is no "employment"."""
_WORD = re.compile(r"[^\W\d_]+")
_UN: Final = re.compile(
    r"(?:non|un(?!der|i[tqvo]|til|less)|im(?=poss|perm|prac|mov|prob)|in(?=valid|activ|correct|access|elig|adequa"
    r"|suffic|complet|effic|visib|capab|compat|flex|accura|frequen|sensit|secur)|il(?=legal)|ir(?=regul|relev|revers)"
    r"|dis(?=abl|agree|allow|approv|connect|lik)|de(?=activ|centraliz))(?P<bare>\w{3,40})\Z"
)


def _form(word: str) -> str:
    single = (word.removesuffix("ally") if word.endswith("ically") else word).removesuffix("s")
    return (
        single
        if single in _WHOLE
        else stem(BASES.get(single, single) if single.endswith("ic") else BASES.get(word, word))
    )


_OPPOSITES: Final[dict[str, set[str]]] = {}
for _pair in _PAIRS.split(";"):
    _one, _other = map(_form, _pair.split())
    _OPPOSITES.setdefault(_one, set()).add(_other)
    _OPPOSITES.setdefault(_other, set()).add(_one)


@lru_cache(maxsize=4096)
def told(text: str) -> frozenset[str]:
    """Give the words of a text that may have an opposite, the commonest among them: "includes" tells here."""
    return frozenset(map(_form, _WORD.findall(folded(text).casefold())))


def opposed(claimed: frozenset[str], said: frozenset[str]) -> dict[str, frozenset[str]]:
    """Give the words of a sentence that a text says the opposite of, with what it says; neither says both sides."""
    found = {word: _others(word) & said for word in claimed - said}
    return {word: others for word, others in found.items() if others and not others & claimed and not _also(word, said)}


def prefixed(word: str) -> bool:
    """Whether a word denies another by what it begins with."""
    return _UN.match(word) is not None


def _others(word: str) -> frozenset[str]:
    bare = _UN.match(word)
    return frozenset(_OPPOSITES.get(word, ())) | ({bare["bare"]} if bare else set())


def _also(word: str, said: frozenset[str]) -> bool:
    """Whether a text says another word too with the same opposite."""
    return any((_OPPOSITES[other] - {word}) & said for other in _OPPOSITES.get(word, set()) & said)
