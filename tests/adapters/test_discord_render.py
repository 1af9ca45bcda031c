from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from adapters.addresses import addressed
from adapters.discord import answers, escaping, kit, render
from adapters.joining import JOINER
from adapters.leaves import Leaves, visible
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
)
from adapters.parts import Citation, Ending, Status, Verification
from tests.contracts.renderer import RendererContract
from tests.doubles.spiking import ATTACKS, spiked_citations, spiked_trees
from tests.doubles.trees import blocks, trees

if TYPE_CHECKING:
    from adapters.markup import Block, Tree

few = settings(max_examples=60, phases=[Phase.generate])
URL = "https://docs.example/keys"
LINKS = {1: URL, 2: "https://docs.example/b_(c)?x=1&copy=2"}
DISCORDS = (
    "<@1>",
    "<@!1>",
    "<@&1>",
    "<#1>",
    "</ask:1>",
    "</ask sub:1>",
    "<t:1618953630>",
    "<t:1:R>",
    "<:x:1>",
    "<a:x:1>",
    "<id:customize>",
    "<id:guide>",
    "<+15551234>",
    "<mallory@evil.example>",
    "<https://evil.example>",
    "[x](<https://evil.example>)",
    "[x](https://evil.example 'title')",
    "discord.gg/abc",
    "discord.com/invite/abc",
    "discord://-/channels/1",
    "steam://run/1",
    "||secret||",
    "-# small",
    ">>> all",
    "### heading",
    "* item",
    "__under__",
    "~~gone~~",
    ":smile:",
    "¯\\_(ツ)_/¯",
    "@silent",
)


class TestRenderer(RendererContract):
    joiner = JOINER

    def tree(self, tree: Tree) -> str:
        return render.text(tree, {})

    def sources(self, citation: Citation) -> str:
        return answers.quoted(citation, render.links([citation]))


TOKEN = re.compile(
    r"\\[^0-9A-Za-z\s]|```.*?```|\[\[\d+\]\]\(<(?P<url>[^>\s\\]+)>\)|\[\d+\](?!\()|(?P<ticks>`+)[^\n]*?[^`\n](?P=ticks)(?!`)",
    re.DOTALL,
)
"""What Discord reads first, wherever it stands: what is escaped, code, and links and marks as we make them."""


def _acting(text: str, urls: set[str]) -> str:
    """Give what Discord may make something of: all but code, links to stored addresses, and what is escaped."""
    for found in TOKEN.finditer(text):
        if url := found["url"]:
            assert url in urls
            assert not re.search(r"[()]", re.sub(r"\([^()]*\)", "", url))
    return TOKEN.sub("\ue000", text)


def _check(text: str, urls: set[str]) -> None:
    """See that Discord finds nothing to act on, whichever of its rules it looks by."""
    rest = _acting(text, urls)
    assert not re.search(r"[<\[\]|~_#`\\]", re.sub(r"(?m)^[ >\d.-]*#{1,3} ", "", rest)), text
    assert not re.search(r"@everyone|@here", text, re.IGNORECASE)
    assert "://" not in rest
    assert not re.search(r"discord(?:app)?\.(?:gg|com)", rest, re.IGNORECASE)
    assert not re.search(r"<[@#/:at]", rest)
    assert not re.search(r":[\w+-]+:", rest)
    assert not re.search(r"(?m)^\s*(?:-#|>>>)", rest)


@few
@given(spiked_trees(), spiked_citations())
def test_nothing_in_an_answer_acts_but_links_to_stored_urls(tree: Tree, citations: tuple[Citation, ...]) -> None:
    linked = render.links(citations)
    for piece in render.pieces(tree, linked):
        _check(render.text(piece, linked), set(linked.values()))


@few
@given(st.lists(st.sampled_from([*DISCORDS, *ATTACKS]) | st.text(max_size=6), max_size=5).map("".join))
def test_no_words_are_discords_own(words: str) -> None:
    for block in (
        Paragraph((Plain(words),)),
        Heading(1, (Plain(words),)),
        Heading(5, (Strong((Plain(words),)),)),
        Listing((Item((Plain(words),), (Quote((Paragraph((Plain(words),)),)),)),)),
        Table(((Plain(words),),) * 2, (((Plain(words * 9),),) * 2,)),
        CodeBlock(words, words),
    ):
        _check(render.text((block,), {}), set())


@few
@given(spiked_citations())
def test_nothing_in_sources_acts_but_links_to_stored_urls(citations: tuple[Citation, ...]) -> None:
    linked = render.links(citations)
    for one in citations:
        shown = answers.source(one, linked)
        _check(shown, set(linked.values()))
        assert "\n" not in shown
        assert escaping.size(shown) <= 1_800


@few
@given(trees)
def test_every_piece_is_within_the_limit_of_a_message(tree: Tree) -> None:
    for piece in render.pieces(tree * 40, LINKS):
        assert escaping.size(render.text(piece, LINKS)) <= kit.MESSAGE_LIMIT - 150


@few
@given(st.lists(st.tuples(blocks, st.booleans()), max_size=12))
def test_a_page_that_is_full_is_never_written_again(grown: list[tuple[Block, bool]]) -> None:
    pages = Leaves(render)
    for block, continues in grown * 3:
        last = pages.last
        before = [pages[page] for page in range(last)]
        pages.add(block, LINKS, continues=continues)
        assert [pages[page] for page in range(last)] == before
        assert all(render.fits(pages[page], LINKS) for page in range(pages.last + 1))


def _text(*children: Plain | Code | Cite | Strong | Emphasis) -> str:
    return render.text((Paragraph(children),), LINKS)


def test_a_mark_is_a_link_to_the_stored_url_and_a_number_where_there_is_none() -> None:
    assert _text(Plain("Set it."), Cite(1), Cite(7)) == f"Set it.[[1]](<{URL}>)[7]"
    assert "(<https://docs.example/b_(c)?x=1&copy=2>)" in _text(Cite(2))


def test_words_are_written_as_markdown() -> None:
    children = (Strong((Plain("Run "),)), Code("a`b"), Plain(" "), Emphasis((Plain("now"),)))
    assert _text(*children) == "**Run** ``a`b`` *now*"
    assert _text(Strong((Plain("a"),)), Emphasis((Plain("b"),))) == f"**a**{JOINER}*b*"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("@everyone", f"@{JOINER}everyone"),
        ("<@1> <#2>", rf"\<{JOINER}@{JOINER}1\> \<{JOINER}\#{JOINER}2\>"),
        ("</ask:1>", rf"\<{JOINER}/ask:1\>"),
        ("<t:1:R>", rf"\<{JOINER}t:{JOINER}1:R\>"),
        ("discord.gg/abc", f"discord.{JOINER}gg/abc"),
        ("https://evil.example", f"https:{JOINER}//evil.{JOINER}example"),
        (":smile: at 10", f":{JOINER}smile: at 10"),
        ("1.5 and v2.0.1 stay", "1.5 and v2.0.1 stay"),
        ("[x](y) ||z||", r"\[x\](y) \|\|z\|\|"),
        ("# no heading", r"\# no heading"),
        ("-# not small", r"\-\# not small"),
        ("1. no item", r"1\. no item"),
        (">>> no quote", r"\>\>\> no quote"),
        ("in C#", r"in C\#"),
    ],
)
def test_words_that_would_act_do_not(words: str, shown: str) -> None:
    assert _text(Plain(words)) == shown


def test_code_is_verbatim_but_for_what_ends_it() -> None:
    shown = render.text((CodeBlock("# x.example\n```\n<@1> @everyone", "sh", (1,)),), LINKS)
    assert shown == f"```sh\n# x.example\n``{JOINER}`\n<{JOINER}@1> @{JOINER}everyone\n```\n[[1]](<{URL}>)"
    assert render.text((CodeBlock("x", "a b"),), LINKS).startswith("```\n")
    assert _text(Code("a```b")) == f"``a`{JOINER}`{JOINER}`b``"


def test_headings_have_three_levels_and_stand_close_to_what_follows() -> None:
    tree: Tree = (Heading(2, (Plain("Keys"),)), Paragraph((Plain("Set them."),)), Heading(4, (Plain("Deep"),)))
    assert render.text(tree, {}) == "## Keys\nSet them.\n\n**Deep**"


def test_lists_are_nested_and_quotations_are_not() -> None:
    inner = Listing((Item((Plain("b"),)),), 3)
    tree: Tree = (Listing((Item((Plain("a"),), (inner,)),)), Quote((Quote((Paragraph((Plain("c"),)),)),)))
    assert render.text(tree, {}) == "- a\n  3. b\n\n> c"


def test_a_table_is_code_in_columns_or_a_list_where_it_is_too_wide() -> None:
    narrow = Table(((Plain("Key"),), (Plain("名"),)), (((Plain("a"),), (Plain("b"), Cite(1))),))
    assert render.text((narrow,), LINKS) == "```\nKey  名\n---  ----\na    b[1]\n```"
    wide = Table(((Plain("Key"),), (Plain("What"),)), (((Plain("a"),), (Plain("b" * 90), Cite(1))),))
    assert render.text((wide,), LINKS) == f"- **Key**: a\n  - **What**: {'b' * 90}[[1]](<{URL}>)"
    assert render.text((Table(((Plain("h" * 90),),), ()),), LINKS) == f"- {'h' * 90}"


def test_20_000_characters_become_messages_that_keep_code_and_tables_whole() -> None:
    rows = tuple(((Plain(f"key {at}"),), (Plain("what it means"), Cite(1))) for at in range(20))
    section: Tree = (
        Heading(2, (Plain("Section"),)),
        Paragraph(tuple(part for at in range(30) for part in (Plain(f"Sentence {at} is here."), Cite(2), Plain(" ")))),
        Table(((Plain("Key"),), (Plain("Meaning"),)), rows),
        CodeBlock("".join(f"    line({at})\n" for at in range(60)), "python", (2,)),
        Listing(tuple(Item((Plain(f"Item {at}."),)) for at in range(40)), 1),
    )
    tree = section * 6
    messages = [render.text(piece, LINKS) for piece in render.pieces(tree, LINKS)]
    assert sum(map(len, messages)) > 20_000
    assert all(escaping.size(message) <= kit.MESSAGE_LIMIT for message in messages)
    assert all(message.count("```") % 2 == 0 for message in messages)
    whole = "\n".join(messages)
    assert whole.count("```python\n") == 6
    assert whole.count("Key     Meaning") == 6
    assert whole.count("line(59)") == 6
    assert all(whole.count(f"Sentence {at} is here") == 6 for at in range(30))


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:x", "data:x", "file:///x", "https://", "https://a b", "https://a|b", None, "https://a/*x*"),
        *("https://docs.example/a)b", "https://docs.example/((a))", "https://docs.example/\\", "https://a@b.example/"),
    ],
)
def test_only_clean_web_addresses_are_linked(url: str | None) -> None:
    assert not escaping.linkable(url)


def test_a_message_is_as_long_as_discord_counts_it() -> None:
    assert [escaping.size(text) for text in ("ab", "é", "😀", "👍🏽")] == [2, 1, 2, 4]


def _citation(number: int = 1, **more: object) -> Citation:
    known: dict[str, object] = {"title": "Keys", "url": URL, "quote": "Set the key.", "document": "keys.md"}
    return Citation(**{"number": number, **known, **more})  # type: ignore[arg-type]


def test_a_source_is_a_line_with_all_that_is_known() -> None:
    dated = datetime(2024, 5, 1, tzinfo=UTC)
    one = _citation(section=("Keys", "Rotation"), publisher="Acme", year=2023, dated=dated, stale_days=800, newer="K2")
    assert answers.source(one, {1: URL}) == (
        f"[[1]](<{URL}>) Keys › Rotation · Acme 2023 · changed 1 May 2024, 2 years ago · newer edition: K2"
    )
    assert answers.source(one, {}).startswith(f"[1] Keys › Rotation · keys.{JOINER}md · Acme")
    said = _citation(title="anna in this thread", dated=dated, said=True)
    assert answers.source(said, {1: URL}) == f"[[1]](<{URL}>) anna in this thread · <t:{int(dated.timestamp())}:f>"


def test_below_an_answer_stand_the_sources_that_it_used_in_order_of_use() -> None:
    citations = [_citation(number, title=f"T{number}", url=None, document="d") for number in (1, 2, 3)]
    ending = Ending(answer="a1", verdict="answered", cited=(3, 1))
    assert answers.lines(ending, citations, {}) == ["-# [3] T3 · d", "-# [1] T1 · d"]
    doubtful = Ending(answer="a1", verdict="answered", verification=Verification(confidence=0.5))
    assert answers.lines(doubtful, [], {})[0].startswith("-# The sources support this only loosely")
    stopped = Ending(answer="a1", verdict="stopped", cited=(2,))
    assert answers.lines(stopped, citations, {})[0] == "-# Stopped."


def _ids(rows: list[kit.Row]) -> list[str]:
    return [button["custom_id"] for row in rows for button in row["components"]]


def test_buttons_say_what_they_are_about() -> None:
    ending = Ending(answer="a1", verdict="answered", cited=(1,))
    rows = answers.closing(ending, [_citation()], "q")
    assert _ids(rows) == ["f:quotes:a1", "f:rate+:a1", "f:rate-:a1", "f:again:a1"]
    assert _ids(answers.closing(Ending(answer="a1", verdict="unknown"), [], "q")) == _ids(rows)[1:]
    assert _ids(answers.closing(Ending(answer="a1", verdict="offered"), [], "q")) == ["f:want:q"]
    assert answers.closing(Ending(answer="a1", verdict="failed"), [], "q") == []
    assert answers.stopping("q" * 101) == []


SNOWFLAKE = "9" * 19


@pytest.mark.parametrize(
    "question",
    [
        f"discord:{SNOWFLAKE}:{SNOWFLAKE}:{SNOWFLAKE}",
        f"discord:{SNOWFLAKE}:about:{SNOWFLAKE}:{SNOWFLAKE}:{SNOWFLAKE}",
        f"discord:{SNOWFLAKE}:again:{'a' * 32}:{SNOWFLAKE}:private",
        "q",
    ],
)
def test_a_button_is_known_again_with_and_without_the_key_of_its_message(question: str) -> None:
    key = "k" * 24
    rows = answers.stopping(question)
    assert [kit.meant(one) for one in _ids(rows)] == [("stop", question)]
    keyed = kit.keyed(rows, key)
    assert kit.meant(_ids(keyed)[0]) == ("stop", question)
    assert [kit.key_of(one) for one in _ids(keyed) if kit.key_of(one)] == [key]
    assert all(len(one) <= 100 for one in _ids(keyed))
    assert _ids(kit.keyed([], key)) == [f"f:more:{key}"]


@pytest.mark.parametrize("custom_id", ["", "f", "f:", "f:stop", "f:stop:", "g:stop:q", "x", "f::q"])
def test_what_is_no_button_of_ours_means_nothing(custom_id: str) -> None:
    assert kit.meant(custom_id) is None
    assert kit.key_of(custom_id) == ""


def test_progress_is_small_text_and_a_thread_is_named_after_its_question() -> None:
    assert answers.progress(Status(doing="reading", sources=5)) == "-# Reading 5 sources…"
    assert answers.title("How do I\nrotate <@1> keys? @everyone " + "x" * 200).startswith("How do I rotate @1> keys?")
    assert len(answers.title("x" * 200)) == 100
    assert answers.title(" \u200b") == "Question"


@few
@given(st.text(max_size=60) | st.sampled_from(DISCORDS))
def test_what_is_said_of_a_question_calls_nobody_but_by_name(words: str) -> None:
    for said in (answers.asked("1", words), answers.offered("2", words), answers.shut_out("2", words)):
        _check(said.replace("<@1>", "").replace("<#2>", ""), set())
    assert not addressed(answers.title(words))


def test_visible_is_what_of_a_page_changes_no_more() -> None:
    assert visible((Table(((Plain("a"),),), ()),)) == ()
