"""Files that people attached, fetched from Slack with the bot's token, which no other server is ever shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientSession

from adapters.slack.errors import SlackError

if TYPE_CHECKING:
    from adapters.slack.calls import Calls

_HOPS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file: where it is, and how long it is to be."""

    address: str
    size: int


async def fetched(wanted: Wanted, calls: Calls) -> bytes:
    """Give a file's bytes, all of them. Raises SlackError where they are not to be had from Slack itself."""
    address = wanted.address
    bearer = {"Authorization": f"Bearer {calls.client.token}"}
    try:
        async with ClientSession() as session:
            for _ in range(_HOPS):
                if not _of_slack(address, calls.client.base_url):
                    raise SlackError("A file is not at Slack's.")
                async with session.get(address, headers=bearer, allow_redirects=False) as answer:
                    if answer.status in _REDIRECTS:
                        address = urljoin(address, answer.headers.get("Location", ""))
                        continue
                    content = b""
                    async for piece in answer.content.iter_chunked(_PIECE):
                        content += piece
                        if len(content) > wanted.size:
                            break
                    if answer.status != _OK or len(content) != wanted.size:
                        # To a token that may not read a file, Slack shows the page to sign in, and says 200.
                        raise SlackError("Slack did not give a file.")
                    return content
    except (ClientError, ValueError, OSError) as error:
        raise SlackError("A file could not be fetched.") from error
    raise SlackError("A file is always somewhere else.")


def _of_slack(address: str, api: str) -> bool:
    """Whether an address is on the server that is called, or on one of Slack's own."""
    try:
        there, here = urlsplit(address), urlsplit(api)
        same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
    except ValueError:
        return False
    host = there.hostname or ""
    slacks = there.scheme == "https" and there.port in {None, 443} and host.endswith((".slack.com", ".slack-gov.com"))
    return (same or slacks) and there.username is None
