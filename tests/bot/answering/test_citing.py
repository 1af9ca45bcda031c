from __future__ import annotations

from bot.answering.citing import table, used, verbatim
from bot.answering.prompting import numbered
from tests.doubles.answering import passage

LONG = passage(
    "a.md", "Cats sleep.\n" + "Dogs bark at night. " * 30 + "\n\nA parrot\ncan talk. Fish swim.", title="Animals"
)


def test_a_quote_is_the_closest_sentence_word_for_word() -> None:
    (line,) = table("Which animal can talk, a parrot?", [LONG], numbered([LONG]))
    assert line.quote == "A parrot\ncan talk."
    assert line.quote in LONG.text


def test_a_short_passage_is_quoted_whole() -> None:
    short = passage("b.md", "Only this.")
    assert table("what", [short], numbered([short]))[0].quote == "Only this."


def test_line_breaks_do_not_hide_a_quote() -> None:
    assert verbatim("A parrot can talk.", LONG.text) == "A parrot\ncan talk."
    assert verbatim("A parrot can sing.", LONG.text) is None


def test_a_used_line_quotes_what_the_answer_drew_on() -> None:
    lines = table("animals", [LONG], numbered([LONG]))
    (line,) = used(lines, (1,), {1: ["Parrots can talk."]}, numbered([LONG]))
    assert line.quote == "A parrot\ncan talk."
