"""What people do at Discord does not keep others from being heard."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from adapters.base import Declined, Question, Rated
from adapters.discord.finding import BUDGET, Finding
from adapters.discord.lookback import LookBack
from adapters.discord.payload import ident, snowflake
from adapters.pacing import Bucket
from adapters.policies import Policies, Policy
from tests.adapters.discord_intake.hearing import Hearing, Swift
from tests.doubles.adapters import RecordingDesk

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Person


async def test_a_thumb_that_is_taken_from_a_persons_message_costs_one_look(
    discord: Discord, anna: Person, general: Channel
) -> None:
    looked = 0

    async def then(event: object) -> None:
        nonlocal looked
        if isinstance(event, Rated):
            looked += 1
            raise Declined("That is no answer of mine.")

    async with Hearing(discord, then=then).running() as hearing:
        said = discord.says(anna, general, "ok")
        began = hearing.clock.now()
        for _ in range(5):
            discord.reacts(anna, said, "\N{THUMBS UP SIGN}")
            discord.unreacts(anna, said, "\N{THUMBS UP SIGN}")
        discord.says(anna, general, f"{discord.mention} how long do keys live?")
        await discord.until(lambda: hearing.of(Question), within=40)
        assert looked <= 5, looked
        assert hearing.clock.now() - began < 2


async def test_an_overheard_question_that_is_declined_has_nothing_looked_for(
    discord: Discord, anna: Person, general: Channel
) -> None:
    async def then(event: object) -> None:
        if isinstance(event, Question):
            raise Declined("That is too long.")

    policies = Policies(everywhere=Policy(answers="every question"))
    async with Hearing(discord, then=then, policies=policies).running() as hearing:
        before = len(discord.called("GET", "/channels/*/messages"))
        discord.says(anna, general, "how long do keys live?")
        await discord.until(lambda: hearing.of(Question))
        await discord.until(lambda: len(discord.called("GET", "/channels/*/messages")) > before or _quiet(hearing))
        assert len(discord.called("GET", "/channels/*/messages")) == before


def _quiet(hearing: Hearing) -> bool:
    hearing.lease.noted.append(None)
    return len(hearing.lease.noted) > 300


class Busy:
    """A channel in which much is said, as Discord gives it: the oldest behind an id, the newest of these first."""

    gateway = None
    said = 350

    def __init__(self, clock: Swift) -> None:
        self.ids = [snowflake(clock.now() - 3_000 + at) for at in range(self.said)]
        guild = SimpleNamespace(id=1, unavailable=False, me=None, voice_channels=[], threads=[])
        allowed = SimpleNamespace(view_channel=True, read_message_history=True)
        channel = SimpleNamespace(id=2, last_message_id=int(self.ids[-1]), permissions_for=lambda _: allowed)
        guild.text_channels = [channel]
        self.gateway = SimpleNamespace(guilds=[guild])

    async def who(self) -> SimpleNamespace:
        return SimpleNamespace(me="9")

    async def calls(self) -> Busy:
        return self

    async def ask(self, *_: object, params: dict[str, object], **__: object) -> list[object]:
        behind = [one for one in self.ids if int(one) > int(str(params["after"]))]
        return [{"id": one} for one in reversed(behind[:100])]


async def test_a_look_back_finds_what_was_said_last_in_a_busy_channel() -> None:
    clock = Swift()
    busy = Busy(clock)
    finding = Finding(
        connection=busy,  # type: ignore[arg-type]
        desk=RecordingDesk(),
        clock=clock,
        bucket=Bucket(BUDGET, clock.now()),
        oldest=clock.now() - 3_600,
        answered=False,
    )
    found = [ident(one, "id") async for one in finding.said()]
    assert found[-1] == busy.ids[-1], f"{len(found)} of {busy.said}: the newest are missing"


async def test_a_look_that_does_not_come_to_its_end_is_not_forgotten(
    discord: Discord, anna: Person, general: Channel
) -> None:
    async with Hearing(discord).running() as hearing:
        discord.says(anna, general, f"{discord.mention} how long do keys live?")
        await discord.until(lambda: hearing.of(Question))
        tries = 0

        async def missed(_: object, *, lately: bool) -> bool:
            nonlocal tries
            assert lately
            tries += 1
            return tries > 5

        look = LookBack(desk=RecordingDesk(), connection=hearing.connection, missed=missed, clock=hearing.clock)
        running = discord.tasks.start(look.run())
        look.since(hearing.clock.now() - 600)
        await discord.until(lambda: tries >= 5)
        await discord.until(lambda: tries > 5 or not look.pending)
        running.cancel()
        assert tries > 5, "it is not looked for any more, and counts as heard"


async def test_what_is_asked_on_a_stage_is_looked_back_for(discord: Discord, guild: Guild) -> None:
    stage = SimpleNamespace(id=2, last_message_id=int(snowflake(Swift().now())))
    allowed = SimpleNamespace(view_channel=True, read_message_history=True)
    stage.permissions_for = lambda _: allowed
    there = SimpleNamespace(id=1, me=None, text_channels=[], voice_channels=[], threads=[], stage_channels=[stage])
    clock = Swift()
    finding = Finding(
        connection=None,  # type: ignore[arg-type]
        desk=RecordingDesk(),
        clock=clock,
        bucket=Bucket(BUDGET, clock.now()),
        oldest=clock.now() - 3_600,
        answered=False,
    )
    assert discord.me
    assert guild.id
    assert [one.channel for one in finding._spoken(there)] == ["2"]  # type: ignore[arg-type]


async def test_one_message_that_cannot_be_taken_in_does_not_hide_all_others(
    discord: Discord, guild: Guild, anna: Person, general: Channel
) -> None:
    other = discord.channel("other", guild)
    async with Hearing(discord).running() as hearing:
        discord.says(anna, other, f"{discord.mention} how long do certificates live?")
        discord.clock.move(1)
        discord.says(anna, general, f"{discord.mention} poison")
        await discord.until(lambda: len(hearing.of(Question)) == 2)
        seen: list[str] = []

        async def missed(payload: object, *, lately: bool) -> bool:
            seen.append(payload["content"])
            return "poison" not in payload["content"]

        clock = Swift()
        look = LookBack(desk=RecordingDesk(), connection=hearing.connection, missed=missed, clock=clock)
        await look._looked(clock.now() - 3600)
        assert any("certificates" in one for one in seen), seen
