"""What every renderer of the checked tree keeps to. Subclass it, and say how a tree and a source list are shown."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.addresses import addressed
from adapters.markup import Heading, Item, Listing, Paragraph, Plain, Quote, Strong, Table
from adapters.parts import Citation

if TYPE_CHECKING:
    from adapters.markup import Tree

STORED = "https://docs.example/a?b=c"
ACTS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
CALLS = re.compile(
    r"@everyone|@(?:here|channel|group|all)(?!\w)|<[@!#]&?[^\s<>]{1,99}>|<!date\^|</\w+:\d|<(?:t|id|a?):\w+(?::\w+)?>",
    re.IGNORECASE,
)
hostile = st.text(max_size=30) | st.lists(
    st.sampled_from(
        [
            *("https", ":", "//", "evil.example/", "www.", "<!channel>", "@everyone", "<@U1>", "![", "](", ")", "[1]"),
            *("@@here", "<<!channel>", "<<@U1>", "@<@all>", "<!date^1^x|y>", "</ban:1>", "<t:1:R>", "<a:wave:1>", "@"),
            *("<", "everyone", "evil.top/a", "//evil.fr", "1.2.3.4/", "localhost:80"),
            *("javascript:", "\x1b]8;;", "\u202e", "\u200b", "\U000e0041", " ", "a", "|", "```", "\n> "),
        ]
    ),
    max_size=8,
).map("".join)


class RendererContract(ABC):
    """Whatever the words are, they act nowhere, and the only address is the stored one.

    ``joiner`` is what a renderer itself puts into words so that they do not act, where nobody sees it.
    """

    joiner = ""

    @abstractmethod
    def tree(self, tree: Tree) -> str:
        """Show a tree; the renderer's own styles are taken out."""

    @abstractmethod
    def sources(self, citation: Citation) -> str:
        """Show one line of the source list with its quote."""

    @settings(suppress_health_check=[HealthCheck.differing_executors])  # each suite has its own renderer
    @given(hostile, hostile)
    def test_no_words_of_an_answer_act(self, one: str, other: str) -> None:
        run = (Plain(one), Strong((Plain(other),)))
        for block in (
            Paragraph(run),
            Heading(2, run),
            Quote((Paragraph(run),)),
            Table((run,), ((run,),)),
            Listing((Item(run),)),
        ):
            shown = self.tree((block,))
            assert not ACTS.search(self._seen(shown))
            assert not CALLS.search(shown)
            assert not any(addressed(line) for line in shown.splitlines())

    @settings(suppress_health_check=[HealthCheck.differing_executors])  # each suite has its own renderer
    @given(hostile)
    def test_no_words_of_a_source_act_and_its_address_is_the_stored_one(self, text: str) -> None:
        line = Citation(
            number=1, title=text, url=STORED, quote=text, document=text, section=(text,), publisher=text, year=2026
        )
        shown = self.sources(line)
        assert not ACTS.search(self._seen(shown))
        assert not CALLS.search(shown)
        assert STORED in shown
        assert not addressed(shown.replace(STORED, ""))

    def test_an_address_of_another_scheme_is_not_shown(self) -> None:
        line = Citation(number=1, title="a", url="javascript:alert(1)", quote="b", document="docs/a.md")
        assert "javascript" not in self.sources(line)
        assert "docs/a.md" in self._seen(self.sources(line))

    def _seen(self, shown: str) -> str:
        return shown.replace(self.joiner, "")
