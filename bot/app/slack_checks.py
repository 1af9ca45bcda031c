"""What is wrong between the bot and Slack, and what Slack makes the bot's app of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.settings import Settings
    from knowledge.base import Finding


async def slack_findings(settings: Settings) -> AsyncGenerator[Finding]:
    """Look at the tokens, their scopes, how events come, whose team it is, and what it knows. Raises BadSettings."""
    from bot.app.emptiness import documents
    from bot.app.logs import logged
    from bot.app.slack import lacking
    from bot.slack import checked as consistent
    from knowledge.base import Finding

    logged(settings)  # what is looked at may log something, which does not belong on standard output
    consistent(settings.slack)
    if not settings.slack.configured:
        told = "SLACK_BOT_TOKEN is not set. Set it to the bot token of your app (xoxb-), and SLACK_APP_TOKEN (xapp-)."
        yield Finding(what="bot token", ok=False, told=told)
        return
    with lacking():
        from adapters.slack.checkup import Access, checked
    from bot.belonging import mismatch

    own, named = settings.slack, "team" in settings.model_fields_set
    access = Access(
        api_url=own.api_url,
        bot_token=own.bot_token.get_secret_value() if own.bot_token else None,
        app_token=own.app_token.get_secret_value() if own.app_token else None,
        signing_secret=own.signing_secret.get_secret_value() if own.signing_secret else None,
        mismatch=lambda workspace: mismatch(settings.team, workspace, named=named),
    )
    async for found in checked(access):
        yield Finding(what=found.what, ok=found.ok, told=found.told)
    if own.several:
        yield await _workspaces(settings)
    yield await documents(settings)


async def _workspaces(settings: Settings) -> Finding:
    """Ask for each workspace that installed the app who the bot is there."""
    from adapters.slack.errors import SlackError
    from bot.app.slack import installations
    from knowledge.base import Finding

    wrong: list[str] = []
    async with installations(settings) as workspaces:
        teams = await workspaces.teams()
        for team in teams:
            try:
                await (await workspaces.of(team)).calls.ask("auth.test")
            except SlackError as error:
                wrong.append(f"{team}: {error.told}")
    if wrong:
        return Finding(what="workspaces", ok=False, told=f"{' '.join(wrong)} Let them install the app again.")
    many = f"{len(teams):,} workspace{'' if len(teams) == 1 else 's'}"
    told = f"{many} installed the app. Others do so at /slack/install, under the bot's own address."
    return Finding(what="workspaces", ok=True, told=told)


def slack_manifest(url: str | None) -> tuple[str, str]:
    """Give the manifest, and the address of Slack's form for a new app that is filled in with it."""
    from adapters.slack.manifest import link, manifest

    text = manifest(url)
    return text, link(text)
