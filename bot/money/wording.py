"""What a person reads when no money is left for an answer, or no question. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.money.base import Account, Holder, Micros
    from bot.money.limits import Obstacle

_WHOSE: Final[dict[Holder, str]] = {
    "person": "your money for today's answers",
    "workspace": "this workspace's money for this month",
    "everyone": "today's money for answers",
}
_SYNCED: Final[dict[Holder, str]] = _WHOSE | {"everyone": "today's money"}
_WHOLE: Final[dict[Holder, str]] = {
    "person": "one person may spend in a day",
    "workspace": "this workspace's plan allows in a month",
    "everyone": "everyone together may spend in a day",
}
_NO_MONEY: Final = "Whoever runs me allows no money"
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def refusal(found: Obstacle, at: float) -> str:
    """Say why a call is refused that no waiting for others helps; ``at`` is now, in seconds since 1970."""
    return _too_dear(found.account) if found.never else _used_up(found.account, at)


def _used_up(account: Account, at: float) -> str:
    """Say that a limit is used up, or what is left too little, and when there is more."""
    if account.unit == "questions":
        told = f"{_questions(account.limit)} of this workspace's plan for this month; there are more"
    elif account.share >= 1:
        told = f"{_WHOSE[account.holder].capitalize()} is used up; there is more"
    else:
        told = f"What is left of {_WHOSE[account.holder]} is too little for this answer; there is more"
    return f"{told} {_when(account)}, {_within(account.resets_at.timestamp() - at)}."


def held_up(account: Account) -> str:
    """Say that other answers under way may need what is left."""
    return (
        f"Answers that are being written may need all that is left of {_WHOSE[account.holder]}; ask again in a minute."
    )


def sync_refusal(account: Account, worst: Micros) -> str:
    """Say why the next passages of a sync, which may cost so much, cannot be embedded, and when to go on."""
    if not account.limit:
        return f"{_NO_MONEY}, and the embedding model costs some: raise that limit, or set another embedder."
    if worst > account.limit:
        return f"Embedding a few passages may cost more than {_WHOLE[account.holder]}: raise that limit."
    whose = _SYNCED[account.holder]
    if account.used + worst > account.limit:
        return (
            f"{whose.capitalize()} is used up, or what is left too little for the next passages; there is more "
            f"{_when(account)}. What was embedded before is kept: sync again then."
        )
    return (
        f"Calls that are under way may need all that is left of {whose}. What was embedded before is kept: sync again "
        "in a minute."
    )


def _too_dear(account: Account) -> str:
    """Say that the whole limit is less than one answer may cost, or none at all, so that waiting does not help."""
    if account.unit == "questions":
        return "This workspace's plan has no questions; whoever runs me can give it another plan."
    if not account.limit:
        return f"{_NO_MONEY} for answers here, so no language model that costs any is asked."
    return f"One answer may cost more than {_WHOLE[account.holder]}; whoever runs me can raise that limit."


def _when(account: Account) -> str:
    ends = account.resets_at.astimezone(UTC)
    return f"on {ends.day} {_month(ends)}" if account.holder == "workspace" else "at 00:00 UTC"


def _month(at: datetime) -> str:
    return at.strftime("%B")


def _within(seconds: float) -> str:
    """Say in how long, in the largest unit of which there is one, rounded."""
    for size, unit in _UNITS:
        if seconds >= size:
            count = round(seconds / size)
            return f"in {count} {unit}{'' if count == 1 else 's'}"
    return "in less than a minute"


def _questions(limit: int) -> str:
    return "You have asked the one question" if limit == 1 else f"You have asked all {limit:,} questions"
