from __future__ import annotations

from bot.models.base import Numbered
from bot.models.pieces import pieces
from bot.models.procedure import answering, procedures

CHAT = Numbered(
    number=1,
    title="Chat",
    heading=("How to install the bot in the chat",),
    text="You need an account.\n\nThen do this:\n\n1. Make an application.\n2. Copy its token and set it:\n\n"
    "```\nexport TOKEN=abc\n```\n\n3. Start the bot.\n\nThe rest comes by itself.\n\n1. Only one thing.\n",
)
ELSE = Numbered(number=2, title="Chat", heading=("Colours",), text="1. Red is warm.\n2. Blue is cold.\n")
FOUND = pieces([CHAT, ELSE])
STEPS = ["Then do this:", "Make an application.", "Copy its token and set it:", "export TOKEN=abc", "Start the bot."]


def texts(question: str, alike: float = 0.0, nearest: float = 0.0) -> list[str]:
    near = {index: nearest for index, piece in enumerate(FOUND) if piece.text.startswith("Copy")}
    return [piece.text for piece in answering(question, FOUND, {1: alike, 2: 0.0}, near)]


def test_steps_come_whole_with_their_lead_in_and_their_code_where_their_heading_is_what_is_asked() -> None:
    assert texts("how do I install the bot?") == STEPS


def test_headings_of_other_words_that_mean_the_same_are_as_good() -> None:
    assert texts("How can I get it going?", alike=0.55) == STEPS
    assert texts("How can I get it going?", alike=0.45) == []


def test_a_first_step_may_be_a_little_closer_to_the_question_than_the_heading_but_one_step_may_be_what_is_asked() -> (
    None
):
    assert texts("How do I get the secret?", alike=0.55, nearest=0.65) == STEPS
    assert texts("How do I get the secret?", alike=0.55, nearest=0.8) == []


def test_only_who_asks_how_something_is_done_gets_steps() -> None:
    assert procedures("Who may install the bot in the chat?", FOUND) == []
    assert [steps.number for steps in procedures("What are the steps to install the bot?", FOUND)] == [1, 2]


def test_a_list_of_one_or_of_very_many_or_without_its_beginning_is_no_procedure() -> None:
    for numbers in (range(1, 2), range(1, 14), range(2, 6)):
        listed = Numbered(number=1, title="A", heading=(), text="\n".join(f"{n}. Do it again." for n in numbers))
        assert procedures("how do I do it?", pieces([listed])) == []
