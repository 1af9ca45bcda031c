"""Replies that Discord does not take: what a rule of the server forbids, and what is no message at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from simcord.backend.errors import BackendError

from adapters.discord.errors import Refused
from adapters.parts import Sources
from tests.doubles.adapters import AN_ANSWER, CITATIONS
from tests.doubles.discord import api, refusing
from tests.doubles.slack_stage import ANSWERED, sentences, spread

if TYPE_CHECKING:
    from tests.doubles.discord.call import Call
    from tests.doubles.discord.world import World
    from tests.doubles.discord_stage import Stage

BLOCKED = (400, 200000, "Message was blocked by automatic moderation")


def _refuse(monkeypatch: pytest.MonkeyPatch, words: str, *why: int | str, field: str = "content") -> None:
    """Have Discord refuse whatever says this."""

    def refuse(world: World, call: Call) -> None:
        if isinstance(call.json, dict) and words in str(call.json.get(field)):
            raise BackendError(*why)  # type: ignore[arg-type]
        refusing.refuse(world, call)

    monkeypatch.setattr(api, "refuse", refuse)


async def test_an_answer_that_a_rule_of_the_server_forbids_stays_where_it_is_and_its_asker_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse(monkeypatch, "Sentence 5 ", *BLOCKED)
    asked, question = stage.asks()
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(9), 2.0), ANSWERED)
    (answer,) = stage.answers(asked)
    assert "Sentence 4 " in answer.shown
    assert answer.buttons == []
    assert stage.discord.answers(stage.general) == []
    (told,) = stage.discord.answers(stage.discord.direct(stage.anna))
    assert told.shown.endswith("A rule of the server (AutoMod) blocks my answer.")


async def test_a_question_that_may_be_no_title_is_answered_without_a_thread(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse(monkeypatch, "keys", 400, 200001, "Title was blocked by automatic moderation", field="name")
    asked, question = stage.asks()
    await stage.tell(question, *AN_ANSWER)
    (answer,) = stage.discord.answers(stage.general)
    assert answer.replies_to == asked.id


async def test_what_is_no_message_at_all_is_raised_and_nobody_is_told_that_the_bot_may_not_write(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse(monkeypatch, "Sentence 40 ", 400, 50006, "Cannot send an empty message")
    _, question = await stage.commands()
    with pytest.raises(Refused, match="50006"):
        await stage.tell(question, Sources(citations=CITATIONS), *sentences(60), ANSWERED)
    assert stage.discord.answers(stage.discord.direct(stage.anna)) == []


async def test_a_token_that_is_none_any_more_is_raised_to_be_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse(monkeypatch, "Sentence", 401, 0, "401: Unauthorized")
    _, question = stage.asks()
    with pytest.raises(Refused, match="Unauthorized"):
        await stage.tell(question, Sources(citations=CITATIONS), *sentences(3), ANSWERED)
    assert stage.discord.answers(stage.general) == []
