from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NoReturn

import pytest
from structlog.testing import capture_logs

from bot.errors import RedisAway
from bot.stores.redis import BUDGET, CONNECTIONS, Redis, Script
from bot.stores.redis_address import redis_address
from tests.doubles import valkey
from tests.doubles.network import CERTIFICATE, Network, encrypted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

PATIENT = 30.0
ECHO = Script("return {KEYS[1], ARGV[1]}")
LOST, FOUND = "Redis cannot be used, and is done without", "Redis can be used again"


@asynccontextmanager
async def connected(address: str, *, budget: float = PATIENT) -> AsyncGenerator[Redis]:
    async with Redis(redis_address(address), budget=budget) as redis:
        yield redis


async def echo(redis: Redis) -> object:
    return await redis.run(ECHO, ["k"], ["ünï"], lambda answer: answer)


async def told(redis: Redis) -> str:
    with pytest.raises(RedisAway) as caught:
        await echo(redis)
    return caught.value.told


ECHOED = [b"k", "ünï".encode()]
REFUSES = "Redis refuses the user or password, or what they may do. Correct REDIS_URL."
SILENT = "Redis does not answer, or not in time. Check that it runs and that REDIS_URL names it."


@pytest.fixture
def own_server() -> Iterator[valkey.Server]:
    """A server to be stopped, frozen or misconfigured."""
    with valkey.running() as server:
        yield server


@pytest.fixture
def locked_server() -> Iterator[valkey.Server]:
    with valkey.running("--requirepass", "s3cret/") as server:
        yield server


async def test_a_script_runs_over_tcp_and_over_a_socket(redis_server: valkey.Server) -> None:
    for address in (redis_server.address, f"unix://{redis_server.socket}?db=2"):
        async with connected(address) as redis:
            assert await echo(redis) == ECHOED


async def test_a_password_is_sent_and_a_wrong_one_is_named_without_showing_it(locked_server: valkey.Server) -> None:
    async with connected(f"redis://:s3cret%2F@127.0.0.1:{locked_server.port}") as redis:
        assert await echo(redis) == ECHOED
    for address in (locked_server.address, f"redis://:wr0ng@127.0.0.1:{locked_server.port}"):
        with capture_logs() as logs:
            async with connected(address) as redis:
                assert await told(redis) == REFUSES
        assert [line["event"] for line in logs] == [LOST]
        assert "wr0ng" not in str(logs)


async def test_over_tls_a_certificate_that_nobody_vouches_for_is_refused(redis_server: valkey.Server) -> None:
    async with encrypted(redis_server.port) as port:
        async with connected(f"rediss://127.0.0.1:{port}") as redis:
            assert (await told(redis)).startswith("The certificate of Redis cannot be verified.")
        for query in ("ssl_cert_reqs=none", "ssl_cert_reqs=CERT_NONE", f"ssl_ca_certs={CERTIFICATE}"):
            async with connected(f"rediss://127.0.0.1:{port}?{query}") as redis:
                assert await echo(redis) == ECHOED


async def test_every_connection_is_there_before_the_first_question(own_server: valkey.Server) -> None:
    async with Network(own_server.port) as network, connected(network.address) as redis:
        assert network.connections == CONNECTIONS
        async with asyncio.TaskGroup() as group:
            for _ in range(50):
                group.create_task(echo(redis))
        assert network.connections == CONNECTIONS


async def test_a_server_that_is_not_there_is_found_when_it_comes(own_server: valkey.Server) -> None:
    own_server.stop()
    with capture_logs() as logs:
        async with connected(own_server.address) as redis:
            assert await told(redis) == SILENT
            own_server.start()
            assert await told(redis) == SILENT
            await redis.look()
            assert await echo(redis) == ECHOED
    assert [line["event"] for line in logs] == [LOST, FOUND]


async def test_a_connection_that_the_server_closed_is_made_anew_without_a_word(own_server: valkey.Server) -> None:
    with capture_logs() as logs:
        async with connected(own_server.address) as redis:
            own_server.ask("CLIENT", "KILL", "TYPE", "NORMAL")
            for connection in redis._pool._available_connections:
                while not await connection.can_read():  # noqa: ASYNC110 - it reads its end so, and sets no event
                    await asyncio.sleep(0)
            for _ in range(CONNECTIONS):
                assert await echo(redis) == ECHOED
    assert logs == []


async def test_connecting_may_take_longer_than_a_question_waits(locked_server: valkey.Server) -> None:
    async with Network(locked_server.port) as network:
        network.answered.delays[b"+OK\r\n"] = 3 * BUDGET  # the answer to the password
        with capture_logs() as logs:
            async with connected(f"redis://:s3cret%2F@127.0.0.1:{network.port}") as patient:
                assert await echo(patient) == ECHOED
            async with connected(f"redis://:s3cret%2F@127.0.0.1:{network.port}", budget=BUDGET) as redis:
                locked_server.stop()
                locked_server.start()
                assert await told(redis) == SILENT
        assert [line["event"] for line in logs] == [LOST]


async def test_a_replica_refuses_to_write_and_is_done_without(own_server: valkey.Server) -> None:
    async with connected(own_server.address) as redis:
        own_server.ask("REPLICAOF", "127.0.0.1", "1")
        script = Script("return redis.call('SET', KEYS[1], '1')")
        with pytest.raises(RedisAway, match="READONLY"):
            await redis.run(script, ["k"], [], lambda answer: answer)
        await redis.look()
        assert "READONLY" in await told(redis)
        own_server.ask("REPLICAOF", "NO", "ONE")
        await redis.look()
        assert await echo(redis) == ECHOED


async def test_a_server_without_memory_is_done_without_until_it_has_some(own_server: valkey.Server) -> None:
    own_server.ask("CONFIG", "SET", "maxmemory", "1")
    async with connected(own_server.address) as redis:
        assert "OOM" in await told(redis)
        own_server.ask("CONFIG", "SET", "maxmemory", "0")
        await redis.look()
        assert await echo(redis) == ECHOED


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (b"-LOADING Valkey is loading the dataset in memory\r\n", SILENT),
        (b"-MOVED 1 127.0.0.1:1\r\n", "Redis refuses what is asked of it (MOVED)."),
        (b"-NOPERM this user has no permissions to run the 'evalsha' command\r\n", REFUSES),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", SILENT),
        (b"$x\r\n", SILENT),
        (b"*2\r\n:1\r\n+OK\r\n", SILENT),
        (b"+OK\r\n", SILENT),
        (b"\xff\xfe\x00", SILENT),
        (b"", SILENT),
    ],
)
async def test_whatever_comes_instead_of_an_answer_is_away_and_passes(
    redis_server: valkey.Server, says: bytes, why: str
) -> None:
    def nothing(answer: object) -> NoReturn:
        raise ValueError(answer)

    async with Network(redis_server.port) as network, connected(network.address) as redis:
        network.answered.says = says
        if not says.endswith(b"\n"):
            redis._budget = BUDGET
        with pytest.raises(RedisAway) as caught:
            await redis.run(ECHO, ["k"], [""], nothing)
        assert caught.value.told == why
        redis._budget = PATIENT
        network.answered.says = None
        await redis.look()
        assert await echo(redis) == ECHOED


async def test_while_it_is_away_it_is_tried_by_one_at_a_time_and_by_no_question(own_server: valkey.Server) -> None:
    async with Network(own_server.port) as network, connected(network.address) as redis:
        own_server.stop()
        await told(redis)
        before = network.connections
        for _ in range(20):
            await told(redis)
        assert network.connections == before
        await redis.look()
        assert network.connections == before + 1


async def test_connections_are_tried_now_and_then_and_not_at_every_look(redis_server: valkey.Server) -> None:
    seconds = [0.0]
    async with Network(redis_server.port) as network:
        address = redis_address(network.address)
        async with Redis(address, budget=PATIENT, now=lambda: seconds[0]) as redis:
            before = network.sent.chunks
            seconds[0] += 14
            await redis.look()
            assert network.sent.chunks == before
            seconds[0] += 2
            await redis.look()
            assert network.sent.chunks > before


async def test_who_cannot_have_a_turn_goes_without_and_calls_nobody_away(own_server: valkey.Server) -> None:
    seconds = [0.0]
    async with Redis(redis_address(own_server.address), budget=PATIENT, now=lambda: seconds[0]) as redis:
        redis._pool.timeout = BUDGET
        seconds[0] += 20
        async with all_in_use(redis, own_server):
            assert await told(redis) == "Too much is asked of Redis at once."
            await redis.look()
            redis.here()
        redis.here()


async def test_while_nothing_could_be_tried_nothing_is_found(own_server: valkey.Server) -> None:
    async with connected(own_server.address) as redis:
        redis._pool.timeout = BUDGET
        async with all_in_use(redis, own_server):
            redis._lost(TimeoutError())
            await redis.look()
            assert await told(redis) == SILENT
        await redis.look()
        redis.here()


@asynccontextmanager
async def all_in_use(redis: Redis, server: valkey.Server) -> AsyncGenerator[None]:
    """Have every connection wait for an answer meanwhile, which comes in the end."""
    with server.frozen():
        async with asyncio.TaskGroup() as group:
            inside = [group.create_task(echo(redis)) for _ in range(CONNECTIONS)]
            await asyncio.sleep(0)
            yield
            server.go_on()
    assert [await each for each in inside] == [ECHOED] * CONNECTIONS


async def test_a_question_that_is_cancelled_gives_its_connection_back(own_server: valkey.Server) -> None:
    async with connected(own_server.address) as redis:
        with own_server.frozen():
            async with asyncio.TaskGroup() as group:
                asked = [group.create_task(echo(redis)) for _ in range(3 * CONNECTIONS)]
                await asyncio.sleep(0)
                for each in asked:
                    each.cancel()
        for _ in range(2 * CONNECTIONS):
            assert await echo(redis) == ECHOED
