"""The model that needs no key: it quotes the passages' own best sentences, each with its number."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, Literal, Protocol

from bot.models.base import Bound, Finished
from bot.models.pieces import pieces
from bot.models.procedure import answering, procedures
from bot.models.quoting import chosen, ranked
from knowledge.tokens import count
from knowledge.tripwire import signs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from bot.models.base import Delta, Heard, Prompt
    from bot.models.pieces import Piece
    from knowledge.base import Embedded

_COMPARED: Final = 24
"""Sentences whose likeness is computed, at most: the small embedder manages some 200 a second."""
_MARK = re.compile(r"\s?\[\^?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\](?!\()")
_BARE_URL = re.compile(r"(?<![\w(<`\[/\"'=])https?://[^\s<>`)\]]*[^\s<>`)\].,;:!?\"']")


class Embed(Protocol):
    """``Embedder.embed``, as far as it is needed here."""

    async def __call__(self, texts: Sequence[str], /, *, purpose: Literal["question", "passage"]) -> Embedded:
        """Embed the texts, one row each."""
        ...


class Extractive:
    """Quotes two to four sentences, with the list, table or code that they announce, within the prompt's limit.

    Gives no text at all where nothing in the passages supports the question.
    """

    name = "extractive"

    def __init__(self, embed: Embed | None = None) -> None:
        """With ``embed``, sentences are also compared with the question by meaning."""
        self._embed = embed

    async def stream(self, prompt: Prompt, _: Heard | None = None, /) -> AsyncGenerator[Delta]:
        """Give one quoted unit at a time, then ``Finished``; never fails."""
        found = [
            piece for piece in pieces(prompt.passages) if not signs(piece.text)
        ]  # nobody asked for orders to a model
        quoted = await self._quoted(prompt, found)
        said, cut = 0, False
        async with aclosing(_written(quoted)) as parts:
            async for part in parts:
                size = count(part)
                if said + size > prompt.max_tokens and said:
                    cut = True
                    break
                said += size
                yield part
        reason: Literal["stop", "length"] = "length" if cut else "stop"
        yield Finished(reason=reason, prompt_tokens=count(prompt.user), answer_tokens=said, estimated=True)

    def bound(self, _: Prompt, /) -> Bound:
        """Give nothing: quotes cost nothing."""
        return Bound(prompt_tokens=0, answer_tokens=0)

    async def _quoted(self, prompt: Prompt, found: Sequence[Piece]) -> Sequence[Piece]:
        over = {steps.number: " › ".join(steps.pieces[0].heads) for steps in procedures(prompt.question, found)}
        likeness, alike = await self._compared(prompt.question, found, over)
        steps = answering(prompt.question, found, alike, likeness or {})
        return steps or chosen(prompt.question, found, likeness)

    async def _compared(
        self, question: str, found: Sequence[Piece], over: Mapping[int, str]
    ) -> tuple[Mapping[int, float] | None, Mapping[int, float]]:
        """Give the cosines of the question and of pieces, by their index in ``found``, and of headings, by passage."""
        if self._embed is None or not found:
            return None, {}
        index = {(piece.number, piece.at): at for at, piece in enumerate(found)}
        best = [worth.piece for worth in ranked(question, found)[:_COMPARED]]
        asked = await self._embed([question], purpose="question")
        said = await self._embed([*(piece.text for piece in best), *over.values()], purpose="passage")
        cosines = [float(cosine) for cosine in said.vectors @ asked.vectors[0]]
        likeness = {index[piece.number, piece.at]: cosine for piece, cosine in zip(best, cosines, strict=False)}
        return likeness, dict(zip(over, cosines[len(best) :], strict=True))


async def _written(quoted: Sequence[Piece]) -> AsyncGenerator[str]:
    """Write the pieces as Markdown with marks: one paragraph, list, table or code block after the other."""
    before: Piece | None = None
    counted = _counted(quoted)
    for piece in quoted:
        together = before is not None and before.number == piece.number and before.unit.block == piece.unit.block
        yield _joint(piece, before, together=together) + _marked(piece, together=together, counted=piece in counted)
        before = piece
    if before is not None:
        yield "\n"


def _joint(piece: Piece, before: Piece | None, *, together: bool) -> str:
    if before is None:
        return ""
    if together:
        return " " if piece.unit.sort == "sentence" else "\n"
    return "\n\n"


def _counted(quoted: Sequence[Piece]) -> list[Piece]:
    """Give the items that keep their numbers: those of a list that is quoted from its beginning, not one step of it."""
    lists: list[list[Piece]] = []
    for piece in quoted:
        if piece.unit.sort != "item":
            continue
        if lists and lists[-1][-1].number == piece.number and piece.unit.head == str(len(lists[-1]) + 1):
            lists[-1].append(piece)  # code between the steps ends no list
        elif piece.unit.head == "1":
            lists.append([piece])
    return [piece for items in lists if len(items) > 1 for piece in items]


def _marked(piece: Piece, *, together: bool, counted: bool) -> str:
    unit, mark = piece.unit, f"[{piece.number}]"
    match unit.sort:
        case "code":
            fence = "````" if "```" in unit.text else "```"
            return f"{fence}{unit.head.split()[0] if unit.head.split() else ''}\n{unit.text}\n{fence}"
        case "item":
            first, *more = _own(unit.text).split("\n")
            lines = "".join(f"\n   {line}" if line.strip() else "\n" for line in more)
            return f"{unit.head + '.' if counted else '-'} {first} {mark}{lines}"
        case "row":
            row = f"{_own(unit.text).rstrip().removesuffix('|').rstrip()} {mark} |"
            columns = _own(unit.head).strip().strip("|").count("|") + 1
            return row if together else f"{_own(unit.head)}\n|{'---|' * columns}\n{row}"
        case _:
            return f"{_own(unit.text)} {mark}"


def _own(text: str) -> str:
    """Drop a document's own footnote marks, which would be taken for ours; write an address as code: no link."""
    return _BARE_URL.sub(lambda found: f"`{found[0]}`", _MARK.sub("", text))
