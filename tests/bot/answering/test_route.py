from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.markup import Listing, Paragraph, Plain
from adapters.plain import rendered
from adapters.slack.pages import PROMPTS
from bot.answering.helping import WHO, help_tree
from bot.answering.route import LONGEST, Search, Told, routed
from bot.errors import TooLong


def told(text: str) -> str:
    route = routed(text)
    assert isinstance(route, Told)
    block = route.tree[0]
    assert isinstance(block, Paragraph)
    assert isinstance(block.children[0], Plain)
    return block.children[0].text


@pytest.mark.parametrize("text", ["hi", "Hello!", "hey there 👋", "Good morning, Footnote", "hi, how are you?"])
def test_a_greeting_is_greeted(text: str) -> None:
    assert told(text).startswith("Hello")


@pytest.mark.parametrize(
    "text", ["thanks", "Thank you so much!", "ok thanks", "Thanks a lot :)", "Thx!!", "thanks :pray:"]
)
def test_thanks_are_answered_kindly(text: str) -> None:
    assert "welcome" in told(text)


@pytest.mark.parametrize("text", ["stop", "Stop!", "please stop", "stop it."])
def test_who_wants_to_stop_what_does_not_run_is_told_so(text: str) -> None:
    assert told(text) == "Nothing that you asked is being answered here."


@pytest.mark.parametrize("text", ["bye", "Goodbye!", "see you later", "good night"])
def test_a_goodbye_is_returned(text: str) -> None:
    assert told(text).startswith("Goodbye")


@pytest.mark.parametrize("text", ["help", "/help", "Help!", "what can you do?", "Who are you?"])
def test_help_lists_what_the_bot_can_do(text: str) -> None:
    route = routed(text)
    assert isinstance(route, Told)
    assert any(isinstance(block, Listing) and len(block.items) >= 4 for block in route.tree)


@pytest.mark.parametrize(
    ("platform", "names"),
    [("slack", ("Ask about this message", "Quotes")), ("discord", ("Ask about this", "Sources"))],
)
def test_help_is_of_what_stands_on_the_platform(platform: str, names: tuple[str, ...]) -> None:
    there, here = (rendered(help_tree(where)) for where in (platform, "terminal"))
    for name in ("Mention me", "/ask", "stop", "Ask again", "thumb", "Ask on", *names):
        assert name in there
    assert "terminal" not in there
    assert "Mention me" not in here
    route = routed("help", platform)
    assert isinstance(route, Told)
    assert route.tree == help_tree(platform)


@pytest.mark.parametrize("text", ["What's your name?", "what is your name", "Are you ChatGPT?", "are you an AI?"])
def test_who_asks_for_its_name_is_told(text: str) -> None:
    assert told(text) == WHO


@pytest.mark.parametrize("prompt", PROMPTS)
def test_what_slack_suggests_to_ask_is_told_in_any_workspace(prompt: dict[str, str]) -> None:
    assert isinstance(routed(prompt["message"], "slack"), Told)


@pytest.mark.parametrize(
    "text",
    [
        "Are you ChatGPT compatible with the API?",
        "What is your name for the staging server?",
        "thanks, but how do I install it?",
        "hello world program in the docs?",
        "help me configure the proxy",
        "how do you work with Slack threads?",
        "hi what is a chunk",
        "Who are you going to call when the server is down?",
    ],
)
def test_small_talk_rules_need_the_whole_message(text: str) -> None:
    assert isinstance(routed(text), Search)


@pytest.mark.parametrize("text", ["", "   \n", "???", "…", "👋", ":wave:", ":+1::skin-tone-2:"])
def test_an_empty_question_is_told_so(text: str) -> None:
    assert "no question" in told(text)


def test_a_question_keeps_the_emoji_that_it_names() -> None:
    assert routed("what does :eyes: mean here?") == Search(text="what does :eyes: mean here?", filters=())


def test_a_question_over_the_limit_is_too_long() -> None:
    with pytest.raises(TooLong, match="10,001"):
        routed("x" * (LONGEST + 1))
    assert isinstance(routed("x" * LONGEST), Search)


def test_a_filter_alone_is_no_question() -> None:
    assert "only a filter" in told("year:2024")


@given(st.text(max_size=300))
def test_every_text_has_a_way(text: str) -> None:
    assert isinstance(routed(text), Search | Told)
