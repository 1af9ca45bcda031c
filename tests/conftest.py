"""What holds for every test: no network but loopback, no settings from outside, no clock in property tests."""

from __future__ import annotations

import ipaddress
import logging
import os
import random
import sys
import tempfile
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import structlog

from bot.database import Database
from tests.doubles import postgres, valkey

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

hypothesis.settings.register_profile("footnote", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("footnote")

_WAITS = (
    ("adapters.discord.facts", "_WITHIN"),
    ("adapters.discord.intake", "_KNOWING"),
    ("adapters.discord.interacting", "_KNOWING"),
    ("adapters.slack.facts", "_IN_ALL"),
    ("adapters.slack.facts", "_WITHIN"),
    ("adapters.slack.finding", "_WITHIN"),
    ("adapters.slack.intake", "_KNOWING"),
    ("adapters.slack.naming", "_PATIENCE"),
    ("adapters.slack.single", "_BRIEFLY"),
    ("adapters.slack.whose", "_KNOWING"),
    ("bot.answering.permission", "_PATIENCE"),
    ("knowledge.stores.server", "_CONNECT"),
)
"""What people wait for, in seconds."""
_RESOLVES = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


def _is_here(host: object) -> bool:
    if host is None or host in ("", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _stay_here(event: str, details: tuple[object, ...]) -> None:
    """Fail whatever looks up or connects to another machine; as an audit hook it sees every library's sockets.

    It raises what ``except Exception`` does not catch, so that no retry or fallback hides it.
    """
    if event in _RESOLVES:
        host = details[0]
    elif event in _CONNECTS and isinstance(details[1], tuple):
        host = details[1][0]
    else:
        return
    if not _is_here(host):
        pytest.fail(f"a test reached for the network: {event} {host!r}", pytrace=True)


sys.addaudithook(_stay_here)


def _log_plainly() -> None:
    """Log as structlog does by itself, but for tracebacks: with all variables, one would take a second to write."""
    structlog.reset_defaults()
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


_log_plainly()


@pytest.fixture(autouse=True)
def _live_tests_leave(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is marked ``live`` is there to reach for the network."""
    if request.node.get_closest_marker("live"):
        monkeypatch.setattr(sys.modules[__name__], "_is_here", lambda _: True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", metavar="N", default="20261121", help="the plan of what happens to whom in crash tests")
    parser.addoption("--shuffle", metavar="SEED", default=None, help="run the tests in the random order of this seed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if (seed := config.getoption("--shuffle")) is not None:
        random.Random(seed).shuffle(items)  # noqa: S311 - an order, no secret


@pytest.fixture(autouse=True)
def _settings_come_from_the_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):  # noqa: TID251 - to forget it
        if name.startswith(("FOOTNOTE_", "OPENAI_", "PINECONE_", "SLACK_", "DISCORD_")) or name in {
            "DATABASE_URL",
            "REDIS_URL",
            "PORT",
        }:
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _platforms_may_be_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not learn within seconds who reads somewhere, or who asks, answers less; a busy machine takes longer."""
    for module, name in _WAITS:
        package, _, platform = module.rpartition(".")[0].partition(".")
        if package != "adapters" or f"tests.doubles.{platform}" in sys.modules:  # else it is not worth the import
            monkeypatch.setattr(import_module(module), name, 30.0)


@pytest.fixture(autouse=True)
def _no_timer_outlives_its_test() -> Iterator[None]:
    """What would leave a process behind that hangs does not, long after, speak in the middle of another test."""
    yield
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


@pytest.fixture(autouse=True)
def _logging_is_as_it_was() -> Iterator[None]:
    """What configures logging for its process must not do so for the next test."""
    root = logging.getLogger()  # noqa: TID251 - to put it back
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = [handler for handler in root.handlers if handler in handlers]
    root.setLevel(level)
    _log_plainly()


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for the whole run; where it cannot start, what needs it fails."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[valkey.Server]:
    """A server that speaks as Redis does, for the whole run; where it cannot start, what needs it fails."""
    with valkey.running() as server:
        yield server


@pytest.fixture
def redis_server(valkey_server: valkey.Server) -> valkey.Server:
    """The same, empty. Who stops or freezes one runs one of their own."""
    valkey_server.ask("FLUSHALL")
    return valkey_server


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """The place of a database, on each of the kinds that there are."""
    if request.param == "sqlite":
        return tmp_path / "footnote.db"
    running: postgres.Server = request.getfixturevalue("server")
    return running.database()


@pytest.fixture
async def database(where: Path | str) -> AsyncGenerator[Database]:
    """An open database, on each of the kinds that there are."""
    async with Database(where) as database:
        yield database


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of somebody to whom permissions apply, and be that somebody meanwhile: root may read and write all."""
    nobody = 65_534
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        if os.geteuid():
            yield Path(name)
            return
        os.chown(name, nobody, nobody)
        os.seteuid(nobody)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)
