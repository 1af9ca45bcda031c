"""The workspaces in which the bot is installed: who it is there, and its calls.

One by a token, or several by their installations: whoever asks does not know which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, Self

from adapters.pacing import Bucket, Budget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.pacing import Pacer
    from adapters.slack.calls import Calls


_THREADS: Final = Budget(calls=45, burst=30)
"""Of the 50 times a minute that Slack lets threads be read; looks for lost posts have the rest."""


def threads() -> Bucket:
    """Give how often a workspace's threads may be read."""
    return Bucket(_THREADS, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """``team`` is its id, ``bot`` the bot's user id there; ``pacer`` shares what Slack allows a workspace's streams.

    ``threads`` shares its threads among all that read them.
    """

    team: str
    bot: str
    calls: Calls
    pacer: Pacer
    threads: Bucket = field(default_factory=threads)


class Workspaces(Protocol):
    """Knows the workspaces, while it is open."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc: object) -> None: ...

    async def of(self, team: str, /) -> Workspace:
        """Give one. Raises NotInstalled, and SlackError where Slack cannot say now who the bot is there."""
        ...

    async def which(self, teams: Sequence[str], /) -> str:
        """Give the workspace that something is for which names these, the likeliest first; "" is none that is known.

        Raises SlackError where nothing is named, and Slack cannot say now which workspace there is.
        """
        ...

    def bot(self, team: str, /) -> str:
        """Give the bot's user id there as far as it is known without asking, else nothing."""
        ...

    async def teams(self) -> Sequence[str]:
        """Give the ids of all workspaces."""
        ...

    async def forget(self, team: str, /) -> None:
        """Erase what was kept to act in a workspace."""
        ...
