"""``footnote manifest``: what a platform wants to know of the bot before it can be there."""

from __future__ import annotations

import click

from bot.cli.output import say


@click.group("manifest")
def command() -> None:
    """Print the manifest of the bot's app."""


@command.command("slack")
@click.option("--url", help="Where Slack reaches the bot over HTTP, such as https://bot.example.com.")
@click.option("--link", "as_link", is_flag=True, help="Print the address of Slack's form, filled in.")
def slack(*, url: str | None, as_link: bool) -> None:
    """Print the manifest of the app for Slack.

    It is pasted into Slack's form for a new app. Without --url events come over Socket Mode, so that nothing has to be
    reachable from outside.
    """
    from bot.app import slack_manifest
    from bot.policy import address

    try:
        text, form = slack_manifest(address(url.strip()) if url else None)
    except ValueError:
        raise click.UsageError("--url must begin with http:// or https://, such as https://bot.example.com.") from None
    say(form if as_link else text.rstrip("\n"))
