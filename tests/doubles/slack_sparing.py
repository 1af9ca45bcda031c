"""A Slack that says less than it might: servers that speak as Slack does leave out what theirs does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.slack.delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Collection

    import pytest

    from tests.doubles.slack.delivery import Sent

OPTIONAL = (
    "authorizations", "event_id", "event_time", "api_app_id", "team_id", "context_team_id", "channel_type",
    "client_msg_id", "blocks", "user_team", "event_ts", "is_ext_shared_channel", "token", "user_name", "channel_name",
    "team_domain", "response_url", "trigger_id", "action_ts", "team", "is_enterprise_install", "enterprise",
    "app_installed_team_id", "username", "name", "message_ts",
)  # fmt: skip
"""What Slack sends and an answer needs none of, or not without something else that says the same."""


def spare(monkeypatch: pytest.MonkeyPatch, names: Collection[str]) -> None:
    """Leave these out of everything that the app is told."""
    send = Delivery.send

    def sparing(delivery: Delivery, sent: Sent) -> Sent:
        sent.payload = without(sent.payload, names)
        return send(delivery, sent)

    monkeypatch.setattr(Delivery, "send", sparing)


def without(given: Any, names: Collection[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(given, dict):
        return {name: without(value, names) for name, value in given.items() if name not in names}
    return [without(one, names) for one in given] if isinstance(given, list) else given
