from __future__ import annotations

from typing import Any

import pytest

from adapters.discord.alone import Alone
from adapters.discord.errors import Away
from tests.doubles.slack import Clock


class Bot:
    """Connection, calls and facts of a bot that was added to these guilds, and answers in some of them."""

    def __init__(self, *guilds: str, refused: tuple[str, ...] = ()) -> None:
        self.guilds: object = [{"id": one} for one in guilds]
        self.refused = refused
        self.asked = 0
        self.away = False

    async def calls(self) -> Bot:
        return self

    async def ask(self, method: str, path: str, **given: Any) -> object:  # noqa: ANN401
        assert (method, path) == ("GET", "/users/@me/guilds")
        self.asked += 1
        if self.away:
            raise Away("It is away.")
        return self.guilds

    async def allowed(self, guild: str, /) -> bool:
        return guild not in self.refused


def alone(bot: Bot, clock: Clock, *named: str) -> Alone:
    return Alone(bot, bot, clock, named)  # type: ignore[arg-type]


async def test_the_one_that_is_named_is_it_without_asking() -> None:
    bot = Bot("1", "2")
    assert await alone(bot, Clock(), "2")() == "discord:2"
    assert await alone(bot, Clock(), "1", "2")() is None
    assert bot.asked == 0


@pytest.mark.parametrize(
    ("bot", "found"),
    [
        (Bot("1"), "discord:1"),
        (Bot(), None),
        (Bot("1", "2"), None),
        (Bot("1", "2", "3", refused=("1", "3")), "discord:2"),
    ],
)
async def test_without_a_name_it_is_the_only_one_in_which_the_bot_answers(bot: Bot, found: str | None) -> None:
    assert await alone(bot, Clock())() == found


async def test_garbage_is_no_server() -> None:
    bot = Bot()
    for bot.guilds in ({}, None, [1], [{"id": "five"}], [{"id": None}]):
        assert await alone(bot, Clock())() is None


async def test_it_is_not_asked_again_for_a_minute_unless_nobody_could_say() -> None:
    bot, clock = Bot("1", "2"), Clock()
    one = alone(bot, clock)
    bot.away = True
    assert await one() is None
    bot.away = False
    assert await one() is None
    assert await one() is None
    assert bot.asked == 2
    bot.guilds = [{"id": "1"}]
    clock.move(61)
    assert await one() == "discord:1"
