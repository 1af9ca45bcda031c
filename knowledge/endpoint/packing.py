"""Texts into requests: each cut to what its model reads, none sent that says nothing, each request within limits. Pure.

OpenAI's models are counted with their tokenizer. For any other the most that it can be billed for is bounded by the
bytes of the text: no tokenizer needs more tokens than bytes, but for those that frame a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.endpoint.models import KNOWN
from knowledge.tokens import EMBEDDING, clipped, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knowledge.endpoint.models import Limits

_FRAME: Final = 16
"""Tokens that a server may put around a text: its begin and end, or the word for a passage."""
_LEAST: Final = 32
"""Tokens of a text that is not cut any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to be sent for a row of the vectors: ``tokens`` as counted, and the most that it can be billed for."""

    row: int
    text: str
    tokens: int
    worst: int


@dataclass(frozen=True, slots=True)
class Portion:
    """The texts of one request."""

    texts: tuple[Text, ...]

    @property
    def worst(self) -> int:
        """The most tokens that it can be billed for."""
        return sum(text.worst for text in self.texts)

    @property
    def tokens(self) -> int:
        """Its tokens, as counted."""
        return sum(text.tokens for text in self.texts)

    def halves(self, model: str) -> tuple[Portion, ...]:
        """Give two that are half as large, or one with a text that is half as long; none where it is small already."""
        middle = len(self.texts) // 2
        if middle:
            return Portion(self.texts[:middle]), Portion(self.texts[middle:])
        (text,) = self.texts
        if text.tokens <= _LEAST:
            return ()
        return (Portion((_text(text.row, text.text, model, text.tokens // 2),)),)


def portions(texts: Sequence[str], *, model: str, limits: Limits) -> list[Portion]:
    """Give the requests for these texts, in their order; texts without a word are in none.

    They are spread over the lanes where there are enough of them to be worth it.
    """
    said = [_text(row, text, model, limits.text) for row, text in enumerate(texts) if text.strip()]
    spread = max(limits.least, -(-len(said) // limits.lanes))
    return list(_packed(said, min(limits.inputs, spread), limits.tokens))


def _packed(texts: Sequence[Text], inputs: int, tokens: int) -> Iterator[Portion]:
    held: list[Text] = []
    sum_of_held = 0
    for text in texts:
        if held and (len(held) == inputs or sum_of_held + text.tokens > tokens):
            yield Portion(tuple(held))
            held, sum_of_held = [], 0
        held.append(text)
        sum_of_held += text.tokens
    if held:
        yield Portion(tuple(held))


def _text(row: int, text: str, model: str, limit: int) -> Text:
    whole = text.encode("utf-8", "replace").decode()  # half of a surrogate pair is no character
    cut = clipped(whole, limit, EMBEDDING)
    tokens = count(cut, EMBEDDING)
    return Text(row=row, text=cut, tokens=tokens, worst=tokens if model in KNOWN else len(cut.encode()) + _FRAME)
