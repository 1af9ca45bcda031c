from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import ModelCut, ModelDown, ModelError, ModelRefused, ModelResting, PromptCut, PromptRefused
from bot.models.base import Finished
from bot.models.breaker import Breaker
from bot.models.chain import Chain, Link, watched
from tests.contracts.language_model import LanguageModelContract, collected, prompt
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from bot.models.base import Difficulty, LanguageModel, Strength

ANSWER = "Keys are rotated every 90 days. [1]"
LAST = Scripted("a quote")


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def link(model: LanguageModel | None = None, strength: Strength = "strong", clock: Clock | None = None) -> Link:
    breaker = Breaker(clock or Clock())
    return Link(model=model or Scripted(ANSWER), strength=strength, price=None, breaker=breaker)


def down(error: ModelError | None = None) -> Scripted:
    return Scripted(error=error or ModelDown("The server is down."))


async def failing(one: Link, times: int = 5) -> None:
    for _ in range(times):
        with pytest.raises(ModelError):
            await collected(one)


class TestContract(LanguageModelContract):
    def model(self) -> LanguageModel:
        return link()

    def broken(self) -> LanguageModel:
        return link(down())


async def test_a_model_that_failed_five_times_is_not_asked_again_until_it_rested() -> None:
    clock, model = Clock(), down()
    one = link(model, clock=clock)
    await failing(one)
    with pytest.raises(ModelResting, match="30 s") as caught:
        await collected(one)
    assert (len(model.asked), caught.value.begun, caught.value.retry_after) == (5, False, 30)
    clock.now += 30
    model.error, model.text = None, ANSWER
    for _ in range(3):
        await collected(one)
    assert (one.resting, one.breaker.state) == (False, "closed")


@pytest.mark.parametrize("error", [ModelDown("Down."), ModelRefused("Refused."), ModelCut("Cut.")])
async def test_every_failure_of_the_provider_counts(error: ModelError) -> None:
    one = link(Scripted("some text", error=error))
    await failing(one)
    assert one.resting


async def test_a_prompt_that_is_refused_says_nothing_about_the_provider() -> None:
    one = link(down(PromptRefused("Too long.")))
    await failing(one, 20)
    assert one.breaker.state == "closed"


async def test_a_stream_that_was_stopped_counts_as_neither_and_frees_the_try() -> None:
    clock, model = Clock(), down()
    one = link(model, clock=clock)
    await failing(one)
    clock.now += 30
    model.error, model.text, model.hangs = None, ANSWER, True
    stream = one.stream(prompt())
    await anext(stream)
    with pytest.raises(ModelResting):
        await collected(one)
    await stream.aclose()
    assert model.closed == 1
    assert one.breaker.state == "half-open"
    model.hangs = False
    await collected(one)


async def test_a_stream_whose_task_is_cancelled_frees_the_try_as_well() -> None:
    one = link(Scripted(ANSWER, hangs=True))
    async with asyncio.TaskGroup() as tasks, aclosing(one.stream(prompt())) as stream:
        await anext(stream)
        reading = tasks.create_task(collected(one))
        await asyncio.sleep(0)
        reading.cancel()
    await failing(replace(one, model=down()), 4)
    assert one.breaker.state == "closed"


async def test_a_model_that_just_ends_was_cut() -> None:
    one = link(Scripted(ANSWER, whole=False))
    with pytest.raises(ModelCut):
        await collected(one)
    await failing(one, 4)
    assert one.resting


async def test_an_answer_that_is_left_at_its_end_is_a_success() -> None:
    one = link()
    await failing(replace(one, model=down()), 4)
    async with aclosing(one.stream(prompt())) as stream:
        async for delta in stream:
            if isinstance(delta, Finished):
                break
    await failing(replace(one, model=down()), 4)
    assert one.breaker.state == "closed"


async def test_links_to_the_same_provider_rest_together() -> None:
    one = link(down())
    other = replace(one, strength="small")
    await failing(one, 3)
    await failing(other, 2)
    assert one.resting
    assert other.resting


async def test_an_outage_is_logged_once_and_its_end_once_without_a_key() -> None:
    clock, model = Clock(), down()
    one = Link(model=model, strength="strong", price=None, breaker=watched("gpt-x", "models.example", clock))
    with capture_logs() as logs:
        await failing(one)
        for _ in range(3):
            clock.now += 30
            await failing(one, 2)
        model.error, model.text = None, ANSWER
        clock.now += 30
        for _ in range(3):
            await collected(one)
    assert [(log["event"], log["model"], log["host"], log["log_level"]) for log in logs] == [
        ("a model failed too often and rests", "gpt-x", "models.example", "warning"),
        ("a model answers again", "gpt-x", "models.example", "warning"),
    ]


def chain(*strengths: Strength) -> Chain:
    return Chain(links=tuple(link(strength=strength) for strength in strengths), last=LAST)


def places(one: Chain, difficulty: Difficulty, *, small_only: bool = False) -> list[int]:
    return [one.links.index(each) for each in one.order(difficulty, small_only=small_only)]


def test_easy_questions_go_to_small_models_first_and_hard_ones_to_strong() -> None:
    one = chain("strong", "small", "strong", "small")
    assert places(one, "easy") == [1, 3, 0, 2]
    assert places(one, "hard") == [0, 2, 1, 3]


def test_small_ones_alone_are_left_where_there_are_any() -> None:
    one = chain("strong", "small", "strong", "small")
    assert places(one, "hard", small_only=True) == [1, 3]


def test_without_a_small_one_the_last_is_left_and_so_the_only_one() -> None:
    assert places(chain("strong", "strong"), "hard", small_only=True) == [1]
    assert places(chain("strong"), "easy", small_only=True) == [0]


def test_without_any_nobody_is_asked() -> None:
    one = chain()
    assert (one.order("easy"), one.order("hard", small_only=True), one.resting) == ((), (), True)
    assert one.told() == "No model is configured: answers are quotes."


@given(st.lists(st.sampled_from(["strong", "small"]), max_size=6), st.sampled_from(["easy", "hard"]))
def test_every_link_is_tried_once_at_most(strengths: list[Strength], difficulty: Difficulty) -> None:
    one = chain(*strengths)
    tried = places(one, difficulty)
    assert sorted(tried) == list(range(len(strengths)))
    few = places(one, difficulty, small_only=True)
    assert len(set(few)) == len(few)
    assert bool(few) == bool(strengths)
    assert set(few) <= set(tried)


async def test_it_is_said_how_each_model_is() -> None:
    clock = Clock()
    first, second = link(down(), clock=clock), link(clock=clock)
    one = Chain(links=(first, second), last=LAST)
    assert one.told() == "The model scripted is asked when it is needed."
    await failing(first)
    assert one.told() == (
        "The model scripted failed and rests: it is tried again in 30 s. The model scripted is asked when it is needed."
    )
    await failing(replace(second, model=down()))
    assert one.told().startswith("All models are resting: answers are quotes. ")
    clock.now += 30
    assert one.told() == "The model scripted failed and is being tried again."


@pytest.mark.parametrize("error", [PromptRefused("Withheld.", begun=False), PromptCut("It broke off.")])
async def test_what_is_withheld_of_one_prompt_rests_the_model_for_nobody(error: ModelError) -> None:
    one = link(down(error))
    await failing(one, times=20)
    assert one.breaker.state == "closed"
