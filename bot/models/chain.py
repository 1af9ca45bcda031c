"""Models in the order in which they are tried, each behind a breaker, and the one that answers when none of them does.

Whoever answers walks over ``Chain.order`` and sets money apart for each call, which is why nothing here falls back by
itself.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from bot.errors import ModelCut, ModelError, ModelResting, PromptCut, PromptRefused
from bot.models.base import BROKE_OFF, Finished
from bot.models.breaker import REST, Breaker

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from bot.models.base import Bound, Delta, Difficulty, Heard, LanguageModel, Prompt, Strength
    from bot.models.breaker import State
    from bot.money.base import Price

_NONE: Final = "No model is configured: answers are quotes."
_ALL: Final = "All models are resting: answers are quotes."
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A model of the chain, itself a ``LanguageModel`` that is asked only while its provider seems well.

    ``price`` is None for what costs nothing. The breaker is shared by links to the same model of the same provider.
    """

    model: LanguageModel
    strength: Strength
    price: Price | None
    breaker: Breaker

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.model.name

    @property
    def resting(self) -> bool:
        """Whether it failed too often, and ``stream`` would raise ModelResting at once."""
        return self.breaker.state == "open"

    def bound(self, prompt: Prompt, /) -> Bound:
        """Give the most that ``stream`` can be billed for."""
        return self.model.bound(prompt)

    async def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        """Give what the model streams. Raises ModelResting at once while its breaker admits nobody.

        A whole stream is a success of the provider, and any ModelError a failure, but for the refusal of this one
        prompt or of the rest of its answer. That, and a stream that was closed early, says nothing about the provider.
        """
        permit = self.breaker.admit()
        if permit is None:
            raise self._rests()
        with permit:
            try:
                async with aclosing(self.model.stream(prompt, heard)) as deltas:
                    async for delta in deltas:
                        if isinstance(delta, Finished):
                            permit.succeeded()
                        yield delta
                        if isinstance(delta, Finished):
                            return
                raise ModelCut(BROKE_OFF)
            except (PromptRefused, PromptCut):
                raise
            except ModelError:
                permit.failed()
                raise

    def told(self) -> str:
        """Say how it is, to strangers too: no address and no key."""
        match self.breaker.state:
            case "closed":
                return f"The model {self.name} is asked when it is needed."
            case "open":
                return f"The model {self.name} failed and rests: it is tried again in {_seconds(self.breaker.wait)} s."
            case "half-open":
                return f"The model {self.name} failed and is being tried again."

    def _rests(self) -> ModelResting:
        wait = _seconds(self.breaker.wait)
        return ModelResting(
            f"The model {self.name} failed several times and rests: ask again in {wait} s.", retry_after=wait
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """``links`` stand in the order of the settings; ``last`` quotes, costs nothing and never fails."""

    links: tuple[Link, ...]
    last: LanguageModel

    def order(self, difficulty: Difficulty, *, small_only: bool = False) -> tuple[Link, ...]:
        """Give the links in the order in which to try them; after them, and where there are none, ``last`` answers.

        A hard question goes to the strong models first and an easy one to the small ones; the others follow, for when
        those fail. ``small_only`` leaves the small ones. Where there are none it leaves the last link of all, which is
        the cheapest in a chain that was put in order: a chain of one model keeps using it.
        """
        small = tuple(link for link in self.links if link.strength == "small")
        strong = tuple(link for link in self.links if link.strength == "strong")
        if small_only:
            return small or self.links[-1:]
        return small + strong if difficulty == "easy" else strong + small

    @property
    def resting(self) -> bool:
        """Whether no link would be asked now, so that all answers are quotes."""
        return all(link.resting for link in self.links)

    def told(self) -> str:
        """Say how all of it is, a sentence for each link, to strangers too."""
        if not self.links:
            return _NONE
        said = dict.fromkeys(link.told() for link in self.links)
        return " ".join([_ALL, *said] if self.resting else said)


def watched(model: str, host: str, clock: Callable[[], float]) -> Breaker:
    """Make the breaker of a provider's model, which logs when it opens and when it closes again."""

    def changed(state: State) -> None:
        if state == "open":
            _log.warning("a model failed too often and rests", model=model, host=host, seconds=REST)
        else:
            _log.warning("a model answers again", model=model, host=host)

    return Breaker(clock, changed=changed)


def _seconds(wait: float) -> int:
    return max(1, round(wait))
