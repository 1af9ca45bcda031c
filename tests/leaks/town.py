"""A workspace as it truly is: people, roles, channels, documents, and who may read what at this moment.

What may be read is worked out person by person, and not by what is common to them, so that it is no copy of what it
is held against.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters.audience import NOBODY, Reader, Room, audience
from adapters.base import Place
from tests.doubles.shelf import document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.audience import Kind, Standing
    from adapters.base import Audience, Person, Principal
    from knowledge.base import Document

TEAM: Final = "slack:T1"
PLATFORM: Final = "recording"
PEOPLE: Final[Mapping[str, Standing]] = {
    **dict.fromkeys(("U0", "U1", "U2", "U3", "U4", "U5"), "member"),
    "U6": "guest",
    "U7": "outsider",
}
ROLES: Final = tuple(f"S{number}" for number in range(10))
CHANNELS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys([f"C{number}" for number in range(8)], "public"),
    **dict.fromkeys([f"C{number}" for number in range(8, 16)], "private"),
    **dict.fromkeys([f"C{number}" for number in range(16, 19)], "group"),
    "C19": "unknown",
}
PRINCIPALS: Final = (
    "public",
    TEAM,
    *(f"{TEAM}:channel:{name}" for name in CHANNELS),
    *(f"{TEAM}:group:{name}" for name in ROLES),
    *(f"{TEAM}:person:{name}" for name in PEOPLE),
)
TOPICS: Final = ("harbour", "orchard", "furnace")


@dataclass(slots=True)
class Town:
    """``among`` are those who were let into a channel, ``roles`` those whom somebody has.

    ``written`` are the documents by their marks, as they were synced last, ``gone`` the marks of those that were
    deleted; ``whispered`` are marks of what people asked in private, by whom.
    """

    among: dict[str, set[str]] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=dict)
    written: dict[str, Document] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    whispered: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        members = [name for name, standing in PEOPLE.items() if standing == "member"]
        for number, channel in enumerate(CHANNELS):
            self.among[channel] = set(members[number % 3 :: 2])
        self.among["C6"].add("U6")
        self.among["C7"].add("U7")
        for number, person in enumerate(members):
            self.roles[person] = {ROLES[number], ROLES[number + 4]}

    def readers(self, place: Place) -> set[str]:
        """Who sees what is posted at a place."""
        if place.private_to is not None:
            return {place.private_to}
        members = {name for name, standing in PEOPLE.items() if standing == "member"}
        match CHANNELS[place.channel]:
            case "public":
                return members | self.among[place.channel]
            case "unknown":
                return set(PEOPLE)
            case _:
                return self.among[place.channel]

    def holds(self, person: str) -> set[Principal]:
        """What names somebody."""
        if PEOPLE[person] == "outsider":
            return {"public"}
        mine = {"public", f"{TEAM}:person:{person}"}
        if PEOPLE[person] == "guest":
            return mine
        channels = {name for name, kind in CHANNELS.items() if kind == "public" or person in self.among[name]}
        named = {f"channel:{name}" for name in channels} | {f"group:{name}" for name in self.roles.get(person, ())}
        return mine | {TEAM} | {f"{TEAM}:{name}" for name in named}

    def secret(self, place: Place) -> list[str]:
        """The marks, and the fees, that somebody who reads at a place may not see now."""
        readers = self.readers(place)
        held = [self.holds(each) for each in readers]
        marks = [
            *self.gone,
            *(mark for mark, one in self.written.items() if any(one.readers.isdisjoint(each) for each in held)),
            *(mark for mark, person in self.whispered.items() if readers != {person}),
        ]
        return [*marks, *map(fee, marks)]

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """What a platform's adapter would say."""
        if place.platform != PLATFORM:
            return NOBODY
        among = self.among[place.channel] if place.private_to is None else set()
        room = Room(
            workspace=TEAM,
            channel=place.channel,
            kind=CHANNELS[place.channel] if place.private_to is None else "direct",
            guests=any(PEOPLE[name] == "guest" for name in among),
            shared=any(PEOPLE[name] == "outsider" for name in among),
            others=tuple(self._reader(name) for name in sorted(among)),
        )
        return audience(place, room, self._reader(asker.id))

    def _reader(self, name: str) -> Reader:
        channels = {channel for channel, kind in CHANNELS.items() if kind == "public" or name in self.among[channel]}
        standing = PEOPLE[name]
        roles = frozenset(self.roles.get(name, ()))
        return Reader(id=name, standing=standing, groups=roles, channels=frozenset(channels))


def paper(mark: str, topic: str, readers: Iterable[Principal]) -> Document:
    """A document whose title, text and address hold its mark, and which differs from others on its topic in a fee."""
    text = (
        f"# The {topic} {mark}\n\nThe {topic} ledger {mark} is opened by the {mark} warden every morning.\n\n"
        f"The {topic} ledger costs every household {fee(mark)} euros a year."
    )
    return document(f"{mark}.md", text, readers=frozenset(readers), title=f"The {topic} {mark}")


def fee(mark: str) -> str:
    """What only a document of this mark says that its topic costs."""
    return str(70_000 + int("".join(filter(str.isdecimal, mark))))


def place(channel: str, private_to: str | None = None) -> Place:
    """A place in the town."""
    return Place(platform=PLATFORM, workspace=TEAM, channel=channel, private_to=private_to)
