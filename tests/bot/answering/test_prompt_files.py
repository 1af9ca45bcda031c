from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.answering.prompt_files import active, load, parsed
from bot.errors import BadSettings

if TYPE_CHECKING:
    from pathlib import Path

GOOD = (
    "---\nid: answer\nversion: 1.2.3\nstatus: active\nvariables: passages, question\n---\n"
    "# System\n\nBe true.\n\n# User\n\n{{passages}}\n{{question}}\n"
)


def test_the_shipped_prompts_load() -> None:
    assert {file.name for file in load().values()} == {"answer@1.1.0", "rewrite@1.0.0"}


def test_a_file_is_read_into_its_two_messages() -> None:
    prompt = parsed(GOOD, "a.md")
    assert (prompt.name, prompt.system, prompt.user) == ("answer@1.2.3", "Be true.", "{{passages}}\n{{question}}")


def test_what_a_value_says_is_never_filled_again() -> None:
    _, user = parsed(GOOD, "a.md").filled({"passages": "{{question}}", "question": "q"})
    assert user == "{{question}}\nq"


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (("---\nid: answer", "id: answer"), "must have front matter"),
        (("1.2.3", "1.2"), "version 1.2 is not like 1.0.0"),
        (("active", "live"), "status live is none of draft, active, deprecated"),
        (("id: answer\n", ""), "id is missing"),
        (("passages, question", "passages"), "{{question}} is used but not declared"),
        (("passages, question", "passages, question, mood"), "mood is declared but not used"),
        (("{{question}}\n", ""), "{{question}} must be used"),
        (("status: active", "status: active\nauthor: me"), "author is unknown"),
    ],
)
def test_a_mistake_is_named_with_its_file(change: tuple[str, str], mistake: str) -> None:
    with pytest.raises(BadSettings) as caught:
        parsed(GOOD.replace(*change), "a.md")
    assert mistake in caught.value.told
    assert "a.md" in caught.value.told


def test_all_mistakes_of_a_file_are_named_at_once() -> None:
    with pytest.raises(BadSettings, match=r"version x .*; status y"):
        parsed(GOOD.replace("1.2.3", "x").replace("active", "y"), "a.md")


def test_exactly_one_version_is_active(tmp_path: Path) -> None:
    rewrite = GOOD.replace("id: answer", "id: rewrite").replace("passages", "earlier")
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "b.md").write_text(GOOD.replace("active", "draft").replace("1.2.3", "1.3.0"))
    (tmp_path / "c.md").write_text(rewrite)
    assert {name: file.version for name, file in load(tmp_path).items()} == {"answer": "1.2.3", "rewrite": "1.2.3"}
    (tmp_path / "b.md").write_text(GOOD.replace("1.2.3", "1.3.0"))
    with pytest.raises(BadSettings, match=r"answer@1\.2\.3, answer@1\.3\.0"):
        load(tmp_path)
    with pytest.raises(BadSettings, match="none"):
        active([])
