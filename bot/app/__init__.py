"""The composition root: the one place that names concrete classes, each imported where it is needed.

``knowledge`` what is known · ``synced`` makes it known · ``sources`` lists it · ``forgotten`` ends it · ``kept`` says
where it is · ``carried`` and ``copied`` bring it elsewhere · ``findings`` looks for what is wrong with it ·
``answering`` what answers one question · ``service`` all of it behind the terminal · ``serve`` all of it behind
``platforms`` · ``pauses`` what is paused · ``slack_findings`` looks for what is wrong with Slack ·
``slack_manifest`` is what it makes the app of · ``discord_findings`` and ``discord_invitation`` likewise. Each opens
what it needs and closes it again.
"""

from bot.app.answering import answering
from bot.app.discord_checks import discord_findings, discord_invitation
from bot.app.keeping import carried, copied, findings, kept
from bot.app.knowing import Knowledge, forgotten, knowledge, sources, synced
from bot.app.serving import pauses, platforms, serve, service, terminal
from bot.app.slack_checks import slack_findings, slack_manifest
from bot.app.sourcing import chunks_of, files, manual, named, rows

__all__ = (
    "Knowledge",
    "answering",
    "carried",
    "chunks_of",
    "copied",
    "discord_findings",
    "discord_invitation",
    "files",
    "findings",
    "forgotten",
    "kept",
    "knowledge",
    "manual",
    "named",
    "pauses",
    "platforms",
    "rows",
    "serve",
    "service",
    "slack_findings",
    "slack_manifest",
    "sources",
    "synced",
    "terminal",
)
