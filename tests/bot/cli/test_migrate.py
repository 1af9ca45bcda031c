from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.running import run
from bot.migrating import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.doubles.postgres import Server


def test_it_makes_the_database_and_changes_nothing_the_second_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(["migrate"]) == 0
        assert capsys.readouterr().out == f".footnote/footnote.db is at schema {HEAD}.\n"
    assert (folder / ".footnote" / "footnote.db").is_file()


def test_it_migrates_a_server_and_names_it_without_its_password(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.empty().replace("postgres@", "postgres:very-secret@"))
    assert run(["migrate"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("the database empty_")
    assert told.endswith(f" is at schema {HEAD}.\n")
    assert "secret" not in told
    assert not (folder / ".footnote").exists()


def test_a_damaged_database_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".footnote").mkdir()
    (folder / ".footnote" / "footnote.db").write_bytes(b"no database" * 1000)
    assert run(["migrate"]) == 1
    assert capsys.readouterr().err.startswith("footnote: ")
