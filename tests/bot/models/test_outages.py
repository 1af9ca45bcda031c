"""Outages under load, each three times, over real HTTP: all streams end, the next model takes over, the first returns.

Only the breakers' clock is a test's own.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest

from bot.errors import ModelError
from bot.models.base import Finished, Heard, Used
from bot.models.chain import Chain, Link, watched
from bot.models.endpoint import Endpoint, Timeouts
from bot.models.openai import OpenAiChat
from tests.contracts.language_model import collected, prompt
from tests.doubles.model_network import between
from tests.doubles.models import Scripted
from tests.doubles.provider import AFTER_TEXT, ANSWER, BEFORE_TEXT, Fault, Provider

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

STREAMS = 20
ROUNDS = 3
FIRST, SECOND = "gpt-4.1", "gpt-4.1-mini"
PATIENT = Timeouts(connect=30, first_token=30, idle=30)
"""For what comes, on a busy machine too."""
HASTY = Timeouts(connect=30, first_token=1.5, idle=1.5)
"""For what never comes."""

Way: TypeAlias = Literal["first", "second", "quoted", "cut"]


class Clock:
    """What the breakers see of time."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(kw_only=True)
class Asked:
    """One question's way along the chain, as an engine would go it, and what its calls are to be settled at."""

    way: Way = "quoted"
    text: str = ""
    settled: list[tuple[str, Used]] = field(default_factory=list)


async def asked(chain: Chain) -> Asked:
    """Go to the next link only while nothing was heard, and settle what may have begun."""
    one = Asked()
    for link in chain.order("hard"):
        heard = Heard()
        try:
            async with aclosing(link.stream(prompt(), heard)) as stream:
                async for delta in stream:
                    if isinstance(delta, Finished):
                        one.settled.append((link.name, delta))
                    else:
                        one.text += delta
        except ModelError as error:
            if error.begun:
                one.settled.append((link.name, heard.used(link.bound(prompt()))))
            if not one.text:
                continue
            one.way = "cut"
            return one
        one.way = "first" if link.name == FIRST else "second"
        return one
    one.text = "".join(str(delta) for delta in (await collected(chain.last))[:-1])
    return one


async def wave(chain: Chain) -> list[Asked]:
    """Ask many at once; were one never to end, this would not either."""
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        streams = [tasks.create_task(asked(chain)) for _ in range(STREAMS)]
    return [one.result() for one in streams]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Provider, Provider]]:
    with Provider() as first, Provider() as second:
        yield first, second


@pytest.fixture
def first(servers: tuple[Provider, Provider]) -> Provider:
    servers[0].recover()
    servers[0].calls.clear()
    return servers[0]


@pytest.fixture
def second(servers: tuple[Provider, Provider]) -> Provider:
    servers[1].recover()
    servers[1].calls.clear()
    return servers[1]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Chains:
    clock: Clock
    opened: AsyncExitStack
    models: list[OpenAiChat] = field(default_factory=list)

    def __call__(self, *urls: str) -> Chain:
        """Make a chain over these addresses."""
        links = []
        for url, name in zip(urls, (FIRST, SECOND), strict=False):
            model = OpenAiChat(Endpoint(name=name, base_url=url, timeouts=PATIENT))
            self.models.append(model)
            self.opened.push_async_callback(model.aclose)
            links.append(Link(model=model, strength="strong", price=None, breaker=watched(name, url, self.clock)))
        return Chain(links=tuple(links), last=Scripted("a quote"))

    def wait(self, times: Timeouts) -> None:
        """Wait so long for the first from now on."""
        self.models[0]._timeouts = times


@pytest.fixture
async def chains(clock: Clock) -> AsyncGenerator[Chains]:
    async with AsyncExitStack() as opened:
        yield Chains(clock, opened)


async def returns(chain: Chain, clock: Clock) -> None:
    """See that the first link comes back, one try at a time, once it rested."""
    clock.now += 30
    for _ in range(3):
        assert chain.links[0].breaker.state == "half-open"
        assert (await asked(chain)).way == "first"
    assert chain.links[0].breaker.state == "closed"


@pytest.mark.parametrize("fault", BEFORE_TEXT)
async def test_the_next_model_answers_all_when_the_first_fails_before_its_first_word(
    fault: Fault, first: Provider, second: Provider, chains: Chains, clock: Clock
) -> None:
    chain = chains(first.url, second.url)
    for _ in range(ROUNDS):
        before = len(first.calls)
        chains.wait(HASTY if fault == "silent" else PATIENT)
        first.misbehave(fault)
        for _ in range(2):
            answered = await wave(chain)
            assert {one.way for one in answered} == {"second"}
            assert {one.text for one in answered} == {ANSWER}
        assert chain.links[0].breaker.state == "open"
        assert 5 <= len(first.calls) - before <= STREAMS
        first.recover()
        chains.wait(PATIENT)
        await returns(chain, clock)


@pytest.mark.parametrize("fault", AFTER_TEXT)
async def test_what_was_said_stays_and_later_questions_go_to_the_next_model(
    fault: Fault, first: Provider, second: Provider, chains: Chains, clock: Clock
) -> None:
    chain = chains(first.url, second.url)
    for _ in range(ROUNDS):
        chains.wait(Timeouts(connect=30, first_token=30, idle=1.0) if fault == "stalled" else PATIENT)
        first.misbehave(fault)
        broken = await wave(chain)
        cut = [one for one in broken if one.way == "cut"]
        assert len(cut) >= 5
        assert all(ANSWER.startswith(one.text) and 0 < len(one.text) < len(ANSWER) for one in cut)
        assert {one.way for one in broken} <= {"cut", "second"}
        assert {one.way for one in await wave(chain)} == {"second"}
        first.recover()
        chains.wait(PATIENT)
        await returns(chain, clock)


@pytest.mark.parametrize("fault", [*BEFORE_TEXT, *AFTER_TEXT])
async def test_what_is_settled_is_what_was_served_to_the_token(
    fault: Fault, first: Provider, second: Provider, chains: Chains
) -> None:
    chain = chains(first.url, second.url)
    chains.wait(HASTY if fault in {"silent", "stalled"} else PATIENT)
    first.misbehave(fault, after=5, times=10)
    questions = await wave(chain)
    for provider, name in ((first, FIRST), (second, SECOND)):
        settled = [used for one in questions for model, used in one.settled if model == name]
        assert sum(used.prompt_tokens for used in settled) == provider.prompt_tokens
        if fault == "garbage later":  # what comes after the garbage is sent, and nobody can know
            continue
        assert sum(used.answer_tokens for used in settled) == provider.answer_tokens


async def test_when_all_are_down_the_last_resort_answers_all(
    first: Provider, second: Provider, chains: Chains, clock: Clock
) -> None:
    chain = chains(first.url, second.url)
    for _ in range(ROUNDS):
        first.misbehave("503")
        second.misbehave("429")
        for _ in range(2):
            answered = await wave(chain)
            assert {(one.way, one.text) for one in answered} == {("quoted", "a quote")}
            assert not any(one.settled for one in answered)
        assert chain.resting
        first.recover()
        second.recover()
        await returns(chain, clock)


@pytest.mark.parametrize("trouble", ["swallow_answers", "swallow_questions", "break_connections"])
async def test_a_network_that_fails_is_a_provider_that_does(
    trouble: str, first: Provider, second: Provider, chains: Chains, clock: Clock
) -> None:
    async with between(first) as network:
        chain = chains(network.url, second.url)
        for _ in range(ROUNDS):
            chains.wait(PATIENT if trouble == "break_connections" else HASTY)
            getattr(network, trouble)()
            answered = await wave(chain)
            assert {one.way for one in answered} == {"second"}
            assert chain.links[0].breaker.state == "open"
            network.recover()
            chains.wait(PATIENT)
            await returns(chain, clock)


async def test_a_slow_network_is_none_that_fails(first: Provider, second: Provider, chains: Chains) -> None:
    async with between(first) as network:
        network.slow_down(0.05)
        assert {one.way for one in await wave(chains(network.url, second.url))} == {"first"}
    assert second.calls == []


async def test_a_port_where_nobody_listens_costs_nothing(second: Provider, chains: Chains) -> None:
    chain = chains("http://127.0.0.1:9/v1", second.url)
    answered = await wave(chain)
    assert {one.way for one in answered} == {"second"}
    assert {name for one in answered for name, _ in one.settled} == {SECOND}
