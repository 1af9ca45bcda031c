"""The platform as ``footnote serve`` makes it, in two processes' worth, against the double of Discord."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.base import Person, Place, Question
from adapters.discord.tickets import Sealed
from bot.app import platforms
from bot.database import Database
from bot.leases import Lease
from bot.settings import load
from bot.tickets import Tickets
from tests.doubles.discord import Clock, Discord

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from adapters.base import Adapter, Event
    from bot.settings import Settings

TEAM = "terminal:local"


class Desk:
    """Takes everything, and knows of nothing."""

    def __init__(self) -> None:
        self.taken: list[Event] = []

    async def accept(self, event: Event, /) -> None:
        self.taken.append(event)

    async def served(self, *_: object) -> tuple[()]:
        return ()

    async def answers_in(self, *_: object) -> None:
        return None


@pytest.fixture
async def discord() -> AsyncGenerator[Discord]:
    async with Discord(Clock(runs=True)) as discord:
        yield discord


@pytest.fixture
def settings(discord: Discord, tmp_path: Path) -> Settings:
    where = {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url}
    return load({**where, "FOOTNOTE_HOME": str(tmp_path)})


def platform(settings: Settings, **changed: tuple[str, ...]) -> Adapter:
    discord = settings.discord.model_copy(update=changed)
    (made,) = platforms(settings.model_copy(update={"discord": discord}))
    assert (made.name, made.anywhere) == ("discord", True)
    return made


async def test_of_two_processes_one_takes_in_and_both_know_who_reads(discord: Discord, settings: Settings) -> None:
    guild = discord.guild("Acme")
    anna, general, desk = discord.person("Anna", guild), discord.channel("general", guild), Desk()
    async with platform(settings) as one, platform(settings) as two, asyncio.TaskGroup() as group:
        runs = [group.create_task(each.run(desk)) for each in (one, two)]  # type: ignore[arg-type]
        await discord.until(lambda: discord.gateway.sessions)
        discord.says(anna, general, f"{discord.mention} how long do keys live?")
        (asked,) = await discord.until(lambda: desk.taken)
        assert isinstance(asked, Question)
        for each in (one, two):
            assert TEAM in (await each.audience(asked.place, asked.asker)).everyone
        assert len(discord.gateway.sessions) == 1
        for run in runs:
            run.cancel()
    async with Database(settings.database) as database:
        assert await Lease(database, "discord").acquire()


async def test_the_right_to_answer_a_command_is_kept_for_every_process(discord: Discord, settings: Settings) -> None:
    guild = discord.guild("Acme")
    anna, general, desk = discord.person("Anna", guild), discord.channel("general", guild), Desk()
    async with platform(settings) as one, asyncio.TaskGroup() as group:
        run = group.create_task(one.run(desk))  # type: ignore[arg-type]
        await discord.until(lambda: discord.gateway.sessions and discord.called("PUT", "/applications/*/commands"))
        discord.commands(anna, general, "ask", question="how long do keys live?")
        (asked,) = await discord.until(lambda: desk.taken)
        assert isinstance(asked, Question)
        run.cancel()
    async with Database(settings.database) as database:
        assert await Sealed(Tickets(database), discord.token).of(asked.id) is not None


async def test_nobody_is_the_team_where_several_servers_are_served(discord: Discord, settings: Settings) -> None:
    acme, other = discord.guild("Acme"), discord.guild("Other")
    anna, general = discord.person("Anna", acme, other), discord.channel("general", acme)
    place = Place(platform="discord", workspace=f"discord:{acme.id}", channel=general.id, thread=None)
    person = Person(id=anna.id, name="Anna")

    async def read(adapter: Adapter) -> frozenset[str]:
        async with adapter:
            return (await adapter.audience(place, person)).everyone

    assert TEAM not in await read(platform(settings, guilds=(acme.id, other.id)))
    assert TEAM in await read(platform(settings, guilds=(acme.id,)))
    assert TEAM in await read(platform(settings))  # it joined Acme first, and answers there alone
