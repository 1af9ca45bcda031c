from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.doing import doing
from adapters.joining import JOINER
from adapters.leaves import settled
from adapters.markup import (
    Cite,
    Code,
    CodeBlock,
    Emphasis,
    Heading,
    Item,
    Listing,
    Paragraph,
    Plain,
    Quote,
    Strong,
    Table,
    joined,
)
from adapters.parts import Citation, Status
from adapters.slack import answers, views
from adapters.slack.escaping import linkable
from adapters.slack.events import Spot
from adapters.slack.render import added, block_text, body, links, pieces
from adapters.sources import whence
from adapters.spending import Spending
from adapters.wishes import Past
from tests.doubles.spiking import spiked_citations, spiked_trees
from tests.doubles.trees import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from adapters.markup import Block, Tree
    from adapters.slack.render import Body

few = settings(max_examples=60, phases=[Phase.generate])
URL = "https://docs.example/keys"
LINKS = {1: URL, 2: "https://docs.example/b_(c)?x=1&copy=2"}
TOKEN = re.compile(r"<(?:!(?:channel|here|everyone|subteam|date)|@\w|#\w|https?:|mailto:|javascript:)", re.IGNORECASE)
ACTING = re.compile(
    r"@\w|#\w|://|(?:[^\W\d_]|\d(?!\.\d))[.．][^\W_]|\bwww\.\w|:[\w+-]+:|\b(?:mailto|javascript|data):\w",  # noqa: RUF001
    re.IGNORECASE,
)
LINK = re.compile(r"<(https?://[^|>\s]+)\|([^|<>]*)>")


def _tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def _check_markdown(text: str, urls: set[str]) -> None:
    """See what a reader of Markdown makes of it: no link but the stored ones, no image, no HTML, nothing acting."""
    assert not TOKEN.search(text)
    for token in _tokens(text):
        assert token.type not in {"image", "html_inline", "html_block", "code_block", "hr", "s_open"}
        if token.type == "link_open":
            assert _unquoted(str(token.attrs["href"])) in {_unquoted(url) for url in urls}
        if token.type == "text":
            assert not ACTING.search(token.content)
        if token.type == "code_inline":
            assert "://" not in token.content


def _unquoted(url: str) -> str:
    return url.replace("%5B", "[").replace("%5D", "]").replace("%7C", "|")


OWN_DATE = re.compile(r"<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[\w ,:]+>")


def _check_mrkdwn(text: str, urls: set[str]) -> None:
    found = LINK.findall(text)
    assert {url.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for url, _ in found} <= urls
    words = LINK.sub(lambda link: link[2], OWN_DATE.sub("", text))
    assert "<" not in words
    assert ">" not in words
    assert not re.search(r"&(?!(?:amp|lt|gt);)", words)
    assert not ACTING.search(words)


def _check(given_: object, urls: set[str]) -> None:
    """See that nothing in blocks acts but links to stored URLs, whatever kind of text it stands in."""
    match given_:
        case {"type": "markdown", "text": str() as text}:
            _check_markdown(text, urls)
        case {"type": "mrkdwn", "text": str() as text, "verbatim": True}:
            _check_mrkdwn(text, urls)
        case {"type": "link", "url": url}:
            assert url in urls
        case {"type": "plain_text", "text": str() as text, "emoji": False}:
            assert text
            assert not ACTING.search(text)
        case {"type": "text", "text": str() as text}:
            assert text
        case dict():
            assert given_.get("type") not in {
                "image",
                "user",
                "channel",
                "broadcast",
                "usergroup",
                "emoji",
                "plain_text",
            }
            for inner in given_.values():
                _check(inner, urls)
        case list():
            for inner in given_:
                _check(inner, urls)
        case _:
            pass


@few
@given(spiked_trees(), spiked_citations())
def test_nothing_in_an_answer_acts_but_links_to_stored_urls(tree: Tree, citations: tuple[Citation, ...]) -> None:
    linked = links(citations)
    for piece in pieces(tree, linked):
        _check(body(piece, linked), set(linked.values()))
    _check_mrkdwn(answers.notification(tree), set())


@few
@given(spiked_citations())
def test_nothing_in_sources_acts_but_links_to_stored_urls(citations: tuple[Citation, ...]) -> None:
    urls = set(links(citations).values())
    _check(answers.sources(citations), urls)
    _check(answers.quoted(citations), urls)
    _check(views.quotes(citations), urls)


@few
@given(spiked_trees(), st.text(max_size=50))
def test_nothing_in_views_acts(tree: Tree, question: str) -> None:
    words = answers.notification(tree)
    past = Past(conversation=question, first_question=f"{words} {question} @here", turns=2, last_at=_DAY)
    overview = views.Overview(day=1, week=None, most=200)
    _check(views.home(Spending(), [past] * 9, overview), set())
    _check(views.home(None, None, overview), set())
    _check(views.ask("C1 1.0 1.0", words), set())
    assert not ACTING.search(answers.session_title(question + " <!channel> @here"))


_DAY = datetime(2026, 5, 1, tzinfo=UTC)


@few
@given(st.lists(st.tuples(blocks, st.booleans()), max_size=8))
def test_a_stream_only_ever_appends(grown: list[tuple[Block, bool]]) -> None:
    tree: Tree = ()
    shown = body((), LINKS)
    for block, continues in grown:
        tree = joined(tree, block, continues=continues)
        now = body(settled(tree), LINKS)
        more = added(shown, now)
        assert more is not None
        assert _all(shown) + _all(more) == _all(now)
        shown = now


def _all(shown: Body) -> str:
    """Everything that is shown, as one text."""
    return "".join(one["text"] if one["type"] == "markdown" else json.dumps(one) for one in shown)


def test_a_stream_whose_text_is_another_cannot_be_appended_to() -> None:
    assert added([{"type": "markdown", "text": "one"}], [{"type": "markdown", "text": "two"}]) is None
    assert added([{"type": "markdown", "text": "one"}], []) is None


@few
@given(spiked_trees())
def test_markdown_means_what_the_tree_says(tree: Tree) -> None:
    """Headings, lists, quotations and fences are as many as the tree has, so no words made one."""
    text = "\n\n".join(block_text(block, LINKS) for block in tree)
    opened = [token.type for token in _tokens(text)]
    wanted = _counts(tree)
    assert opened.count("heading_open") <= wanted["heading"]
    assert opened.count("blockquote_open") <= wanted["quote"]
    assert opened.count("list_item_open") <= wanted["item"]
    assert opened.count("fence") <= wanted["fence"]


def _counts(tree: Tree) -> dict[str, int]:
    counts = dict.fromkeys(("heading", "quote", "item", "fence"), 0)
    waiting: list[Block] = list(tree)
    while waiting:
        match waiting.pop():
            case Heading():
                counts["heading"] += 1
            case Quote() as quote:
                counts["quote"] += 1
                waiting += quote.blocks
            case Listing() as listing:
                counts["item"] += len(listing.items)
                waiting += [block for item in listing.items for block in item.blocks]
            case CodeBlock() | Table():
                counts["fence"] += 1
            case _:
                pass
    return counts


def _text(*children: Plain | Code | Cite | Strong | Emphasis) -> str:
    return block_text(Paragraph(children), LINKS)


def test_a_mark_is_a_link_to_the_stored_url_and_a_number_where_there_is_none() -> None:
    assert _text(Plain("Set it."), Cite(1), Cite(7)) == rf"Set it.[\[1\]]({URL})\[7\]"
    assert r"(https://docs.example/b_\(c\)?x=1&copy=2)" in _text(Cite(2))


def test_words_are_written_as_markdown() -> None:
    children = (Strong((Plain("Run "),)), Code("a`b"), Plain(" "), Emphasis((Plain("now"),)))
    assert _text(*children) == "**Run** ``a`b`` _now_"


def test_code_beside_code_is_one_piece_of_code() -> None:
    assert _text(Code("a"), Plain(""), Code("@here")) == "`a@here`"


def test_bold_within_bold_is_bold() -> None:
    assert _text(Strong((Plain("a"), Strong((Plain("b"),)), Emphasis((Plain("c"),))))) == "**ab_c_**"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<!channel> & <@U1>", f"&lt;\\!channel&gt; &amp; &lt;@{JOINER}U1&gt;"),
        ("ask @here in #general", f"ask @{JOINER}here in #{JOINER}general"),
        ("evil.example", f"evil.{JOINER}example"),
        ("https://evil.example", f"https:{JOINER}//evil.{JOINER}example"),
        ("a@b.example", f"a@{JOINER}b.{JOINER}example"),
        (":smile: at 10", f":{JOINER}smile: at 10"),
        ("1.5 and v2.0.1 stay", "1.5 and v2.0.1 stay"),
        ("[x](y) *z*", r"\[x\](y) \*z\*"),
        ("# no heading", r"\# no heading"),
        ("1. no item", r"1\. no item"),
        ("- no item", r"\- no item"),
    ],
)
def test_words_that_would_act_do_not(words: str, shown: str) -> None:
    assert _text(Plain(words)) == shown


def test_an_address_in_two_pieces_is_still_none() -> None:
    assert _text(Plain("evil."), Plain("example")) == f"evil.{JOINER}example"
    assert _text(Plain("https:"), Code("\u200b"), Strong((Plain(""),)), Plain("//x")) == f"https:{JOINER}//x"


def test_code_is_verbatim_but_for_what_slack_would_act_on() -> None:
    code = "<!DOCTYPE html>\n# x.example\n```\n<!channel>"
    shown = block_text(CodeBlock(code, "html", (1,)), LINKS)
    assert shown == f"````html\n<!DOCTYPE html>\n# x.example\n```\n<{JOINER}!channel>\n````\n[\\[1\\]]({URL})"


def test_a_language_that_is_none_is_left_out() -> None:
    assert block_text(CodeBlock("x", "a b\n<!channel>"), LINKS).startswith("```\n")


def test_a_table_is_a_block_with_its_marks_linked() -> None:
    table = Table(((Plain("Key"),), (Plain("Value"),)), (((Code("A"), Cite(1)), (Plain(""),)),))
    (shown,) = body((table,), LINKS)
    assert shown["type"] == "table"
    cells = [cell["elements"][0]["elements"] for cell in shown["rows"][1]]
    assert cells[0] == [
        {"type": "text", "text": "A", "style": {"code": True}},
        {"type": "link", "url": URL, "text": "[1]"},
    ]
    assert cells[1] == [{"type": "text", "text": JOINER}]


def test_a_second_table_or_a_large_one_is_aligned_code() -> None:
    small = Table(((Plain("Key"),), (Plain("名"),)), (((Plain("a"),), (Plain("b"),)),))
    large = Table(((Plain("Key"),),), (((Plain("x"),),),) * 100)
    _, second = body((small, small), LINKS)
    assert second == {"type": "markdown", "text": "```\nKey  名\n---  --\na    b\n```"}
    assert [block["type"] for block in body((large,), LINKS)] == ["markdown"]
    wide = Table(((Plain("k"),),) * 21, ())
    assert [block["type"] for block in body((wide,), LINKS)] == ["markdown"]
    long = Table(((Plain("k"),),), (((Plain("x" * 10_001),),),))
    assert [block["type"] for block in body((long,), LINKS)] == ["markdown"]


def test_20_000_characters_become_messages_within_slacks_limits() -> None:
    rows = tuple(((Plain(f"key {at}"),), (Plain("what it means"), Cite(1))) for at in range(60))
    section: Tree = (
        Heading(2, (Plain("Section"),)),
        Paragraph(tuple(part for at in range(40) for part in (Plain(f"Sentence {at} is here."), Cite(2), Plain(" ")))),
        Table(((Plain("Key"),), (Plain("Meaning"),)), rows),
        CodeBlock("".join(f"    line({at})\n" for at in range(120)), "python", (2,)),
        Listing(tuple(Item((Plain(f"Item {at}."),)) for at in range(40)), 1),
    )
    tree = section * 4
    messages = [body(piece, LINKS) for piece in pieces(tree, LINKS)]
    text = "".join(block["text"] for message in messages for block in message if block["type"] == "markdown")
    assert len(text) > 20_000
    for message in messages:
        assert sum(len(block["text"]) for block in message if block["type"] == "markdown") <= 12_000
        assert len(message) <= 42
        assert sum(block["type"] == "table" for block in message) <= 1
    assert text.count("line(119)") == 4
    assert text.count("```python\n") >= 4
    assert all(f"Sentence {at} is here" in text for at in range(40))


@pytest.mark.parametrize("url", ["javascript:x", "data:x", "file:///x", "https://", "https://a b", "https://a|b", None])
def test_only_clean_web_addresses_are_linked(url: str | None) -> None:
    assert not linkable(url)


def _citation(number: int = 1, **more: object) -> Citation:
    known: dict[str, object] = {"title": "Keys", "url": URL, "quote": "Set the key.", "document": "keys.md"}
    return Citation(**{"number": number, **known, **more})  # type: ignore[arg-type]


def test_a_source_is_a_line_with_all_that_is_known() -> None:
    dated = datetime(2024, 5, 1, tzinfo=UTC)
    one = _citation(section=("Keys", "Rotation"), publisher="Acme", year=2023, dated=dated, stale_days=800, newer="K2")
    assert answers.source(one) == (
        f"[1] <{URL}|Keys › Rotation> · Acme 2023 · changed 1 May 2024, 2 years ago · newer edition: K2"
    )
    assert answers.source(_citation(year=2024, dated=dated)) == f"[1] <{URL}|Keys> · changed 1 May 2024"
    assert answers.source(_citation(stale_days=800)) == f"[1] <{URL}|Keys> · last changed 2 years ago"


def test_what_was_said_is_dated_by_the_readers_own_clock() -> None:
    said = datetime(2026, 11, 26, 11, 29, tzinfo=UTC)
    line = answers.source(_citation(title="anna in this thread", dated=said, said=True))
    native = f"<!date^{int(said.timestamp())}^{{date_short_pretty}} at {{time}}|26 Nov 2026, 11:29 UTC>"
    assert line == f"[1] <{URL}|anna in this thread> · {native}"
    assert whence(_citation(dated=said, said=True)) == f"{URL} · 2026-11-26 11:29 UTC"


def test_many_sources_end_with_how_many_more_there_are() -> None:
    (block,) = answers.sources([_citation(number) for number in range(1, 15)])
    assert block["type"] == "context"
    assert len(block["elements"]) == 10
    assert block["elements"][-1]["text"] == "and 5 more"
    assert answers.sources([]) == []


def test_buttons_carry_the_answer_and_refuse_an_id_that_would_be_cut() -> None:
    thumbs, row = answers.after("a1", cited=True)
    assert thumbs["type"] == "context_actions"
    assert [thumbs["elements"][0][name]["value"] for name in ("positive_button", "negative_button")] == ["+a1", "-a1"]
    assert row["type"] == "actions"
    assert [(one["action_id"], one["value"]) for one in row["elements"]] == [("quotes", "a1"), ("again", "a1")]
    assert answers.stopping("q1")["elements"][0]["value"] == "q1"
    with pytest.raises(ValueError, match="2,000"):
        answers.rating("a" * 2_000)
    with pytest.raises(ValueError, match="3,000"):
        views.reason("a" * 3_001, Spot())


def test_progress_is_said_as_a_continuation_of_the_bots_name() -> None:
    assert doing(Status(doing="reading", sources=1)) == "reading 1 source…"
    assert doing(Status(doing="searching")) == "searching…"


def test_the_introduction_mentions_nobody_but_the_bot() -> None:
    assert "<@U1>" in json.dumps(views.introduction("U1"))
    assert "<" not in json.dumps(views.introduction("U1> <!channel"))


@few
@given(spiked_citations(), spiked_trees())
def test_blocks_keep_slacks_limits(citations: tuple[Citation, ...], tree: Tree) -> None:
    shown = [*answers.sources(citations), *answers.quoted(citations), *views.home(Spending(), [])["blocks"]]
    assert len(answers.quoted(citations)) <= 50
    for block in shown:
        match block:
            case {"type": "section", "text": {"text": text}}:
                assert 0 < len(text) <= 3_000
            case {"type": "header", "text": {"text": text}}:
                assert 0 < len(text) <= 150
            case {"type": "context", "elements": list() as elements}:
                assert 0 < len(elements) <= 10
            case _:
                assert block["type"] == "rich_text"
    assert 0 < len(answers.notification(tree)) <= 3_000


@pytest.mark.parametrize(
    "url", ["https://good.example@evil.example/", "https://user:pw@evil.example", "https:///x.top"]
)
def test_an_address_that_hides_its_host_is_no_link(url: str) -> None:
    assert not linkable(url)
    assert block_text(Paragraph((Cite(1),)), {1: url}) == r"\[1\]"
