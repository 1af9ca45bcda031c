"""The manual against the program: what it names exists, and what exists is named."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest

from bot.cli.group import main
from bot.loading import _declared
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def variables() -> list[str]:
    """Every setting by the name that the environment gives it; tables have none."""
    return [setting.variable for setting in _declared(Settings) if setting.table is None]


def commands() -> dict[str, click.Command]:
    """Every command of the program, by name; that of a group has two words."""
    context = click.Context(main)
    found = {name: main.get_command(context, name) for name in main.list_commands(context)}
    below = [
        {f"{name} {inner}": command for inner, command in group.commands.items()}
        for name, group in found.items()
        if isinstance(group, click.Group)
    ]
    flat = {name: command for name, command in found.items() if command and _does_something(command)}
    return {name: command for each in below for name, command in each.items()} | flat


def _does_something(command: click.Command) -> bool:
    """Whether it can be called as it is: a group without one of its commands seldom can."""
    return not isinstance(command, click.Group) or command.invoke_without_command


def sayings() -> str:
    """Every string in the program's source, a line each."""
    sources = [path for room in ("bot", "adapters", "knowledge") for path in (ROOT / room).rglob("*.py")]
    nodes = (node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize("page", ["docs/settings.md", ".env.example"])
def test_every_setting_is_named(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name for name in variables() if name not in text] == []


@pytest.mark.parametrize("page", ["docs/settings.md", ".env.example"])
def test_no_setting_is_named_that_does_not_exist(page: str) -> None:
    named = set(re.findall(r"\b(?:FOOTNOTE|OPENAI)_[A-Z_]+\b", (ROOT / page).read_text(encoding="utf-8")))
    assert named <= set(variables())


def test_every_command_and_option_is_named() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    missing = [f"footnote {name}" for name in commands() if f"footnote {name}" not in text]
    for name, command in commands().items():
        options = [flag for option in command.params for flag in option.opts if flag.startswith("--")]
        missing += [f"{name} {flag}" for flag in options if flag not in text]
    assert missing == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_every_command_and_option_in_the_manual_exists(page: Path) -> None:
    known = commands()
    text = page.read_text(encoding="utf-8")
    for said in re.findall(r"(?:`|^|bin/)footnote ([a-z]+(?: [^`\n]*)?)", text, flags=re.MULTILINE):
        name = next((name for name in known if f"{said} ".startswith(f"{name} ")), said)
        assert name in known, f"footnote {said}"
        rest = said.removeprefix(name)
        flags = {flag for option in known[name].params for flag in option.opts} | {"--help"}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= flags, f"footnote {name}{rest}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_titled_as_it_begins(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    title, heading = re.search(r"^title: (.+)$", text, re.MULTILINE), re.search(r"^# (.+)$", text, re.MULTILINE)
    assert title is not None
    assert heading is not None
    assert title[1] == heading[1]


def test_pages_name_pages_that_exist() -> None:
    headings = (re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE) for page in PAGES)
    titles = {found[1] for found in headings if found}
    for page in PAGES:
        text = " ".join(page.read_text(encoding="utf-8").split())
        for listed in re.findall(r'pages? ((?:"[^"]+"(?:,| and)? ?)+)', text):
            assert set(re.findall(r'"([^"]+)"', listed)) <= titles, page.name


def test_the_rooms_that_the_architecture_draws_exist() -> None:
    drawn = (DOCS / "architecture.md").read_text(encoding="utf-8").split("```")[1]
    room = ""
    for line in drawn.strip().splitlines():
        path = line.split()[0]
        if line.startswith(" " * 3):  # it goes on
            continue
        room = path if not line.startswith(" ") else room
        whole = room if path == room else room + path
        assert (ROOT / whole).exists(), whole


@pytest.mark.parametrize("room", ["bot", "adapters"])
def test_the_architecture_names_every_module_of_a_room(room: str) -> None:
    drawn = (DOCS / "architecture.md").read_text(encoding="utf-8").split("```")[1]
    modules = [path.name for path in sorted((ROOT / room).glob("*.py")) if not path.name.startswith("__")]
    assert [name for name in modules if name not in drawn] == []


def test_the_readme_counts_the_pages_that_the_first_run_reads() -> None:
    said = re.findall(r"Read (\d+) pages in", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert said == [str(len(PAGES))]


@pytest.mark.parametrize(("page", "least"), [("operating.md", 15), ("slack.md", 10), ("discord.md", 8)])
def test_the_error_sentences_that_troubleshooting_lists_are_said_somewhere(page: str, least: int) -> None:
    said = sayings()
    listed = re.findall(
        r'^\| "(.+?)" (?:or "(.+?)" |in the log[^|]*)?\|', (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE
    )
    parts = [part.strip() for row in listed for sentence in row for part in sentence.split("…")]
    assert len(listed) > least
    assert [part for part in parts if len(part) > 3 and part not in said] == []
