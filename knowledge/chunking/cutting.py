"""How each kind of document is cut: its sizes, and whether its sections or its findings keep together."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from knowledge.chunking.findings import pack_findings
from knowledge.chunking.measuring import Tokens
from knowledge.chunking.packing import pack
from knowledge.chunking.splitting import Policy
from knowledge.chunking.windows import PARAGRAPHS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.base import Genre
    from knowledge.chunking.outline import Section
    from knowledge.chunking.packing import Packed

_TECHNICAL: Final = Policy(limit=1200, whole=1600, small=150)
_PLAIN: Final = Policy(limit=512, whole=512, overlap=100, separators=PARAGRAPHS)
_GENERAL: Final = Policy(limit=1000, whole=1600, overlap=200, small=150)
_PASSAGE: Final = Policy(limit=sys.maxsize, whole=sys.maxsize)


def cut(sections: Sequence[Section], genre: Genre, count: Callable[[str], int]) -> list[Packed]:
    """Cut sections into chunks. ``count`` gives the tokens of a text."""
    tokens = Tokens(count)
    match genre:
        case "technical":
            return pack(sections, _TECHNICAL)
        case "plain":
            return pack(sections, _PLAIN)
        case "general":
            return pack(sections, _GENERAL)
        case "passage":
            return pack(sections, _PASSAGE)
        case "legal":
            return pack(sections, Policy(limit=1000, whole=1000, small=500, measure=tokens))
        case "policy":
            return pack(sections, Policy(limit=800, whole=800, overlap=100, small=400, measure=tokens))
        case "audit":
            finding = Policy(limit=1000, whole=1000, small=1000, measure=tokens)
            return pack_findings(sections, finding, _TECHNICAL)
