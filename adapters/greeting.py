"""Whether a connection for events can be opened, and is greeted."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from aiohttp import ClientError, ClientSession, WSMsgType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PATIENCE: Final = 15.0


async def greeted(
    url: str, greets: Callable[[object], bool], *, params: Mapping[str, str] | None = None, proxied: bool
) -> bool:
    """Open a websocket, ``proxied`` as the environment says or not at all, and wait for a message that ``greets``."""
    try:
        async with (
            asyncio.timeout(_PATIENCE),
            ClientSession(trust_env=proxied) as session,
            session.ws_connect(url, params=params) as socket,
        ):
            async for message in socket:
                if message.type is WSMsgType.TEXT and greets(json.loads(message.data)):
                    return True
    except (ClientError, OSError, TimeoutError, ValueError):
        pass
    return False
