from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are POSIX", allow_module_level=True)

from tests.doubles.pseudo import PseudoTerminal

ROOT = Path(__file__).resolve().parents[2]
PROMPT = ">"
CODE = "import sys; from tests.doubles.terminal_program import main; sys.exit(main())"


def _program() -> PseudoTerminal:
    return PseudoTerminal(CODE, cwd=ROOT, env={"PATH": os.defpath, "LANG": "C.UTF-8"})


def test_an_answer_is_drawn_with_its_sources_and_ctrl_d_ends() -> None:
    with _program() as terminal:
        terminal.until(PROMPT)
        terminal.type("quick\r")
        shown = terminal.until("/sources quotes what it rests on.")
        assert "Set OPENAI_API_KEY.[1] Nothing else is needed.[1]" in shown
        assert "[1] Settings › Keys" in shown
        assert "\n\nSources\n" in shown
        terminal.until(PROMPT)
        terminal.type("\x04")
        assert terminal.ended() == 0


def test_ctrl_c_stops_an_answer_and_two_more_at_the_prompt_end() -> None:
    with _program() as terminal:
        terminal.until(PROMPT)
        terminal.type("slow\r")
        terminal.until("Thinking it over.")
        terminal.type("\x03")
        terminal.until("stopped")
        terminal.until(PROMPT)
        terminal.type("\x03")
        terminal.until("once more ends")
        terminal.until(PROMPT)
        terminal.type("\x03")
        assert terminal.ended() == 0


def test_a_second_ctrl_c_ends_where_the_first_one_was_not_heard() -> None:
    with _program() as terminal:
        terminal.until(PROMPT)
        terminal.type("deaf\r")
        terminal.until("Thinking it over.")
        terminal.type("\x03")
        terminal.until("Going on all the same.")
        terminal.type("\x03")
        assert terminal.ended() == 130
        assert "Traceback" not in terminal.shown


def test_ctrl_c_clears_a_line_that_is_being_typed() -> None:
    with _program() as terminal:
        terminal.until(PROMPT)
        terminal.type("slow")
        terminal.until("slow")
        terminal.type("\x03quick\r")
        terminal.until("Set OPENAI_API_KEY.")
        terminal.until(PROMPT)
        terminal.type("/quit\r")
        assert terminal.ended() == 0
