from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.parts import Ending, Sources
from bot.answering.citing import table, used
from bot.answering.prompting import numbered
from bot.answering.sections import common, under
from knowledge.chunking.markdown import outline
from knowledge.chunking.packing import Policy, pack
from tests.bot.answering.test_engine import Bench
from tests.doubles.answering import Passages, passage
from tests.doubles.documents import a_document
from tests.doubles.models import Scripted

TEXT = """
## Access keys

Keys live for a year.

```sh
# no heading
keys rotate
```

Ask Ann for one.

## Deploying

Deploy on Mondays.

### Rolling back

Run the command twice.
""".strip()
HANDBOOK = replace(passage("hb.md", TEXT, title="Handbook"), heading=("Handbook",))


@pytest.mark.parametrize(
    ("part", "over"),
    [
        ("Keys live for a year.", ("Access keys",)),
        ("keys rotate", ("Access keys",)),
        ("Ask Ann for one.", ("Access keys",)),
        ("Deploy on Mondays.", ("Deploying",)),
        ("Run the command twice.", ("Deploying", "Rolling back")),
        ("Deploy on Mondays.\n\n### Rolling back\n\nRun", ("Deploying",)),
        (TEXT, ()),
        ("It is not there.", ()),
        ("", ()),
    ],
)
def test_a_part_stands_under_the_headings_above_it(part: str, over: tuple[str, ...]) -> None:
    assert under(TEXT, part) == over


def test_small_sections_that_were_put_together_are_told_apart() -> None:
    read = outline(a_document(f"# Handbook\n\n{TEXT}"))
    (chunk,) = pack(read.sections, Policy(limit=2_000, whole=2_000, small=500))
    assert (*chunk.path, *under(chunk.text, "Run the command twice.")) == ("Handbook", "Deploying", "Rolling back")


def test_a_citation_names_the_section_that_its_quote_stands_in() -> None:
    read = numbered([HANDBOOK])
    lines = table("When do we deploy?", [HANDBOOK], read)
    (line,) = used(lines, (1,), {1: ["Deploy on Mondays."]}, read)
    assert line.section == ("Handbook", "Deploying")
    (line,) = used(lines, (1,), {1: ["Run the command twice.", "Deploy on Mondays."]}, read)
    assert line.section == ("Handbook", "Deploying")
    (line,) = used(lines, (1,), {1: ["Keys live for a year.", "Deploy on Mondays."]}, read)
    assert line.section == ("Handbook",)


async def test_the_source_list_names_the_section_that_the_answer_drew_on() -> None:
    parts = await Bench(Scripted("Deploy on Mondays. [1]"), shelf=Passages(HANDBOOK)).ask("When do we deploy?")
    *_, table, ending = (part for part in parts if isinstance(part, Sources | Ending))
    assert isinstance(table, Sources)
    assert isinstance(ending, Ending)
    assert [line.section for line in table.citations] == [("Handbook", "Deploying")]


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4).map(tuple), max_size=4))
def test_what_is_common_begins_every_path(paths: list[tuple[str, ...]]) -> None:
    same = common(paths)
    assert all(path[: len(same)] == same for path in paths)
    assert not paths or any(path[: len(same) + 1] != paths[0][: len(same) + 1] for path in paths) or same in paths


@given(st.text(alphabet="# \n`~ab", max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_no_text_is_too_odd(text: str, start: int, end: int) -> None:
    assert isinstance(under(text, text[start:end]), tuple)
