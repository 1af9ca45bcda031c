"""One connection to Discord's gateway, by discord.py, which identifies, resumes and counts shards for us.

What people say is taken from it raw: discord.py ends at a payload that it cannot read, and we need none of its objects.
It does keep guilds, channels and roles up to date.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import discord
import structlog

from adapters.discord.filling import heard
from adapters.discord.lenient import bearing, foreign, gateway, named
from adapters.discord.payload import ident, number
from adapters.discord.read import HEARD
from adapters.payload import items

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientWebSocketResponse

    from adapters.clock import Clock

_IDENTIFYING: Final = 5.0
"""Seconds between two sessions that are begun; Discord allows one in so many."""
_SHARD: Final = 60.0
_SPOKEN: Final = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
_log = structlog.get_logger()


class Ears(Protocol):
    """Hears what the gateway tells. None of it raises, or takes long."""

    def hear(self, event: str, payload: object, /) -> None:
        """Hear what somebody said or did."""
        ...

    def arrived(self, guild: str, /) -> None:
        """Hear that the bot was added to a guild."""
        ...

    def left(self, guild: str, /) -> None:
        """Hear that the bot was removed from a guild."""
        ...

    def anew(self) -> None:
        """Hear that a session began anew: what was said before it is told no more."""
        ...


class Listening(discord.AutoShardedClient):
    """A client that tells ``ears``; where ``gateway_url`` is given, that is the gateway, whatever Discord names."""

    settling: ClassVar[float] = 2.0
    """Seconds without another guild after which all of them are taken to be known."""

    def __init__(self, ears: Ears, clock: Clock, *, gateway_url: str | None, content: bool) -> None:
        """Connect to nothing yet. ``content`` says whether to ask for what people write without mentioning the bot."""
        super().__init__(
            intents=intents(content=content),
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            guild_ready_timeout=self.settling,
            shard_connect_timeout=_SHARD,
        )
        bearing(self)
        self._ears = ears
        self._clock = clock
        self._gateway_url = gateway_url
        self._identified: float | None = None
        self._alive: set[int] = set()
        self._known: set[str] = set()
        if gateway_url is not None:
            self._redirect(gateway_url.partition("?")[0])
        parsers = self._connection.parsers
        for event, parse in list(parsers.items()):
            parsers[event] = self._guarded(event, parse)
        for event in HEARD:
            parsers[event] = self._guarded(event, partial(self._heard, event))

    @property
    def whole(self) -> bool:
        """Whether all shards are connected, and their sessions go on."""
        shards = self.shards
        return bool(shards) and self._alive >= set(range(self.shard_count or 0)) and not self._closed(shards)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - as discord.py has it
        """Hear what discord.py makes of what it reads; nothing else waits for it."""
        match event, args:
            case "shard_disconnect", (int() as shard,):
                self._alive.discard(shard)
            case "guild_join", (discord.Guild(id=guild),):
                if str(guild) not in self._known:
                    self._ears.arrived(str(guild))
                self._known.add(str(guild))
            case "guild_remove", (discord.Guild(id=guild),):
                self._known.discard(str(guild))
                self._ears.left(str(guild))
            case _:
                pass

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002 - the same
        """Wait until another session may be begun."""
        if self._identified is not None:
            await self._clock.sleep(max(0.0, self._identified + _IDENTIFYING - self._clock.now()))
        self._identified = self._clock.now()

    async def launch_shards(self) -> None:
        """Connect; a server that only resembles Discord's may not say how many connections it wants.

        Of such a server, one address is kept for all connections: discord.py would begin anew at Discord's own.
        """
        if self._gateway_url is not None or foreign():
            named, self.shard_count = await gateway(self)
            # With a number of shards, discord.py asks for no address.
            if self._gateway_url is None:
                if not named:
                    raise discord.GatewayNotFound
                self._redirect(named.partition("?")[0])
        await super().launch_shards()

    def _redirect(self, gateway: str) -> None:
        connect = self.http.ws_connect

        async def redirected(url: str, *, compress: int = 0) -> ClientWebSocketResponse:
            # What comes compressed could not be completed.
            query = "&".join(part for part in url.partition("?")[2].split("&") if not part.startswith("compress="))
            return named(await connect(f"{gateway}?{query}", compress=compress), gateway)

        self.http.ws_connect = redirected  # type: ignore[method-assign] # the one place that all connections go through

    def _guarded(self, event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        """Have what cannot be read dropped, instead of ending the client."""

        def guarded(payload: Any) -> None:  # noqa: ANN401 - anybody may have written it
            if event == "READY" and isinstance(payload, dict):
                # One connection says it of itself only where a server knows of several.
                payload = {"shard": [0, self.shard_count or 1], "guilds": [], **payload}
            try:
                parse(heard(event, payload))
            except Exception as error:  # noqa: BLE001 - discord.py's own trust in payloads knows no bounds
                _log.warning("nothing that can be read", kind=event, error=type(error).__name__)
            else:
                self._went_on(event, payload)

        return guarded

    def _went_on(self, event: str, payload: object) -> None:
        """Note that a session began, or goes on."""
        if event == "READY":
            shard = items(payload, "shard")
            self._known |= {ident(one, "id") for one in items(payload, "guilds")}
            self._alive.add(shard[0] if shard and isinstance(shard[0], int) else 0)
            self._ears.anew()
        elif event == "RESUMED":
            self._alive.add(number(payload, "__shard_id__"))

    def _heard(self, event: str, payload: object) -> None:
        if event == "MESSAGE_CREATE":
            self._noted(payload)
        self._ears.hear(event, payload)

    def _noted(self, payload: object) -> None:
        """Note what was said last in a channel, as discord.py would: looking back goes by that."""
        guild, channel, message = (ident(payload, name) for name in ("guild_id", "channel_id", "id"))
        known = self.get_guild(int(guild)) if guild else None
        found = known.get_channel_or_thread(int(channel)) if known is not None and channel else None
        if message and isinstance(found, _SPOKEN):
            found.last_message_id = int(message)

    def _closed(self, shards: dict[int, discord.ShardInfo]) -> bool:
        return any(shard.is_closed() for shard in shards.values())


def intents(*, content: bool) -> discord.Intents:
    """Say what is to be told; what people write without a mention only where Discord was asked to allow that."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        guild_reactions=True,
        dm_messages=True,
        dm_reactions=True,
        message_content=content,
    )
