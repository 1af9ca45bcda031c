"""A bot on a platform, in a process of its own and with a script for a model; it ends as by ``kill -9``, around a call.

A point is ``before`` or ``after`` and what is called: ``before chat.postMessage``, ``after POST
/channels/{channel_id}/messages``. After means that the platform did it, and this process never heard of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app.serving import platforms
from bot.database import Database
from bot.desk import FrontDesk
from bot.dispatcher import Dispatcher
from bot.ending import until_told
from bot.feedback.ratings import Ratings
from bot.inbox import Inbox
from bot.leases import Lease
from bot.ops.cycles import settled
from bot.ops.logs import configure
from bot.settings import Settings
from bot.turns import Turns
from tests.crash.worker import Answers, Points
from tests.doubles.audiences import recall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.base import Adapter


def watched(adapter: Adapter, points: Points) -> None:
    """Reach a point before and after each call to the adapter's platform."""
    {"slack": _slack, "discord": _discord}[adapter.name](points)


def _slack(points: Points) -> None:
    from adapters.slack.calls import Answer, Calls  # noqa: PLC0415 - this platform's library alone

    once = Calls._once

    async def _once(self: Calls, method: str, arguments: Mapping[str, object], until: float) -> Answer:
        points.reach(f"before {method}")
        answer = await once(self, method, arguments, until)
        points.reach(f"after {method}")
        return answer

    Calls._once = _once  # type: ignore[method-assign]


def _discord(points: Points) -> None:
    from adapters.discord.calls import Calls  # noqa: PLC0415 - this platform's library alone

    ask = Calls.ask

    async def _ask(self: Calls, method: str, path: str, /, **given: Any) -> Any:  # noqa: ANN401 - as the method's
        points.reach(f"before {method} {path}")
        answer = await ask(self, method, path, **given)
        points.reach(f"after {method} {path}")
        return answer

    Calls.ask = _ask  # type: ignore[method-assign]


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("told", type=Path)
    parser.add_argument("--kill-at", default="")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--lease", type=float, default=2.0)
    parser.add_argument("--listening", type=float, default=15.0)
    parser.add_argument("--pause", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    settings = Settings.model_validate(json.loads(given.told.read_text()))
    configure(level="error", form="json")
    points = Points(given.kill_at, given.times)
    defaults = Lease.__init__.__kwdefaults__
    assert defaults is not None
    defaults["seconds"] = given.listening
    (platform,) = platforms(settings)
    watched(platform, points)
    async with Database(settings.database, busy_seconds=20.0) as database, platform as adapter:
        turns = Turns(database)
        inbox = Inbox(database, turns, lease_seconds=given.lease)
        desk = FrontDesk(inbox=inbox, turns=turns, recall=recall(turns), ratings=Ratings(database))
        dispatcher = Dispatcher(
            database=database,
            inbox=inbox,
            adapters={adapter.name: adapter},
            answer=Answers(points, random.Random(given.seed), given.pause),  # noqa: S311 - pauses, no secrets
            max_in_flight=16,
            tries=50,  # each death counts for all that was being answered, and here there are many
        )
        async with dispatcher.running():
            with settled():  # as whatever serves
                return 143 if await until_told(adapter.run(desk)) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
