from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import Hit
from knowledge.fusion import Ranking
from knowledge.sentences import Sentences
from knowledge.signals import Asked, signals
from tests.doubles.answering import passage
from tests.doubles.hashing import Hashing, hashed

PAGE = passage("keys.md", "Birds sing in the trees. Signing keys are rotated every month.")
OTHER = passage("ships.md", "Ships sail on Fridays.")
VECTORS = Ranking(
    name="vectors", hits=[Hit(chunk=PAGE.chunk, score=0.7), Hit(chunk="x:1", score=0.2)], weight=0.35, scale="range"
)


def _asked(text: str, **weights: float) -> Asked:
    vector = hashed(text, 64)
    return Asked(text=text, weights=weights, vector=vector, near=vector)


async def test_a_sentence_that_is_near_and_says_it_is_stated() -> None:
    asked = _asked("signing keys are rotated", signing=2.0, keys=1.0, rotated=1.0)
    reads = await Sentences(Hashing()).read([PAGE, OTHER])
    found = signals([VECTORS], [PAGE, OTHER], reads, asked=asked, asking=asked)
    assert found.similarity == 0.7
    assert found.spread == pytest.approx(0.5)
    assert (found.coverage, found.missing, found.terms) == (1.0, 0.0, 3)
    assert found.stated == pytest.approx(found.sentence)
    assert found.sentence > 0.5


async def test_only_what_is_asked_now_counts_as_missing_or_stated() -> None:
    asked = _asked("ferry\nsigning keys are rotated", ferry=3.0, signing=1.0, keys=1.0)
    asking = _asked("ferry", ferry=3.0)
    reads = await Sentences(Hashing()).read([PAGE])
    found = signals([VECTORS], [PAGE], reads, asked=asked, asking=asking)
    assert found.coverage == pytest.approx(0.4)
    assert (found.missing, found.stated) == (1.0, 0.0)


def test_without_sentences_the_passage_counts_as_one() -> None:
    asked = _asked("signing ships", signing=1.0, ships=1.0)
    found = signals([VECTORS], [PAGE, OTHER], {}, asked=asked, asking=asked)
    assert found.sentence == 0.7
    assert found.stated == pytest.approx(0.7 * 0.5)
    assert found.missing == 0.0


@given(st.permutations([0.9, *([0.4] * 9), *([0.1] * 5)]))
def test_the_best_stands_out_above_the_next_nine_whatever_the_order(cosines: list[float]) -> None:
    hits = [Hit(chunk=f"x:{number}", score=cosine) for number, cosine in enumerate(cosines)]
    ranking = Ranking(name="vectors", hits=hits, weight=0.35, scale="range")
    asked = _asked("anything", anything=1.0)
    assert signals([ranking], [], {}, asked=asked, asking=asked).peak == pytest.approx(0.5)


def test_one_alone_stands_out_above_nothing() -> None:
    ranking = Ranking(name="vectors", hits=[Hit(chunk="x:1", score=0.7)], weight=0.35, scale="range")
    asked = _asked("anything", anything=1.0)
    assert signals([ranking], [], {}, asked=asked, asking=asked).peak == 0.0


def test_what_the_best_passages_say_is_kept_by_roots() -> None:
    asked = _asked("keys", keys=1.0)
    said = signals([VECTORS], [PAGE, OTHER], {}, asked=asked, asking=asked).said
    assert {"rotat", "ship", "friday"} <= said
    assert "rotated" not in said


def test_nothing_found_is_missing_all() -> None:
    asked = _asked("anything", anything=1.0)
    found = signals([], [], {}, asked=asked, asking=asked)
    assert (found.peak, found.said) == (0.0, frozenset())
    assert (found.similarity, found.coverage, found.missing, found.stated) == (0.0, 0.0, 1.0, 0.0)


async def test_a_search_by_words_alone_has_no_cosines() -> None:
    asked = Asked(text="keys", weights={"keys": 1.0}, vector=None, near=None)
    reads = await Sentences(Hashing()).read([PAGE])
    found = signals([], [PAGE], reads, asked=asked, asking=asked)
    assert (found.sentence, found.stated) == (0.0, 0.0)
    assert np.isclose(found.coverage, 1.0)
