"""What an error of SQLite or of the file system means for a person. Pure."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

from bot.errors import StoreBusy, StoreError

if TYPE_CHECKING:
    from pathlib import Path

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_PRIMARY = 0xFF
"""SQLite's extended codes keep the primary one in their lowest byte."""


def told_by(error: BaseException, path: Path) -> StoreError:
    """Put an error into a sentence with a remedy; StoreBusy where it passes once somebody ends or makes room."""
    code = _code(error)
    passes = code in _LOCKED or code == sqlite3.SQLITE_FULL
    return (StoreBusy if passes else StoreError)(_told(code, path))


def _told(code: int, path: Path) -> str:
    if code in _DAMAGED:
        return (
            f"{path} is damaged, or is no database. Put back a copy of it, or move it away: "
            "a fresh one is made, without the earlier conversations."
        )
    if code in _LOCKED:
        return f"{path} is locked by another process. End that process, or try again when it is done."
    if code == sqlite3.SQLITE_FULL:
        return f"There is no space left for {path}. Make room on that disk, then try again."
    if code in _UNWRITABLE:
        return f"{path} cannot be written. Correct the folder's permissions, or set FOOTNOTE_HOME to another folder."
    return f"{path} could not be read or written. Check that disk, or set FOOTNOTE_HOME to another folder."


def _code(error: BaseException) -> int:
    """SQLite's primary code for an error, however often it was wrapped."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return sqlite3.SQLITE_FULL if cause.errno in _NO_SPACE else sqlite3.SQLITE_CANTOPEN
        if isinstance(code := getattr(cause, "sqlite_errorcode", None), int):
            return code & _PRIMARY
        cause = getattr(cause, "orig", None) or cause.__cause__
    return sqlite3.SQLITE_ERROR
