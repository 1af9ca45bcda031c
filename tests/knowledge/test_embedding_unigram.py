from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from knowledge.embedding.unigram import Unigram

PIECES = [("<unk>", 0.0), ("▁", -3.0), ("▁the", -2.0), ("▁ca", -4.0), ("t", -4.5), ("ts", -5.0), ("c", -6.0)]
PIECES += [("a", -4.0), ("h", -7.0), ("e", -4.2), ("▁a", -3.5), ("he", -5.5), ("▁t", -4.0), ("at", -6.0), ("1", -5.0)]
UNKNOWN = 0


def _library() -> Tokenizer:
    """What the model's makers use."""
    tokenizer = Tokenizer(models.Unigram(PIECES, UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


OURS, THEIRS = Unigram(PIECES, UNKNOWN), _library()


@given(st.text(alphabet="theca 1①\n\tzẞ字", max_size=40))
def test_it_tokenizes_as_the_library_does(text: str) -> None:
    text = " ".join(text.split())  # the library makes a token of a space at an end
    assert OURS.tokens(text, limit=1_000) == THEIRS.encode(text, add_special_tokens=False).ids


def test_the_likeliest_pieces_win() -> None:
    assert OURS.tokens("the cats", limit=9) == [2, 3, 5]


def test_unknown_characters_in_a_row_are_one_token() -> None:
    assert OURS.tokens("字字字", limit=9) == [1, UNKNOWN]


def test_compatible_characters_are_one() -> None:
    assert OURS.tokens("①", limit=9) == OURS.tokens("1", limit=9)


def test_no_more_tokens_are_given_than_are_asked_for() -> None:
    assert OURS.tokens("the " * 50, limit=7) == [2] * 7
    assert OURS.tokens("t" * 5_000, limit=7) == OURS.tokens("t" * 100, limit=7)


def test_nothing_has_no_tokens() -> None:
    assert OURS.tokens(" \n", limit=9) == []
