"""One sync at a time for a knowledge file."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from knowledge.errors import Busy
from knowledge.faults import disk_fault

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from typing import TextIO


@contextmanager
def alone(path: Path) -> Generator[None]:
    """Hold the lock beside the file at ``path``; raises Busy at once where another sync, of any process, holds it.

    The system lets go of it when the process ends, however it ends, so a killed sync locks nobody out.
    """
    with _opened(path.with_name(f"{path.name}.lock"), path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            told = f"Another sync is writing to {path}; wait for it to end, or stop it, and run the command again."
            raise Busy(told) from error
        yield


def _opened(beside: Path, path: Path) -> TextIO:
    try:
        beside.touch(mode=0o600)  # whoever may open it could hold it for ever
        return beside.open("a", encoding="utf-8")
    except OSError as error:
        raise disk_fault(error, path) from error
