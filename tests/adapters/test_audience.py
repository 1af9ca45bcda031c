from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.audience import NOBODY, Kind, Reader, Room, Standing, audience, common, held
from adapters.base import PRINCIPAL, Place

if TYPE_CHECKING:
    from adapters.base import Audience

TEAM = "slack:T1"
HERE = Place(platform="slack", workspace=TEAM, channel="C1")
ANN = Reader(id="ann", standing="member", groups=frozenset({"S1"}), channels=frozenset({"C1", "C2"}))
PUBLIC = frozenset({"public"})
CLOSED = Room(workspace=TEAM, channel="C1", kind="private", guests=False, shared=False)

names = st.sampled_from(["1", "2", "3", "no name", "a:b", ""])
readers = st.builds(
    Reader,
    id=st.sampled_from(["ann", "bob", "eve"]),
    standing=st.sampled_from(get_args(Standing)),
    groups=st.frozensets(names, max_size=3),
    channels=st.frozensets(names, max_size=3),
)
flags = st.sampled_from([True, False, None])
rooms = st.builds(
    Room,
    workspace=st.just(TEAM),
    channel=st.sampled_from(["C1", "no name"]),
    kind=st.sampled_from(get_args(Kind)),
    guests=flags,
    shared=flags,
    others=st.none() | st.lists(readers, max_size=3).map(tuple),
    history=st.booleans(),
)
places = st.sampled_from([HERE, replace(HERE, private_to="ann"), replace(HERE, workspace="slack:T2")])
sets = st.lists(st.frozensets(st.sampled_from("abcd"), max_size=4), max_size=4)


def principals(*names: str) -> frozenset[str]:
    return frozenset({"public", TEAM, *(f"{TEAM}:{name}" for name in names)})


def in_room(asker: Reader = ANN, **facts: Any) -> Audience:  # noqa: ANN401 - any facts of a room
    return audience(HERE, replace(CLOSED, **facts), asker)


def test_members_of_a_private_channel_hold_the_channel() -> None:
    assert in_room().everyone == principals("channel:C1")


@pytest.mark.parametrize("kind", ["public", "private"])
def test_where_not_all_may_read_what_was_said_before_the_channel_is_not_everyones(kind: Kind) -> None:
    found = in_room(kind=kind, history=False)
    assert found.everyone == principals()
    assert f"{TEAM}:channel:C1" in found.asker


def test_a_public_channel_proves_the_workspace_and_itself() -> None:
    found = in_room(kind="public")
    assert found.everyone == principals("channel:C1")
    assert found.own == principals("channel:C1", "channel:C2", "group:S1", "person:ann")


def test_in_a_direct_message_there_is_nothing_that_the_asker_does_not_share() -> None:
    found = in_room(kind="direct", guests=None, shared=None)
    assert found.everyone == principals("channel:C1", "channel:C2", "group:S1", "person:ann")
    assert found.asker == frozenset()


def test_a_few_people_share_what_all_of_them_hold() -> None:
    bob = Reader(id="bob", standing="member", groups=frozenset({"S1", "S2"}))
    assert in_room(kind="group", others=(bob,)).everyone == principals("channel:C1", "group:S1")


@pytest.mark.parametrize("facts", [{"shared": True}, {"shared": None}, {"guests": True}, {"guests": None}])
@pytest.mark.parametrize("kind", ["public", "private"])
def test_where_guests_or_outsiders_read_or_may_read_there_is_only_what_is_public(
    kind: Kind, facts: dict[str, Any]
) -> None:
    found = in_room(kind=kind, **facts)
    assert found.everyone == {"public"}
    assert found.own > found.everyone


@pytest.mark.parametrize("standing", ["guest", "outsider"])
def test_a_guest_who_asks_is_one_who_reads_whatever_else_is_said_of_the_room(standing: Standing) -> None:
    assert in_room(replace(ANN, standing=standing)).everyone == {"public"}


@pytest.mark.parametrize("facts", [{"kind": "unknown"}, {"kind": "group", "others": None}])
def test_where_readers_are_unknown_only_what_is_public_is_read(facts: dict[str, Any]) -> None:
    assert in_room(**facts).everyone == PUBLIC


def test_what_is_private_to_somebody_is_theirs_alone() -> None:
    private = replace(HERE, private_to="ann")
    assert audience(private, CLOSED, ANN) == in_room(kind="direct")
    assert audience(private, CLOSED, replace(ANN, id="bob")) == NOBODY


@given(places, rooms)
def test_an_unknown_asker_holds_what_is_public_and_nothing_else(place: Place, room: Room) -> None:
    found = audience(place, room, Reader(id="ann"))
    assert (found.own, found.asker) == (frozenset() if place.workspace != TEAM else PUBLIC, frozenset())


@given(places, rooms, readers)
def test_what_is_public_is_read_wherever_the_asker_is_a_reader(place: Place, room: Room, asker: Reader) -> None:
    read = place.workspace == TEAM and place.private_to in {None, asker.id}
    assert (audience(place, room, asker).everyone >= PUBLIC) is read
    assert read or audience(place, room, asker) == NOBODY


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"kind": "public", "guests": True, "shared": False}, "a guest is in this channel"),
        ({"kind": "private", "guests": True, "shared": True}, "this channel is shared with another company"),
        ({"kind": "public", "guests": None, "shared": False}, "it is not known who reads here"),
        ({"kind": "unknown"}, "it is not known who reads here"),
        ({"kind": "group", "guests": False, "shared": False, "others": (Reader(id="bob", standing="guest"),)},
         "a guest is in this conversation"),
        ({"kind": "group", "guests": False, "shared": False, "others": (Reader(id="bob", standing="outsider"),)},
         "this conversation is shared with another company"),
        ({"kind": "public", "guests": False, "shared": False}, None),
        ({"kind": "direct"}, None),
    ],
)  # fmt: skip
def test_a_room_that_reads_only_what_is_public_says_why(facts: dict[str, Any], why: str | None) -> None:
    assert in_room(**facts).why == why


@given(places, rooms, readers)
def test_whoever_asks_holds_all_that_everyone_does(place: Place, room: Room, asker: Reader) -> None:
    found = audience(place, room, asker)
    assert found.everyone <= held(TEAM, asker, here=room.channel)
    assert found.asker.isdisjoint(found.everyone)


@given(rooms, readers, readers)
def test_nothing_is_granted_that_one_reader_lacks(room: Room, asker: Reader, other: Reader) -> None:
    found = audience(HERE, replace(room, kind="group", others=(*(room.others or ()), other)), asker)
    for reader in (asker, other, *(room.others or ())):
        assert found.everyone <= held(TEAM, reader, here=room.channel)


@given(rooms, readers, readers)
def test_one_reader_more_never_adds_anything(room: Room, asker: Reader, other: Reader) -> None:
    few = replace(room, kind="group", others=room.others or ())
    many = replace(few, others=(*(few.others or ()), other))
    assert audience(HERE, many, asker).everyone <= audience(HERE, few, asker).everyone


@given(rooms, readers, st.sampled_from(["guests", "shared"]))
def test_knowing_less_and_fearing_more_never_add_anything(room: Room, asker: Reader, fact: str) -> None:
    facts: dict[str, Any] = {fact: False}
    sure = audience(HERE, replace(room, **facts), asker).everyone
    for worse in (True, None):
        facts[fact] = worse
        assert audience(HERE, replace(room, **facts), asker).everyone <= sure
    assert audience(HERE, replace(room, kind="unknown"), asker).everyone == PUBLIC


@given(rooms, readers)
def test_the_asker_once_more_among_the_readers_changes_nothing(room: Room, asker: Reader) -> None:
    few = replace(room, kind="group", others=room.others or ())
    assert audience(HERE, replace(few, others=(*(few.others or ()), asker)), asker) == audience(HERE, few, asker)


@given(places, rooms, readers)
def test_only_what_the_grammar_says_is_held(place: Place, room: Room, asker: Reader) -> None:
    assert all(PRINCIPAL.fullmatch(one) for one in audience(place, room, asker).own)


@given(sets, sets)
def test_what_is_common_is_an_intersection(some: list[frozenset[str]], more: list[frozenset[str]]) -> None:
    assert common([*some, *more]) <= (common(some) if some else frozenset("abcd"))
    assert common([*some, *some]) == common(some)
    assert common(reversed(some)) == common(some)
    if some and more:
        assert common([*some, *more]) == common(some) & common(more)


def test_no_reader_at_all_reads_nothing() -> None:
    assert common([]) == frozenset()
