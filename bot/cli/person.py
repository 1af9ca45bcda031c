"""Who sits at this terminal, and as what a search may read for them."""

from __future__ import annotations

import getpass
import re
from typing import TYPE_CHECKING

from knowledge.base import PUBLIC, Scope

if TYPE_CHECKING:
    from bot.settings import Settings

_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


def user() -> str:
    """Give the system user's name as a principal can hold it; ``user`` where the system knows none."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user without an entry; KeyError before Python 3.13
        name = ""
    return _NOT_IN_A_NAME.sub("_", name) or "user"


def scope(settings: Settings) -> Scope:
    """Give what this person may find: what is public, the team's, and their own."""
    team = settings.team
    return Scope(workspace=team, principals=frozenset({PUBLIC, team, f"{team}:person:{user()}"}))
