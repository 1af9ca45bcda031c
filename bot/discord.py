"""What is set for Discord: the bot's token, where Discord is, and in which servers the bot answers."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bot.errors import BadSettings
from bot.loading import Variable
from bot.policy import address, key

_PREFIX: Final = re.compile(r"\s*Bot\s+(?=\S)", re.IGNORECASE)
"""What stands before a token in a header, and is copied along."""
_GATEWAY: Final = re.compile(r"wss?://[^\s/?#]+\S*")
_ID: Final = re.compile(r"[0-9]{1,20}")
_DISCORD: Final = re.compile(r"https?://(?:[^/]*\.)?discord(?:app)?\.com\.?(?::\d+)?(?:/|$)", re.IGNORECASE)
_TOKEN: Final = re.compile(r"([\w-]{16,})\.[\w-]{4,}\.[\w-]{20,}")
"""The id of the bot in Base64, a time and a signature."""
_FOREIGN: Final = (
    (re.compile(r"(?:xox|xapp-).*"), "a token of Slack's"),
    (re.compile(r"https?://.*"), "an address"),
)
"""What is pasted into the token's place, and is none on any server."""
_NEAR: Final = (
    (re.compile(r"[0-9a-fA-F]{64}"), "the public key of the application"),
    (re.compile(r"[0-9]{15,20}"), "an id"),
    (re.compile(r"[\w-]{32}"), "a client secret"),
)
"""What stands near it on Discord's own pages; another server's tokens may look like that."""
_WHERE: Final = "set it to the token that Reset Token shows under Bot of your application"


def _key(value: object) -> object:
    if isinstance(value, str):
        if "..." in value:  # it was copied from a manual
            raise ValueError
        return key(_PREFIX.sub("", value, count=1))
    return value


def _api(value: str) -> str:
    """Add the version that this bot speaks where none is named."""
    found = address(value.strip())
    return f"{found}/v10" if found.endswith("/api") else found


def _gateway(value: str | None) -> str | None:
    if value is None:
        return None
    if not _GATEWAY.fullmatch(value.strip()):
        raise ValueError
    return value.strip()


def _ids(value: object) -> object:
    """Take ids with commas between, as a variable has them, or a list, as a file may."""
    found = value.split(",") if isinstance(value, str) else value
    if not isinstance(found, list | tuple):
        raise ValueError  # noqa: TRY004 - pydantic asks for it
    if isinstance(value, str) and not value.replace(",", "").strip():
        raise ValueError  # it would let the bot answer everywhere
    ids = [str(one).strip() for one in found if not isinstance(one, bool)]
    if len(ids) != len(found) or not all(_ID.fullmatch(one) for one in ids if one):
        raise ValueError
    return tuple(dict.fromkeys(one for one in ids if one))


class DiscordSettings(BaseModel):
    """The table ``[discord]``; its secret is a variable."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: Annotated[SecretStr | None, BeforeValidator(_key), Variable("DISCORD_TOKEN")] = Field(
        default=None, description="the token of your bot (Bot, Reset Token)"
    )
    """Who the bot is; it turns Discord on."""
    api_url: Annotated[str, AfterValidator(_api), Variable("DISCORD_API_URL")] = Field(
        default="https://discord.com/api/v10",
        description="an address that begins with http:// or https://, such as https://discord.com/api/v10",
    )
    """Where every call goes."""
    gateway_url: Annotated[str | None, AfterValidator(_gateway), Variable("DISCORD_GATEWAY_URL")] = Field(
        default=None, description="an address that begins with ws:// or wss://, such as wss://gateway.discord.gg"
    )
    """Where events come from, if not where the API says."""
    guilds: Annotated[tuple[str, ...], BeforeValidator(_ids), Variable("DISCORD_GUILDS")] = Field(
        default=(), description="ids of servers with commas between, such as 41771983423143937"
    )
    """The servers in which the bot answers; none: in every one that it was added to."""

    @property
    def configured(self) -> bool:
        """Whether there is anything to serve."""
        return self.token is not None


def checked(discord: DiscordSettings) -> None:
    """Raise BadSettings where the token is plainly something else; nothing else is kept from working by that."""
    if discord.token is None:
        return
    told = _mistaken(discord.token.get_secret_value(), own=_DISCORD.match(discord.api_url) is not None)
    if told is not None:
        raise BadSettings(told)


def _mistaken(token: str, *, own: bool) -> str | None:
    """Tell the token apart from what else is copied. Other servers than Discord's may make tokens of any look."""
    for look, name in (*_FOREIGN, *(_NEAR if own else ())):
        if look.fullmatch(token):
            return f"DISCORD_TOKEN is {name}, and no bot's token: {_WHERE}."
    return f"DISCORD_TOKEN is no bot's token: {_WHERE}." if own and not _is_token(token) else None


def _is_token(value: str) -> bool:
    found = _TOKEN.fullmatch(value)
    if found is None:
        return False
    whose = found[1]
    try:
        return base64.urlsafe_b64decode(whose + "=" * (-len(whose) % 4)).isdigit()
    except (binascii.Error, ValueError):
        return False
