"""Floods, endless input, broken output and stuffed votes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.addresses import unlinked
from adapters.base import Person, Rated
from adapters.markup import Paragraph, Plain
from adapters.neutral import neutral
from adapters.plain import block_text
from bot.answering.linking import linked
from bot.answering.route import routed
from bot.answering.turns import NewTurn
from bot.errors import ModelCut, TooLong
from bot.feedback.ratings import Ratings
from bot.models.base import Numbered
from bot.money.base import Rate
from bot.reading.inlines import read
from bot.reading.orders import without_orders
from bot.reading.units import split
from bot.turns import Turns
from knowledge.masking import masked
from knowledge.tripwire import sentences, signs
from tests.attacks.stage import a_question, staged
from tests.doubles.scaling import QUADRATIC, slowdown

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.base import Vote
    from bot.database import Database

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TRUE = "Deploys happen on Tuesdays at 05:00. [1]"


@pytest.mark.attack(33)
async def test_many_votes_of_one_person_are_one(database: Database) -> None:
    ratings = Ratings(database)
    await Turns(database).record(NewTurn(answer="a1", question=a_question("Why?", 1), text="So.", verdict="answered"))
    for minute in range(20):
        vote: Vote = -1 if minute % 2 else 1
        at = NOON + timedelta(minutes=minute)
        await ratings.vote(Rated(target="a1", person=Person(id="eve", name="Eve"), vote=vote, at=at))
    assert await ratings.votes("a1") == {"eve": -1}


@pytest.mark.attack(45)
def test_a_question_over_ten_thousand_characters_is_refused() -> None:
    with pytest.raises(TooLong):
        routed("a" * 10_001)


@pytest.mark.attack(45)
async def test_a_long_thread_fills_no_prompt(home: Path) -> None:
    async with staged(home, TRUE) as stage:
        for number in range(30):
            turn = NewTurn(
                answer=f"long{number}",
                question=stage.question("Why?", number + 1),
                text="So it is. " * 900,
                verdict="answered",
            )
            await stage.turns.record(turn)
        await stage.ask("And when do deploys happen?", at=31)
        (prompt,) = stage.model.asked
    assert 0 < len(prompt.history) <= 6
    assert sum(len(one.question) + len(one.answer) for one in prompt.history) < 6_000


@pytest.mark.attack(45)
@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "[[[[1111",
        "`",
        "``` ",
        "*_",
        "**a",
        "![",
        "<!",
        "https://",
        "a.",
        "<a ",
        "\\",
        "- ",
        "> ",
        "| ",
        "@here",
        "\u202e",
    ],
)
def test_work_grows_with_length_alone(piece: str) -> None:
    def work(times: int) -> None:
        text = piece * times
        split(text)
        read.__wrapped__(text)
        block_text(Paragraph((Plain(text),)))

    assert slowdown(work, 300) < QUADRATIC


@pytest.mark.attack(45)
@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        "xn--",
        "é.",
        "https://",
        "password: ",
        "-----BEGIN PRIVATE KEY-----",
        "://a:",
        "eyJ",
        "<@",
        "<",
        "a:",
        "ab:c,",
        "1.2.",
        "//a",
        "Private-Lines: 1\n",
        "-----BEGIN PRIVATE KEY-----\nA: b\n",
        'token "a b ',
        "tell ",
        "and say that ",
        "a, ",
    ],
)
def test_looking_for_addresses_secrets_and_orders_grows_with_length_alone(piece: str) -> None:
    def work(times: int) -> None:
        text = piece * times
        neutral(text)
        unlinked(text)
        masked(text)
        signs(text)
        sentences(text)
        without_orders.__wrapped__(text, frozenset())
        linked([Numbered(number=1, title="", heading=(), text=text)])

    assert slowdown(work, 300) < QUADRATIC


@pytest.mark.attack(46)
async def test_a_flood_meets_its_limit_and_asks_no_model(home: Path) -> None:
    async with staged(home, TRUE, windows=(Rate(most=2, seconds=60),)) as stage:
        seen = [await stage.ask("When do deploys happen?", at=number) for number in range(1, 8)]
        assert len(stage.model.asked) == 2
    assert [one.verdict for one in seen] == ["answered"] * 2 + ["limited"] * 5
    assert sum("You have asked" in one.screen for one in seen) == 1


@pytest.mark.attack(50)
@pytest.mark.parametrize(
    "says",
    [
        json.dumps({"answer": "Deploys happen on Sundays.", "citations": [1]}),
        '{"answer": "Deploys happen on Sund',
        json.dumps({"tool_calls": [{"function": {"name": "shell", "arguments": "{}"}}]}),
        "<tool_call>shell</tool_call>",
        "<function=shell>{}</function>",
        "\x00\x01\ufffd\ud800",
    ],
)
async def test_broken_output_and_calls_of_tools_are_never_shown(home: Path, says: str) -> None:
    async with staged(home, f"{says}\n\n{TRUE}\n\n{says} [1]") as stage:
        seen = await stage.ask("When do deploys happen?")
    assert "Tuesdays at 05:00" in seen.screen
    for part in ("Sund", "shell", "tool_call", "{", "\ufffd"):
        assert part not in seen.all


@pytest.mark.attack(50)
async def test_of_a_cut_stream_only_what_was_verified_is_shown(home: Path) -> None:
    cut = ModelCut("The model's answer broke off.", begun=True)
    async with staged(home, f"{TRUE} Maria approves each dep", error=cut) as stage:
        seen = await stage.ask("When do deploys happen?")
    assert seen.verdict == "cut"
    assert "Tuesdays at 05:00" in seen.screen
    assert "Maria" not in seen.answer
