"""The service as a host runs it: real processes, real signals, HTTP on a port, on SQLite and on PostgreSQL."""

from __future__ import annotations

import signal
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.doubles.postgres import running
from tests.doubles.served import Loft, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.doubles.postgres import Server
    from tests.doubles.served import Served

HOUR = 3_600.0


@pytest.fixture
def sqlite(tmp_path: Path) -> Loft:
    return Loft(folder=tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def loft(request: pytest.FixtureRequest, tmp_path: Path) -> Loft:
    if request.param == "sqlite":
        return Loft(folder=tmp_path)
    server: Server = request.getfixturevalue("server")
    return Loft(folder=tmp_path, settings={"DATABASE_URL": server.database()})


def dependencies(service: Served) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = service.get("/readyz")[1]["dependencies"]
    return found


def test_it_takes_in_by_http_answers_and_ends_when_told(loft: Loft) -> None:
    with loft.serve() as service:
        assert service.ask("q1") == 202
        assert loft.reply("q1")["verdict"] == "told"
        assert service.get("/healthz") == (200, {"alive": True})
        until(lambda: service.get("/readyz")[0] == 200)
        until(lambda: all(one["state"] == "up" for one in dependencies(service).values()))
        assert set(dependencies(service)) == {"database", "knowledge", "wake-up", "model", "vectors", "platform pigeon"}
        assert all(one["age"] >= 0 for one in dependencies(service).values())
        service.signal()
        assert service.ended() == 0


def test_told_to_end_it_takes_nothing_in_finishes_what_is_begun_and_leaves_the_rest(loft: Loft) -> None:
    names = [f"q{number}" for number in range(6)]
    loft.hold(held=True)
    with loft.serve(FOOTNOTE_MAX_IN_FLIGHT="2") as service:
        for name in names:
            assert service.ask(name) == 202
        until(lambda: loft.begun("q0") and loft.begun("q1"))
        service.signal()
        service.wait_for("draining")
        assert service.ask("late") == 503
        assert service.get("/healthz")[0] == 200
        status, report = service.get("/readyz")
        assert (status, report["phase"]) == (503, "draining")
        loft.hold(held=False)
        assert service.ended() == 0
    assert [loft.replied(name) for name in names] == [True, True, False, False, False, False]
    with loft.serve() as service:
        assert {loft.reply(name)["verdict"] for name in names} == {"told"}
        assert not loft.replied("late")
        assert service.ask("late") == 202


def test_what_does_not_end_in_its_time_is_left_to_the_next_process(loft: Loft) -> None:
    loft.hold(held=True)
    with loft.serve(FOOTNOTE_DRAIN_SECONDS="0.2") as service:
        service.ask("q1")
        until(lambda: loft.begun("q1"))
        service.signal()
        assert service.ended() == 0
    assert not loft.replied("q1")
    loft.hold(held=False)
    with loft.serve() as service:
        assert loft.reply("q1")["by"] == service.process.pid


@pytest.mark.parametrize("fault", ["returns when cancelled", "breaks when cancelled"])
def test_intake_that_ends_when_it_should_is_not_lost_however_it_ends(sqlite: Loft, fault: str) -> None:
    sqlite.tell(fault=fault)
    with sqlite.serve() as service:
        service.wait_for("serving")
        service.signal()
        assert service.ended() == 0
        assert "is lost" not in service.log.read_text()


@pytest.mark.parametrize("fault", ["never opens", "never stops", "never closes", "never gives up", "blocks"])
def test_whatever_hangs_is_left_behind(sqlite: Loft, fault: str) -> None:
    sqlite.tell(fault=fault)
    sqlite.hold(held=True)
    with sqlite.serve(FOOTNOTE_DRAIN_SECONDS="0.5") as service:
        if fault == "never opens":
            until((sqlite.replies / "opened").exists)
        else:
            service.ask("q1")
            until(lambda: sqlite.begun("q1"))
        if fault == "blocks":
            (sqlite.replies / "block").touch()
            time.sleep(0.1)
        service.signal()
        assert service.ended() == 0
        assert service.lines("something did not end in time and is left behind")


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that may be broken."""
    with running() as server:
        yield server


def test_a_database_that_is_gone_is_said_and_nothing_is_taken_in(own_server: Server, tmp_path: Path) -> None:
    loft = Loft(folder=tmp_path, settings={"DATABASE_URL": own_server.database()})
    loft.tell(EVERY=0.1)
    with loft.serve(FOOTNOTE_DRAIN_SECONDS="0.5") as service:
        until(lambda: service.get("/readyz")[0] == 200)
        own_server.stop(signal.SIGQUIT)
        until(lambda: service.get("/readyz")[0] == 503)
        told = dependencies(service)["database"]
        assert (told["state"], told["told"]) == ("down", "The database of conversations does not answer.")
        assert service.get("/healthz")[0] == 200
        assert service.ask("q1") == 503
        own_server.start()
        until(lambda: service.get("/readyz")[0] == 200)
        assert service.ask("q1") == 202
        assert loft.reply("q1")["verdict"] == "told"


def test_a_database_that_hangs_does_not_keep_it_from_ending(own_server: Server, tmp_path: Path) -> None:
    loft = Loft(folder=tmp_path, settings={"DATABASE_URL": own_server.database()})
    loft.tell(EVERY=0.1)
    loft.hold(held=True)
    with loft.serve(FOOTNOTE_DRAIN_SECONDS="0.5") as service:
        service.ask("q1")
        until(lambda: loft.begun("q1"))
        own_server.freeze(frozen=True)
        try:
            until(lambda: service.get("/readyz")[0] == 503)
            assert service.get("/healthz")[0] == 200
            service.signal()
            assert service.ended() == 0
        finally:
            own_server.freeze(frozen=False)


def test_the_same_signal_again_ends_it_at_once_and_another_one_does_not(sqlite: Loft) -> None:
    sqlite.hold(held=True)
    with sqlite.serve() as service:
        service.ask("q1")
        until(lambda: sqlite.begun("q1"))
        service.signal(signal.SIGINT)
        service.wait_for("draining")
        service.signal(signal.SIGTERM)
        assert service.get("/healthz")[0] == 200
        service.signal(signal.SIGTERM)
        assert service.ended() == 143


@pytest.mark.parametrize(
    ("fault", "why"), [("ends", "it ended by itself"), ("breaks", "something unexpected went wrong (reference ")]
)
def test_a_lost_platform_ends_it_with_a_reason_once_answers_have_ended(sqlite: Loft, fault: str, why: str) -> None:
    sqlite.tell(fault=fault)
    sqlite.hold(held=True)
    with sqlite.serve() as service:
        service.ask("q1")
        until(lambda: sqlite.begun("q1"))
        (sqlite.replies / "lose").touch()
        service.wait_for("draining")
        sqlite.hold(held=False)
        assert service.ended() == 1
        assert sqlite.reply("q1")["verdict"] == "told"
        told = service.log.read_text().splitlines()[-1]
        assert told.startswith(f"footnote: The platform pigeon is lost, and so Footnote ends: {why}")
        assert "secret" not in service.log.read_text()


def test_what_breaks_in_a_route_is_a_reference_to_who_asks_and_a_line_in_the_log(sqlite: Loft) -> None:
    with sqlite.serve() as service:
        status, answer = service.get("/pigeon/faulty")
        assert status == 500
        assert set(answer) == {"error", "reference"}
        assert service.lines("a request failed")[0]["reference"] == answer["reference"]
        assert service.get("/nowhere") == (404, {"error": "There is nothing at this address."})


def test_a_port_in_use_is_told_in_a_sentence(sqlite: Loft) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = sqlite.run("serve", PORT=port)
    assert ended.returncode == 1
    told = f"footnote: Port {port} is in use by another process. End that one, or set PORT to another number.\n"
    assert ended.stderr == told


def test_a_worker_answers_what_another_process_took_in(loft: Loft) -> None:
    loft.hold(held=True)
    one = {"FOOTNOTE_MAX_IN_FLIGHT": "1"}
    with loft.serve(**one) as web, loft.serve("--worker", **one) as worker:
        worker.wait_for("serving")
        for name in ("q1", "q2"):
            assert web.ask(name) == 202
        until(lambda: loft.begun("q1") and loft.begun("q2"))
        loft.hold(held=False)
        assert {loft.reply(name)["by"] for name in ("q1", "q2")} == {web.process.pid, worker.process.pid}
        assert worker.wait_for("serving")["port"] is None
        for process in (web, worker):
            process.signal()
        assert (web.ended(), worker.ended()) == (0, 0)


def test_a_pause_is_seen_by_a_running_service_said_once_and_made_good_when_it_ends(loft: Loft) -> None:
    with loft.serve() as service:
        service.wait_for("serving")
        assert loft.run("pause", "pigeon:C1").returncode == 0
        service.wait_for("what is paused has changed")
        for name in ("q1", "q2"):
            service.ask(name)
        service.ask("old", asked_at=time.time() - 2 * HOUR)
        service.ask("elsewhere", channel="C2")
        assert loft.reply("elsewhere")["verdict"] == "told"
        assert loft.reply("q1")["verdict"] == loft.reply("q2")["verdict"] == loft.reply("old")["verdict"] == "paused"
        assert sorted(bool(loft.reply(name)["text"]) for name in ("q1", "q2", "old")) == [False, False, True]
        ended = loft.run("resume", "pigeon:C1")
        assert ended.stdout == "Resumed: pigeon:C1. 3 questions were kept.\n"
        until(lambda: loft.reply("q1")["verdict"] == loft.reply("q2")["verdict"] == "told")
        until(lambda: loft.reply("old")["verdict"] == "offered")
