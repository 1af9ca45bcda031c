from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli import usage
from bot.cli.running import run
from bot.cli.spending import short
from bot.database import Database
from tests.doubles.charges import EVENING, a_charge, an_account, kept

if TYPE_CHECKING:
    from pathlib import Path

YESTERDAY = EVENING - timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_tuesday_evening(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "_now", lambda: EVENING)


def out(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["usage", *arguments]) == 0
    return capsys.readouterr().out


def spend(folder: Path, *charges: dict[str, Any], accounts: tuple[dict[str, Any], ...] = ()) -> None:
    async def write() -> None:
        async with Database(folder / ".footnote" / "footnote.db") as database:
            await kept(database, *charges, accounts=accounts)

    asyncio.run(write())


def a_day(folder: Path) -> None:
    toml = folder / "footnote.toml"
    toml.write_text(
        (toml.read_text() if toml.exists() else "")
        + '\n[[plans]]\nname = "hundred"\nquestions = 100\n[[workspaces]]\nid = "slack:T1"\nplan = "hundred"\n'
    )
    spend(
        folder,
        a_charge(at=YESTERDAY, cost=2_000_000),
        *(a_charge(cost=1_000_000, person=f"slack:T024BE7LD:person:U024BE7L{n}") for n in range(3)),
        a_charge(model="text-embedding-3-small", feature="embedding", cost=46, answer_tokens=0, estimated=True),
        a_charge(state="open", cost=0, worst=5_000),
        accounts=(
            an_account(holder="workspace", name="slack:T1", period="2026-11", questions=84, most_questions=100),
            an_account(spent=3_000_046, most_spent=100_000_000),
        ),
    )


def test_an_operator_sees_today_and_this_month_and_what_cost_most(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_day(folder)
    assert out(capsys).splitlines() == [
        "Today       $3.00 of $100.00 (3 %); forecast $3.94",
        "This month  $5.00; forecast $6.32",
        "Set apart   $0.01 at most, for 1 call under way",
        "",
        "Limits of which 80 % and more are used",
        "  slack:T1                          84 of 100 questions (84 %) this month",
        "",
        "This month by model: 5 calls for 5 questions",
        "model                                    cost   calls  questions  tokens   est.",
        "gpt-4.1-mini                          $5.0000       4          4  4.40 k    0 %",
        "text-embedding-3-small               <$0.0001       1          1  1.00 k  100 %",
        "",
        "est.: calls whose server did not say what they used; their cost is estimated.",
        "Days, weeks and months end at 00:00 UTC. The list of prices is of 2026-11-09.",
    ]


@pytest.mark.parametrize("by", usage.BY)
@pytest.mark.parametrize("period", usage.PERIODS)
def test_no_line_is_wider_than_80_columns(
    folder: Path, capsys: pytest.CaptureFixture[str], by: str, period: str
) -> None:
    a_day(folder)
    long = "x" * 200
    spend(
        folder,
        a_charge(person=long, channel=long, workspace=long, model=long, cost=987_654_321_098, prompt_tokens=2**31 - 1),
        accounts=(
            an_account(holder="person", name=long, spent=10**12, most_spent=10**12),
            an_account(holder="workspace", name=long, period="2026-11", spent=10**12, most_spent=10**12),
        ),
    )
    shown = out(capsys, "--by", by, "--period", period)
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" in shown


def test_the_list_is_of_the_period_that_was_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_day(folder)
    shown = out(capsys, "--period", "day", "--by", "person")
    assert "Today by person: 4 calls for 4 questions" in shown
    assert "slack:T024BE7LD:person:U024BE7L2" in shown
    assert "This week" not in shown
    week = out(capsys, "--period", "week", "--by", "feature")
    assert "This week   $5.00; forecast $" in week
    assert "This week by feature: 5 calls" in week


def test_where_nothing_was_spent_it_is_said_what_would_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert out(capsys).splitlines() == [
        "Today       $0.00 of $100.00 (0 %)",
        "This month  $0.00",
        "",
        "Nothing was spent this month.",
        "Answers of models that cost money are counted here. OPENAI_API_KEY turns one on,",
        "and so does a table [[models]] in footnote.toml.",
    ]


def test_early_on_there_is_no_forecast(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(folder, a_charge(at=EVENING.replace(day=1, hour=1)))
    monkeypatch.setattr(usage, "_now", lambda: EVENING.replace(day=1, hour=2))
    assert "too early for a forecast" in out(capsys)


def test_the_limit_is_that_of_the_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "footnote.toml").write_text("[money]\nall_day = 4\n")
    a_day(folder)
    assert "Today       $3.00 of $4.00 (75 %);" in out(capsys)


def test_json_holds_whole_micro_dollars(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_day(folder)
    said = json.loads(out(capsys, "--json"))
    assert said["unit"] == "micro-dollars"
    assert said["day"] == {
        "from": "2026-11-24T00:00:00+00:00",
        "to": "2026-11-25T00:00:00+00:00",
        "spent": {
            "cost": 3_000_046,
            "calls": 4,
            "questions": 4,
            "prompt_tokens": 4_000,
            "answer_tokens": 300,
            "guessed": 1,
        },
        "limit": 100_000_000,
        "forecast": 3_941_236,
    }
    assert (said["month"]["spent"]["cost"], said["month"]["limit"]) == (5_000_046, None)
    assert said["set_apart"] == {"calls": 1, "worst": 5_000}
    assert said["nearly_used_up"] == [
        {"holder": "workspace", "name": "slack:T1", "period": "2026-11", "unit": "questions", "used": 84, "limit": 100}
    ]
    assert (said["by"], said["period"], said["prices_dated"]) == ("model", "month", "2026-11-09")
    assert said["top"][1] == {
        "name": "text-embedding-3-small",
        "cost": 46,
        "calls": 1,
        "questions": 1,
        "prompt_tokens": 1_000,
        "answer_tokens": 0,
        "guessed": 1,
    }


@pytest.mark.parametrize(("option", "choices"), [("--by", usage.BY), ("--period", usage.PERIODS)])
def test_a_wrong_word_is_answered_with_the_right_ones(
    capsys: pytest.CaptureFixture[str], option: str, choices: tuple[str, ...]
) -> None:
    assert run(["usage", option, "moon"]) == 2
    told = capsys.readouterr().err
    assert "'moon' is not one of" in told
    assert all(f"'{choice}'" in told for choice in choices)


def test_a_name_cannot_write_on_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spend(folder, a_charge(model="evil\x1b[2J\nmodel"))
    assert "\x1b" not in out(capsys)


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0"), (999, "999"), (1_000, "1.00 k"), (12_345, "12.3 k"), (812_000, "812.0 k"), (4_560_000, "4.56 M")],
)
def test_counts_are_short(count: int, written: str) -> None:
    assert short(count) == written
