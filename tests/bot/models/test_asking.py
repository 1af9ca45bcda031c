from __future__ import annotations

from bot.models.asking import Asked, asked
from bot.models.base import Numbered
from bot.models.pieces import pieces

FOUND = pieces(
    [
        Numbered(
            number=1,
            title="Sync",
            heading=("Options",),
            text="The option `--public` lets all read. Footnote keeps its data in FOOTNOTE_HOME. Two teams may read.",
        )
    ]
)


def ask(question: str) -> Asked:
    return asked(question, FOUND)


def test_options_and_identifiers_that_are_held_are_names() -> None:
    assert ask("what does --public do?").names == {"--public"}
    assert ask("FOOTNOTE_HOME").names == {"footnote_home"}
    assert not ask("who may read?").names


def test_an_option_that_nothing_holds_is_foreign() -> None:
    assert ask("what does --teleport do?").foreign
    assert not ask("what does --public do?").foreign


def test_a_proper_name_that_nothing_holds_is_foreign_and_weighs_more() -> None:
    named, common = ask("how do I send it to Jira today?"), ask("how do I send it to jira today?")
    assert named.foreign
    assert not common.foreign
    assert named.weight["jira"] > common.weight["jira"]


def test_capitals_say_nothing_where_a_sentence_begins_or_all_have_them() -> None:
    assert not ask("Gizmos that teams read?").foreign
    assert not ask("Where Are My Gizmos Kept?").foreign
    assert not ask("may Footnote be read by teams?").foreign


def test_words_that_questions_are_made_of_weigh_nothing_unless_they_are_all_there_is() -> None:
    assert "need" not in ask("which data do I need?").weight
    assert "need" in ask("need?").weight


def test_the_question_before_weighs_a_third() -> None:
    both = ask("who may read?\nwhich data?")
    assert 0 < both.weight["data"] < both.weight["read"]


def test_the_share_of_a_question_is_all_of_it_or_nothing_of_it() -> None:
    question = ask("who may read?")
    assert question.share(frozenset(question.weight)) == 1.0
    assert question.share(frozenset()) == 0.0
    assert ask("").share(frozenset({"read"})) == 0.0
