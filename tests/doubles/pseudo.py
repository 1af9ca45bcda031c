"""A program under a real pseudo-terminal of 80 columns and 24 lines, typed at and read by a test."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_TAKES_THE_TERMINAL = "import os; os.close(os.open(os.ttyname(0), os.O_RDWR)); "
"""A session's leader that opens a terminal gets it as its controlling one, and so its Ctrl-C."""
_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78])|\r")


class PseudoTerminal:
    """Runs Python code and gives what it shows, with the control sequences taken out."""

    def __init__(self, code: str, arguments: Sequence[str] = (), *, cwd: Path, env: Mapping[str, str]) -> None:
        """Start it."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._ours = ours
        self.raw = ""
        self._read = 0
        self._program = subprocess.Popen(
            [sys.executable, "-c", _TAKES_THE_TERMINAL + code, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            cwd=cwd,
            env={**env, "TERM": "xterm-256color"},
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait()
        os.close(self._ours)

    def type(self, keys: str) -> None:
        """Type; ``\\r`` is the Enter key."""
        os.write(self._ours, keys.encode())

    def terminate(self) -> None:
        """Tell the program to end, as a supervisor does."""
        self._program.terminate()

    def until(self, text: str, seconds: float = 20) -> str:
        """Read until this text came after what an earlier call waited for; give all that was shown between."""
        deadline = time.monotonic() + seconds
        while (at := self.shown.find(text, self._read)) < 0:
            if not self._more(deadline):
                raise AssertionError(f"{text!r} never came in:\n{self.shown[self._read :]}")
        begun, self._read = self._read, at + len(text)
        return self.shown[begun : self._read]

    def ended(self, seconds: float = 30) -> int:
        """Read to the end, and give the exit code."""
        deadline = time.monotonic() + seconds
        while self._more(deadline):
            pass
        return self._program.wait(max(1, deadline - time.monotonic()))

    @property
    def shown(self) -> str:
        """All that was shown so far, as words."""
        return _SEQUENCES.sub("", self.raw)

    def _more(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            block = os.read(self._ours, 65_536)
        except OSError:  # Linux says so when the program has closed its end
            return False
        self._answer_position(block)
        self.raw += block.decode("utf-8", "replace")
        return bool(block)

    def _answer_position(self, block: bytes) -> None:
        """Answer as a terminal does when asked where its cursor is."""
        if b"\x1b[6n" in block:
            os.write(self._ours, b"\x1b[1;1R")
