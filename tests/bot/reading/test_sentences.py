from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.sentences import Sentences, split
from tests.doubles.scaling import QUADRATIC, slowdown

PIECES = st.sampled_from([*'.!?… `[]12,【】\n*)"aA。', "e.g. ", "[1]", " [2]", "Dr. ", " " * 39, "[1][1][1]", "2" * 25])
TRICKY = st.lists(PIECES, max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It needs Python 3.11. It runs.", ["It needs Python 3.11.", "It runs."]),
        ("Pi is 3.14 here. Yes.", ["Pi is 3.14 here.", "Yes."]),
        ("Use a shell, e.g. Bash. Then go.", ["Use a shell, e.g. Bash.", "Then go."]),
        ("Files, logs, etc. are kept. They stay.", ["Files, logs, etc. are kept.", "They stay."]),
        ("Files, logs, etc. They stay.", ["Files, logs, etc.", "They stay."]),
        ("See Fig. 3 and No. 5. No. That is wrong.", ["See Fig. 3 and No. 5.", "No.", "That is wrong."]),
        ("Dr. Who met J. R. Smith. They left.", ["Dr. Who met J. R. Smith.", "They left."]),
        ("Press Ctrl-C. Then type on.", ["Press Ctrl-C.", "Then type on."]),
        ("Wait... Then go. Done…  Or not.", ["Wait... Then go.", "Done…  Or not."]),
        ("Open https://x.org/a.html?b=1. Then read.", ["Open https://x.org/a.html?b=1.", "Then read."]),
        ("Set `a. B` now. Go.", ["Set `a. B` now.", "Go."]),
        ("A is so. [1] B is not. [2][3] C.", ["A is so. [1]", "B is not. [2][3]", "C."]),
        ("A is so [1]. and b. [2, 3] c.", ["A is so [1]. and b. [2, 3]", "c."]),
        ("**Bold.** Next one.", ["**Bold.**", "Next one."]),
        ("He said “no.” She left.", ["He said “no.”", "She left."]),
        ("Erster Satz.【1†source】 Next", ["Erster Satz.【1†source】", "Next"]),
        ("终わり。つぎ。", ["终わり。", "つぎ。"]),
    ],
)
def test_text_is_cut_where_a_reader_would(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(TRICKY, st.data())
def test_any_cutting_of_the_stream_gives_the_same_sentences(text: str, data: st.DataObject) -> None:
    sentences, given_, at = Sentences(), [], 0
    while at < len(text):
        size = data.draw(st.integers(1, 9))
        given_ += sentences.feed(text[at : at + size])
        at += size
    assert [*given_, *sentences.end()] == split(text)


@given(st.text(max_size=200))
def test_no_character_is_lost(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_a_sentence_is_given_before_the_next_one_is_whole() -> None:
    sentences = Sentences()
    assert sentences.feed("It works. [1]") == []
    assert sentences.feed(" T") == ["It works. [1]"]


@pytest.mark.parametrize("piece", ["[[[[1111", ". ", ". [1", "`", "…", ".[1]"])
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    def work(times: int) -> None:
        sentences, text = Sentences(), piece * times
        for at in range(0, len(text), 3):
            sentences.feed(text[at : at + 3])
        sentences.end()

    assert slowdown(work, 2_000) < QUADRATIC
