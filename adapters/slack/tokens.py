"""What to do about a token that Slack refuses, worded alike wherever it is found out. Pure."""

from __future__ import annotations

from typing import Final

FAULT: Final = "Slack has a fault of its own now; try again in a minute."

_ANEW: Final = (
    "Make one under Basic Information, App-Level Tokens, with the scope connections:write, and turn Socket Mode on."
)
_SCOPE: Final = "It lacks the scope connections:write. Make another with it under Basic Information, App-Level Tokens."
_CLOSED: Final = "Slack does not let this app use Socket Mode. Turn it on under Socket Mode of the app's settings."
_HOPELESS: Final = {
    "invalid_auth": _ANEW,
    "not_authed": _ANEW,
    "token_revoked": _ANEW,
    "token_expired": _ANEW,
    "not_allowed_token_type": f"It begins with xapp-. {_ANEW}",
    "account_inactive": f"The app or the workspace that it was made in is gone. {_ANEW}",
    "missing_scope": _SCOPE,
    "no_permission": _SCOPE,
    "access_denied": _CLOSED,
    "forbidden_team": _CLOSED,
}
"""What to do, by Slack's word for why it opens no socket with a token, and never will."""


def hopeless(code: str) -> bool:
    """Whether asking again with the same app token is of no use."""
    return code in _HOPELESS


def app_token_refused(code: str) -> str:
    """Say what to do about an app token that Slack opens no socket with."""
    return f"Slack does not accept SLACK_APP_TOKEN ({code}). {_HOPELESS.get(code, _ANEW)}"


def bot_token_refused(code: str) -> str:
    """Say what to do about a bot token that Slack does not know."""
    return (
        f"Slack does not accept SLACK_BOT_TOKEN ({code}). Set it to the bot token of your app, as "
        "Install App of its settings shows it now."
    )
