"""The link by which somebody adds the bot to a server, with no more permissions than it uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from adapters.discord.permissions import SCOPES, everything

if TYPE_CHECKING:
    from adapters.discord.connection import Connection

_VERSION: Final = re.compile(r"/api(?:/v\d+)?$")


def link(api_url: str, application: str) -> str:
    """Give the link for an application of whoever speaks at this address."""
    site = _VERSION.sub("", api_url)
    scopes = quote(" ".join(SCOPES))
    return f"{site}/oauth2/authorize?client_id={application}&scope={scopes}&permissions={everything()}"


async def invitation(connection: Connection, api_url: str) -> str:
    """Ask who the bot is, and give its link. Raises DiscordError."""
    return link(api_url, (await connection.who()).application)
