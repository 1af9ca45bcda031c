"""The program as a shell runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HEAVY = (
    "aiosqlite alembic bpe_openai fastapi numpy onnx onnxruntime openai prompt_toolkit pydantic rich sqlalchemy"
    " starlette structlog tokenizers uvicorn knowledge adapters.terminal bot.settings bot.app"
)


def _run(code: str, cwd: Path, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={"PATH": os.defpath, "HOME": str(cwd), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **variables},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def _footnote(cwd: Path, *arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.argv = ['footnote', *{arguments!r}]; from bot.__main__ import main; main()"
    return _run(code, cwd, stdin, **variables)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["sync", "--help"], ["ask", "--help"], ["serve", "--help"], ["pause", "--help"]],
)
def test_help_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = f"import sys; from bot.cli.running import run; run({arguments!r}); print(*sys.modules, file=sys.stderr)"
    loaded = set(_run(code, tmp_path).stderr.split())
    assert sorted(loaded & set(HEAVY.split())) == []


def test_python_m_bot_is_the_same_program(tmp_path: Path) -> None:
    code = "import runpy, sys; sys.argv = ['footnote', '--version']; runpy.run_module('bot', run_name='__main__')"
    assert _run(code, tmp_path).stdout == _footnote(tmp_path, "--version").stdout != ""


def test_a_wrong_setting_is_named_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "footnote.toml").write_text('embedder = "huge"\nlog_level = "loud"\n')
    ran = _footnote(tmp_path, "search", "keys")
    assert ran.returncode == 1
    assert "footnote: 2 settings are wrong:" in ran.stderr
    assert "embedder" in ran.stderr
    assert "log_level" in ran.stderr
    assert not (tmp_path / ".footnote").exists()


def test_an_old_encoding_gets_question_marks_instead_of_a_failure(tmp_path: Path) -> None:
    (tmp_path / "keys.md").write_text("# Keys\n\nTurn › left.\n", encoding="utf-8")
    ran = _footnote(tmp_path, "inspect", "keys.md", PYTHONIOENCODING="latin-1")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Turn ? left." in ran.stdout


def test_a_reader_that_leaves_ends_it_without_a_word(tmp_path: Path) -> None:
    file = tmp_path / "long.md"
    file.write_text("\n\n".join(f"## Part {n}\n\n{'word ' * 120}" for n in range(200)))
    code = f"import sys; sys.argv = ['footnote', 'inspect', {str(file)!r}]; from bot.__main__ import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.stderr.read() == ""
        assert program.wait(60) == 1


def test_a_file_is_shown_as_it_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "keys.md"
    file.write_text("# Keys\n\nIntroduction.\n\n## Rotation\n\nRotate \x1b[31mkeys\x1b[0m every month.\n")
    ran = _footnote(tmp_path, "inspect", "keys.md", "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    cut = json.loads(ran.stdout)
    assert cut["title"] == "Keys"
    assert {"number", "heading", "tokens", "characters", "why", "text"} <= set(cut["chunks"][0])
    assert "\x1b" not in _footnote(tmp_path, "inspect", "keys.md").stdout


@pytest.mark.parametrize(
    ("name", "content", "code", "told"),
    [
        ("missing.md", None, 1, "does not exist"),
        ("picture.png", b"\x89PNG", 1, "known endings are"),
        ("binary.md", b"\x00\x01\x02" * 400, 1, "binary.md"),
        (".", None, 2, "is a folder"),
    ],
)
def test_a_file_that_cannot_be_cut_is_told(
    tmp_path: Path, name: str, content: bytes | None, code: int, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = _footnote(tmp_path, "inspect", name)
    assert (ran.returncode, ran.stdout) == (code, "")
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
