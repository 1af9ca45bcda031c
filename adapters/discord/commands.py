"""The application's commands, and telling Discord of them where it knows others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.discord.acting import ABOUT
from adapters.payload import at, items, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.discord.connection import Connection

QUESTION_LIMIT: Final = 2_000
_CHAT, _MESSAGE = 1, 3
_STRING, _BOOLEAN = 3, 5
_GUILD, _DIRECT = 0, 1
_PATH: Final = "/applications/{application_id}/commands"
_WHAT: Final = ("contexts", "integration_types")
_WITHIN: Final = 30.0
_log = structlog.get_logger()


def commands() -> list[dict[str, Any]]:
    """Give them as Discord takes them: where the bot was added to, and in its direct messages."""
    question = {
        "type": _STRING,
        "name": "question",
        "description": "What you want to know",
        "required": True,
        "autocomplete": True,
        "max_length": QUESTION_LIMIT,
    }
    private = {"type": _BOOLEAN, "name": "private", "description": "Whether you alone see the answer"}
    return [
        _command("ask", "Ask a question; the answer says which documents it comes from", [question, private]),
        _command("sources", "See which documents I answer from here"),
        _command("usage", "See what of your limits is used"),
        _command("privacy", "See what I keep, and who reads it"),
        _command("help", "See what I can do"),
        _command(ABOUT, "", kind=_MESSAGE),
    ]


def _command(
    name: str, description: str, options: Sequence[dict[str, Any]] = (), *, kind: int = _CHAT
) -> dict[str, Any]:
    return {
        "type": kind,
        "name": name,
        "description": description,
        "options": list(options),
        "contexts": [_GUILD, _DIRECT],
        "integration_types": [0],
    }


def differ(known: object) -> bool:
    """Say whether Discord knows other commands than these, in anything that people meet."""
    listed = items({"known": known}, "known")
    return sorted(map(_told, listed)) != sorted(map(_told, commands()))


async def synced(connection: Connection) -> bool:
    """Tell Discord of the commands where it knows others, and say whether it did. Raises DiscordError."""
    calls, application = await connection.calls(), (await connection.who()).application
    known = await calls.ask("GET", _PATH, within=_WITHIN, application_id=application)
    if not differ(known):
        return False
    await calls.ask("PUT", _PATH, within=_WITHIN, json=commands(), application_id=application)
    _log.info("told Discord of the commands")
    return True


def _told(command: object) -> str:
    """Say what matters of a command; what Discord leaves out is what it takes for granted."""
    contexts, types = (sorted(map(str, items(command, name))) for name in _WHAT)
    options = [
        (
            text(one, "name"),
            text(one, "description"),
            at(one, "type"),
            at(one, "required") is True,
            at(one, "autocomplete") is True,
            at(one, "max_length"),
        )
        for one in items(command, "options")
    ]
    kind = at(command, "type") or _CHAT
    return repr((kind, text(command, "name"), text(command, "description"), options, contexts, types))
