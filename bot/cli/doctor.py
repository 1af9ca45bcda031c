"""``footnote doctor``: what is missing or wrong, each with what to do about it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from adapters.escaping import safe_line
from bot.cli.output import say, say_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from bot.settings import Settings
    from knowledge.base import Finding

_MARGIN: Final = 6


@click.group("doctor")
def command() -> None:
    """Look for what is missing or wrong."""


@command.command("index")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def index(ctx: click.Context, *, as_json: bool) -> None:
    """Look at the catalog, embedder and vectors.

    They are those that the settings name. The exit code is 1 where something is not as it should be.
    """
    from bot.app import findings

    _look(ctx, findings, as_json=as_json)


@command.command("slack")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def slack(ctx: click.Context, *, as_json: bool) -> None:
    """Look at tokens, events and team in Slack.

    The clock counts too, who else is in the bot's channels, and whether there are documents to answer from. No token is
    printed. The exit code is 1 where something is not as it should be.
    """
    from bot.app import slack_findings

    _look(ctx, slack_findings, as_json=as_json)


@command.command("discord")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def discord(ctx: click.Context, *, as_json: bool) -> None:
    """Look at token, servers and channels in Discord.

    The application's settings count too, the team, the gateway, the clock, and whether there are documents to answer
    from. No token is printed. The exit code is 1 where something is not as it should be.
    """
    from bot.app import discord_findings

    _look(ctx, discord_findings, as_json=as_json)


def _look(ctx: click.Context, look: Callable[[Settings], AsyncGenerator[Finding]], *, as_json: bool) -> None:
    from bot.settings import load

    found = asyncio.run(_found(look(load()), aloud=not as_json))
    if as_json:
        say_json({"ok": all(one.ok for one in found), "findings": [asdict(one) for one in found]})
    ctx.exit(0 if all(one.ok for one in found) else 1)


async def _found(looking: AsyncGenerator[Finding], *, aloud: bool) -> list[Finding]:
    found: list[Finding] = []
    async for one in looking:
        found.append(one)
        if aloud:
            mark = f"{'ok' if one.ok else 'wrong':<{_MARGIN}}"
            say(f"{one.what}: {safe_line(one.told)}", "" if one.ok else "bold", margin=" " * _MARGIN, first=mark)
    return found
