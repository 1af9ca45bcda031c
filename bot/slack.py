"""What is set for Slack: tokens of one workspace, or an app that several workspaces install, and where Slack is."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bot.errors import BadSettings
from bot.loading import Variable
from bot.policy import address, key

_KEY_BYTES: Final = 32
_BOT: Final = ("xoxb-", "xoxe.xoxb-")
_APP: Final = ("xapp-",)
_KINDS: Final = (*_BOT, *_APP, "xoxp-", "xoxe", "xoxa-", "xoxc-")
"""What Slack's tokens begin with."""
_NO_EVENTS: Final = (
    "SLACK_APP_TOKEN is not set, so no event can come from Slack: set it (Socket Mode), or SLACK_SIGNING_SECRET (HTTP)."
)
_SLACK: Final = re.compile(r"https?://(?:[^/]*\.)?slack(?:-gov)?\.com\.?(?::\d+)?/", re.IGNORECASE)


def _key(value: object) -> object:
    if isinstance(value, str):
        if "..." in value:  # it was copied from a manual
            raise ValueError
        return key(value)
    return value


def _api(value: str) -> str:
    return f"{address(value)}/"


def _keys(value: object) -> object:
    if isinstance(value, str):
        found = [one.strip() for one in value.split(",") if one.strip()]
        if not found or not all(_is_key(one) for one in found):
            raise ValueError
        return ",".join(found)
    return value


def _is_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value.encode("ascii"), altchars=b"-_", validate=True)) == _KEY_BYTES
    except (binascii.Error, UnicodeEncodeError):
        return False


class SlackSettings(BaseModel):
    """The table ``[slack]``; its secrets are variables, under the names that Slack's own tools use."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bot_token: Annotated[SecretStr | None, BeforeValidator(_key), Variable("SLACK_BOT_TOKEN")] = Field(
        default=None, description="the bot token of your app, which begins with xoxb- (OAuth & Permissions)"
    )
    """Who the bot is in one workspace."""
    app_token: Annotated[SecretStr | None, BeforeValidator(_key), Variable("SLACK_APP_TOKEN")] = Field(
        default=None, description="the app-level token of your app, which begins with xapp- (Basic Information)"
    )
    """With it events come over Socket Mode, so that nothing has to be reachable from outside."""
    signing_secret: Annotated[SecretStr | None, BeforeValidator(_key), Variable("SLACK_SIGNING_SECRET")] = Field(
        default=None, description="the signing secret of your app, without spaces (Basic Information)"
    )
    """With it events come over HTTP, and their signatures are checked."""
    api_url: Annotated[str, AfterValidator(_api), Variable("SLACK_API_URL")] = Field(
        default="https://slack.com/api/",
        description="an address that begins with http:// or https://, such as https://slack-gov.com/api/",
    )
    """Where every call goes."""
    client_id: Annotated[str | None, Variable("SLACK_CLIENT_ID")] = Field(
        default=None, pattern=r"^\S{1,32}$", description="the client ID of your app (Basic Information)"
    )
    client_secret: Annotated[SecretStr | None, BeforeValidator(_key), Variable("SLACK_CLIENT_SECRET")] = Field(
        default=None, description="the client secret of your app, without spaces (Basic Information)"
    )
    """With both of them, several workspaces may install the app."""
    token_key: Annotated[SecretStr | None, BeforeValidator(_keys), Variable("FOOTNOTE_TOKEN_KEY")] = Field(
        default=None,
        description=(
            "one key of 32 bytes in URL-safe Base64, or several with commas between, newest first; "
            "openssl rand -base64 32 | tr '+/' '-_' makes one"
        ),
    )
    """What encrypts the tokens of these workspaces, before they are kept in the database."""
    guests: bool = Field(default=False, description="true or false")
    """Whether guests of a workspace may ask."""

    @property
    def several(self) -> bool:
        """Whether several workspaces may install the app."""
        return self.client_id is not None

    @property
    def configured(self) -> bool:
        """Whether there is anything to serve."""
        return self.bot_token is not None or self.several

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the keys that encrypt tokens, newest first."""
        return tuple(self.token_key.get_secret_value().split(",")) if self.token_key else ()


def checked(slack: SlackSettings) -> None:
    """Raise BadSettings where what is set does not work together, with every mistake.

    That is for whoever goes to Slack: nothing else is kept from working by a token that is still to come.
    """
    mistakes = list(_mistakes(slack))
    if mistakes:
        raise BadSettings(" ".join(mistakes))


def _mistakes(slack: SlackSettings) -> list[str]:
    return _mistaken_tokens(slack) + _mistaken_installing(slack) + _mistaken_transport(slack)


def _mistaken_tokens(slack: SlackSettings) -> list[str]:
    """Tell the tokens apart, which are pasted into each other's place more often than anything else.

    Other servers that speak Slack's API may make tokens of another look, but none that Slack uses for something else.
    """
    own = _SLACK.match(slack.api_url) is not None
    wrong = []
    if slack.bot_token and not _fits(slack.bot_token, _BOT, own=own):
        wrong.append(
            "SLACK_BOT_TOKEN is no bot token: set it to the one of your app that begins with xoxb- (Install App)."
        )
    if slack.app_token and not _fits(slack.app_token, _APP, own=own):
        wrong.append(
            "SLACK_APP_TOKEN is no app-level token: set it to the one that begins with xapp- (Basic Information, "
            "App-Level Tokens)."
        )
    return wrong


def _fits(token: SecretStr, begins: tuple[str, ...], *, own: bool) -> bool:
    value = token.get_secret_value()
    return value.startswith(begins) or not (own or value.startswith(_KINDS))


def _mistaken_installing(slack: SlackSettings) -> list[str]:
    """Say what is missing for several workspaces to install the app."""
    wrong = []
    if (slack.client_id is None) != (slack.client_secret is None):
        missing, there = ("SECRET", "ID") if slack.client_secret is None else ("ID", "SECRET")
        wrong.append(
            f"SLACK_CLIENT_{missing} is not set, and SLACK_CLIENT_{there} is: set both, so that several workspaces "
            "can install the app, or neither."
        )
    if slack.several and slack.token_key is None:
        wrong.append(
            "FOOTNOTE_TOKEN_KEY is not set, and the tokens of workspaces that install the app are kept encrypted: "
            "set it to what openssl rand -base64 32 | tr '+/' '-_' prints."
        )
    if slack.several and slack.bot_token:
        wrong.append("SLACK_BOT_TOKEN is for one workspace, and SLACK_CLIENT_ID for several: remove one of the two.")
    if slack.several and slack.signing_secret is None:
        wrong.append(
            "SLACK_SIGNING_SECRET is not set, and workspaces install the app over HTTP: set it, as Basic Information "
            "of your app shows it."
        )
    return wrong


def _mistaken_transport(slack: SlackSettings) -> list[str]:
    """Say what is missing for events to come."""
    if slack.configured and slack.app_token is None and slack.signing_secret is None:
        return [_NO_EVENTS]
    if not slack.configured and slack.app_token is not None:
        return ["SLACK_APP_TOKEN is set, and SLACK_BOT_TOKEN is not: set it to the bot token of your app (xoxb-)."]
    return []
