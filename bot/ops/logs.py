"""Logs: JSON in production, readable on a terminal, always to standard error, with secrets masked.

What people wrote is never logged; ``text_hash`` stands for it. One ``reference`` goes with a question from its event
to its answer: bound here, it is in every line, and it is what a person quotes to an operator.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO

import structlog

from bot.ops.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import EventDict, Processor, WrappedLogger

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "json", "console"]

_LEVELS: Final[dict[Level, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure(*, level: Level = "warning", form: Format = "auto", stream: TextIO | None = None) -> None:
    """Set logging up for this process; ``stream`` is standard error unless a test says otherwise."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact,
            _renderer(form, terminal=(stream or sys.stderr).isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=lambda *_: structlog.WriteLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()  # noqa: TID251 - where the libraries' own lines arrive
    root.handlers = [*(handler for handler in root.handlers if not isinstance(handler, _Routed)), _Routed()]
    root.setLevel(max(_LEVELS[level], logging.WARNING))


@contextmanager
def referenced(question: str) -> Iterator[str]:
    """Bind the reference of a question to every line that is logged inside."""
    mark = reference(question)
    with structlog.contextvars.bound_contextvars(reference=mark):
        yield mark


def reference(question: str) -> str:
    """Give the correlation id of a question: 10 hexadecimal digits, the same in every process and at every try."""
    return blake2b(question.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


class _Routed(logging.Handler):
    """Takes the lines that libraries log by the standard library into ours."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno, record.getMessage(), library=record.name, exc_info=record.exc_info or None
        )


def _redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    found: dict[str, Any] = redacted(event)
    return found


def _renderer(form: Format, *, terminal: bool) -> Processor:
    if form == "console" or (form == "auto" and terminal):
        return structlog.dev.ConsoleRenderer(colors=terminal, exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer()
