"""A platform in a process of its own: shows messages, and writes down everything that it ever showed.

It takes one JSON object a line and answers each with one. ``keys`` says whether it knows a key that it has seen and
gives the message of that time instead of posting again; without, it only lets messages be found by their key.
Killed and started again, it goes on from what it wrote down.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io import TextIOWrapper


class Sink:
    def __init__(self, log: Path, *, keys: bool) -> None:
        self._keys = keys
        self._by_key: dict[str, str] = {}
        self._numbers = count()
        if log.exists():
            for line in log.read_text().splitlines():
                self._know(json.loads(line))
        self._log: TextIOWrapper = log.open("a")

    def handle(self, wish: dict[str, Any]) -> dict[str, Any]:
        if wish["do"] == "find":
            return {"message": self._by_key.get(wish["key"])}
        if wish["do"] == "post":
            if self._keys and (known := self._by_key.get(wish["key"])):
                return {"message": known}
            wish["message"] = f"m{next(self._numbers)}"
        self._log.write(json.dumps(wish) + "\n")
        self._log.flush()
        self._know(wish, counted=True)
        return {"message": wish["message"]}

    def _know(self, wish: dict[str, Any], *, counted: bool = False) -> None:
        if wish["do"] == "post":
            self._by_key.setdefault(wish["key"], wish["message"])
            if not counted:
                next(self._numbers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(self.handle(json.loads(line))).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("socket", type=Path)
    parser.add_argument("log", type=Path)
    parser.add_argument("--keys", action="store_true")
    told = parser.parse_args()
    told.socket.unlink(missing_ok=True)
    sink = Sink(told.log, keys=told.keys)
    async with await asyncio.start_unix_server(sink.serve, told.socket) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
