from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.base import Person, Place, WantedPrivately
from bot.asides import aside
from bot.errors import NoSuchOffer
from tests.doubles.adapters import MARY, NOON, a_question

CHANNEL = Place(platform="slack", workspace="slack:T1", channel="C1")
ASKED = replace(a_question(place=CHANNEL), conversation="slack:T1:C1")
WISH = WantedPrivately(
    question=ASKED.id,
    person=MARY,
    place=replace(CHANNEL, channel="D1", private_to=MARY.id),
    conversation="slack:T1:D1",
    at=NOON + timedelta(hours=20),
)


def test_a_question_is_asked_again_where_only_its_asker_reads() -> None:
    again = aside(ASKED, WISH)
    assert (again.text, again.asker, again.place, again.conversation) == (
        ASKED.text, MARY, WISH.place, WISH.conversation,
    )  # fmt: skip
    assert (again.follows, again.first_asked_at) == (ASKED.conversation, ASKED.asked_at)
    assert again.id != ASKED.id


def test_accepting_twice_asks_once() -> None:
    assert aside(ASKED, WISH) == aside(ASKED, WISH)


@pytest.mark.parametrize(
    "wish",
    [
        replace(WISH, person=Person(id="eve", name="Eve")),
        replace(WISH, place=replace(WISH.place, private_to="eve")),
        replace(WISH, place=replace(WISH.place, private_to=None)),
        replace(WISH, place=replace(WISH.place, workspace="slack:T2")),
        replace(WISH, place=replace(WISH.place, platform="discord")),
        replace(WISH, conversation=ASKED.conversation),
    ],
)
def test_anybody_elses_offer_and_any_place_that_others_read_read_like_an_offer_that_is_over(
    wish: WantedPrivately,
) -> None:
    with pytest.raises(NoSuchOffer) as refused:
        aside(ASKED, wish)
    with pytest.raises(NoSuchOffer) as over:
        aside(None, WISH)
    assert refused.value.told == over.value.told
