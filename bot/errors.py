"""What can go wrong in the bot, each with a sentence that a person may read.

BotError
├── BadSettings         settings that are missing or wrong, all named at once
├── TooLong             a question over 10,000 characters
├── NoSuchAnswer        a wish about an answer that is not kept
├── NoSuchOffer         an offer that is over, or was somebody else's
├── NotYours            a stop of what others asked
├── Stopping            the service takes in nothing more
├── BadCollection       a question set that is not what its format says
├── NoPort              the port or address to listen on cannot be had
├── PlatformLost        a platform's intake ended, and so the service ends
├── PlatformAway        a platform does not answer just now
├── NotPaused           nothing to resume
├── NotReady            what the service depends on, and cannot use now
├── OverBudget          a call to a model that a limit of money does not allow
├── RedisAway           Redis cannot be used just now, which loses nothing
├── StoreError          the bot's database: damaged, locked, full
│   ├── StoreAway       its server cannot be reached, or is restarting: what was asked of it may be tried again
│   └── StoreBusy       locked by another process, or without room: it may do later what it cannot do now
└── ModelError          the model's server
    ├── ModelRefused    401, 403, 404, 429: it answers nothing as things stand
    │   └── PromptRefused   too long, or withheld: it will not answer this, whoever else is answered
    ├── ModelDown       no connection, 5xx, a time-out, garbage
    │   └── ModelResting    it failed too often and is not asked just now
    └── ModelCut        the stream ended in the middle
        └── PromptCut   the rest of this answer was withheld
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.base import Declined

if TYPE_CHECKING:
    from bot.money.base import Account


class BotError(Exception):
    """The base. ``told`` says what happened and what to do about it, and may be shown to anyone."""

    def __init__(self, told: str) -> None:
        """Keep the sentence."""
        super().__init__(told)
        self.told = told


class BadSettings(BotError):
    """Settings that are missing or wrong; the sentence names every one."""


class TooLong(BotError, Declined):
    """A question over the limit."""


class NoSuchAnswer(BotError, Declined):
    """A vote on an answer, or another wish about it, that is not kept here."""


class NoSuchOffer(BotError, Declined):
    """An offer to answer in private that is over, or that was made to somebody else."""


class NotYours(BotError, Declined):
    """A wish for the end of an answer that somebody else asked for."""


class Stopping(BotError):
    """The service is ending and takes in nothing more."""


class BadCollection(BotError):
    """A question set that is not what its format says; the sentence names the place."""


class NoPort(BotError):
    """The port or address to listen on cannot be had."""


class PlatformLost(BotError):
    """A platform's intake ended by itself or by an error, and so the service ends."""


class PlatformAway(BotError):
    """A platform does not answer just now, or not what was asked."""


class NotPaused(BotError):
    """There is no pause of that name to end."""


class NotReady(BotError):
    """Something that the service depends on cannot be used now."""


class OverBudget(BotError):
    """A call to a model that a limit does not allow; ``account`` is the limit."""

    def __init__(self, told: str, account: Account) -> None:
        """Keep the sentence and the limit."""
        super().__init__(told)
        self.account = account


class RedisAway(BotError):
    """Redis cannot be used just now: it is away, slow, full or refuses. What it holds can be done without."""


class StoreError(BotError):
    """The bot's own database is damaged, locked or full."""


class StoreAway(StoreError):
    """The database's server cannot be reached just now; the transaction may or may not have been committed."""


class StoreBusy(StoreError):
    """The database is locked by another process or its disk is full; nothing was committed, and later it may be."""


class ModelError(BotError):
    """The model's server did not answer.

    ``begun`` says whether the call may cost something all the same: it does not where the server refused it by a status
    or was never reached, and may where the server took it and then fell silent, broke off or sent garbage.
    ``retry_after`` is the seconds to wait that the server asked for, 0 to 86,400, where it did.
    """

    def __init__(self, told: str, *, begun: bool = True, retry_after: float | None = None) -> None:
        """Keep all of it."""
        super().__init__(told)
        self.begun = begun
        self.retry_after = retry_after


class ModelRefused(ModelError):
    """It answers nothing as things stand: key, quota, rate, model name."""


class PromptRefused(ModelRefused):
    """It will not answer this prompt, which says nothing about its health: too long, malformed, withheld."""


class ModelDown(ModelError):
    """No connection, a server error, a time-out, or garbage."""


class ModelResting(ModelDown):
    """It failed too often and is not asked just now; ``retry_after`` says when it is again."""

    def __init__(self, told: str, *, retry_after: float) -> None:
        """Such a call never began."""
        super().__init__(told, begun=False, retry_after=retry_after)


class ModelCut(ModelError):
    """The stream ended in the middle; what came before stands."""


class PromptCut(ModelCut):
    """The rest of this answer was withheld, which says nothing about the model's health."""
