from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from structlog.testing import capture_logs

from bot.errors import RedisAway
from bot.money.base import Rate
from bot.money.shared import SharedWindows
from bot.money.windows import Windows
from bot.stores.redis import CONNECTIONS, Redis
from bot.stores.redis_address import redis_address
from tests.contracts.rates import ANN, RatesContract, ask, fill, refusal
from tests.doubles import valkey
from tests.doubles.network import Network
from tests.doubles.rate_asker import PATIENT
from tests.doubles.rates import Clock, Model

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Sequence

    from bot.money.base import Rates

ROOT = Path(__file__).parents[3]
TEN = (Rate(most=10, seconds=60), Rate(most=100, seconds=3_600), Rate(most=500, seconds=86_400))


@pytest.fixture
def forward(redis_server: valkey.Server) -> Callable[[float], None]:
    return redis_server.age


@pytest.fixture
async def redis(redis_server: valkey.Server) -> AsyncGenerator[Redis]:
    """Connected, and as patient as nobody who asks is, so that a busy machine changes no decision."""
    async with Redis(redis_address(redis_server.address), budget=PATIENT) as redis:
        yield redis


class TestSharedWindows(RatesContract):
    @pytest.fixture
    async def rates(self, redis: Redis) -> AsyncGenerator[Rates]:
        yield SharedWindows(redis, Windows())
        redis.here()  # it decided to the end


class Apart(RuleBasedStateMachine):
    """The list of all tries and the script say the same, though the server's clock goes on by itself.

    So times are whole tens of seconds, and the little that a run takes makes everything a little older than its model.
    """

    server: valkey.Server

    def __init__(self) -> None:
        super().__init__()
        self.server.ask("FLUSHALL")
        self.clock = Clock()
        self.model = Model()
        self.loop = asyncio.Runner()
        self.redis = Redis(redis_address(self.server.address), budget=PATIENT)
        self.loop.run(self.redis.look())
        self.shared = SharedWindows(self.redis, Windows())

    def teardown(self) -> None:
        self.redis.here()
        self.loop.run(self.redis.__aexit__())
        self.loop.close()

    @rule(
        question=st.integers(0, 9),
        limits=st.lists(
            st.builds(Rate, most=st.integers(0, 3), seconds=st.sampled_from([60, 3_600, 86_400])),
            min_size=1,
            max_size=3,
        ),
    )
    def ask(self, question: int, limits: Sequence[Rate]) -> None:
        found = self.loop.run(self.shared.admit(ANN, str(question), limits))
        expected = self.model.admit(ANN, str(question), limits, self.clock.now)
        assert (found is None) == (expected is None)
        if found is not None and expected is not None:
            assert found.first == expected.first
            assert found.wait == pytest.approx(expected.wait, abs=9)

    @rule(seconds=st.sampled_from([10, 20, 60, 600, 3_600, 86_400 - 60]))
    def wait(self, seconds: float) -> None:
        self.clock.forward(seconds)
        self.server.age(seconds)


def test_the_script_is_the_same_as_the_model(redis_server: valkey.Server) -> None:
    class Machine(Apart):
        server = redis_server

    Machine.TestCase.settings = settings(
        max_examples=25, stateful_step_count=30, suppress_health_check=[HealthCheck.too_slow]
    )
    Machine.TestCase("runTest").debug()


def test_of_200_questions_of_4_processes_exactly_10_are_admitted(redis_server: valkey.Server) -> None:
    command = [sys.executable, "-m", "tests.doubles.rate_asker", redis_server.address, "50"]
    asking = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    said = [process.communicate("go\n", timeout=60)[0] for process in asking]
    assert sum(map(int, said)) == 10


async def test_a_question_is_one_round_trip(redis_server: valkey.Server) -> None:
    async with Network(redis_server.port) as network:
        async with Redis(redis_address(network.address), budget=PATIENT) as redis:
            shared = SharedWindows(redis, Windows())
            await ask(shared, "which teaches the server the script", TEN)
            before = (network.sent.chunks, network.answered.chunks)
            for number in range(30):
                await ask(shared, number, TEN)
            redis.here()
        assert (network.sent.chunks, network.answered.chunks) == (before[0] + 30, before[1] + 30)


async def test_a_server_that_forgot_the_script_is_told_it_again(redis: Redis, redis_server: valkey.Server) -> None:
    shared = SharedWindows(redis, Windows())
    await fill(shared, 2)
    redis_server.ask("SCRIPT", "FLUSH")
    await ask(shared, "third")
    assert await ask(shared, "fourth") is not None
    redis.here()


async def test_keys_are_ours_expire_by_themselves_and_name_nobody(redis: Redis, redis_server: valkey.Server) -> None:
    shared = SharedWindows(redis, Windows())
    await fill(shared, 3)
    await refusal(shared, 1)
    keys = [line for line in redis_server.ask("KEYS", "*").split("\r\n") if line.startswith("f")]
    assert len(keys) == 3
    for key in keys:
        assert key.startswith("footnote:")
        assert "U1" not in key
        assert 0 < int(redis_server.ask("PTTL", key)[1:]) <= 86_400_000
    asked = next(key for key in keys if key.endswith(":asked"))
    assert "fill" not in redis_server.ask("ZRANGE", asked, "0", "-1")
    assert {key[key.index("{") : key.index("}")] for key in keys if "{" in key} == {
        asked[asked.index("{") : asked.index("}")]
    }


async def test_times_are_the_server_s_to_the_microsecond(redis: Redis, redis_server: valkey.Server) -> None:
    before = server_time(redis_server)
    await ask(SharedWindows(redis, Windows()), 1)
    (key,) = (line for line in redis_server.ask("KEYS", "*:asked").split("\r\n") if line.startswith("f"))
    score = int(redis_server.ask("ZRANGE", key, "0", "-1", "WITHSCORES").split("\r\n")[-2])
    assert before < score < server_time(redis_server)


def server_time(server: valkey.Server) -> int:
    _, _, seconds, _, micros, _ = server.ask("TIME").split("\r\n")
    return int(seconds) * 1_000_000 + int(micros)


async def test_the_windows_of_this_process_take_over_with_what_they_heard(own_server: valkey.Server) -> None:
    async with Redis(redis_address(own_server.address), budget=PATIENT) as redis:
        shared = SharedWindows(redis, Windows())
        await fill(shared, 2)
        own_server.stop()
        assert await ask(shared, "fill1") is None
        assert await ask(shared, "third") is None
        assert (await refusal(shared, 1)).first
        assert not (await refusal(shared, 2)).first
        own_server.start()
        await redis.look()
        await fill(shared, 3)
        assert await ask(shared, "x") is not None
        redis.here()


async def test_where_each_process_decides_alone_it_is_said_for_readyz(own_server: valkey.Server) -> None:
    async with Redis(redis_address(own_server.address), budget=PATIENT) as redis:
        shared = SharedWindows(redis, Windows())
        assert await shared.probe() == "Redis answers, so all processes count questions together."
        own_server.stop()
        await ask(shared, 1)
        with pytest.raises(RedisAway):
            await shared.probe()


@pytest.fixture
def own_server() -> Iterator[valkey.Server]:
    """A server to be stopped."""
    with valkey.running() as server:
        yield server


async def burst(rates: Rates, person: str, limits: Sequence[Rate] = TEN) -> int:
    """Ask 100 things at once, and give how many were admitted."""
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(ask(rates, number, limits, person)) for number in range(100)]
    return sum(each.result() is None for each in asked)


LOST, FOUND = "Redis cannot be used, and is done without", "Redis can be used again"


async def test_redis_stopped_under_load_three_times_raises_nothing_and_heals(own_server: valkey.Server) -> None:
    async with Redis(redis_address(own_server.address), budget=PATIENT) as redis:
        shared = SharedWindows(redis, Windows())
        with capture_logs() as logs:
            for outage in range(3):
                async with asyncio.TaskGroup() as group:
                    asked = group.create_task(burst(shared, f"during {outage}", ()))
                    await asyncio.sleep(0)
                    own_server.stop()
                assert asked.result() == 100
                await ask(shared, "by now it is known")
                assert await burst(shared, f"without {outage}") == 10
                await redis.look()
                own_server.start()
                await redis.look()
                assert await burst(shared, f"again {outage}") == 10
                redis.here()
    assert [line["event"] for line in logs] == [LOST, FOUND] * 3


async def test_a_black_hole_under_load_three_times_costs_few_questions_their_budget(
    redis_server: valkey.Server,
) -> None:
    async with Network(redis_server.port) as network, Redis(redis_address(network.address)) as redis:
        shared = SharedWindows(redis, Windows())
        with capture_logs() as logs:
            for outage in range(3):
                network.black_hole(swallows=True)
                before = network.sent.chunks
                assert await burst(shared, f"during {outage}") == 10
                assert await burst(shared, f"without {outage}") == 10
                assert 1 <= network.sent.chunks - before <= CONNECTIONS
                await redis.look()
                assert network.sent.chunks - before <= CONNECTIONS + 1
                network.black_hole(swallows=False)
                await found(redis)
        assert [line["event"] for line in logs] == [LOST, FOUND] * 3


async def found(redis: Redis) -> None:
    """Look until it is there: a busy machine may take longer to answer than a question waits."""
    while True:
        await redis.look()
        with suppress(RedisAway):
            return redis.here()
