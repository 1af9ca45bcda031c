from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.reranking import Evidence, Nearest, held, reranked
from knowledge.terms import telling_pairs
from tests.doubles.answering import passage

WEIGHTS = {"read": 2.0, "replica": 3.0, "stop": 1.0}
ASKED = telling_pairs("Can I stop a read replica?")


def _evidence(worth: float) -> Evidence:
    nearest = Nearest(sentence=worth, two=worth)
    return Evidence(words=worth, vectors=worth, nearest=nearest, coverage=worth, pairs=worth)


def test_a_passage_that_holds_the_words_in_their_order_holds_more() -> None:
    together = passage("a.md", "A read replica may stop.")
    apart = passage("b.md", "The replica can be read by all, and stop.")
    assert held(together, WEIGHTS, ASKED) == (1.0, 1.0)
    assert held(apart, WEIGHTS, ASKED) == (1.0, 0.0)
    assert held(passage("c.md", "Birds sing."), WEIGHTS, ASKED) == (0.0, 0.0)


def test_a_question_without_pairs_holds_none() -> None:
    assert held(passage("a.md", "Read replicas."), WEIGHTS, frozenset()) == (5 / 6, 0.0)


def test_the_best_evidence_comes_first_and_equals_keep_their_order() -> None:
    passages = [passage(f"{name}.md", name) for name in "abc"]
    worth = {"a.md": 0.2, "b.md": 0.9, "c.md": 0.2}
    found = reranked(passages, {one.chunk: _evidence(worth[one.document]) for one in passages})
    assert [one.document for one in found] == ["b.md", "a.md", "c.md"]


_SHARES = st.floats(0, 1)
_EVIDENCE = st.builds(
    Evidence,
    words=_SHARES,
    vectors=_SHARES,
    nearest=st.builds(Nearest, sentence=st.floats(-1, 1), two=st.floats(-1, 1)),
    coverage=_SHARES,
    pairs=_SHARES,
)


@given(_EVIDENCE)
def test_a_score_lies_between_nothing_and_all(evidence: Evidence) -> None:
    assert 0 <= evidence.score <= 1


def test_all_there_is_scores_one() -> None:
    assert _evidence(1.0).score == 1.0
    assert _evidence(0.0).score == 0.0
