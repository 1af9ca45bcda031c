"""What one message says, as the arguments of the calls that post, edit or stream it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters.markup import Table
from adapters.slack import kit
from adapters.slack.answers import notification, paragraphs
from adapters.slack.render import block_text, body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.markup import Tree
    from adapters.slack.render import Body, Links

EVENT: Final = "footnote_answer"
"""The type of the metadata by which a message of ours is found again."""
PLAINEST: Final = 2
"""How plain a message can be: 0 is as it should be, 1 has no table of its own, 2 has words alone."""
Arguments = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A page of an answer, or ``blocks`` of our own that ``text`` says in words, and what stands ``below``."""

    tree: Tree = ()
    linked: Links = field(default_factory=dict)
    blocks: Sequence[kit.Block] = ()
    text: str = ""
    below: Sequence[kit.Block] = ()

    def arguments(self, plainness: int = 0) -> Arguments:
        """Give text and blocks; the plainer, the less there is that Slack might not take."""
        return {"text": self.text or notification(self.tree), "blocks": [*self._shown(plainness)]}

    def _shown(self, plainness: int) -> list[kit.Block]:
        if plainness == 0:
            return [*self.blocks, *body(self.tree, self.linked), *self.below]
        if plainness < PLAINEST:
            return [*self.blocks, *_untabled(self.tree, self.linked), *self.below]
        return [*self.blocks, *map(kit.section, paragraphs(self.tree))][: kit.BLOCKS_LIMIT]


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


def chunks(shown: Body, more: Body) -> list[Arguments]:
    """Give what to append to a stream that shows ``shown`` already; a paragraph begins after a table."""
    made: list[Arguments] = []
    after_table = bool(shown) and shown[-1]["type"] == "table"
    for block in more:
        if block["type"] == "table":
            made.append({"type": "blocks", "blocks": [block]})
        else:
            made.append({"type": "markdown_text", "text": f"\n\n{block['text']}" if after_table else block["text"]})
        after_table = block["type"] == "table"
    return made
