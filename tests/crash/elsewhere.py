"""Another process of the same service, which takes in one event about a question and ends.

python -m tests.crash.elsewhere DATABASE stop|edit|delete QUESTION [TEXT]
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.base import Deleted, Edited, Person, Stopped
from bot.database import Database
from bot.desk import FrontDesk
from bot.feedback.ratings import Ratings
from bot.inbox import Inbox
from bot.turns import Turns
from tests.doubles.audiences import recall

if TYPE_CHECKING:
    from adapters.base import Event


async def main(where: str, what: str, question: str, *words: str) -> None:
    events: dict[str, Event] = {
        "stop": Stopped(question=question, person=Person(id="mary", name="Mary"), workspace="terminal:local"),
        "edit": Edited(question=question, text=" ".join(words)),
        "delete": Deleted(question=question),
    }
    async with Database(where if "://" in where else Path(where)) as database:
        turns = Turns(database)
        desk = FrontDesk(inbox=Inbox(database, turns), turns=turns, recall=recall(turns), ratings=Ratings(database))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        await desk.accept(events[what])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
