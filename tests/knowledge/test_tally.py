from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import Skipped
from knowledge.editions import Held
from knowledge.tally import Tally
from tests.doubles.shelf import document

if TYPE_CHECKING:
    from collections.abc import Sequence


def held(name: str, digest: str, state: Literal["staged", "live"] = "live", source: str = "shelf") -> Held:
    identity = f"{source}/{name}:{digest}"
    return Held(
        number=hash(identity),
        id=identity,
        document=f"shelf/{name}",
        digest=digest,
        source=source,
        state=state,
        given_at=None,
    )


def read(tally: Tally, **digests: str) -> None:
    for name, digest in digests.items():
        if tally.judge(document(name, ""), digest) == "new":
            tally.staged(f"shelf/{name}", f"shelf/{name}:{digest}")


def names(editions: Sequence[Held]) -> set[str]:
    return {edition.id for edition in editions}


def test_nothing_new_publishes_nothing() -> None:
    tally = Tally([held("a", "1")], {"shelf"})
    read(tally, a="1")
    assert not tally.publishing()
    assert (tally.unchanged, tally.added, tally.changed, tally.removed()) == (1, 0, 0, ())


def test_new_changed_and_gone_are_told_apart() -> None:
    tally = Tally([held("a", "1"), held("b", "1"), held("c", "1")], {"shelf"})
    read(tally, a="1", b="2", d="1")
    publishing = tally.publishing()
    assert set(publishing.flipped) == {"shelf/b:2", "shelf/d:1"}
    assert names(publishing.dropped) == {"shelf/b:1", "shelf/c:1"}
    assert (tally.unchanged, tally.added, tally.changed, names(tally.removed())) == (1, 1, 1, {"shelf/c:1"})


def test_what_an_earlier_sync_staged_is_used_or_dropped() -> None:
    tally = Tally([held("a", "1"), held("a", "2", "staged"), held("b", "2", "staged")], {"shelf"})
    read(tally, a="1", b="2")
    publishing = tally.publishing()
    assert publishing.flipped == ("shelf/b:2",)
    assert names(publishing.dropped) == {"shelf/a:2"}
    assert tally.resumed == 1


def test_other_sources_stay_with_what_they_staged() -> None:
    tally = Tally([held("a", "1", source="wiki"), held("b", "1", "staged", source="wiki")], {"shelf"})
    assert not tally.publishing()


def test_a_document_that_moved_to_this_source_is_replaced() -> None:
    tally = Tally([held("a", "1", source="wiki")], {"shelf"})
    read(tally, a="2")
    assert names(tally.publishing().dropped) == {"wiki/a:1"}


def test_an_unreadable_document_keeps_its_earlier_edition() -> None:
    tally = Tally([held("a", "1"), held("b", "1")], {"shelf"})
    assert tally.judge(document("a", ""), "2") == "new"
    tally.skip(Skipped(document="shelf/a", told="It is binary."))
    tally.skip(Skipped(document="shelf/b", told="It cannot be read."))
    assert not tally.publishing()
    assert [skipped.document for skipped in tally.skipped] == ["shelf/a", "shelf/b"]
    assert tally.ready == 0


def test_all_documents_of_a_folder_that_cannot_be_listed_stay() -> None:
    tally = Tally([held("a/b", "1"), held("a/c", "1"), held("ab", "1")], {"shelf"})
    tally.skip(Skipped(document="shelf/a/", told="It cannot be read."))
    assert names(tally.publishing().dropped) == {"shelf/ab:1"}


def test_a_document_given_twice_counts_once_and_a_clash_is_told() -> None:
    tally = Tally([], {"shelf"})
    read(tally, a="1")
    told: list[list[str]] = []
    for digest in "12":
        assert tally.judge(document("a", ""), digest) == "again"
        told.append([skipped.told for skipped in tally.skipped])
    assert told[0] == []
    assert "given twice" in told[1][0]
    assert tally.publishing().flipped == ("shelf/a:1",)


DOCUMENTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("12"))


@given(live=DOCUMENTS, staged=st.frozensets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("12"))), now=DOCUMENTS)
def test_after_any_publication_exactly_what_the_source_gives_answers(
    live: dict[str, str],
    staged: frozenset[tuple[str, str]],
    now: dict[str, str],
) -> None:
    waiting = [held(name, digest, "staged") for name, digest in sorted(staged) if live.get(name) != digest]
    before = [held(name, digest) for name, digest in live.items()] + waiting
    tally = Tally(before, {"shelf"})
    read(tally, **now)
    publishing = tally.publishing()
    dropped = names(publishing.dropped)
    answering = {edition.id for edition in before if edition.state == "live"} - dropped | set(publishing.flipped)
    assert answering == {f"shelf/{name}:{digest}" for name, digest in now.items()}
    assert not dropped & answering
    assert names(waiting) <= dropped | answering
    assert tally.ready == tally.unchanged + tally.added + tally.changed == len(now)
