from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.trimming import sentences, trimmed

PROSE = (
    "Footnote keeps its settings in a file. The weather was fine that day. Birds sang in the trees. "
    "Keys are rotated every month by the night job. Nobody knows who wrote the first version. It was long ago."
)
LISTED = "Steps:\n\n- open the lid\n- rotate the key\n- close the lid\n- wait an hour\n\nThen go home."
CODE = "Before the code.\n\n```sh\nfootnote sync docs\nfootnote ask keys\n```\n\nAfter the code nothing happens at all."


def _count(text: str) -> int:
    return len(text.split())


def _cut(text: str, limit: int, *asked: str) -> str:
    return trimmed(text, dict.fromkeys(asked, 1.0), limit=limit, count=_count)


def test_what_fits_stays_as_it_is() -> None:
    assert _cut(PROSE, 100, "keys") == PROSE


def test_the_sentence_with_the_questions_words_is_kept_with_what_stands_beside_it() -> None:
    cut = _cut(PROSE, 26, "keys", "rotate")
    assert "Keys are rotated every month by the night job." in cut
    assert "Birds sang in the trees." in cut
    assert "weather" not in cut


def test_a_gap_is_a_new_paragraph_so_that_nothing_reads_as_if_it_followed() -> None:
    cut = _cut(PROSE, 21, "keys", "rotate", "settings")
    assert cut == ("Footnote keeps its settings in a file.\n\nKeys are rotated every month by the night job.")


def test_lists_are_cut_by_their_items() -> None:
    assert "- rotate the key" in _cut(LISTED, 10, "rotate").splitlines()


def test_a_code_block_is_whole_or_gone() -> None:
    assert _cut(CODE, 15, "sync") == "Before the code.\n\n```sh\nfootnote sync docs\nfootnote ask keys\n```"
    assert "```" not in _cut(CODE, 8, "sync")


def test_no_room_gives_no_text() -> None:
    assert _cut(PROSE, 0, "keys") == ""


def test_versions_and_abbreviations_do_not_end_a_sentence() -> None:
    text = "Version 3.11 is needed, e.g. on Linux. " + "Filler words follow here now. " * 5
    assert _cut(text, 10, "version").startswith("Version 3.11 is needed, e.g. on Linux.")


_TEXTS = st.lists(
    st.sampled_from(["Keys turn. ", "A line\n", "- item\n", "```\ncode\n```\n", "\n", "| a | b |\n", "word ", "No end"])
).map("".join)


@given(_TEXTS, st.integers(0, 40))
def test_what_is_left_is_verbatim_in_order_and_within_the_limit(text: str, limit: int) -> None:
    cut = _cut(text, limit, "keys", "code")
    assert _count(cut) <= limit
    rest = text
    for part in filter(str.strip, cut.split("\n\n")):
        _, found, rest = rest.partition(part.strip("\n"))
        assert found == part.strip("\n")


def test_a_run_of_stops_takes_no_longer_than_its_length() -> None:
    """Tried from each of its places anew, half a million stops would take minutes."""
    assert sentences("Well" + "." * 500_000 + " Then. The end of it.")[-1] == "The end of it."
