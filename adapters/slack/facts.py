"""Who reads where on Slack, and who somebody is, by Slack's own answers: kept for a minute, or until an event comes.

What cannot be found out counts as the worst that it may be: an answer then rests on what is public.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import structlog

from adapters.audience import NOBODY, Reader, Room
from adapters.audience import audience as readers
from adapters.pacing import Bucket, Budget
from adapters.payload import at, items, text
from adapters.remembering import Remembered
from adapters.slack.errors import Limited, Refused, SlackError
from adapters.slack.knowing import Conversation, Profile, conversation, profile
from adapters.slack.payload import ident

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Collection, Mapping, Sequence

    from adapters.audience import Kind, Standing
    from adapters.base import Audience, Person, Place, Principal
    from adapters.clock import Clock
    from adapters.slack.workspaces import Workspaces

T = TypeVar("T")
Key: TypeAlias = tuple[str, str]
"""A workspace, and something in it."""

_BRIEF: Final = 60.0
_LONGER: Final = 600.0
"""Seconds that people and groups are kept: events tell of what changes with them."""
_WITHIN: Final = 3.0
"""Seconds that one question to Slack may take in all."""
_IN_ALL: Final = 4.0
"""Seconds that all of them may take which say who reads at one place."""
_MEMBERS: Final = 5_000
_PEOPLE: Final = 20_000
_PAGE: Final = 999
_SINGLY: Final = 50
"""People that are asked for one by one, where the list of all does not name them."""
_AT_ONCE: Final = 8
_STIRS: Final = 5
"""Times a minute that a change anywhere in a workspace is heeded at once: people change their status all day."""

_BUDGETS: Final = {
    "conversations.info": Budget(calls=46, burst=40),
    "users.conversations": Budget(calls=46, burst=40),
    "conversations.members": Budget(calls=96, burst=80),
    "users.info": Budget(calls=96, burst=80),
    "users.list": Budget(calls=19, burst=16),
    "usergroups.list": Budget(calls=19, burst=16),
}
"""A little less than what Slack allows in a minute, as others call some of these as well."""
_LISTING: Final = "conversations.members"

_log = structlog.get_logger()


class Facts:
    """One for all workspaces.

    A channel of more than 5,000 members, or one with somebody in it of whom Slack says nothing, counts as one with
    guests, because whether there are some cannot be known. A server that does not know at all the method that lists
    members, which Slack does, has none that are let into single channels.
    """

    def __init__(self, workspaces: Workspaces, clock: Clock) -> None:
        """Know nothing yet."""
        self._workspaces = workspaces
        self._clock = clock
        self._rooms: Remembered[Key, Conversation] = Remembered(clock, seconds=_BRIEF, most=5_000)
        self._members: Remembered[Key, frozenset[str] | None] = Remembered(clock, seconds=_BRIEF, most=500)
        self._channels: Remembered[Key, frozenset[str]] = Remembered(clock, seconds=_BRIEF, most=2_000)
        self._people: Remembered[Key, Profile] = Remembered(clock, seconds=_LONGER, most=20_000)
        self._lists: Remembered[str, Mapping[str, Profile]] = Remembered(clock, seconds=_LONGER, most=50)
        self._groups: Remembered[str, Mapping[str, frozenset[str]]] = Remembered(clock, seconds=_LONGER, most=200)
        self._budgets: dict[Key, Bucket] = {}
        self._lacking: set[Key] = set()
        self._stirred: dict[str, deque[float]] = {}

    async def audience(self, place: Place, asker: Person) -> Audience:
        """Say who reads at a place now; never raises, as anybody is an answer too."""
        if place.platform != "slack":
            return NOBODY
        team = _team(place.workspace)
        async with asyncio.TaskGroup() as asked:
            room = asked.create_task(_timely(self.room(place, asker.id)))
            reader = asked.create_task(_timely(self._reader(team, asker.id)))
        unknown = Room(workspace=place.workspace, channel=place.channel)
        return readers(place, room.result() or unknown, reader.result() or Reader(id=asker.id))

    async def standing(self, team: str, user: str) -> Standing:
        """Say what somebody is to a workspace; bots, and people who left, are unknown."""
        found = await _tried(self._person(team, user))
        return found.standing if found is not None else "unknown"

    async def is_in(self, team: str, channel: str) -> bool | None:
        """Say whether the bot is in a channel; None where that cannot be known."""
        try:
            return (await self._conversation(team, channel)).inside
        except SlackError as error:
            return False if isinstance(error, Refused) and error.code == "channel_not_found" else None

    async def name(self, team: str, user: str) -> str:
        """Give what somebody is called, or their id."""
        found = await _tried(self._person(team, user))
        return found.name if found is not None else user

    def changed(self, workspace: Principal, channel: str | None = None) -> None:
        """Forget who reads a channel; without one, all that is known of a workspace's people and channels."""
        team = _team(workspace)
        if channel is not None:
            self._rooms.forget(lambda key, _: key == (team, channel))
            self._members.forget(lambda key, _: key == (team, channel))
            self._channels.forget(lambda key, held: key[0] == team and (held is None or channel in held))
            return
        least = self._least(team)
        self._rooms.forget(lambda key, _: key[0] == team, least=least)
        self._members.forget(lambda key, _: key[0] == team, least=least)
        self._channels.forget(lambda key, _: key[0] == team, least=least)
        self._people.forget(lambda key, _: key[0] == team, least=least)
        self._lists.forget(lambda key, _: key == team, least=least)
        self._groups.forget(lambda key, _: key == team, least=least)

    def _least(self, team: str) -> float:
        """Give how old things must be to be asked anew: where changes rain, Slack would soon answer nothing at all."""
        now, recent = self._clock.now(), self._stirred.setdefault(team, deque(maxlen=_STIRS))
        if len(recent) == _STIRS and now - recent[0] < _BRIEF:
            return _BRIEF
        recent.append(now)
        return 0.0

    async def room(self, place: Place, asker: str) -> Room:
        """Say what a place is to one of its readers; never raises."""
        team = _team(place.workspace)
        if place.private_to is not None:
            return Room(workspace=place.workspace, channel=place.channel, kind="direct")
        room = Room(workspace=place.workspace, channel=place.channel)
        found = await _tried(self._conversation(team, place.channel))
        if found is None:
            return room
        match found.sort:
            case "direct":
                return replace(room, kind="direct") if found.other == asker else room
            case "group":
                return await self._several(team, room, found, asker)
            case "channel" | "private":
                return await self._channel(team, room, found, asker)
            case "unknown":
                return room

    async def _channel(self, team: str, room: Room, found: Conversation, asker: str) -> Room:
        """Read a channel: its members say whether guests or strangers are among its readers."""
        kind: Kind = "public" if found.sort == "channel" else "private"
        if found.shared:
            return replace(room, kind=kind, guests=True, shared=True)
        members = await _tried(self._all_members(team, room.channel))
        if members is not None and kind == "private" and asker not in members:
            return room
        people = await self._profiles(team, members - {self._workspaces.bot(team)}) if members is not None else None
        if people is None:
            guests = False if (team, _LISTING) in self._lacking else None
            return replace(room, kind=kind, guests=guests, shared=found.shared)
        reading = {one.standing for one in people if one.reads}
        return replace(room, kind=kind, guests="guest" in reading, shared="outsider" in reading)

    async def _several(self, team: str, room: Room, found: Conversation, asker: str) -> Room:
        """Read a conversation of a few: each of them counts with what they hold."""
        members = await _tried(self._all_members(team, room.channel))
        if members is None or asker not in members:
            return room
        bot = self._workspaces.bot(team)
        others = [await self._reader(team, one, alone=False) for one in sorted(members - {asker, bot})]
        return replace(room, kind="group", guests=False, shared=bool(found.shared), others=tuple(others))

    async def _reader(self, team: str, user: str, *, alone: bool = True) -> Reader:
        """Describe somebody; ``alone`` asks for the channels that they are in besides, which nobody else needs."""
        async with asyncio.TaskGroup() as asked:
            standing = asked.create_task(self.standing(team, user))
            groups = asked.create_task(_tried(self._all_groups(team)))
            channels = asked.create_task(_tried(self._channels_of(team, user))) if alone else None
        return Reader(
            id=user,
            standing=standing.result(),
            groups=(groups.result() or {}).get(user, frozenset()),
            channels=(channels.result() if channels else None) or frozenset(),
        )

    async def _conversation(self, team: str, channel: str) -> Conversation:
        async def ask() -> Conversation:
            answer = await self._ask(team, "conversations.info", channel=channel)
            found = conversation(at(answer, "channel"), team)
            return found if found.id == channel else conversation({}, team)

        return await self._rooms.get((team, channel), ask)

    async def _all_members(self, team: str, channel: str) -> frozenset[str] | None:
        """Give who is in a channel; None where there are too many to be listed."""

        async def ask() -> frozenset[str] | None:
            found: set[str] = set()
            async for page in self._pages(team, _LISTING, channel=channel):
                found.update(one for one in items(page, "members") if isinstance(one, str))
                if len(found) > _MEMBERS:
                    return None
            return frozenset(found)

        return await self._members.get((team, channel), ask)

    async def _channels_of(self, team: str, user: str) -> frozenset[str]:
        """Give the channels that somebody is in, as far as the bot may know of them."""

        async def ask() -> frozenset[str]:
            kinds = "public_channel,private_channel"
            pages = self._pages(team, "users.conversations", user=user, types=kinds, exclude_archived=True)
            return frozenset([ident(one, "id") async for page in pages for one in items(page, "channels")]) - {""}

        return await self._channels.get((team, user), ask)

    async def _all_groups(self, team: str) -> Mapping[str, frozenset[str]]:
        """Give the groups that people are in, by person."""

        async def ask() -> Mapping[str, frozenset[str]]:
            answer = await self._ask(team, "usergroups.list", include_users=True)
            held: dict[str, set[str]] = {}
            for group in items(answer, "usergroups"):
                # A group that is off keeps its members; nobody is in it.
                if at(group, "date_delete") in (None, 0):
                    for user in items(group, "users"):
                        held.setdefault(str(user), set()).add(ident(group, "id"))
            return {user: frozenset(groups - {""}) for user, groups in held.items()}

        return await self._groups.get(team, ask)

    async def _person(self, team: str, user: str) -> Profile:
        """Give somebody, from the list of all where that was read already. Raises SlackError for nobody."""
        everybody = self._lists.known(team) or {}
        return (
            everybody[user]
            if user in everybody
            else await self._people.get((team, user), partial(self._info, team, user))
        )

    async def _info(self, team: str, user: str) -> Profile:
        found = profile(at(await self._ask(team, "users.info", user=user), "user"), team)
        if found is None or found.id != user:
            raise SlackError("Slack described somebody else.")
        return found

    async def _everybody(self, team: str) -> Mapping[str, Profile]:
        async def ask() -> Mapping[str, Profile]:
            found: dict[str, Profile] = {}
            async for page in self._pages(team, "users.list"):
                people = (profile(one, team) for one in items(page, "members"))
                found.update((one.id, one) for one in people if one is not None)
                if len(found) > _PEOPLE:
                    break
            return found

        return await self._lists.get(team, ask)

    async def _profiles(self, team: str, users: Collection[str]) -> Sequence[Profile] | None:
        """Give all of these; None where one of them cannot be had."""
        everybody = await _tried(self._everybody(team)) or {}
        known = [everybody[user] for user in users if user in everybody]
        others = [user for user in users if user not in everybody]
        if len(others) > _SINGLY:
            return None
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(user: str) -> Profile | None:
            async with turns:
                return await _tried(self._person(team, user))

        async with asyncio.TaskGroup() as asked:
            each = [asked.create_task(one(user)) for user in others]
        found = [done for task in each if (done := task.result()) is not None]
        return [*known, *found] if len(found) == len(others) else None

    async def _ask(self, team: str, method: str, **arguments: object) -> object:
        workspace = await self._workspaces.of(team)
        now = self._clock.now()
        budget = self._budgets.setdefault((team, method), Bucket(_BUDGETS[method], now))
        if not budget.take(now):
            raise Limited(method, budget.ready(now))
        try:
            return await workspace.calls.ask(method, within=_WITHIN, **arguments)
        except Refused as error:
            if error.code == "unknown_method":
                self._lacking.add((team, method))
            raise

    async def _pages(self, team: str, method: str, **arguments: object) -> AsyncGenerator[object]:
        """Give page after page; a server that says the same cursor again has no more."""
        cursor, seen = "", {""}
        while True:
            following = {"cursor": cursor} if cursor else {}
            page = await self._ask(team, method, limit=_PAGE, **arguments, **following)
            yield page
            cursor = text(page, "response_metadata", "next_cursor")
            if cursor in seen:
                return
            seen.add(cursor)


def _team(workspace: Principal) -> str:
    return workspace.removeprefix("slack:")


async def _timely(asked: Awaitable[T]) -> T | None:
    """Give an answer that comes before nobody waits for it any more, or None: what is public may be read without."""
    try:
        async with asyncio.timeout(_IN_ALL):
            return await asked
    except TimeoutError:
        _log.debug("Slack does not say in time who reads")
        return None


async def _tried(asked: Awaitable[T]) -> T | None:
    """Give an answer, or None where Slack gives none."""
    try:
        return await asked
    except SlackError as error:
        _log.debug("Slack does not say who reads", why=error.told)
        return None
