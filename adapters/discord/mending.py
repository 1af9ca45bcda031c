"""Takes up a reply that a killed process left: brings what stands there to the whole answer, and posts what is missing.

Nothing is shown before the answer is whole, since what is shown already may be all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.showing import BESIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Journal
    from adapters.discord.contents import Content
    from adapters.discord.posting import Posting


def taken_up(journal: Journal) -> bool:
    """Whether a page of this reply may stand there already."""
    return journal.unsure or any(one.part < BESIDE for one in journal.earlier)


async def mended(posting: Posting, contents: Sequence[Content]) -> None:
    """Let the messages of a reply say ``contents``; those left over go. Raises DiscordError and LeaseLost."""
    journal = posting.journal
    earlier = [one for one in journal.earlier if one.part < BESIDE]
    await posting.begins([one.message.channel for one in earlier])
    known = {one.part: one.message.message for one in earlier if one.message.channel == posting.way.channel}
    posting.stands.update(known)
    if journal.unsure:
        for part in range(max([len(contents), *(one.part + 2 for one in earlier)])):
            await posting.sought(part)
        begun = max((one.part for one in earlier), default=-1) + 1  # the first that is not known to stand
        if begun < len(contents) and begun not in posting.stands:
            posting.doubted(begun)
    for part, content in enumerate(contents):
        await posting.post(part, content)
    for part in sorted(posting.stands):
        if part >= len(contents):
            await posting.remove(part)
