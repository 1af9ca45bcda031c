"""What is wrong between the bot and Discord, and the link that adds the bot to a server."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.settings import Settings
    from knowledge.base import Finding

_UNSET: Final = "DISCORD_TOKEN is not set. Set it to the token of your bot (Bot, Reset Token)."


async def discord_findings(settings: Settings) -> AsyncGenerator[Finding]:
    """Look at the token, the application, servers, whose team it is, channels, and events. Raises BadSettings."""
    from bot.app.discord import lacking
    from bot.app.emptiness import documents
    from bot.belonging import strangers
    from bot.discord import checked as consistent
    from knowledge.base import Finding

    own, named = settings.discord, "team" in settings.model_fields_set
    consistent(own)
    if own.token is None:
        yield Finding(what="token", ok=False, told=_UNSET)
        return
    with lacking():
        from adapters.discord.checkup import Access, checked
    access = Access(
        token=own.token.get_secret_value(),
        api_url=own.api_url,
        gateway_url=own.gateway_url,
        guilds=own.guilds,
        unmentioned=_unmentioned(settings),
        mismatch=lambda workspaces: strangers(settings.team, workspaces, named=named),
        settled=partial(_kept, settings),
    )
    async for found in checked(access):
        yield Finding(what=found.what, ok=found.ok, told=found.told)
    yield await documents(settings)


async def _kept(settings: Settings, first: str) -> str:
    """Give the server that a bot without DISCORD_GUILDS keeps to, if one has run here, or else this one."""
    from bot.app.discord import FIRST
    from bot.database import Database
    from bot.settled import known

    if isinstance(settings.database, Path) and not settings.database.exists():
        return first
    async with Database(settings.database) as database:
        return await known(database, FIRST) or first


def _unmentioned(settings: Settings) -> bool:
    """Whether something is to be answered somewhere that does not mention the bot."""
    answers = {settings.everywhere.answers, *(one.answers for one in settings.channels)}
    return bool(answers & {"follow-up", "every question"})


async def discord_invitation(settings: Settings) -> str:
    """Ask Discord who the bot is, and give its link. Raises BadSettings, and PlatformAway where it does not say."""
    from bot.app.discord import connected, lacking
    from bot.discord import checked
    from bot.errors import BadSettings, PlatformAway

    checked(settings.discord)
    if not settings.discord.configured:
        raise BadSettings(_UNSET)
    with lacking():
        from adapters.discord.errors import DiscordError, Misset
        from adapters.discord.inviting import invitation
    try:
        async with connected(settings) as connection:
            return await invitation(connection, settings.discord.api_url)
    except Misset as error:
        raise BadSettings(error.told) from error
    except DiscordError as error:
        raise PlatformAway(error.told) from error
