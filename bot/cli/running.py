"""Runs a command line to its exit code: whatever goes wrong ends as one sentence.

0 done · 1 an error, told · 2 a command line that means nothing · 3 some documents were skipped · 130 interrupted ·
143 told to end.
"""

from __future__ import annotations

import os
import secrets
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from bot.cli.group import main
from bot.cli.output import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FAILED: Final = 1
INTERRUPTED: Final = 130


def run(arguments: Sequence[str]) -> int:
    """Run a command and give the exit code."""
    _never_fail_to_write()
    try:
        code = main.main(list(arguments), prog_name="footnote", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        tell(error.format_message())
        return error.exit_code
    except BrokenPipeError:
        return _reader_left()
    except SystemExit as error:  # click and rich end so when their reader has left
        _reader_left()
        return error.code if isinstance(error.code, int) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the edge: nothing is above it
        return _failed(error, debug=_debug(arguments))
    return code if isinstance(code, int) else 0


def told_by(error: BaseException) -> str | None:
    """Give the sentence of an error of our trees, also where a task group has wrapped it."""
    if isinstance(error, BaseExceptionGroup):
        return next((told for inner in error.exceptions if (told := told_by(inner))), None)
    told = getattr(error, "told", None)
    return told if isinstance(told, str) else None


def _failed(error: Exception, *, debug: bool) -> int:
    told = told_by(error)
    if debug:
        traceback.print_exception(error)
    tell(told or _unexpected(error))
    return FAILED


def _unexpected(error: Exception) -> str:
    """Write down what nobody foresaw, and give the sentence that leads to it."""
    reference = secrets.token_hex(4)
    try:
        where = f"The details are in {_written(error, reference)}."
    except Exception:  # noqa: BLE001 - no settings or no disk must not hide the first failure
        where = "Run it again as footnote --debug to see the details."
    return f"Something unexpected went wrong (reference {reference}). {where}"


def _written(error: Exception, reference: str) -> Path:
    """Add the traceback to the file of errors, secrets masked, and give where that is."""
    from bot.ops.redaction import masked
    from bot.settings import load

    home = load().home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = home / "errors.log"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with file.open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(f"{now} reference={reference}\n{masked(''.join(traceback.format_exception(error)))}\n")
    return file


def _debug(arguments: Sequence[str]) -> bool:
    """Say whether ``--debug`` stands among the options of ``footnote`` itself, before any command."""
    return any(argument == "--debug" for argument in arguments[:1])


def _never_fail_to_write() -> None:
    """Write what an old locale's encoding lacks as ``?`` instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _reader_left() -> int:
    """Send what is still to come nowhere, so that the interpreter's last flush does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED
