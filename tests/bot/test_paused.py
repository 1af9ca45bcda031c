from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Place
from bot.paused import EVERYTHING, NAME, channel_name, names

IDS = st.from_regex(r"[A-Z][A-Z0-9]{1,12}", fullmatch=True)
PLACES = st.builds(
    lambda platform, team, channel: Place(platform=platform, workspace=f"{platform}:{team}", channel=channel),
    st.sampled_from(["slack", "discord"]),
    IDS,
    IDS,
)
SLACK = Place(platform="slack", workspace="slack:T1", channel="C1", thread="t")


@pytest.mark.parametrize("name", ["all", "slack", "slack:T1", "slack:C1", "slack:T1:channel:C1"])
def test_a_place_is_paused_by_any_of_its_names(name: str) -> None:
    assert name in names(SLACK)


@pytest.mark.parametrize("name", ["discord", "slack:T2", "slack:C2", "slack:T1:channel:C2", "slack:T1:person:C1"])
def test_a_place_is_not_paused_by_another_places_name(name: str) -> None:
    assert name not in names(SLACK)


@given(PLACES)
def test_every_name_of_a_place_can_be_typed(place: Place) -> None:
    assert all(NAME.fullmatch(name) for name in names(place))


@given(PLACES, PLACES)
def test_a_channels_name_is_no_other_channels(one: Place, other: Place) -> None:
    if channel_name(one) in names(other):
        assert one == other


@pytest.mark.parametrize("name", ["", "Slack", "slack:", "slack: C1", "slack:T1:C1", "slack:T1:person:U1", "a b"])
def test_what_is_no_name_is_not_taken_for_one(name: str) -> None:
    assert not NAME.fullmatch(name)


def test_everything_is_a_name_too() -> None:
    assert NAME.fullmatch(EVERYTHING)
