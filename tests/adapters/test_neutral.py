from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.addresses import REMOVED, addressed, unlinked, web
from adapters.containing import contained
from adapters.markup import Cite, Code, Emphasis, Paragraph, Plain, Strong
from adapters.neutral import neutral, neutral_line
from tests.contracts.renderer import CALLS
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
        ("evil.md/leak and evil.com./x", f"{REMOVED} and {REMOVED}"),
        ("me@evil.fr/x, _evil.top/x", f"me@{REMOVED}, {REMOVED}"),
        ("a." * 9 + "top/x", f"a.{REMOVED}"),
        ("a" * 70 + ".top/x", REMOVED),
        ("https://evil.example/" + "a" * 5_000, REMOVED),
        ("[::1]:80/x //evil:80/x 1.2.3.4:80", f"{REMOVED} {REMOVED} {REMOVED}"),
        ("evil\uff61com www\uff0eevil", f"{REMOVED} {REMOVED}"),
        ("sip:a@b, ms-word:ofe|u|x, other:/x", f"{REMOVED}, {REMOVED}, {REMOVED}"),
        ("other:y?z=1 and skype:x?call", f"{REMOVED} and {REMOVED}"),
        ("base.py:14, foo.pl:12, a.rs:10:5", "base.py:14, foo.pl:12, a.rs:10:5"),
        ("10.0.0.0/8 or 10.1.0.0/16.", "10.0.0.0/8 or 10.1.0.0/16."),
        ("done.Next, e.g. or etc./so", "done.Next, e.g. or etc./so"),
        ("Is it in setup.md? In Node.js?", "Is it in setup.md? In Node.js?"),
        ("3:1, year:2024, ec2:ResourceTag/x, a::b", "3:1, year:2024, ec2:ResourceTag/x, a::b"),
        ("C:/x, // note, hr@acme.com", "C:/x, // note, hr@acme.com"),
        ("\u7d42\u308f\u308a\u3002\u6b21/\u306e", "\u7d42\u308f\u308a\u3002\u6b21/\u306e"),
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
        ("@@@here @everyones @group", "here everyones group"),
        ("<@<!here> <<@U1>", "@!here> @U1>"),
        ("<!date^1^{date} x|y> </ban all:1> </div>", "!date^1^{date} x|y> /ban all:1> </div>"),
    ],
)
def test_a_mention_calls_nobody(text: str, shown: str) -> None:
    assert neutral(text) == shown


ACTING = st.lists(
    st.sampled_from(
        [
            *("@", "<", ">", "!", "#", "/", ":", ".", "&", "^", "?", " ", "(", "x", "1", "\u3002", "\u202e", "\u200b"),
            *(
                "everyone",
                "here",
                "channel",
                "date",
                "U1",
                "t:1",
                "https://",
                "www.",
                "evil.top",
                "1.2.3.4",
                "localhost",
            ),
            *("//", "data:", "xn--", "md", ".py", REMOVED),
        ]
    ),
    max_size=12,
).map("".join)


@given(st.text() | ACTING)
def test_what_is_neutral_stays_as_it_is(text: str) -> None:
    for once, again in ((neutral(text), neutral), (neutral_line(text), neutral_line)):
        assert again(once) == once
        assert not addressed(once)
        assert not CALLS.search(once)


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
        ("https://docs.example:8080/a@b?c=@d", True),
        ("https://user:pw@evil.example/", False),
        ("https:///evil.example", False),
        ("https://evil.example%2f.good.example", False),
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
        (Plain("evil.to"), Emphasis((Plain("p/a?b=c"),))),
    ],
)
def test_an_address_that_only_comes_together_is_removed(children: tuple[Inline, ...]) -> None:
    assert addressed("".join(map(_words, children)))
    block = contained(Paragraph(children))
    assert isinstance(block, Paragraph)
    assert not addressed("".join(map(_words, block.children)))


def test_a_call_that_only_comes_together_calls_nobody() -> None:
    for children in ((Plain("@ev"), Strong((Plain("ery"),)), Plain("one")), (Plain("<"), Strong((Plain("!here>"),)))):
        block = contained(Paragraph(children))
        assert isinstance(block, Paragraph)
        assert not CALLS.search("".join(map(_words, block.children)))


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
