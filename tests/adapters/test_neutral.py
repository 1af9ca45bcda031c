from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.addresses import REMOVED, addressed, unlinked, web
from adapters.containing import contained
from adapters.markup import Cite, Code, Emphasis, Paragraph, Plain, Strong
from adapters.neutral import neutral, neutral_line
from tests.doubles.trees import blocks

if TYPE_CHECKING:
    from adapters.markup import Inline


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://evil.example/a.", f"see {REMOVED}."),
        ("ahttps://evil.example", REMOVED),
        ("evil.com/?q=secret", REMOVED),
        ("www.evil.example", REMOVED),
        ("evil.top/a, evil.fr/?q=1", f"{REMOVED}, {REMOVED}"),
        ("evil.com:443 localhost:8080/x 10.0.0.5/a //evil.cloud/x", f"{REMOVED} {REMOVED} {REMOVED} {REMOVED}"),
        ("evil\N{IDEOGRAPHIC FULL STOP}com/x and obsidian:open", f"{REMOVED} and {REMOVED}"),
        ("slack:T1, terminal:local, Node.js/Express", "slack:T1, terminal:local, Node.js/Express"),
        ("Python 3.11/3.12, and/or", "Python 3.11/3.12, and/or"),
        ("p\N{CYRILLIC SMALL LETTER A}ypal.com now", f"{REMOVED} now"),
        ("xn--pypal-4ve.com", REMOVED),
        ("javascript:alert(1)", REMOVED),
        ("data:text/html,x", REMOVED),
        ("HTTPS://EVIL.EXAMPLE", REMOVED),
        ("Node.js, docs.md and adapters/base.py", "Node.js, docs.md and adapters/base.py"),
        ("data: the set; note: 12:30", "data: the set; note: 12:30"),
        ("Größe, then docs.de", "Größe, then docs.de"),
    ],
)
def test_what_a_platform_makes_a_link_of_is_removed(text: str, shown: str) -> None:
    assert unlinked(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> <!here>", "!channel> !here>"),
        ("<!subteam^S1> and <@U1>", "!subteam^S1> and @U1>"),
        ("@everyone, @here", "everyone, here"),
        ("@@everyone <<!channel> @<@everyone>", "everyone !channel> everyone>"),
        ("</ask:123> <id:guide> <t:1:R> <a:wave:123>", "/ask:123> id:guide> t:1:R> a:wave:123>"),
        ("<@&123> <#C1>", "@&123> #C1>"),
        ("me@here.example", "mehere.example"),
        ("a < b and @nna", "a < b and @nna"),
    ],
)
def test_a_mention_calls_nobody(text: str, shown: str) -> None:
    assert neutral(text) == shown


@given(st.text() | st.from_regex(r"(https?://|<!|@everyone|www\.|[a-z\u202e\u200b.]){1,12}"))
def test_what_is_neutral_stays_as_it_is(text: str) -> None:
    once = neutral_line(text)
    assert neutral_line(once) == once
    assert not addressed(once)


@given(st.lists(st.sampled_from(["@", "<", ">", "!", "everyone", "channel", "here", "U1", " ", "//", "evil.top/"])))
def test_what_is_neutral_stays_so(pieces: list[str]) -> None:
    once = neutral("".join(pieces))
    assert neutral(once) == once


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://docs.example/a?b=c#d", True),
        ("http://docs.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://docs.example@evil.example/", False),
        ("https://p\N{CYRILLIC SMALL LETTER A}ypal.com", False),
        ("https://docs.example/a b", False),
        ("https://docs.example/>|x", False),
        ("https://docs.example/\u202ex", False),
        ("https://docs.example/\x1b]8;;", False),
        ("ftp://docs.example", False),
        (None, False),
    ],
)
def test_only_a_stored_web_address_may_become_a_link(url: str | None, *, kept: bool) -> None:
    assert web(url) == (url if kept else None)


@pytest.mark.parametrize(
    "children",
    [
        (Plain("ht"), Strong((Plain("tps://evil.example/"),))),
        (Emphasis((Plain("https:/"),)), Plain("/evil.example")),
        (Strong((Plain("w"), Emphasis((Plain("ww.evil"),)))), Plain(".example")),
    ],
)
def test_an_address_that_only_comes_together_is_removed(children: tuple[Inline, ...]) -> None:
    assert addressed("".join(map(_words, children)))
    block = contained(Paragraph(children))
    assert isinstance(block, Paragraph)
    assert not addressed("".join(map(_words, block.children)))


def _words(node: Inline) -> str:
    match node:
        case Plain() | Code():
            return node.text
        case Strong() | Emphasis():
            return "".join(map(_words, node.children))
        case Cite():
            return ""


def test_code_and_marks_keep_words_apart_and_stay() -> None:
    children = (Plain("a "), Code("curl https://docs.example"), Cite(1))
    assert contained(Paragraph(children)) == Paragraph(children)


@given(blocks)
def test_what_is_contained_stays_as_it_is(block: Paragraph) -> None:
    once = contained(block)
    assert contained(once) == once
