from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.terminal.commands import HELP, WORDS, Ask, Command, Nothing, Rate, Resume, Unclear, read


@pytest.mark.parametrize("line", ["", "  ", "\t"])
def test_an_empty_line_asks_nothing(line: str) -> None:
    assert read(line) == Nothing()


@pytest.mark.parametrize(
    "line",
    ["What is it?", "/etc/hosts: what for?", "/ what?", "+1 for what?", "-- verbose?", "1/2?", "/", "exit codes?"],
)
def test_what_is_no_command_is_a_question(line: str) -> None:
    assert read(line) == Ask(line)


def test_every_command_is_read_in_any_case() -> None:
    assert [read(f" {word.upper()} ") for word in WORDS] == [Command(meaning) for meaning in WORDS.values()]


@pytest.mark.parametrize("line", ["exit", "quit", "q", " Exit "])
def test_what_ends_other_programs_ends_this_one(line: str) -> None:
    assert read(line) == Command("quit")


def test_a_thumb_is_a_line_of_its_own() -> None:
    assert (read("+"), read(" - ")) == (Rate(1), Rate(-1))


def test_a_thread_is_resumed_by_its_number() -> None:
    assert read("/thread 12") == Resume(12)


@pytest.mark.parametrize("line", ["/thread", "/thread 0", "/thread -1", "/thread two", "/thread ²", "/thread 9999999"])
def test_a_thread_without_a_number_says_how(line: str) -> None:
    assert "/thread 2" in _told(line)


def test_an_unknown_command_names_the_closest_one() -> None:
    assert "/history" in _told("/histroy")


def test_an_unknown_command_that_is_close_to_nothing_names_the_help() -> None:
    assert "/help" in _told("/xylophone")


def test_a_command_with_too_much_behind_it_says_so() -> None:
    assert "takes nothing after it" in _told("/new thread please")


def test_the_help_names_every_command() -> None:
    listed = " ".join(word for word, _ in HELP)
    assert all(word in listed for word in WORDS if word != "/exit")


@given(st.text())
def test_no_line_is_too_strange_to_read(line: str) -> None:
    read(line)


def _told(line: str) -> str:
    meant = read(line)
    assert isinstance(meant, Unclear)
    return meant.told
