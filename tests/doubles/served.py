"""``footnote serve`` in a process of its own, with a pigeon for its platform."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 60.0
PIGEON: Final = (sys.executable, "-m", "tests.doubles.pigeon")


@dataclass(kw_only=True)
class Loft:
    """A working folder whose processes share a platform and a database; ``settings`` are their environment."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.replies = self.folder / "loft"
        self.replies.mkdir()
        self.tell()

    def tell(self, **told: object) -> None:
        """Say how the pigeons of processes that start from now on are."""
        (self.folder / "pigeon.json").write_text(json.dumps({"folder": str(self.replies), "TIDY": 1.0, **told}))

    def environment(self, **more: str) -> dict[str, str]:
        own = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "FOOTNOTE_LOG_LEVEL": "info"}
        own |= {"FOOTNOTE_RATES_MINUTE": "10000", "FOOTNOTE_RATES_HOUR": "10000", "FOOTNOTE_RATES_DAY": "10000"}
        return {**own, "PORT": "0", "FOOTNOTE_HOST": "127.0.0.1", "FOOTNOTE_EMBEDDER": "lite", **self.settings, **more}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*PIGEON, *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def serve(self, *arguments: str, **more: str) -> Served:
        """Start a service."""
        log = self.folder / f"log-{len(list(self.folder.glob('log-*')))}"
        with log.open("w") as to:
            process = subprocess.Popen(
                [*PIGEON, "serve", *arguments], cwd=self.folder, env=self.environment(**more), stderr=to
            )
        return Served(process=process, log=log)

    def hold(self, *, held: bool) -> None:
        """Let replies not end, or end."""
        if held:
            (self.replies / "hold").touch()
        else:
            (self.replies / "hold").unlink()

    def reply(self, question: str) -> dict[str, Any]:
        """Wait for the reply to a question."""
        until(lambda: self.replied(question))
        found: dict[str, Any] = json.loads((self.replies / question).read_text())
        return found

    def replied(self, question: str) -> bool:
        return (self.replies / question).exists()

    def begun(self, question: str) -> bool:
        """Whether a reply is under way, or was."""
        return (self.replies / f"{question}.begun").exists()


@dataclass(kw_only=True)
class Served:
    """The process; ended at the latest when its context is left."""

    process: subprocess.Popen[bytes]
    log: Path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.process.kill()
        self.process.wait()

    def lines(self, event: str) -> list[dict[str, Any]]:
        """Give what it logged of an event so far."""
        whole = (line for line in self.log.read_text().splitlines(keepends=True) if line.endswith("}\n"))
        return [line for line in map(json.loads, whole) if line["event"] == event]

    def wait_for(self, event: str) -> dict[str, Any]:
        """Wait until it logs an event."""
        until(lambda: bool(self.lines(event)) or self.process.poll() is not None)
        assert self.lines(event), self.log.read_text()
        return self.lines(event)[0]

    def get(self, path: str, body: object = None) -> tuple[int, Any]:
        """Ask it for something by HTTP; with a body, post that. Give the status, and what came."""
        port = self.wait_for("serving")["port"]
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data)
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310 - our own address
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def ask(self, question: str, **more: object) -> int:
        """Ask something; give the status."""
        return self.get("/pigeon/questions", {"id": question, **more})[0]

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for its end; give the exit code."""
        return self.process.wait(PATIENCE)


def until(happened: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    last = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < last, "it did not happen"
        time.sleep(0.02)
