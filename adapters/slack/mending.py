"""Takes up a reply that a killed process left: brings what stands there to the whole answer, and posts what is missing.

Nothing is shown before the answer is whole, since what is shown already may be all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.showing import BESIDE
from adapters.slack.lookup import by_key, strays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.contents import Content
    from adapters.slack.lookup import Found
    from adapters.slack.posting import Posting


async def mended(posting: Posting, first: int, contents: Sequence[Content]) -> list[str]:
    """Let the messages of a reply say ``contents``, from part ``first`` on, and give them; those left over go.

    A reply without any text leaves what stands there. Raises SlackError and LeaseLost.
    """
    journal = posting.journal
    known = {
        one.part: one.message.message
        for one in journal.earlier
        if first <= one.part < BESIDE and one.message.channel == posting.channel
    }
    posting.stands.update(known)
    found = await posting.ours() if journal.unsure else []
    loose = strays(found, posting.known, posting.since)
    stands: list[str] = []
    for part, content in enumerate(contents, first):
        ts = known.pop(part, None)
        if ts is None:
            ts = await _sought(posting, part, found, loose)
        stands.append(await (posting.mend(part, ts, content) if ts else posting.post(part, content)))
    last = first + len(contents)
    left = [*known.items(), *((last, ts) for ts in _ours(posting, found, loose))]
    for part, ts in left:
        if ts in stands:
            continue
        await (posting.remove(part, ts) if contents else posting.stop(part, ts))
    return stands


async def _sought(posting: Posting, part: int, found: Sequence[Found], loose: list[str]) -> str | None:
    """Look for a part that may have been posted."""
    if not posting.journal.unsure:
        return None
    ts = by_key(found, await posting.journal.before(part)) or (loose.pop(0) if loose else None)
    if ts:
        await posting.noted(part, ts)
    return ts


def _ours(posting: Posting, found: Sequence[Found], loose: Sequence[str]) -> list[str]:
    """Give what may have been posted for this question, and no part is known to be."""
    mine = [one.ts for one in found if one.question == posting.question.id]
    return [ts for ts in (*mine, *loose) if ts not in posting.known]
