"""Addresses kept out of a prompt: a model reads a word such as ``linkA`` instead, and can neither write nor change one.

What it copies is compared with what it read. Afterwards code gets its address back, as that was verbatim in its
passage; in a sentence the reader is told which source has the link. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import TYPE_CHECKING, Final

from adapters.addresses import REMOVED, addresses, replaced
from adapters.containing import changed, each
from adapters.markup import Cite, Code, CodeBlock, Plain, cited

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.markup import Block, Inline
    from bot.models.base import Numbered

_LETTERS: Final = "ABFHJKMPQV"
"""Letters that end no English ending and spell no number, so that no two names have one stem."""
_NAMES: Final = (*_LETTERS, *("".join(pair) for pair in permutations(_LETTERS, 2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses of one prompt: ``names`` by address, and ``holders``, the passages that hold each, by its name."""

    names: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def hidden(self, text: str) -> str:
        """Give a text with a name for each address; one that has none is removed."""
        return replaced(text, lambda address: self.names.get(address, REMOVED))

    def hidden_in(self, passage: Numbered) -> Numbered:
        """Give a passage without addresses."""
        heading = tuple(map(self.hidden, passage.heading))
        return replace(passage, title=self.hidden(passage.title), heading=heading, text=self.hidden(passage.text))

    def given_back(self, text: str) -> str:
        """Give a text with the addresses that its names stand for."""
        addresses = self._addresses
        return self._pattern.sub(lambda found: addresses[found[0]], text) if addresses else text

    def sentences(self, used: Mapping[int, list[str]]) -> dict[int, list[str]]:
        """Give the sentences that passages support as those have them."""
        return {number: list(map(self.given_back, texts)) for number, texts in used.items()}

    def told(self, block: Block) -> Block:
        """Give a checked block with addresses in its code, and in its sentences a word on where they stand."""
        if not self.names:
            return block
        cites = cited((block,))
        return changed(
            block,
            lambda run: each(run, lambda text: self._words(text, cites), lambda text: Code(self.given_back(text))),
            self._code,
        )

    @property
    def _addresses(self) -> dict[str, str]:
        return {name: address for address, name in self.names.items()}

    @property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{'|'.join(sorted(self.names.values(), key=len, reverse=True))})\b")

    def _code(self, block: CodeBlock) -> CodeBlock:
        return replace(block, text=self.given_back(block.text))

    def _words(self, text: str, cites: tuple[int, ...]) -> tuple[Inline, ...]:
        nodes: list[Inline] = []
        at = 0
        for found in self._pattern.finditer(text):
            nodes.append(Plain(text[at : found.start()]))
            holder = next((number for number in cites if number in self.holders.get(found[0], ())), None)
            nodes += (Plain(REMOVED),) if holder is None else (Plain("(link in "), Cite(holder), Plain(")"))
            at = found.end()
        return tuple(node for node in (*nodes, Plain(text[at:])) if node != Plain(""))


def linked(passages: Iterable[Numbered], *asked: str) -> Links:
    """Name every address in the passages and in what was asked, in their order; of more than a hundred, the first."""
    texts = {one.number: "\n".join((one.title, *one.heading, one.text)) for one in passages}
    word = _unused((*texts.values(), *asked))
    names: dict[str, str] = {}
    holders: dict[str, list[int]] = {}
    for number, text in (*texts.items(), *((0, text) for text in asked)):
        for address in addresses(text):
            if address not in names and len(names) == len(_NAMES):
                continue
            name = names.setdefault(address, f"{word}{_NAMES[len(names) % len(_NAMES)]}")
            holders.setdefault(name, []).append(number)
    return Links(names=names, holders={name: tuple(dict.fromkeys(found)) for name, found in holders.items()})


def _unused(texts: tuple[str, ...]) -> str:
    """Give a word that no text has in front of such a letter, so that nobody can name another's address."""
    word = "link"
    while any(re.search(rf"{word}[A-Z]", text) for text in texts):
        word += "x"
    return word
