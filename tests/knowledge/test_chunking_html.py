from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from knowledge.chunking.html import DEEPEST, outline
from knowledge.chunking.outline import Code, Table
from knowledge.errors import Unreadable
from tests.doubles.documents import a_document

PAGE = """<!doctype html><html><head><title>Item &amp; sizes</title><meta name="author" content="Ann">
<meta property="article:modified_time" content="2024-05-01T10:00:00Z"><meta name="description" content="secret">
<link rel="canonical" href="https://example.com/sizes"><style>p{}</style></head><body>
<nav>chrome</nav><header>chrome</header><main><header><h1 id="top">Sizes<a class="headerlink">#</a></h1></header>
<p>One <b>two</b>
<code>a&lt;b</code>.<br>Next<ul><li>first<ol start=3><li>third</ol><li><p>last<pre class="language-python"><code>x = 1
</code></pre></ul><h2>Table</h2><table><tr><th>A<th>B<tr><td>1|2<td>3 <ul><li>q<li>r</ul></table></main>
<footer>chrome</footer><script>secret</script></body></html>"""


def read(page: str) -> str:
    """All that is read of a page."""
    sections = outline(a_document(page, form="html")).sections
    return "\n".join(block.text for section in sections for block in section.blocks if not isinstance(block, Table))


def test_the_main_content_is_read_block_by_block() -> None:
    sections = outline(a_document(PAGE, form="html")).sections
    assert [(section.path, section.anchor) for section in sections] == [
        (("Sizes",), "top"),
        (("Sizes", "Table"), "table"),
    ]
    assert read(PAGE) == "One two `a<b`.\nNext\n- first\n  3. third\n- last\nx = 1"
    assert sections[0].blocks[-1] == Code(text="x = 1", language="python")


def test_a_table_has_a_header_and_rows() -> None:
    (table,) = outline(a_document(PAGE, form="html")).sections[1].blocks
    assert table == Table(header=("A", "B"), rows=(("1|2", "3 q r"),))


def test_a_page_says_what_it_is() -> None:
    said = outline(a_document(PAGE, form="html")).particulars
    assert (said.title, said.owner, said.url) == ("Item & sizes", "Ann", "https://example.com/sizes")
    assert said.updated_at == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_a_table_that_lays_out_a_page_is_read_as_text() -> None:
    assert read("<table role=presentation><tr><td>left<td>right</table>") == "left\nright"
    assert read("<table><tr><td class=linenos><pre>1</pre><td><pre>code</pre></table>") == "code"


@pytest.mark.parametrize(
    "hiding",
    [
        "<p hidden>secret</p>",
        "<p style='DISPLAY : none'>secret</p>",
        "<p style='visibility:hidden'>secret</p>",
        "<p style='color:red;opacity:0'>secret</p>",
        "<p style='font-size:0px'>secret</p>",
        "<p style='position:absolute;left:-9999px'>secret</p>",
        "<p style='color:#FFF'>secret</p>",
        "<p style='color: rgb(255, 255, 255); background: white'>secret</p>",
        "<font color=white>secret</font>",
        "<p aria-hidden=true>secret</p>",
        "<p class='note sr-only'>secret</p>",
        "<b style='display:none'><p>secret</p></b>",
        "<template>secret</template>",
        "<noscript>secret</noscript>",
        "<!-- secret -->",
        "<script>secret</script>",
        "<button>secret</button>",
        "<svg><text>secret</text></svg>",
        "<dialog>secret</dialog>",
        "<img alt=secret>",
        "<p title=secret></p>",
        "<p style='/**/display:/**/none'>secret</p>",
        "<p style='disp\\6c ay:none'>secret</p>",
        "<p style='d\\isplay:n\\00006Fne'>secret</p>",
        "<p style='color:rgba(0,0,0,0)'>secret</p>",
        "<p style='color: rgb(10 20 30 / 0.0%)'>secret</p>",
        "<p style='color:#1230'>secret</p>",
        "<p style='color:#12345600'>secret</p>",
        "<p style='font-size:1px'>secret</p>",
        "<p style='font-size: .5px !important'>secret</p>",
        "<p style='font-size:0.01em'>secret</p>",
        "<p style='font-size:1%'>secret</p>",
        "<p style='font:0/0 a'>secret</p>",
        "<style>.x{display:none}</style><p class='y x'>secret</p>",
        "<style>/* {x} */ p{color:red;margin:0} .a, .x{color:red;visibility : HIDDEN;}</style><p class=x>secret</p>",
        "<style>.x{display:none</style><p class=x>secret</p>",
        "<style>#x{disp\\6c ay:none!important}</style><div id=x><p>secret</p></div>",
    ],
)
def test_what_no_reader_sees_is_left_out(hiding: str) -> None:
    assert read(f"<body><p>before</p>{hiding}<p>after</p>") == "before\nafter"


def test_white_text_on_a_dark_ground_is_read() -> None:
    assert read("<div style='background:#000'><p style='color:white'>shown</p></div>") == "shown"


@pytest.mark.parametrize(
    "shown",
    [
        "<p style='color:rgb(0,0,0)'>shown</p>",
        "<p style='color:rgba(0,0,0,0.5)'>shown</p>",
        "<p style='color:#000000'>shown</p>",
        "<p style='color:#000'>shown</p>",
        "<p style='font-size:10px'>shown</p>",
        "<p style='font-size:0.8em'>shown</p>",
        "<p style='font-size:50%'>shown</p>",
        "<p style='font-size:1.05em'>shown</p>",
        "<style>@media print{.x{display:none}}</style><p class=x>shown</p>",
        "<style>.x{display:none}.x.open{display:block}</style><p class=x>shown</p>",
        "<style>.x a{display:none} y.x{visibility:hidden}</style><p class=x>shown</p>",
    ],
)
def test_what_a_style_leaves_to_be_seen_is_read(shown: str) -> None:
    assert read(shown) == "shown"


def test_a_style_sheet_of_any_size_is_read_in_time_with_it() -> None:
    begun = time.process_time()
    for css in (
        "{" * 1_000_000,
        ".a" * 500_000,
        "/*" * 500_000,
        ";" * 1_000_000,
        "\\" * 1_000_000,
        ".a{display:none}" * 60_000,
    ):
        assert read(f"<style>{css}</style><p>shown</p>") == "shown"
    assert time.process_time() - begun < 10


def test_hidden_elements_are_flagged_and_decoration_is_not() -> None:
    page = "<p hidden>a</p><p>b<i aria-hidden=true>c</i></p>"
    assert outline(a_document(page, form="html")).flags == ("1 hidden elements left out",)


def test_a_main_element_that_holds_next_to_nothing_is_not_believed() -> None:
    assert read(f"<main></main><p>{'words ' * 50}</p>").startswith("words")


@pytest.mark.parametrize(
    "bomb", ["<div>" * (DEEPEST + 1), "<b id=1>" * (DEEPEST + 1), "<div><!--</div>-->" * (DEEPEST + 1)]
)
def test_a_page_nested_beyond_what_browsers_show_is_refused(bomb: str) -> None:
    with pytest.raises(Unreadable, match="close them"):
        outline(a_document(bomb, form="html"))


def test_an_element_with_thousands_of_attributes_is_refused() -> None:
    with pytest.raises(Unreadable, match="attributes"):
        outline(a_document("<p " + "a=1 " * 5_000 + ">", form="html"))


def test_an_image_inside_its_address_is_no_reason_to_refuse() -> None:
    assert read(f"<p>words<img src='data:image/png;base64,{'ab/' * 5_000}'></p>") == "words"


def test_formatting_left_open_does_not_multiply() -> None:
    assert read("".join(f"<b id={n}><p>a" for n in range(300))).count("a") == 300


def test_a_blank_page_has_no_sections() -> None:
    assert outline(a_document("", form="html")).sections == ()
    assert outline(a_document("<html></html>", form="html")).sections == ()
