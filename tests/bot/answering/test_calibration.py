from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.calibration import FEWEST, FOLDS, Labelled, bar, calibrated, judged_apart, read, written
from bot.answering.gate import SHIPPED, Gate, Outlook, features
from bot.evaluation.measures import auc
from knowledge.base import Signals


def _labelled(stated: float, *, answerable: bool, conversation: str, noise: float = 0.0) -> Labelled:
    signals = Signals(similarity=noise, coverage=noise, stated=stated, sentence=noise)
    outlook = Outlook(question="What is it?", signals=signals)
    return Labelled(features=features(outlook), answerable=answerable, conversation=conversation)


def _corpus(count: int, *, seed: int = 7) -> list[Labelled]:
    """Half is answerable; only ``stated`` tells, and not always."""
    chance = random.Random(seed)  # noqa: S311 - a made-up corpus, no secret
    return [
        _labelled(
            chance.gauss(0.6 if number % 2 else 0.4, 0.08),
            answerable=bool(number % 2),
            conversation=f"talk {number // 3}",
            noise=chance.random(),
        )
        for number in range(count)
    ]


def _split(scores: list[float], labelled: list[Labelled]) -> tuple[list[float], list[float]]:
    pairs = list(zip(scores, labelled, strict=True))
    return [each for each, one in pairs if one.answerable], [each for each, one in pairs if not one.answerable]


def _apart(labelled: list[Labelled]) -> float | None:
    scores = judged_apart(labelled)
    assert scores is not None
    return auc(*_split(scores, labelled))


def test_a_fit_finds_what_tells_the_questions_apart() -> None:
    labelled = _corpus(300)
    gate = calibrated(labelled, answered=0.9)
    assert gate.weights["stated"] > 5
    assert abs(gate.weights["sentence"]) < 2
    assert "similarity" not in gate.weights


def test_questions_that_a_gate_was_not_fitted_to_are_told_apart_too() -> None:
    labelled = _corpus(300)
    found = _apart(labelled)
    assert found is not None
    assert found > 0.9


def test_labels_by_chance_are_not_learned() -> None:
    chance = random.Random(3)  # noqa: S311 - the same
    labelled = [
        _labelled(chance.random(), answerable=chance.random() < 0.5, conversation=str(number), noise=chance.random())
        for number in range(400)
    ]
    found = _apart(labelled)
    assert found is not None
    assert 0.4 < found < 0.6


@given(st.floats(0.5, 1.0))
def test_the_asked_share_of_the_answerable_is_let_through(answered: float) -> None:
    labelled = _corpus(120)
    gate = calibrated(labelled, answered=answered)
    yes, _ = _split([gate.of(one.features) for one in labelled], labelled)
    assert sum(score >= gate.least for score in yes) / len(yes) >= answered


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0.01, 1.0))
def test_the_bar_is_the_highest_that_lets_the_share_through(scores: list[float], answered: float) -> None:
    found = bar(scores, answered)
    assert sum(score >= found for score in scores) / len(scores) >= answered
    higher = [score for score in scores if score > found]
    assert len(higher) / len(scores) < answered


def test_few_questions_only_set_the_bar_of_the_shipped_gate() -> None:
    few = _corpus(2 * FEWEST - 2)
    gate = calibrated(few, answered=1.0)
    assert (gate.bias, gate.weights) == (SHIPPED.bias, SHIPPED.weights)
    assert gate.least == min(SHIPPED.of(one.features) for one in few if one.answerable)


@pytest.mark.parametrize("count", [2 * FEWEST, 2 * FEWEST + 8])
def test_too_few_for_folds_are_not_judged_by_another_gate(count: int) -> None:
    assert calibrated(_corpus(count), answered=0.9).weights != SHIPPED.weights
    assert judged_apart(_corpus(count)) is None


def test_without_an_answerable_question_there_is_no_bar() -> None:
    with pytest.raises(ValueError, match="no question is answerable"):
        calibrated([_labelled(0.1, answerable=False, conversation="a")], answered=0.9)


def test_a_feature_that_never_differs_does_no_harm() -> None:
    same = [
        Labelled(
            features=_labelled(0.5, answerable=True, conversation="").features,
            answerable=bool(n % 2),
            conversation=str(n),
        )
        for n in range(2 * FEWEST + 10)
    ]
    gate = calibrated(same, answered=0.9)
    assert gate.of(same[0].features) == pytest.approx(0.5, abs=0.01)


def test_a_conversation_is_in_one_fold_whole() -> None:
    """Were it split, the twins would be told by each other: here each conversation's label is its own chance."""
    chance = random.Random(5)  # noqa: S311 - the same
    labelled = []
    for talk in range(150):
        stated, answerable = chance.random(), chance.random() < 0.5
        labelled += [_labelled(stated, answerable=answerable, conversation=str(talk))] * 4
    found = _apart(labelled)
    assert found is not None
    assert 0.35 < found < 0.65
    assert FOLDS == 5


def test_a_gate_that_was_written_down_is_read_again() -> None:
    gate = calibrated(_corpus(100), answered=0.9)
    assert read(written(gate, model="minilm"), model="minilm") == gate


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "no json",
        "[]",
        "{}",
        '{"model": "minilm", "bias": 1, "least": 0.5}',
        '{"model": "minilm", "bias": 1, "least": 0.5, "weights": {"unknown": 1}}',
        '{"model": "minilm", "bias": 1, "least": 0.5, "weights": 3}',
        written(Gate(bias=1.0, weights={"stated": 2.0}, least=0.5), model="another"),
    ],
)
def test_what_is_no_gate_of_this_model_leaves_the_shipped_one(text: str | None) -> None:
    assert read(text, model="minilm") is SHIPPED
