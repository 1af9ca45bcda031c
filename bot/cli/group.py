"""``footnote`` itself: commands by name, with their summaries here, so that ``--help`` imports none of them."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Final

import click

import bot


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives, and its one line of help."""

    module: str
    summary: str


COMMANDS: Final = {
    "chat": Entry("bot.cli.chat", "Talk with the bot in this terminal."),
    "ask": Entry("bot.cli.ask", "Answer one question."),
    "sync": Entry("bot.cli.sync", "Read files and folders into the knowledge."),
    "sources": Entry("bot.cli.sources", "List what was synced."),
    "forget": Entry("bot.cli.forget", "Remove a source from the knowledge."),
    "search": Entry("bot.cli.search", "Show the passages that a search finds."),
    "inspect": Entry("bot.cli.inspect", "Show how a file is cut into chunks."),
    "index": Entry("bot.cli.index", "Show where the knowledge is kept, or copy it elsewhere."),
    "doctor": Entry("bot.cli.doctor", "Look for what is missing or wrong."),
    "manifest": Entry("bot.cli.manifest", "Print the manifest of the bot's app."),
    "invite": Entry("bot.cli.invite", "Print the link that adds the bot to a server."),
    "serve": Entry("bot.cli.serve", "Run every configured platform as a service."),
    "pause": Entry("bot.cli.pause", "Stop answering everywhere, on a platform or in a channel."),
    "resume": Entry("bot.cli.resume", "Answer again where it was paused."),
    "usage": Entry("bot.cli.usage", "Show what models have cost, against the limits and by whom."),
    "eval": Entry("bot.cli.evaluate", "Measure how well the bot finds, on a question set."),
    "calibrate": Entry("bot.cli.calibrate", "Fit the bar for answering to your own questions."),
    "migrate": Entry("bot.cli.migrate", "Bring the database to this version's schema."),
}
"""In the order in which a newcomer meets them."""


class Commands(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """Import a command; None where there is none of that name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = importlib.import_module(entry.module).command
        if not isinstance(command, click.Command):
            raise TypeError(entry.module)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; a name that none has is answered with those that are close to it."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        """Write the list without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(bot.__version__, prog_name="footnote")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def main(*, debug: bool) -> None:
    """Answer questions from your own documents, with footnotes.

    Try it: footnote chat
    """
