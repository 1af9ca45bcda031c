"""People and conversations as Slack describes them, read. Pure; what is odd counts as the worst that it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from adapters.payload import at, items, text
from adapters.slack.payload import ident

if TYPE_CHECKING:
    from adapters.audience import Standing

_SLACKBOT: Final = "USLACKBOT"
_SHARED: Final = ("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared")
_PENDING: Final = ("pending_shared", "pending_connected_team_ids")

Sort: TypeAlias = Literal["channel", "private", "group", "direct", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Somebody; ``reads`` says whether they are a person who can: no bot, and not deactivated."""

    id: str
    name: str
    standing: Standing
    reads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A channel or another conversation; ``shared`` is None where Slack does not say, ``inside`` whether the bot is in.

    ``other`` is the person of a direct message.
    """

    id: str
    sort: Sort
    shared: bool | None
    inside: bool | None
    other: str


def profile(given: object, team: str) -> Profile | None:
    """Read somebody as ``users.info`` and ``users.list`` describe them, for a workspace; None for nobody."""
    user = ident(given, "id")
    if not user:
        return None
    names = (text(given, "profile", "display_name"), text(given, "real_name"), text(given, "name"))
    reads = not (_yes(given, "deleted") or _yes(given, "is_bot") or user == _SLACKBOT)
    return Profile(
        id=user,
        name=next((" ".join(name.split()) for name in names if name.strip()), user)[:80],
        standing=_standing(given, team) if reads else "unknown",
        reads=reads,
    )


def _standing(given: object, team: str) -> Standing:
    home = text(given, "team_id")
    elsewhere = home not in {"", team} and team not in items(given, "enterprise_user", "teams")
    if elsewhere or _yes(given, "is_stranger"):
        return "outsider"
    return "guest" if _yes(given, "is_restricted") or _yes(given, "is_ultra_restricted") else "member"


def conversation(given: object, team: str) -> Conversation:
    """Read a conversation as ``conversations.info`` describes it, for a workspace."""
    inside = at(given, "is_member")
    return Conversation(
        id=ident(given, "id"),
        sort=_sort(given),
        shared=_shared(given, team),
        inside=True if at(given, "is_im") is True else inside if isinstance(inside, bool) else None,
        other=ident(given, "user"),
    )


def _sort(given: object) -> Sort:
    if at(given, "is_im") is True:
        return "direct"
    if at(given, "is_mpim") is True:
        return "group"
    if at(given, "is_private") is False and at(given, "is_channel") is True:
        return "channel"
    known = any(_yes(given, name) for name in ("is_private", "is_group", "is_channel"))
    return "private" if known else "unknown"


def _shared(given: object, team: str) -> bool | None:
    teams = (*items(given, "shared_team_ids"), *items(given, "connected_team_ids"), *items(given, "internal_team_ids"))
    if any(_yes(given, name) for name in _SHARED) or any(at(given, name) not in _NOTHING for name in _PENDING):
        return True
    if any(other != team for other in teams):
        return True
    return False if any(at(given, name) is False for name in _SHARED[:2]) else None


_NOTHING: Final[tuple[object, ...]] = (None, False, [])


def _yes(given: object, name: str) -> bool:
    """Whether a flag is set; one that is no flag is, as all of them say that somebody may read less."""
    return at(given, name) not in (None, False)
