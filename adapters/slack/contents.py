"""What one message says, as the arguments of the calls that post, edit or stream it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters.markup import Table
from adapters.slack import kit
from adapters.slack.answers import notification, paragraphs
from adapters.slack.render import block_text, body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.leaves import Links
    from adapters.markup import Tree
    from adapters.slack.render import Body

EVENT: Final = "footnote_answer"
"""The type of the metadata by which a message of ours is found again."""
PLAINEST: Final = 3
"""How plain a message can be: 0 is as it should be, 1 has no table of its own, 2 no Markdown, and 3 is text alone."""
_MOST: Final = 0.9
"""Of the words of a message, those that must be found for it to stand."""
_WORD: Final = re.compile(r"\w+")
_ENTITY: Final = re.compile(r"&(?:amp|lt|gt);")
_WHOLE: Final = 3_900
"""Characters of a message that is text alone; some servers take 4,000."""
Arguments = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A page of an answer, or ``blocks`` of our own that ``text`` says in words, and what stands ``below``."""

    tree: Tree = ()
    linked: Links = field(default_factory=dict)
    blocks: Sequence[kit.Block] = ()
    text: str = ""
    below: Sequence[kit.Block] = ()

    @property
    def tabled(self) -> bool:
        """Whether it has a table of its own."""
        return any(isinstance(one, Table) for one in self.tree)

    def arguments(self, plainness: int = 0) -> Arguments:
        """Give text and blocks; the plainer, the less there is that Slack might not take."""
        if plainness >= PLAINEST:
            return {"text": self.texts()[0]}
        return {"text": self._notified(), "blocks": [*self._shown(plainness)]}

    def texts(self) -> list[str]:
        """Give all that is to be read, sources included, as the text of one message or of several."""
        words = paragraphs(self.tree, _WHOLE) or ([self.text] if self.text else [])
        sources = kit.lines(self.below)
        for line in sources:
            if words and len(words[-1]) + len(line) < _WHOLE:
                words[-1] = f"{words[-1]}\n{line}"
            else:
                words.append(line)
        return words or ["…"]

    def _notified(self) -> str:
        """Give text for notifications, and for who sees nothing else: the sources are part of an answer."""
        if self.text:
            return self.text
        room, lines = kit.TEXT_LIMIT // 2, list[str]()
        for line in kit.lines(self.below):
            room -= len(line) + 1
            if room >= 0:
                lines.append(line)
        return "\n".join([notification(self.tree, kit.TEXT_LIMIT - sum(len(line) + 1 for line in lines)), *lines])

    def _shown(self, plainness: int) -> list[kit.Block]:
        if plainness == 0:
            return [*self.blocks, *body(self.tree, self.linked), *self.below]
        if plainness == 1:
            return [*self.blocks, *_untabled(self.tree, self.linked), *self.below]
        said = [*self.blocks, *map(kit.section, paragraphs(self.tree)), *map(kit.section, kit.lines(self.below))]
        return said[: kit.BLOCKS_LIMIT]


def _untabled(tree: Tree, linked: Links) -> list[kit.Block]:
    text = "\n\n".join(block_text(block, linked) for block in tree)
    return (
        [{"type": "markdown", "text": text}]
        if text and any(isinstance(one, Table) for one in tree)
        else [*body(tree, linked)]
    )


def metadata(question: str, key: str) -> Arguments:
    """Give what is found again by ``adapters.slack.lookup``."""
    return {"event_type": EVENT, "event_payload": {"question_id": question, "key": key}}


def streamed(shown: Body, more: Body, *, chunked: bool) -> Arguments:
    """Give what to append to a stream that shows ``shown`` already: one that is not ``chunked`` takes Markdown alone.

    Every server that streams knows ``markdown_text``; ``chunks``, which may hold a table, came to Slack later.
    """
    if not more:
        return {}
    if chunked:
        return {"chunks": _chunks(shown, more)}
    return {"markdown_text": "".join(block["text"] for block in more if block["type"] == "markdown")}


def tabled(shown: Body) -> bool:
    """Whether there is a table among blocks."""
    return any(block["type"] == "table" for block in shown)


def stands(tree: Tree, found: str) -> bool:
    """Whether what is ``found`` in a message says a tree, as far as words tell: servers write them each in its way."""
    words = set(_WORD.findall(_ENTITY.sub(" ", notification(tree, _WHOLE * 4))))
    found = found.replace("\\", "")  # some give Markdown back as it was sent
    return sum(word in found for word in words) >= _MOST * len(words)


def _chunks(shown: Body, more: Body) -> list[Arguments]:
    """Give the pieces; a paragraph begins after a table."""
    made: list[Arguments] = []
    after_table = bool(shown) and shown[-1]["type"] == "table"
    for block in more:
        if block["type"] == "table":
            made.append({"type": "blocks", "blocks": [block]})
        else:
            made.append({"type": "markdown_text", "text": f"\n\n{block['text']}" if after_table else block["text"]})
        after_table = block["type"] == "table"
    return made
