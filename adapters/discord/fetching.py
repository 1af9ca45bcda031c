"""Files that people attached, fetched from Discord's own servers without the bot's token, which these do not need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession
from discord.http import Route

from adapters.discord.errors import DiscordError

_HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_OK: Final = 200
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file: where it is, and how long it is to be."""

    address: str
    size: int


async def fetched(wanted: Wanted) -> bytes:
    """Give a file's bytes, all of them. Raises DiscordError where they are not to be had from Discord itself."""
    if not _of_discord(wanted.address, Route.BASE):
        raise DiscordError("A file is not at Discord's.")
    content = b""
    try:
        async with ClientSession() as session, session.get(wanted.address, allow_redirects=False) as answer:
            async for piece in answer.content.iter_chunked(_PIECE):
                content += piece
                if len(content) > wanted.size:
                    break
            status = answer.status
    except (ClientError, ValueError, OSError) as error:
        raise DiscordError("A file could not be fetched.") from error
    if status != _OK or len(content) != wanted.size:
        raise DiscordError("Discord did not give a file.")
    return content


def _of_discord(address: str, api: str) -> bool:
    """Whether an address is on the server that is called, or on one of Discord's own for files."""
    try:
        there, here = urlsplit(address), urlsplit(api)
        same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
        cdn = there.scheme == "https" and there.port in {None, 443} and there.hostname in _HOSTS
    except ValueError:
        return False
    return (same or cdn) and there.username is None
