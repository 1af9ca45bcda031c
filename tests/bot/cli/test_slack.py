"""``footnote doctor slack`` and ``footnote manifest slack``, against the double of Slack."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack.calls import faulty
from adapters.slack.manifest import manifest
from adapters.slack.scopes import SCOPES
from bot.cli.running import run
from bot.ops import logs
from bot.ops.logs import configure
from tests.doubles.slack import Clock, Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from pytest import CaptureFixture, MonkeyPatch  # noqa: PT013 - shorter signatures

    from tests.doubles.slack.faults import Fault

KEY = "bWFkZSB1cCBmb3IgYSB0ZXN0LCAzMiBieXRlcyBpbmQ="


@pytest.fixture
async def slack(handbook: Path, monkeypatch: MonkeyPatch) -> AsyncGenerator[Slack]:
    """Slack, set in the environment of the command, and documents to answer from."""
    assert await asyncio.to_thread(run, ["sync", str(handbook), "--quiet"]) == 0
    async with Slack(Clock(runs=True)) as slack:
        monkeypatch.setenv("SLACK_BOT_TOKEN", slack.token)
        monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
        monkeypatch.setenv("SLACK_API_URL", slack.api_url)
        yield slack


class Doctor:
    """Runs the command in a thread, as the double answers in this one."""

    def __init__(self, capsys: CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = ""

    async def __call__(self, *options: str) -> int:
        code = await asyncio.to_thread(run, ["doctor", "slack", *options])
        shown = self._capsys.readouterr()
        self.out = shown.out
        assert "Something unexpected" not in shown.err
        return code

    def lines(self) -> dict[str, str]:
        """What was found, by what was looked at."""
        return {line[6:].partition(":")[0]: line for line in self.out.splitlines()}


@pytest.fixture
def doctor(capsys: CaptureFixture[str]) -> Doctor:
    return Doctor(capsys)


async def test_where_nothing_is_wrong_everything_is_said_and_no_token(slack: Slack, doctor: Doctor) -> None:
    slack.channel("general")
    slack.channel("random", bot=False)
    assert await doctor() == 0
    lines = doctor.lines()
    assert list(lines) == [
        "address", "clock", "bot token", "scopes", "team", "channels", "app token", "socket", "events",
        "documents",
    ]  # fmt: skip
    assert all(line.startswith("ok    ") for line in lines.values())
    assert slack.home.id in lines["bot token"]
    assert "in 1 channel." in lines["channels"]
    assert "xox" not in doctor.out
    assert "xapp" not in doctor.out


async def test_programs_get_the_same(slack: Slack, doctor: Doctor) -> None:
    slack.installation.scopes.discard("chat:write")
    assert await doctor("--json") == 1
    shown: dict[str, Any] = json.loads(doctor.out)
    assert shown["ok"] is False
    assert [one["told"].partition(",")[0] for one in shown["findings"] if not one["ok"]] == ["chat:write is missing"]


async def test_nothing_that_is_logged_stands_among_what_programs_read(
    slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "configure", configure)
    slack.channel("general", slack.person("Anna"))
    slack.misbehave("unknown_method", "users.list")
    assert await doctor("--json") == 0
    assert json.loads(doctor.out)["ok"] is True


@pytest.mark.parametrize("scope", ["reactions:read", "users:read", "im:write"])
async def test_a_scope_that_is_missing_is_named_with_what_does_not_work(
    slack: Slack, doctor: Doctor, scope: str
) -> None:
    slack.installation.scopes.discard(scope)
    assert await doctor() == 1
    assert f"wrong scopes: {scope} is missing, so {SCOPES[scope]}." in doctor.out


async def test_a_bot_token_that_slack_does_not_know_is_told(
    slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-unknown-1")
    assert await doctor() == 1
    lines = doctor.lines()
    assert "wrong bot token: Slack does not accept SLACK_BOT_TOKEN (invalid_auth)." in lines["bot token"]
    assert "scopes" not in lines
    assert lines["socket"].startswith("ok")
    assert slack.called("auth.test")


async def test_an_app_token_that_slack_does_not_know_is_told(
    slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-unknown-1")
    assert await doctor() == 1
    assert "with the scope connections:write" in doctor.lines()["app token"]
    assert "socket" not in doctor.lines()
    assert doctor.lines()["events"].startswith("wrong events: No event can come")
    assert not slack.sockets.opened


async def test_tokens_of_two_apps_are_told(slack: Slack, doctor: Doctor) -> None:
    slack.state.app.id = "A000000002"
    assert await doctor() == 1
    line = doctor.lines()["socket"]
    assert line == (
        "wrong socket: SLACK_APP_TOKEN is of the app A000000002 and SLACK_BOT_TOKEN of A000000001. Copy both from the "
        "same app."
    )


@pytest.mark.parametrize("fault", ["unknown_method", "error"])
async def test_where_nobody_can_say_which_app_the_bot_is_of_nothing_is_wrong(
    slack: Slack, doctor: Doctor, fault: Fault
) -> None:
    slack.state.app.id = "A000000002"
    slack.misbehave(fault, "bots.info")
    assert await doctor() == 0


async def test_a_clock_that_is_wrong_is_told(slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch) -> None:
    class Ahead:
        def now(self) -> float:
            return slack.clock.now() + 400

        async def sleep(self, _: float, /) -> None:
            raise AssertionError

    monkeypatch.setattr("adapters.slack.checkup.Running", Ahead)
    assert await doctor() == 1
    assert "seconds ahead" in doctor.lines()["clock"]
    assert doctor.lines()["clock"].startswith("wrong")


async def test_a_team_of_another_name_is_told_with_the_line_to_set(
    slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_TEAM", "slack:T9")
    assert await doctor() == 1
    assert f"Set FOOTNOTE_TEAM=slack:{slack.home.id}," in doctor.lines()["team"]
    monkeypatch.setenv("FOOTNOTE_TEAM", f"slack:{slack.home.id}")
    assert await asyncio.to_thread(run, ["sync", "handbook", "--quiet"]) == 0
    assert await doctor() == 0


@pytest.mark.parametrize("fault", ["dropped before", "garbage"])
async def test_an_address_that_is_none_of_slacks_is_told(slack: Slack, doctor: Doctor, fault: Any) -> None:  # noqa: ANN401
    slack.misbehave(fault, "auth.test")
    assert await doctor() == 1
    assert "SLACK_API_URL" in doctor.lines()["address"]
    assert list(doctor.lines()) == ["address", "events", "documents"]


async def test_over_http_it_says_what_to_enter(slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_APP_TOKEN")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", slack.signing_secret)
    assert await doctor() == 0
    assert "with /slack/events behind it" in doctor.lines()["events"]
    assert "app token" not in doctor.lines()
    assert slack.signing_secret not in doctor.out


async def test_with_a_refused_app_token_events_come_over_http_alone(
    slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", slack.signing_secret)
    assert await doctor() == 0
    assert "They come over HTTP too." in doctor.lines()["events"]
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-unknown-1")
    assert await doctor() == 1
    assert "They come over HTTP. " in doctor.lines()["events"]


async def test_a_fault_of_slacks_own_is_not_blamed_on_the_token(slack: Slack, doctor: Doctor) -> None:
    slack.misbehave("error", "auth.test")
    assert await doctor() == 1
    assert "Slack has a fault of its own now; try again" in doctor.out
    assert "does not accept" not in doctor.out
    slack.recover()
    slack.misbehave("error", "apps.connections.open")
    assert await doctor() == 1
    assert "Nothing is known of the token yet" in doctor.lines()["app token"]


@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [
        (200, "fatal_error", True),
        (200, "internal_error", True),
        (503, "anything", True),
        (200, "invalid_auth", False),
        (403, "account_inactive", False),
    ],
)
def test_slacks_own_faults_are_known_by_their_words_and_numbers(status: int, code: str, *, fault: bool) -> None:
    assert faulty(status, code) is fault


async def test_on_a_terminal_a_line_that_is_long_goes_on_under_its_beginning(
    slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-unknown-1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert await doctor() == 1
    lines = re.sub(r"\x1b\[[0-9;]*m", "", doctor.out).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) > len([line for line in lines if line.startswith(("ok    ", "wrong "))]) > 5
    assert all(line.startswith(("ok    ", "wrong ", " " * 6)) for line in lines)
    assert slack.called("auth.test")


async def test_channels_with_somebody_else_in_them_are_named(slack: Slack, doctor: Doctor) -> None:
    anna, guest = slack.person("Anna"), slack.person("Gus", guest="single")
    slack.channel("general", anna, guest)
    slack.channel("plain", anna)
    slack.channel("secret", anna, guest, kind="private")
    slack.channel("partners", anna, shared_with=(slack.workspace("Other"),))
    slack.channel("elsewhere", guest, bot=False)
    assert await doctor() == 0
    assert [line.partition("In ")[2] for line in doctor.out.splitlines() if line.startswith("ok    channel: ")] == [
        "#general I read only what is public: a guest is there.",
        "#secret I read only what is public: a guest is there.",
        "#partners I read only what is public: it is shared with another company.",
    ]
    assert not slack.rates.violations


async def test_where_nobody_can_say_who_is_there_it_says_so(slack: Slack, doctor: Doctor) -> None:
    slack.channel("general", slack.person("Anna"))
    slack.misbehave("error", "conversations.members")
    assert await doctor() == 0
    assert "#general I read only what is public: whether a guest is there cannot be known." in doctor.out
    slack.misbehave("unknown_method", "conversations.info")
    assert await doctor() == 0
    assert "#general I read only what is public: Slack does not say who is there." in doctor.out


async def test_it_looks_into_twenty_channels_and_no_more(slack: Slack, doctor: Doctor) -> None:
    guest = slack.person("Gus", guest="single")
    for number in range(23):
        slack.channel(f"c{number}", guest)
    assert await doctor() == 0
    assert doctor.out.count("a guest is there.") == 20
    assert "Who is in 3 other channels was not looked at." in doctor.out
    assert len(slack.called("conversations.members")) == 20


async def test_documents_to_answer_from_are_looked_for(
    slack: Slack, doctor: Doctor, folder: Path, monkeypatch: MonkeyPatch
) -> None:
    assert await doctor() == 0
    assert doctor.lines()["documents"] == "ok    documents: 2 can be searched."
    monkeypatch.setenv("FOOTNOTE_HOME", str(folder / "new"))
    assert await doctor() == 1
    assert "run footnote sync PATH." in doctor.lines()["documents"]
    (folder / "footnote.toml").write_text('[[sources]]\npath = "handbook"\n')
    assert await doctor() == 0
    assert "footnote serve reads the sources" in doctor.lines()["documents"]
    assert slack.called("auth.test")


async def test_settings_that_do_not_work_together_are_told(
    slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.delenv("SLACK_APP_TOKEN")
    assert await doctor() == 1
    assert doctor.out == ""
    assert not slack.called("auth.test")


async def test_of_several_workspaces_it_looks_at_each(slack: Slack, doctor: Doctor, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    monkeypatch.setenv("SLACK_CLIENT_ID", slack.state.app.client_id)
    monkeypatch.setenv("SLACK_CLIENT_SECRET", slack.state.app.client_secret)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", slack.signing_secret)
    monkeypatch.setenv("FOOTNOTE_TOKEN_KEY", KEY)
    assert await doctor() == 0
    assert "0 workspaces installed the app" in doctor.lines()["workspaces"]


@pytest.mark.usefixtures("folder")
async def test_without_a_token_it_says_which_to_set(doctor: Doctor) -> None:
    assert await doctor() == 1
    assert "SLACK_BOT_TOKEN is not set." in doctor.out


@pytest.mark.usefixtures("folder")
def test_the_manifest_is_printed_as_it_is(capsys: CaptureFixture[str]) -> None:
    assert run(["manifest", "slack"]) == 0
    assert capsys.readouterr().out == manifest()
    assert run(["manifest", "slack", "--url", "https://bot.example.com/"]) == 0
    assert capsys.readouterr().out == manifest("https://bot.example.com")
    assert run(["manifest", "slack", "--link"]) == 0
    assert capsys.readouterr().out.startswith("https://api.slack.com/apps?new_app=1&manifest_yaml=")
    assert run(["manifest", "slack", "--url", "bot"]) == 2
