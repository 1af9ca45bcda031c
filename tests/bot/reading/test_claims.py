from __future__ import annotations

import pytest

from bot.reading.claims import claim, stem
from tests.doubles.scaling import QUADRATIC, slowdown


@pytest.mark.parametrize(
    "words",
    [
        ("install", "installs", "installed", "installing", "installation", "installer"),
        ("rotate", "rotates", "rotated", "rotating", "rotation"),
        ("key", "keys"),
        ("policy", "policies"),
        ("organize", "organizing", "organization", "organisation"),
        ("configure", "configures", "configured"),
        ("stop", "stopped", "stopping"),
        ("document", "documents", "documented"),
        ("process", "processes", "processed"),
        ("database", "databases"),
        ("file", "files"),
        ("kill", "kills", "killed"),
        ("organize", "organise", "organised", "organising"),
    ],
)
def test_forms_of_a_word_share_their_stem(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize(("one", "other"), [("format", "form"), ("key", "keep"), ("public", "publish")])
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_numbers_are_compared_by_value() -> None:
    assert claim("1,000 and 05 and 2.50 and twelve").numbers == {"1000", "5", "2.5", "12"}
    assert claim("3.11.0 is not 3.11").numbers == {"3.11.0", "3.11"}


def test_exact_names_are_addresses_options_files_and_mentions() -> None:
    found = claim("See evil.example/x, run --force on my_file in /etc/passwd, @everyone.").exact
    assert {"evil.example/x", "--force", "my_file", "/etc/passwd", "@everyone"} <= found


def test_an_address_for_mail_is_one_name() -> None:
    assert claim("Write to hr.team+eu@acme.com, or ask.").exact == {"hr.team+eu@acme.com"}
    assert claim(f"Write to {'a' * 300}@acme.com.").exact == {f"{'a' * 300}@acme.com"}


def test_a_name_among_many_labels_is_still_found() -> None:
    assert any(found.endswith(".evil") for found in claim("see a.b.c.d.e.f.g.h.i.evil.io").exact)
    assert "evil.io" in claim("see ..evil.io").exact


@pytest.mark.parametrize(
    "piece",
    ["a.", "a-", "a", "1", "1.", "a_", "_", "-", "--", "-a", "/", "/a", "//", ".", "@", "@a", "a@", "a@b.", "a+-",
     "a'", "jan ", "a.b1",
     "aa.bb", "1-", "5 mb ", "$", "$5", "%", "at least ", "per a ", "A ", "A. ", "stop a", "5 a "],
)  # fmt: skip
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    assert slowdown(lambda times: claim.__wrapped__(piece * times), 1_600) < QUADRATIC
