"""The app's manifest, which Slack makes the app of: scopes, events, the command and the shortcut."""

from __future__ import annotations

from importlib.resources import files
from typing import Final
from urllib.parse import quote

EVENTS_PATH: Final = "/slack/events"
"""Where events, commands, buttons and forms come over HTTP."""
REDIRECT_PATH: Final = "/slack/oauth_redirect"
"""Where somebody comes back to who agreed that the app be installed."""
_FORM: Final = "https://api.slack.com/apps?new_app=1&manifest_yaml="


def manifest(url: str | None = None) -> str:
    """Give the manifest for Socket Mode, or for events over HTTP at ``url``, which ends with no slash."""
    text = files("adapters.slack").joinpath("manifest.yaml").read_text(encoding="utf-8")
    if url is None:
        return text
    events = f"{url}{EVENTS_PATH}"
    for place, line in (
        ("  event_subscriptions:", f"    request_url: {events}"),
        ("    is_enabled: true", f"    request_url: {events}"),
        ("    - command: /ask", f"      url: {events}"),
        ("oauth_config:", f"  redirect_urls:\n    - {url}{REDIRECT_PATH}"),
    ):
        text = text.replace(f"\n{place}\n", f"\n{place}\n{line}\n", 1)
    return text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")


def link(text: str) -> str:
    """Give the address of Slack's form for a new app, filled in. Comments are left out, as addresses are short."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return _FORM + quote("\n".join(lines), safe="")
