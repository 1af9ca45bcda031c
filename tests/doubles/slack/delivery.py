"""How what happens in Slack reaches the app: once, and again while nobody says that it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.doubles.slack.clock import Bell, Clock, Tasks
    from tests.doubles.slack.records import Json

PATIENCE: Final = 3.0
"""Seconds that the app has to acknowledge."""
PAUSES: Final = (0.0, 0.0, 60.0, 300.0)
"""Seconds before each attempt, the first included."""
Type: TypeAlias = Literal["events_api", "slash_commands", "interactive"]


@dataclass(slots=True, kw_only=True)
class Sent:
    """Something that the app is told. Events are tried four times, what a person waits for once.

    ``answer`` is the body of the acknowledgement. ``reasons`` say why each attempt failed, and ``lost`` that there
    will be none any more.
    """

    type: Type
    payload: Json
    accepts_response: bool = False
    attempts: int = 0
    reasons: list[str] = field(default_factory=list)
    acknowledged: bool = False
    lost: bool = False
    answer: Json | None = None
    then: Callable[[Json | None], None] | None = None
    """What Slack does with the answer."""

    @property
    def event(self) -> str:
        """The event's or the interaction's type."""
        inner: Json = self.payload.get("event", self.payload)
        return str(inner.get("type", self.type))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one attempt: an acknowledgement with its body, or why there was none. ``final``: do not try again."""

    reason: str | None = None
    answer: Json | None = None
    final: bool = False


class Carrier(Protocol):
    async def attempt(self, sent: Sent, number: int, /) -> Outcome: ...


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Sends through whichever ``carrier`` the app is set to; ``log`` is all that was ever sent, in order."""

    clock: Clock
    bell: Bell
    tasks: Tasks
    carrier: Carrier | None = None
    log: list[Sent] = field(default_factory=list)

    def send(self, sent: Sent) -> Sent:
        self.log.append(sent)
        self.tasks.start(self._carry(sent))
        return sent

    async def _carry(self, sent: Sent) -> None:
        pauses = PAUSES if sent.type == "events_api" else PAUSES[:1]
        for number, pause in enumerate(pauses):
            await self.clock.until(self.clock.now() + pause)
            outcome = await self._attempt(sent, number)
            if outcome.reason is None:
                self._acknowledge(sent, outcome.answer)
                return
            sent.reasons.append(outcome.reason)
            self.bell.ring()
            if outcome.final:
                break
        sent.lost = True
        self.bell.ring()

    async def _attempt(self, sent: Sent, number: int) -> Outcome:
        sent.attempts += 1
        self.bell.ring()
        if self.carrier is None:
            return Outcome(reason="nowhere_to_send")
        return await self.carrier.attempt(sent, number)

    def _acknowledge(self, sent: Sent, answer: Json | None) -> None:
        sent.acknowledged, sent.answer = True, answer
        if sent.then:
            sent.then(answer)
        self.bell.ring()
