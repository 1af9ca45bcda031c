"""Discord, where it is configured: its bot, what that keeps in the database, and whose team a server is."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.app.policing import now, policies_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.base import Adapter
    from adapters.clock import Clock
    from adapters.discord.connection import Connection
    from adapters.discord.facts import Facts
    from adapters.policies import Policies
    from bot.database import Database
    from bot.settings import Settings

_LEASE: Final = "discord"
FIRST: Final = "first guild"
"""What the server that the bot joined first is settled as."""


def platform(settings: Settings, *, policies: Policies | None = None, clock: Clock | None = None) -> Adapter:
    """Make the platform; policies are those of the settings. Raises BadSettings where its libraries are missing."""
    with lacking():
        from adapters.clock import Running
        from adapters.discord.alone import Alone
        from adapters.discord.facts import Facts
        from bot.belonging import Belonging, Team
        from bot.database import Database
        from bot.settled import settled
        from bot.wrapping import Opening

        time, database, connection = clock or Running(), Database(settings.database), connected(settings)
        guilds = frozenset(settings.discord.guilds)
        facts = Facts(connection, time, guilds=guilds or None, settled=partial(settled, database, FIRST))
        made = _made(settings, connection, facts, database, policies or policies_of(settings), time)
        team = Team(team=settings.team, named="team" in settings.model_fields_set)
        return Belonging(Opening(made, database), team, Alone(connection, facts, time, guilds))


@contextmanager
def lacking() -> Iterator[None]:
    """Say what to install where a library of Discord's is missing. Raises BadSettings."""
    from bot.errors import BadSettings

    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"aiohttp", "cryptography", "discord"}:
            raise
        raise BadSettings('Discord needs the extra "discord": pip install "footnote-bot[discord]".') from error


def connected(settings: Settings) -> Connection:
    """Give the bot at Discord, connected to nothing yet. Raises BadSettings where its libraries are missing."""
    with lacking():
        from adapters.discord.connection import Connection

    own = settings.discord
    return Connection(own.token.get_secret_value() if own.token else "", own.api_url)


def _made(  # noqa: PLR0913, PLR0917 - the parts of one platform
    settings: Settings, connection: Connection, facts: Facts, database: Database, allowed: Policies, clock: Clock
) -> Adapter:
    from adapters.discord.adapter import Discord
    from adapters.discord.pages import Pages
    from adapters.discord.reading import Reading
    from adapters.discord.replying import Replying
    from adapters.discord.tickets import Sealed
    from adapters.errands import Errands
    from bot.leases import Lease
    from bot.tickets import Tickets

    tickets, errands = Sealed(Tickets(database), connection.token), Errands()
    return Discord(
        connection=connection,
        facts=facts,
        reading=Reading(connection, facts, clock, policies=allowed),
        replying=Replying(connection, facts, tickets, allowed, clock, errands=errands),
        pages=Pages(connection, clock, now),
        tickets=tickets,
        lease=Lease(database, _LEASE),
        gateway_url=settings.discord.gateway_url,
        policies=allowed,
        clock=clock,
        now=now,
        errands=errands,
    )
