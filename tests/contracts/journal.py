"""What keeps a reply's posts keeps to this, fakes included. Subclass it, and give the fixture ``journal``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.base import MessageRef, Posted

if TYPE_CHECKING:
    from adapters.base import Journal


def posted(part: int, message: str = "m1") -> Posted:
    return Posted(part=part, message=MessageRef(platform="terminal", workspace="w", channel="c", message=message))


class JournalContract:
    """The rules of ``adapters.base.Journal``, for the journal of a question that nobody answered before."""

    async def test_nothing_was_posted_before(self, journal: Journal) -> None:
        assert list(journal.earlier) == []
        assert not journal.unsure

    async def test_a_key_is_short_and_the_same_each_time(self, journal: Journal) -> None:
        key = await journal.before(0)
        assert 0 < len(key) <= 25
        assert await journal.before(0) == key

    async def test_parts_have_keys_of_their_own(self, journal: Journal) -> None:
        assert await journal.before(0) != await journal.before(1)

    async def test_an_outcome_may_be_noted_again(self, journal: Journal) -> None:
        await journal.before(0)
        await journal.after(posted(0))
        await journal.after(posted(0))
