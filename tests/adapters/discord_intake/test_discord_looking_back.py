"""What was said while nobody listened is found again, whatever stands in the way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from adapters.base import Question
from adapters.discord.finding import BUDGET, Finding
from adapters.discord.lookback import LookBack
from adapters.discord.payload import ident, snowflake
from adapters.pacing import Bucket
from adapters.payload import text
from adapters.wishes import Served
from tests.adapters.discord_intake.hearing import Hearing, Swift, at_home
from tests.doubles.adapters import RecordingDesk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.doubles.discord import Channel, Discord, Guild, Person

_LONG = 7 * 3_600.0


class Busy:
    """A guild with a text channel in which much is said, and a stage on which something is."""

    said = 350

    def __init__(self, clock: Swift) -> None:
        self.ids = [snowflake(clock.now() - 3_000 + at) for at in range(self.said)]
        self.stage = self._channel(3)
        there = {"text_channels": [self._channel(2)], "stage_channels": [self.stage]}
        guild = SimpleNamespace(id=1, unavailable=False, me=None, voice_channels=[], threads=[], **there)
        self.gateway = SimpleNamespace(guilds=[guild])
        self.looked: set[str] = set()

    def _channel(self, number: int) -> SimpleNamespace:
        allowed = SimpleNamespace(view_channel=True, read_message_history=True)
        return SimpleNamespace(id=number, last_message_id=int(self.ids[-1]), permissions_for=lambda _: allowed)

    async def who(self) -> SimpleNamespace:
        return SimpleNamespace(me="9")

    async def calls(self) -> Busy:
        return self

    async def ask(self, *_: object, params: dict[str, str], channel_id: str, **__: object) -> list[object]:
        self.looked.add(channel_id)
        earlier = [one for one in self.ids if int(one) < int(params.get("before", self.ids[-1] + "0"))]
        return [{"id": one} for one in reversed(earlier[-int(params["limit"]) :])] if channel_id == "2" else []


def _finding(busy: Busy, clock: Swift) -> Finding:
    return Finding(
        connection=busy,  # type: ignore[arg-type] # what is asked of one
        desk=RecordingDesk(),
        clock=clock,
        bucket=Bucket(BUDGET, clock.now()),
        oldest=clock.now() - 3_600,
        answered=None,
    )


async def test_in_a_busy_channel_what_was_said_last_is_found() -> None:
    clock = Swift()
    busy = Busy(clock)
    found = [ident(one, "id") async for one in _finding(busy, clock).said()]

    assert found == busy.ids[-300:]


async def test_what_is_asked_on_a_stage_is_looked_for() -> None:
    clock = Swift()
    busy = Busy(clock)
    assert [one async for one in _finding(busy, clock).said()]

    assert busy.looked == {"2", "3"}


async def test_behind_an_id_discord_gives_the_oldest_messages(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    said = [discord.says(anna, general, f"number {number}").id for number in range(5)]
    calls = await hearing.connection.calls()
    path = "/channels/{channel_id}/messages"
    page = await calls.ask("GET", path, params={"after": said[0], "limit": 2}, channel_id=general.id)

    assert [one["id"] for one in page] == [said[2], said[1]]


class Quick:
    """Another's clock, for which every wait is short."""

    def __init__(self, clock: Swift) -> None:
        self.now = clock.now

    async def sleep(self, seconds: float, /) -> None:
        await asyncio.sleep(min(seconds, 0.001))


class Looking:
    """A look back, with whoever takes in what it finds; ``fails`` says how often what is said fails."""

    def __init__(self, discord: Discord, hearing: Hearing, fails: dict[str, int]) -> None:
        self.fails = fails
        self.seen: list[str] = []
        self.clock = hearing.clock
        self.look = LookBack(
            desk=RecordingDesk(), connection=hearing.connection, missed=self._missed, clock=Quick(hearing.clock)
        )
        self.running = discord.tasks.start(self.look.run())

    async def _missed(self, payload: object, *, lately: bool) -> bool:
        said = text(payload, "content").rpartition(" ")[2]
        self.seen.append(said)
        self.clock.ahead += 30.0
        self.fails[said] = self.fails.get(said, 0) - 1
        return self.fails[said] < 0


async def _asked(discord: Discord, hearing: Hearing, anna: Person, *where: tuple[Channel, str]) -> None:
    for channel, word in where:
        discord.says(anna, channel, f"{discord.mention} {word}")
        discord.clock.move(1)
    await discord.until(lambda: len(hearing.of(Question)) == len(where))


async def test_what_cannot_be_taken_in_hides_nothing_else_and_is_tried_again(
    discord: Discord, guild: Guild, anna: Person, general: Channel, hearing: Hearing
) -> None:
    other = discord.channel("other", guild)
    await _asked(discord, hearing, anna, (other, "certificates"), (general, "poison"), (general, "keys"))
    looking = Looking(discord, hearing, {"poison": 7})
    looking.look.since(hearing.clock.now() - 600)
    await discord.until(lambda: not looking.look.pending, within=30)
    looking.running.cancel()

    assert sorted(set(looking.seen)) == ["certificates", "keys", "poison"]
    assert [looking.seen.count(word) for word in ("certificates", "keys", "poison")] == [1, 1, 8]


async def test_what_can_never_be_taken_in_is_let_be_once_it_is_too_old(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    await _asked(discord, hearing, anna, (general, "poison"))
    looking = Looking(discord, hearing, {"poison": 10_000})
    looking.look.since(hearing.clock.now() - 600)
    await discord.until(lambda: looking.seen, within=30)
    assert looking.look.pending
    hearing.clock.ahead += _LONG
    await discord.until(lambda: not looking.look.pending, within=30)
    looking.running.cancel()


async def test_a_channel_of_which_discord_says_nothing_hides_no_other_and_is_looked_at_again(
    discord: Discord, guild: Guild, anna: Person, general: Channel, hearing: Hearing
) -> None:
    other = discord.channel("other", guild)
    await _asked(discord, hearing, anna, (other, "certificates"), (general, "keys"))
    discord.misbehave("garbage", "GET", f"/channels/{general.id}/messages", times=1)
    looking = Looking(discord, hearing, {})
    looking.look.since(hearing.clock.now() - 600)
    await discord.until(lambda: "certificates" in looking.seen, within=30)
    assert looking.look.pending
    await discord.until(lambda: not looking.look.pending, within=30)
    looking.running.cancel()

    assert "keys" in looking.seen


async def test_what_could_not_be_kept_makes_the_look_at_a_start_no_shorter(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    await _asked(discord, hearing, anna, (general, "keys"))
    hearing.clock.ahead += 3_600.0
    looking = Looking(discord, hearing, {})
    looking.look.since(None)
    looking.look.since(hearing.clock.now())
    await discord.until(lambda: not looking.look.pending, within=30)
    looking.running.cancel()

    assert looking.seen == ["keys"]


@pytest.mark.parametrize("directly", [True, False])
async def test_an_answer_to_an_earlier_question_hides_none_that_nobody_heard(
    discord: Discord, guild: Guild, anna: Person, general: Channel, *, directly: bool
) -> None:
    where = discord.direct(anna) if directly else discord.thread(anna, general, "Keys")
    call = "" if directly else f"{discord.mention} "
    discord.says(anna, where, f"{call}nobody knows of this")
    discord.says(discord.bot, where, "An answer from before the desk knew of anything.")
    discord.clock.move(60)
    first = datetime.fromtimestamp(discord.clock.now(), UTC)
    discord.says(anna, where, f"{call}how long do keys live?")
    discord.clock.move(1)
    discord.says(anna, where, f"{call}and certificates?")
    discord.clock.move(1)
    discord.says(discord.bot, where, "Keys live for 90 days.")
    hearing = Hearing(discord)
    hearing.clock.ahead += 600.0  # it begins after all that
    at_home(hearing, anna.id, guild.id)
    known = Served(conversation=f"discord:{guild.id}:{where.id}", channel=where.id, last_at=first)
    hearing.desk.lately.append(known)
    async with hearing.running():
        await discord.until(lambda: len(hearing.of(Question)) >= 2, within=30)

    assert [one.text for one in hearing.of(Question)] == ["how long do keys live?", "and certificates?"]  # type: ignore[union-attr]


async def test_what_is_said_while_it_looks_back_waits_for_what_was_said_before(
    discord: Discord, guild: Guild, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = discord.direct(anna)
    talk = f"discord:{guild.id}:{direct.id}"
    hearing = Hearing(discord)
    at_home(hearing, anna.id, guild.id)
    before = datetime.fromtimestamp(discord.clock.now() - 600, UTC)
    hearing.desk.lately.append(Served(conversation=talk, channel=direct.id, last_at=before))
    served, answers_in = hearing.desk.served, hearing.desk.answers_in
    looks, goes_on, waiting = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def held(platform: str, workspace: str, since: datetime, /) -> Sequence[Served]:
        looks.set()
        await goes_on.wait()
        return await served(platform, workspace, since)

    async def known(platform: str, workspace: str, conversation: str, /) -> datetime | None:
        waiting.set()
        return await answers_in(platform, workspace, conversation)

    monkeypatch.setattr(hearing.desk, "served", held)
    monkeypatch.setattr(hearing.desk, "answers_in", known)
    discord.says(anna, direct, "Is this the first?")
    async with hearing.adapter, asyncio.TaskGroup() as group:
        task = group.create_task(hearing.adapter.run(hearing.desk))
        await asyncio.wait_for(looks.wait(), 30)
        discord.says(anna, direct, "Is this the second?")
        await discord.until(lambda: waiting.is_set() or hearing.of(Question))
        goes_on.set()
        await discord.until(lambda: len(hearing.of(Question)) > 1)
        task.cancel()
    asked = dict.fromkeys(one.text for one in hearing.of(Question) if isinstance(one, Question))
    assert [*asked] == ["Is this the first?", "Is this the second?"]
