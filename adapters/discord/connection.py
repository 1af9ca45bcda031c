"""The bot at Discord as one process has it: logged in when it is first needed, whether or not it hears the gateway."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Self

import discord
from aiohttp import ClientError
from discord.http import Route

from adapters.discord.calls import Calls
from adapters.discord.errors import Away, DiscordError, Misset
from adapters.discord.events import Where
from adapters.discord.flights import Flights, traced
from adapters.discord.lenient import bearing
from adapters.discord.payload import ident
from adapters.pacing import Bucket, Budget

if TYPE_CHECKING:
    from discord.guild import Guild

_PATIENCE: Final = 20.0
_EVERYTHING: Final = Budget(calls=40, burst=4, seconds=1.0)
"""All calls of a bot together: Discord takes fifty a second, and discord.py knows no such limit."""
_UNLIKE: Final = "What answers at DISCORD_API_URL does not say who the bot is, as Discord does."
_UNKNOWN: Final = "DISCORD_TOKEN is not accepted: take the token of your bot (Bot, Reset Token)."


class Connection:
    """One token's. ``gateway`` is the client that hears the gateway, while this process has one."""

    def __init__(self, token: str, api_url: str) -> None:
        """Connect to nothing yet; every client of the process calls ``api_url`` from now on."""
        Route.BASE = api_url.rstrip("/")
        self._token = token
        self._lock = asyncio.Lock()
        self._client: discord.Client | None = None
        self._bucket: Bucket | None = None
        self._flights = Flights()
        self.gateway: discord.AutoShardedClient | None = None

    async def __aenter__(self) -> Self:
        await self._flights.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        client, self._client = self._client, None
        try:
            await self._flights.__aexit__(*exc)
        finally:
            if client is not None:
                await client.close()

    @property
    def token(self) -> str:
        """The bot's token, for whoever opens the gateway."""
        return self._token

    async def client(self) -> discord.Client:
        """Give the client that calls, logged in. Raises Away, and Misset where the token is none."""
        async with self._lock:
            if self._client is None:
                self._client = await self._opened()
            return self._client

    async def calls(self) -> Calls:
        """Give what calls. Raises Away, and Misset where the token is none."""
        return Calls(client=await self.client(), turn=self._turn)

    async def who(self) -> Where:
        """Say who the bot is. Raises as ``client`` does."""
        client = await self.client()
        if client.user is None or client.application_id is None:
            raise DiscordError("Discord did not say who the bot is.")
        return Where(me=str(client.user.id), application=str(client.application_id))

    def guild(self, guild: str) -> Guild | None:
        """Give a guild as the gateway keeps it up to date; None where this process does not hear of it now."""
        gateway = self.gateway
        known = gateway.get_guild(int(guild)) if gateway is not None and guild.isdecimal() else None
        if gateway is None or known is None or known.unavailable:
            return None
        shard = gateway.get_shard(known.shard_id)
        return None if shard is None or shard.is_closed() else known

    def placed(self, payload: object) -> object:
        """Give what the gateway tells with its guild: a server that leaves it out would make a channel a person's."""
        channel, gateway = ident(payload, "channel_id"), self.gateway
        if gateway is None or not channel or not isinstance(payload, dict) or ident(payload, "guild_id"):
            return payload
        guild = getattr(gateway.get_channel(int(channel)), "guild", None)
        return payload if guild is None else {**payload, "guild_id": str(guild.id)}

    def owns(self, client: discord.Client) -> None:
        """Have a client's requests belong to this, before it logs in: whoever gives one up hurts no other."""
        client.http.http_trace = traced()
        # All that discord.py asks goes through this one method.
        client.http.request = self._flights.owning(client.http.request)  # type: ignore[method-assign, assignment]

    async def _turn(self) -> None:
        """Wait, as discord.py waits for the limits of a route: in the loop's own time."""
        clock = asyncio.get_running_loop()
        if self._bucket is None:
            self._bucket = Bucket(_EVERYTHING, clock.time())
        while not self._bucket.take(clock.time()):  # noqa: ASYNC110 - nothing but time makes room
            await asyncio.sleep(max(0.001, self._bucket.ready(clock.time())))

    async def _opened(self) -> discord.Client:
        client = discord.Client(
            intents=discord.Intents(guilds=True),  # it hears nothing, but without them a warning is logged
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
        )
        self.owns(client)
        bearing(client)
        try:
            async with asyncio.timeout(_PATIENCE):
                await client.login(self._token)
        except BaseException as error:
            await client.close()
            if isinstance(error, discord.LoginFailure):
                raise Misset(_UNKNOWN) from error
            if isinstance(error, discord.HTTPException | ClientError | OSError | TimeoutError | RuntimeError):
                raise Away("Discord cannot be reached.") from error
            if isinstance(error, LookupError | TypeError | ValueError | AttributeError):
                raise DiscordError(_UNLIKE) from error
            raise
        return client
