from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click
import pytest

from bot.cli.group import COMMANDS, Commands
from bot.cli.running import run, told_by
from bot.errors import BadSettings
from knowledge.errors import Busy

if TYPE_CHECKING:
    from pathlib import Path


def _command(monkeypatch: pytest.MonkeyPatch, error: BaseException | None, words: str = "done") -> None:
    @click.command("x")
    def command() -> None:
        if error is not None:
            raise error
        click.echo(words)

    monkeypatch.setattr(Commands, "get_command", lambda *_: command)


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))


def test_what_works_ends_with_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _command(monkeypatch, None)
    assert run(["x"]) == 0
    assert capsys.readouterr() == ("done\n", "")


@pytest.mark.parametrize(
    "error",
    [
        Busy("Another sync is at work."),
        BadSettings("Another sync is at work."),
        click.ClickException("Another sync is at work."),
    ],
    ids=["knowledge", "bot", "click"],
)
def test_an_error_of_ours_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    _command(monkeypatch, error)
    assert run(["x"]) == 1
    assert capsys.readouterr() == ("", "footnote: Another sync is at work.\n")


def test_an_error_inside_task_groups_is_told_too() -> None:
    async def busy() -> None:
        async with asyncio.TaskGroup(), asyncio.TaskGroup():
            raise Busy("Another sync is at work.")

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(busy())
    assert told_by(caught.value) == "Another sync is at work."


def test_what_nobody_foresaw_has_a_reference_and_its_details_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _command(monkeypatch, LookupError("api_key=very-secret-thing"))
    assert run(["x"]) == 1
    told = capsys.readouterr().err
    log = (tmp_path / "home" / "errors.log").read_text(encoding="utf-8")
    reference = told.split("reference ")[1].split(")")[0]
    assert told.count("\n") == 1
    assert "errors.log" in told
    assert f"reference={reference}" in log
    assert "LookupError" in log
    assert "very-secret-thing" not in log


def test_a_file_of_errors_that_cannot_be_written_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    _command(monkeypatch, LookupError())
    assert run(["x"]) == 1
    assert "footnote --debug" in capsys.readouterr().err


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _command(monkeypatch, LookupError("why"))
    assert run(["--debug", "x"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()], ids=["ctrl-c", "abort"])
def test_an_interrupt_ends_with_130_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    _command(monkeypatch, error)
    assert run(["x"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nope"], ["--nope"], ["ask", "--nope", "x"], ["search"], ["sync"], ["inspect"]])
def test_a_command_line_that_means_nothing_ends_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert "footnote" in capsys.readouterr().err


def test_a_mistyped_command_names_the_closest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["aks"]) == 2
    assert "Did you mean 'ask'?" in capsys.readouterr().err


def test_every_command_has_the_summary_that_its_help_begins_with() -> None:
    commands = Commands()
    context = click.Context(commands)
    for name, entry in COMMANDS.items():
        command = commands.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert entry.summary.endswith(".")
        assert command.help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: footnote {name}")
    assert max(map(len, out.splitlines())) <= 100
    assert not [line for line in out.splitlines() if line.endswith("...") and "Usage:" not in line]
