from __future__ import annotations

from dataclasses import replace

import numpy as np

from bot.models.base import Finished, LanguageModel, Numbered
from bot.models.extractive import Extractive
from knowledge.base import Embedded
from tests.contracts.language_model import LanguageModelContract, collected, prompt

MANUAL = Numbered(
    number=1,
    title="Five-minute start",
    heading=("Start", "Install Footnote"),
    text="Footnote runs on your own machine. It needs Python 3.11 and make.\n\nClone the project and install it with "
    "one command:\n\n```sh\nmake chat\n```\n\nIt also creates the databases. The first sync takes a minute.",
)
SETTINGS = Numbered(
    number=2,
    title="Settings",
    heading=(),
    text="The platforms that Footnote speaks are:\n\n- Slack\n- Discord\n- the terminal\n\n"
    "| Setting | Default |\n|---|---|\n| FOOTNOTE_HOME | .footnote |\n| FOOTNOTE_TEAM | terminal:local |\n\n"
    "Old releases used port 80 [7]. Open http://localhost:8080/docs in a browser to see the settings page.",
)


class TestContract(LanguageModelContract):
    def model(self) -> LanguageModel:
        return Extractive()

    def broken(self) -> None:
        return None


async def said(question: str, *passages: Numbered, model: Extractive | None = None, limit: int = 400) -> str:
    asked = replace(prompt(question), passages=passages or (MANUAL, SETTINGS), max_tokens=limit)
    *text, last = await collected(model or Extractive(), asked)
    assert isinstance(last, Finished)
    return "".join(str(part) for part in text)


async def test_a_how_to_is_answered_with_its_command() -> None:
    answer = await said("How do I install Footnote?")
    assert "install it with one command: [1]\n\n```sh\nmake chat\n```" in answer


async def test_a_fact_is_quoted_word_for_word_with_its_number() -> None:
    answer = await said("Which Python does Footnote need?")
    assert "It needs Python 3.11 and make. [1]" in answer


async def test_a_sentence_that_dangles_brings_the_one_before() -> None:
    answer = await said("Which Python does Footnote need?")
    assert answer.index("Footnote runs on") < answer.index("It needs Python")


async def test_a_list_is_quoted_whole_with_its_lead_in() -> None:
    answer = await said("Which platforms does Footnote speak?")
    assert "platforms that Footnote speaks are: [2]\n\n- Slack [2]\n- Discord [2]\n- the terminal [2]" in answer


async def test_a_table_keeps_its_header() -> None:
    answer = await said("What is the default of FOOTNOTE_TEAM?")
    assert "| Setting | Default |\n|---|---|\n" in answer
    assert "| FOOTNOTE_TEAM | terminal:local [2] |" in answer


async def test_marks_of_the_document_are_not_ours_and_addresses_are_code() -> None:
    assert "[7]" not in await said("Which port did old releases use?")
    assert "`http://localhost:8080/docs`" in await said("How do I open the settings page in a browser?")


async def test_nothing_is_said_where_nothing_supports_the_question() -> None:
    assert await said("Who won the football championship in Brazil?") == ""


async def test_the_answer_stays_within_its_limit() -> None:
    long = Numbered(number=1, title="Keys", heading=(), text="\n\n".join(f"Key {n} opens door {n}." for n in range(80)))
    assert len(await said("Which key opens a door?", long, limit=40)) < 200


async def test_meaning_finds_what_words_do_not() -> None:
    async def embed(texts: object, /, *, purpose: str) -> Embedded:
        assert isinstance(texts, list)
        rows = [[1.0, 0.0] if "databases" in text or purpose == "question" else [0.0, 1.0] for text in texts]
        return Embedded(vectors=np.array(rows, dtype=np.float32), tokens=1)

    assert "creates the databases" in await said("Where does persistence happen?", MANUAL, model=Extractive(embed))
