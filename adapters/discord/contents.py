"""What one message says, as Discord takes it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from adapters.discord import escaping, kit
from adapters.discord.render import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.discord.kit import Row
    from adapters.leaves import Links
    from adapters.markup import Tree

Body: TypeAlias = "dict[str, object]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A page of an answer, with a ``head`` above it and small ``lines`` and ``rows`` of buttons below."""

    tree: Tree = ()
    linked: Links = field(default_factory=dict)
    head: str = ""
    lines: Sequence[str] = ()
    rows: Sequence[Row] = ()

    @property
    def text(self) -> str:
        """Give all its words; Discord takes no message without any."""
        return "\n".join(part for part in (self.head, text(self.tree, self.linked), *self.lines) if part) or "…"

    def body(self, key: str = "") -> Body:
        """Give what is posted, with the key by which it is found again, or what an edit makes of a message.

        It calls nobody, and shows nothing of what it links.
        """
        return {
            "content": self.text,
            "components": kit.keyed(self.rows, key) if key else [*self.rows],
            "flags": kit.SUPPRESS_EMBEDS,
            "allowed_mentions": {"parse": []},
        }


def ended(page: Content, lines: Sequence[str], rows: Sequence[Row]) -> list[Content]:
    """Put lines and buttons below the last page of an answer; what finds no room there stands in messages behind it."""
    pages = [page]
    for line in lines:
        more = replace(pages[-1], lines=[*pages[-1].lines, line])
        if escaping.size(more.text) <= kit.MESSAGE_LIMIT:
            pages[-1] = more
        else:
            pages.append(Content(lines=[line]))
    pages[-1] = replace(pages[-1], rows=rows)
    return pages
