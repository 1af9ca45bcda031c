"""What the parts of the double's interface for tests have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tests.doubles.slack.clock import Bell, Clock, Tasks
from tests.doubles.slack.delivery import Delivery
from tests.doubles.slack.emitting import Emitter
from tests.doubles.slack.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.doubles.slack.delivery import Sent
    from tests.doubles.slack.records import Installation, User, Workspace

T = TypeVar("T")


class World:
    """Slack without people, and no wire to it yet."""

    home: Workspace
    """The first workspace."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.bell = Bell()
        self.tasks = Tasks()
        self.state = State(clock=self.clock)
        self.delivery = Delivery(clock=self.clock, bell=self.bell, tasks=self.tasks)
        self.emit = Emitter(self.state, self.delivery.send)

    @property
    def installation(self) -> Installation:
        """The app in the first workspace."""
        return self.state.installations[self.home.id]

    @property
    def bot(self) -> User:
        return self.installation.bot

    @property
    def mention(self) -> str:
        """What people write to call the bot."""
        return f"<@{self.bot.id}>"

    @property
    def sent(self) -> list[Sent]:
        """All that the app was told, or was to be told, in order."""
        return self.delivery.log

    async def until(self, seen: Callable[[], T], within: float = 30.0) -> T:
        """Wait for what ``seen`` gives to be true, looking whenever something happened; fail after so many seconds."""
        return await self.bell.until(seen, within)

    async def heard(self, *sent: Sent) -> Sent:
        """Wait until each of these (or all that was ever sent) was acknowledged or given up; give the last."""
        meant = sent or tuple(self.sent)
        assert meant, "nothing was sent"
        await self.until(lambda: all(one.acknowledged or one.lost for one in meant))
        return meant[-1]
