"""The manifest against what the adapter reads and does, and against Slack's double."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack import acting, happening
from adapters.slack.events import Dropped, Where
from adapters.slack.manifest import link, manifest
from adapters.slack.scopes import SCOPES
from tests.doubles.slack import state

yaml: Any = import_module("yaml")


@pytest.fixture
def read() -> Any:  # noqa: ANN401 - as YAML gives it
    return yaml.safe_load(manifest())


def test_it_asks_for_the_scopes_that_the_bot_uses(read: Any) -> None:  # noqa: ANN401
    asked = read["oauth_config"]["scopes"]["bot"]
    assert sorted(asked) == sorted(SCOPES) == sorted(state.SCOPES)


def test_it_subscribes_to_the_events_that_the_reader_knows(read: Any) -> None:  # noqa: ANN401
    subscribed = read["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(subscribed) == sorted(state.SUBSCRIPTIONS)
    where = Where(team="T1", me="U0")
    unread = {
        name
        for name in {one.partition(".")[0] for one in subscribed}
        if happening.event({"type": name, "channel": "C1"}, where) == Dropped(why="no event of ours")
    }
    assert unread <= {"app_context_changed"}, "what somebody looks at comes with each message too"


def test_its_command_and_its_shortcut_are_those_that_are_read(read: Any) -> None:  # noqa: ANN401
    (command,) = read["features"]["slash_commands"]
    (shortcut,) = read["features"]["shortcuts"]
    assert command["command"] == acting.COMMAND
    assert (shortcut["callback_id"], shortcut["type"]) == (acting.SHORTCUT, "message")


def test_it_is_an_agent_with_both_tabs_and_needs_no_address(read: Any) -> None:  # noqa: ANN401
    home, settings = read["features"]["app_home"], read["settings"]
    assert home == {
        "home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False,
    }  # fmt: skip
    assert "agent_view" in read["features"]
    assert "assistant_view" not in read["features"]
    assert settings["socket_mode_enabled"] is True
    assert settings["token_rotation_enabled"] is False
    assert settings["interactivity"] == {"is_enabled": True}


def test_over_http_everything_comes_to_one_address() -> None:
    read = yaml.safe_load(manifest("https://bot.example.com"))
    events = "https://bot.example.com/slack/events"
    assert read["settings"]["event_subscriptions"]["request_url"] == events
    assert read["settings"]["interactivity"] == {"is_enabled": True, "request_url": events}
    assert read["features"]["slash_commands"][0]["url"] == events
    assert read["oauth_config"]["redirect_urls"] == ["https://bot.example.com/slack/oauth_redirect"]
    assert read["settings"]["socket_mode_enabled"] is False


def test_the_link_fills_the_form_with_the_same() -> None:
    address = urlsplit(link(manifest()))
    (filled,) = parse_qs(address.query)["manifest_yaml"]
    assert yaml.safe_load(filled) == yaml.safe_load(manifest())
    assert address.hostname == "api.slack.com"
    assert len(address.geturl()) < 8_000
