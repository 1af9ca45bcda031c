from __future__ import annotations

import json
from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Person, Place, Question
from bot.payload import packed, unpacked
from tests.doubles.adapters import a_question

WORDS = st.text(st.characters())  # halves of a UTF-16 pair too
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
QUESTIONS = st.builds(
    Question,
    id=WORDS,
    conversation=WORDS,
    place=st.builds(
        Place,
        platform=WORDS,
        workspace=WORDS,
        channel=WORDS,
        thread=st.none() | WORDS,
        private_to=st.none() | WORDS,
    ),
    asker=st.builds(Person, id=WORDS, name=WORDS),
    text=WORDS,
    asked_at=st.datetimes(timezones=ZONES),
    follows=st.none() | WORDS,
    first_asked_at=st.none() | st.datetimes(timezones=ZONES),
    overheard=st.booleans(),
)


@given(QUESTIONS)
def test_a_question_comes_back_whole_through_json(question: Question) -> None:
    assert unpacked(json.loads(json.dumps(packed(question)))) == question


def test_a_question_that_an_earlier_version_packed_comes_back() -> None:
    old = packed(a_question())
    del old["first_asked_at"], old["overheard"]
    assert unpacked(old) == a_question()
