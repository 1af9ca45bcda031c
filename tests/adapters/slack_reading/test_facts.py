"""Who reads an answer on Slack is what Slack says of a place's people, and anybody where it says nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from adapters.audience import NOBODY
from adapters.base import Person, Place
from adapters.slack.knowing import conversation, profile

if TYPE_CHECKING:
    from adapters.base import Audience
    from adapters.slack.facts import Facts
    from tests.doubles.slack import Channel, Slack, User
    from tests.doubles.slack.faults import Fault

ONLY_PUBLIC: Final = frozenset({"public"})


def place(slack: Slack, channel: Channel | str, private_to: str | None = None) -> Place:
    name = channel if isinstance(channel, str) else channel.id
    return Place(platform="slack", workspace=f"slack:{slack.home.id}", channel=name, private_to=private_to)


async def read_by(slack: Slack, facts: Facts, channel: Channel, asker: User) -> Audience:
    return await facts.audience(place(slack, channel), Person(id=asker.id, name=asker.name))


async def test_a_channel_of_members_reads_what_the_workspace_does(
    slack: Slack, facts: Facts, anna: User, general: Channel
) -> None:
    group = slack.group("ops", anna)
    hush = slack.channel("hush", anna, kind="private")
    team = f"slack:{slack.home.id}"
    found = await read_by(slack, facts, general, anna)
    assert found.everyone == {"public", team, f"{team}:channel:{general.id}"}
    assert found.asker == {f"{team}:person:{anna.id}", f"{team}:group:{group.id}", f"{team}:channel:{hush.id}"}
    assert f"{team}:channel:{hush.id}" in (await read_by(slack, facts, hush, anna)).everyone


async def test_a_direct_message_reads_what_its_person_does(slack: Slack, facts: Facts, anna: User) -> None:
    group, direct = slack.group("ops", anna), slack.direct(anna)
    me = Person(id=anna.id, name="anna")
    for where in (place(slack, direct), place(slack, direct, anna.id), place(slack, anna.id, anna.id)):
        found = await facts.audience(where, me)
        assert f"slack:{slack.home.id}:group:{group.id}" in found.everyone
        assert not found.asker
    other = slack.person("Ben")
    assert (await read_by(slack, facts, direct, other)).everyone == ONLY_PUBLIC
    assert await facts.audience(place(slack, direct, anna.id), Person(id=other.id, name="ben")) == NOBODY


async def test_a_server_without_any_lists_of_members_is_believed_to_have_no_guests(
    slack: Slack, facts: Facts, anna: User, general: Channel
) -> None:
    slack.misbehave("unknown_method", "conversations.members", "users.list", "users.conversations", "usergroups.list")
    assert f"slack:{slack.home.id}" in (await read_by(slack, facts, general, anna)).everyone
    shared = slack.channel("shared", anna, shared_with=(slack.workspace("Other", installed=False),))
    assert (await read_by(slack, facts, shared, anna)).everyone == ONLY_PUBLIC


@pytest.mark.parametrize("fault", ["error", "ratelimited", "invalid_auth", "garbage"])
async def test_a_list_of_members_that_is_not_given_leaves_what_is_public(
    slack: Slack, facts: Facts, anna: User, general: Channel, fault: Fault
) -> None:
    slack.misbehave(fault, "conversations.members")
    assert (await read_by(slack, facts, general, anna)).everyone == ONLY_PUBLIC


async def test_the_bot_itself_needs_no_description(slack: Slack, facts: Facts, anna: User, general: Channel) -> None:
    await facts.name(slack.home.id, anna.id)
    slack.misbehave("unknown_method", "users.list")
    before = len(slack.calls)
    assert f"slack:{slack.home.id}" in (await read_by(slack, facts, general, anna)).everyone
    asked = {call.arguments["user"] for call in slack.calls[before:] if call.method == "users.info"}
    assert slack.bot.id not in asked


@pytest.mark.parametrize("kind", ["public", "private"])
async def test_a_guest_in_a_channel_leaves_what_is_public(slack: Slack, facts: Facts, anna: User, kind: str) -> None:
    guest = slack.person("Guest", guest="single")
    mixed = slack.channel("mixed", anna, guest, kind="public" if kind == "public" else "private")
    assert (await read_by(slack, facts, mixed, anna)).everyone == ONLY_PUBLIC
    assert (await read_by(slack, facts, mixed, guest)).own == {"public", f"slack:{slack.home.id}:person:{guest.id}"}


async def test_other_bots_in_a_channel_take_nothing_away(slack: Slack, facts: Facts, anna: User) -> None:
    channel = slack.channel("busy", anna, slack.other_bot("Builds"))
    assert f"slack:{slack.home.id}" in (await read_by(slack, facts, channel, anna)).everyone


async def test_a_channel_shared_with_another_company_leaves_what_is_public(
    slack: Slack, facts: Facts, anna: User, general: Channel
) -> None:
    other = slack.workspace("Other", installed=False)
    shared = slack.channel("shared", anna, shared_with=(other,))
    assert (await read_by(slack, facts, shared, anna)).everyone == ONLY_PUBLIC
    assert f"slack:{slack.home.id}" in (await read_by(slack, facts, general, anna)).everyone
    slack.shares(general, other)
    facts.changed(f"slack:{slack.home.id}", general.id)
    assert (await read_by(slack, facts, general, anna)).everyone == ONLY_PUBLIC


async def test_an_outsider_reads_what_is_public(slack: Slack, facts: Facts, anna: User) -> None:
    other = slack.workspace("Other", installed=False)
    stranger = slack.person("Sam", other)
    shared = slack.channel("shared", anna, stranger, shared_with=(other,))
    assert (await read_by(slack, facts, shared, stranger)).own == ONLY_PUBLIC
    assert await facts.standing(slack.home.id, stranger.id) == "outsider"


async def test_a_few_people_read_what_all_of_them_do(slack: Slack, facts: Facts, anna: User) -> None:
    ben, guest = slack.person("Ben"), slack.person("Guest", guest="multi")
    ops, both = slack.group("ops", anna), slack.group("all", anna, ben)
    team = f"slack:{slack.home.id}"
    two, three = slack.several(anna, ben), slack.several(anna, ben, guest)
    found = await read_by(slack, facts, two, anna)
    assert found.everyone == {"public", team, f"{team}:group:{both.id}", f"{team}:channel:{two.id}"}
    assert f"{team}:group:{ops.id}" in found.asker
    assert (await read_by(slack, facts, three, anna)).everyone == ONLY_PUBLIC
    assert (await read_by(slack, facts, two, guest)).everyone == ONLY_PUBLIC


async def test_standing_is_what_slack_says_of_somebody(slack: Slack, facts: Facts, anna: User) -> None:
    gone, bot = slack.person("Gone"), slack.other_bot("Builds")
    gone.deleted = True
    people = (anna, slack.person("G", guest="multi"), slack.person("S", guest="single"), gone, bot)
    found = [await facts.standing(slack.home.id, one.id) for one in people]
    assert found == ["member", "guest", "guest", "unknown", "unknown"]
    assert await facts.standing(slack.home.id, "UNOBODY") == "unknown"
    assert await facts.standing("TELSEWHERE", anna.id) == "unknown"


async def test_names_are_those_that_people_chose(slack: Slack, facts: Facts, anna: User) -> None:
    assert await facts.name(slack.home.id, anna.id) == "anna"
    assert await facts.name(slack.home.id, "UNOBODY") == "UNOBODY"


async def test_the_bot_is_in_a_channel_or_not_or_nobody_knows(
    slack: Slack, facts: Facts, anna: User, general: Channel
) -> None:
    outside = slack.channel("outside", anna, bot=False)
    hidden = slack.channel("hidden", anna, bot=False, kind="private")
    channels = (general, outside, hidden, slack.direct(anna))
    assert [await facts.is_in(slack.home.id, one.id) for one in channels] == [True, False, False, True]
    slack.misbehave("error", "conversations.info")
    assert await facts.is_in(slack.home.id, slack.channel("other", anna).id) is None


@pytest.mark.parametrize("fault", ["ratelimited", "error", "garbage", "invalid_auth", "dropped before"])
@pytest.mark.parametrize("method", ["conversations.info", "users.info", "conversations.members"])
async def test_what_slack_does_not_say_is_nothing_private(
    slack: Slack, facts: Facts, anna: User, method: str, fault: Fault
) -> None:
    slack.misbehave(fault, method, "users.list")
    found = await read_by(slack, facts, slack.channel("hush", anna, kind="private"), anna)
    assert found.everyone == ONLY_PUBLIC


async def test_a_server_that_lists_nobody_is_asked_one_by_one(
    slack: Slack, facts: Facts, anna: User, general: Channel
) -> None:
    slack.misbehave("error", "users.list", "usergroups.list", "users.conversations")
    assert f"slack:{slack.home.id}" in (await read_by(slack, facts, general, anna)).everyone
    crowd = slack.channel("crowd", anna, *(slack.person(f"P{number}") for number in range(60)))
    assert (await read_by(slack, facts, crowd, anna)).everyone == ONLY_PUBLIC


async def test_a_channel_too_large_to_be_looked_through_counts_as_one_with_guests(
    slack: Slack, facts: Facts, anna: User
) -> None:
    crowd = slack.channel("crowd", anna)
    crowd.members += [f"U{number}" for number in range(5_000)]
    assert (await read_by(slack, facts, crowd, anna)).everyone == ONLY_PUBLIC


async def test_many_who_ask_at_once_share_one_call_for_a_minute(
    slack: Slack, facts: Facts, anna: User, general: Channel
) -> None:
    async with asyncio.TaskGroup() as asking:
        for _ in range(30):
            asking.create_task(read_by(slack, facts, general, anna))
    assert len(slack.called("conversations.info")) == len(slack.called("conversations.members")) == 1
    assert len(slack.called("users.info")) == 1
    slack.clock.move(61)
    await read_by(slack, facts, general, anna)
    assert len(slack.called("conversations.info")) == 2
    assert len(slack.called("users.list")) == 1
    assert not slack.rates.violations


async def test_a_failure_is_not_asked_for_again_at_once(
    slack: Slack, facts: Facts, anna: User, general: Channel
) -> None:
    slack.misbehave("ratelimited", "conversations.info", times=1, retry_after=30)
    assert (await read_by(slack, facts, general, anna)).everyone == ONLY_PUBLIC
    assert (await read_by(slack, facts, general, anna)).everyone == ONLY_PUBLIC
    assert len(slack.called("conversations.info")) == 1
    slack.clock.move(31)
    assert f"slack:{slack.home.id}" in (await read_by(slack, facts, general, anna)).everyone


async def test_an_event_makes_it_ask_anew(slack: Slack, facts: Facts, anna: User, general: Channel) -> None:
    team = f"slack:{slack.home.id}"
    hush = slack.channel("hush", anna, kind="private")
    assert f"{team}:channel:{hush.id}" in (await read_by(slack, facts, general, anna)).asker
    slack.leaves(anna, hush)
    facts.changed(team, hush.id)
    assert f"{team}:channel:{hush.id}" not in (await read_by(slack, facts, general, anna)).asker
    slack.joins(slack.person("Guest", guest="multi"), general)
    facts.changed(team, general.id)
    assert (await read_by(slack, facts, general, anna)).everyone == ONLY_PUBLIC


async def test_somebody_made_a_guest_is_one_at_once(slack: Slack, facts: Facts, anna: User) -> None:
    ben = slack.person("Ben")
    channel = slack.channel("two", anna, ben)
    assert f"slack:{slack.home.id}" in (await read_by(slack, facts, channel, anna)).everyone
    ben.guest = "multi"
    slack.changes(ben)
    facts.changed(f"slack:{slack.home.id}")
    assert (await read_by(slack, facts, channel, anna)).everyone == ONLY_PUBLIC


async def test_a_rain_of_changes_does_not_use_up_what_slack_allows(
    slack: Slack, facts: Facts, anna: User, general: Channel
) -> None:
    for _ in range(200):
        facts.changed(f"slack:{slack.home.id}")
        assert f"slack:{slack.home.id}" in (await read_by(slack, facts, general, anna)).everyone
        slack.clock.move(0.5)
    assert not slack.rates.violations


async def test_more_people_and_channels_than_slack_lets_be_asked_about_are_asked_about_more_slowly(
    slack: Slack, facts: Facts
) -> None:
    people = [slack.person(f"P{number}") for number in range(120)]
    for person in people:
        await read_by(slack, facts, slack.channel(f"of-{person.name}", person), person)
    assert not slack.rates.violations
    slack.clock.move(61)
    found = await read_by(slack, facts, slack.channel("later", people[0]), people[0])
    assert f"slack:{slack.home.id}" in found.everyone


def test_flags_that_are_none_count_as_set() -> None:
    someone = profile({"id": "U1", "is_restricted": "perhaps"}, "T1")
    assert someone is not None
    assert someone.standing == "guest"
    assert conversation({"id": "C1", "is_channel": True, "is_private": False, "is_ext_shared": "x"}, "T1").shared


@pytest.mark.parametrize("given", [None, [], {}, {"id": 3}, {"id": "C1", "is_im": "yes"}, {"is_private": []}])
def test_what_cannot_be_read_is_unknown(given: object) -> None:
    assert conversation(given, "T1").sort in {"unknown", "private"}
    assert conversation(given, "T1").shared is None
    assert profile({"id": 3}, "T1") is None
