"""People who ask for what they may not read, and a model that would tell them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.parts import Citation
from adapters.wishes import History
from bot.answering.turns import NewTurn
from bot.app import files, knowledge, synced
from bot.settings import Settings
from knowledge.base import Hit, Scope
from tests.attacks.planted import PRIVATE, PRIVATE_READERS, TEAM_WIDE
from tests.attacks.stage import EVERYONE, TEAM, planted, staged
from tests.doubles.audiences import recall

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.base import Question

TOLD = "The salary of Nora is 91,000 dollars a year. [1] The merger with Initech is planned for October. [1]"


@pytest.mark.attack(21)
async def test_a_forbidden_document_reads_like_one_that_is_not_there(tmp_path: Path) -> None:
    deploys = {"deploys.md": TEAM_WIDE["deploys.md"]}
    await asyncio.to_thread(planted, tmp_path / "with", deploys)
    await asyncio.to_thread(planted, tmp_path / "with", PRIVATE, readers=PRIVATE_READERS)
    await asyncio.to_thread(planted, tmp_path / "without", deploys)
    seen = []
    for name in ("with", "without"):
        async with staged(tmp_path / name, TOLD) as stage:
            seen.append(await stage.ask("When is the merger with Initech planned?"))
    assert seen[0].piped == seen[1].piped
    assert "October" not in seen[0].all


@pytest.mark.attack(22)
async def test_what_the_asker_alone_may_read_is_not_shown_to_all(home: Path) -> None:
    async with staged(home, TOLD) as stage:
        seen = await stage.ask("What is the salary of Nora?", also=PRIVATE_READERS)
        prompts = [prompt.user for prompt in stage.model.asked]
    assert "91,000" not in seen.all + "".join(prompts)
    assert "salaries.md" not in seen.all


@pytest.mark.attack(24)
@pytest.mark.attack(25)
async def test_what_was_revoked_or_deleted_is_gone_with_the_next_sync(tmp_path: Path) -> None:
    await asyncio.to_thread(planted, tmp_path, PRIVATE)
    async with staged(tmp_path, TOLD) as stage:
        before = await stage.ask("What is the salary of Nora?")
    assert "91,000" in before.screen
    folder = tmp_path / "sources" / "public-terminal.local"
    (folder / "merger.md").unlink()
    source = files(folder, readers=PRIVATE_READERS, name=folder.name)
    await synced(Settings(home=tmp_path), [source])
    async with staged(tmp_path, TOLD) as stage:
        revoked = await stage.ask("What is the salary of Nora?", at=2)
        deleted = await stage.ask("When is the merger planned?", may=EVERYONE | PRIVATE_READERS, at=3)
        prompts = "".join(prompt.user + repr(prompt.history) for prompt in stage.model.asked)
    assert "91,000" not in revoked.all
    assert "October" not in deleted.all + prompts


@pytest.mark.attack(26)
async def test_an_earlier_answer_enters_only_where_its_sources_may_be_read(home: Path) -> None:
    async with staged(home, "{question}") as stage:
        await stage.turns.record(_private_turn(stage.question("What is the salary of Nora?", 1)))
        await stage.ask("And when do deploys happen?", at=2)
        await stage.ask("And when do deploys happen?", at=3, may=EVERYONE | PRIVATE_READERS)
        channel, people = stage.model.asked
    assert "91,000" not in repr(channel.history) + channel.user
    assert "91,000" in repr(people.history)


def _private_turn(question: Question) -> NewTurn:
    line = Citation(number=1, title="Salaries", url=None, quote="", document="terminal.local.group.people/salaries.md")
    return NewTurn(answer="a", question=question, text="It is 91,000. [1]", verdict="answered", citations=(line,))


@pytest.mark.attack(27)
async def test_guests_see_what_is_public_alone(tmp_path: Path) -> None:
    deploys, parking = ({name: TEAM_WIDE[name]} for name in ("deploys.md", "parking.md"))
    await asyncio.to_thread(planted, tmp_path, deploys, readers=frozenset({TEAM}))
    await asyncio.to_thread(planted, tmp_path, parking, readers=frozenset({"public"}))
    async with staged(
        tmp_path, "Deploys happen on Tuesdays at 05:00. [1] The parking garage opens at 07:00. [1]"
    ) as stage:
        team = await stage.ask("When do deploys happen?", may=frozenset({"public"}))
        public = await stage.ask("When does the parking garage open?", may=frozenset({"public"}), at=2)
    assert "Tuesdays" not in team.all
    assert "07:00" in public.screen


@pytest.mark.attack(28)
async def test_workspaces_do_not_meet(home: Path) -> None:
    async with knowledge(Settings(home=home)) as known:
        elsewhere = Scope(workspace="terminal:other", principals=EVERYONE | PRIVATE_READERS)
        found = await known.retriever.retrieve("When do deploys happen?", scope=elsewhere)
        hits = await _hits(home, "When do deploys happen?")
        assert hits
        assert await known.catalog.passages(hits, elsewhere) == ()
    assert found.passages == ()


@pytest.mark.attack(28)
@pytest.mark.parametrize(("workspace", "remembered"), [("local", True), ("terminal:other", False)])
async def test_workspaces_do_not_remember_for_each_other(home: Path, workspace: str, *, remembered: bool) -> None:
    """A conversation of the same id and people of the same names, in two workspaces."""
    async with staged(home, TOLD) as stage:
        here = stage.question("Do we merge with Initech?", 1)
        said = replace(here, place=replace(here.place, workspace=workspace))
        await stage.turns.record(NewTurn(answer=said.id, question=said, text="You do.", verdict="answered"))
        await stage.ask("And when do deploys happen?", at=2)
        wish = History(conversation=stage.conversation, person=here.asker, place=here.place)
        shown = await recall(stage.turns).history(wish)
        (prompt,) = stage.model.asked
    assert ("Initech" in repr(prompt.history) + prompt.user) is remembered
    assert ("Initech" in repr(shown)) is remembered


@pytest.mark.attack(29)
async def test_a_guessed_id_gives_nothing(home: Path) -> None:
    guessed = await _hits(home, "What is the salary of Nora?")
    async with knowledge(Settings(home=home)) as known:
        mine = Scope(workspace=known.workspace, principals=EVERYONE)
        documents = [passage.document for passage in await known.catalog.passages(guessed, mine)]
        assert not [name for name in documents if "salaries" in name]
        assert not await known.catalog.readable([*_private(guessed), "public-terminal.local/salaries.md"], mine)
    async with staged(home, TOLD) as stage:
        seen = await stage.ask("source:terminal.local.group.people What is the salary of Nora?")
    assert "91,000" not in seen.all


def _private(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.chunk.rsplit(":", 1)[0] for hit in hits]


async def _hits(home: Path, text: str) -> tuple[Hit, ...]:
    """What somebody who may read all would find, as an attacker who knows every id has it."""
    async with knowledge(Settings(home=home)) as known:
        scope = Scope(workspace=known.workspace, principals=EVERYONE | PRIVATE_READERS)
        found = await known.retriever.retrieve(text, scope=scope)
    return tuple(Hit(chunk=passage.chunk, score=1.0) for passage in found.passages)
