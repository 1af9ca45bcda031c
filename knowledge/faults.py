"""What SQLite says, in sentences that name the remedy."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from knowledge.errors import Busy, Damaged, KnowledgeError, NoSpace, NothingThere

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLOSED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_ELSEWHERE = "correct its permissions, or set FOOTNOTE_HOME to another folder."
_PRIMARY = 0xFF
"""The low byte of an extended result code is the primary one (https://www.sqlite.org/rescode.html)."""


@contextmanager
def as_told(path: Path) -> Generator[None]:
    """Raise what SQLite says about the file at ``path`` as a KnowledgeError; a mistake in SQL stays what it is."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        told = fault(error, path)
        if told is None:
            raise
        raise told from error


def fault(error: Exception, path: Path) -> KnowledgeError | None:
    """Say what an error of the driver means for the file at ``path``; None: it is not the file's fault."""
    code = primary(error)
    if code in _BUSY:
        return Busy(f"The knowledge file {path} is in use by another process; wait for it to end and try again.")
    if code in _DAMAGED:
        return Damaged(f"The knowledge file {path} is damaged or none at all; delete it and run footnote sync again.")
    if code in _CLOSED:
        return NothingThere(f"The knowledge file {path} cannot be opened to write; {_ELSEWHERE}")
    if code in _FULL:
        return _full(path)
    return None


def make_private(path: Path) -> None:
    """Make the file at ``path``, and its folder, for their owner alone; what is there keeps its mode.

    SQLite gives the mode to the files that it makes beside it. Raises NothingThere or NoSpace.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise disk_fault(error, path) from error


def disk_fault(error: OSError, path: Path) -> KnowledgeError:
    """Say what the system means by refusing to make the file at ``path``, or one beside it."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _full(path)
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        return NothingThere(f"{path.parent} is a file, or lies below one; set FOOTNOTE_HOME to a folder.")
    return NothingThere(f"The folder {path.parent} cannot be used ({(error.strerror or '').lower()}); {_ELSEWHERE}")


def primary(error: Exception) -> int | None:
    """Give SQLite's primary result code, where the error carries one."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    return code & _PRIMARY if isinstance(code, int) else None


def _full(path: Path) -> NoSpace:
    return NoSpace(f"The disk could not take more of {path}; free some space and run the command again.")
