"""The command line: one module a command, each imported only when it is called.

``group`` knows the commands by name and summary · ``running`` turns whatever goes wrong into a sentence and an exit
code · ``output`` writes · ``progress`` and ``summaries`` word a sync · ``person`` says who sits here.
"""

from __future__ import annotations

from bot.cli.group import main

__all__ = ["main"]
