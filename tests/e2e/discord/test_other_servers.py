"""Servers that speak as Discord does, but say less, or other things: whoever asks is answered all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord as library
import pytest
from aiohttp import web
from simcord.backend.errors import BackendError

from adapters.discord.listening import Listening
from tests.doubles.discord.api import Api
from tests.doubles.discord.gateway import Gateway, Session, Socket
from tests.doubles.discord_team import HANDBOOK, QUESTION, answered, counted, known, said, shown, team, thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.settings import Settings
    from tests.doubles.discord import Channel, Discord, Guild, Person
    from tests.doubles.discord.call import Call

WHOLE = "Tuesdays at 14:00"
_LEAST = frozenset({"user", "guilds", "session_id"})
_NEEDLESS = frozenset(
    {
        *("message_count", "member_count", "total_message_sent", "position", "bitrate", "user_limit", "rtc_region"),
        *("thread_metadata", "rate_limit_per_user", "discriminator", "avatar", "nsfw", "topic", "emojis", "stickers"),
        *("managed", "mentionable", "hoist", "color", "colors", "deaf", "mute", "app_permissions", "context"),
        *("authorizing_integration_owners", "locale", "guild_locale", "entitlements", "large", "stage_instances"),
    }
)
MEMBERS = r"GET /guilds/\d+/members/\d+"


def lacking(monkeypatch: pytest.MonkeyPatch, *routes: str, status: int = 404) -> None:
    """Have the server know nothing of these."""
    answer = Api.answer

    def refusing(api: Api, call: Call) -> tuple[int, Any]:
        if any(re.fullmatch(one, f"{call.method} {call.path}") for one in routes):
            raise BackendError(status, 0, "Not Found")
        return answer(api, call)

    monkeypatch.setattr(Api, "answer", refusing)


def answering(monkeypatch: pytest.MonkeyPatch, route: str, change: Callable[[Any], Any]) -> None:
    """Have the server answer something otherwise."""
    answer = Api.answer

    def changed(api: Api, call: Call) -> tuple[int, Any]:
        status, body = answer(api, call)
        return status, change(body) if re.fullmatch(route, f"{call.method} {call.path}") else body

    monkeypatch.setattr(Api, "answer", changed)


def numbered(given: Any) -> Any:  # noqa: ANN401 - any JSON
    """Give the same with numbers for ids."""
    if isinstance(given, dict):
        return {name: numbered(one) for name, one in given.items()}
    if isinstance(given, list):
        return [numbered(one) for one in given]
    return int(given) if isinstance(given, str) and re.fullmatch(r"\d{15,20}", given) else given


async def everything(discord: Discord, anna: Person, general: Channel) -> None:
    """Ask in a channel, directly and by a command, and be answered."""
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    assert WHOLE in "".join(one.shown for one in await said(discord, asked))
    discord.says(anna, discord.direct(anna), QUESTION)
    await counted(discord, discord.direct(anna), 1)
    assert WHOLE in (await answered(discord, discord.commands(anna, general, "ask", question=QUESTION))).shown


async def test_a_server_that_knows_no_members_is_believed_what_its_gateway_says_of_who_asks(
    discord: Discord, settings: Settings, anna: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking(monkeypatch, MEMBERS)
    async with team(discord, settings):
        await everything(discord, anna, general)


@pytest.mark.parametrize("status", [404, 501])
async def test_where_nobody_says_who_asks_what_is_public_is_answered_directly(  # noqa: PLR0913, PLR0917 - fixtures
    status: int, discord: Discord, guild: Guild, anna: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = await known(tmp_path, discord, guild, {frozenset({"public"}): {"deploying.md": HANDBOOK}})
    lacking(monkeypatch, MEMBERS, status=status)
    async with team(discord, settings):
        direct = discord.direct(anna)
        discord.says(anna, direct, QUESTION)
        await counted(discord, direct, 1)
        assert WHOLE in "".join(one.shown for one in discord.answers(direct))


async def test_where_nobody_says_who_asks_what_is_the_teams_is_not_answered_directly(
    discord: Discord, settings: Settings, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking(monkeypatch, MEMBERS)
    async with team(discord, settings):
        direct = discord.direct(anna)
        discord.says(anna, direct, QUESTION)
        await discord.until(lambda: discord.answers(direct), within=30)
        await discord.until(lambda: "don't know" in discord.answers(direct)[0].shown, within=30)
        assert WHOLE not in discord.answers(direct)[0].shown


async def test_a_stranger_is_told_so_by_a_server_that_tells_of_others(
    discord: Discord, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    olaf = discord.person("Olaf", discord.guild("Elsewhere"))
    answer = Api.answer

    def bare(api: Api, call: Call) -> tuple[int, Any]:
        try:
            return answer(api, call)
        except BackendError as refused:
            raise BackendError(refused.status, 0, "404: Not Found") from refused

    monkeypatch.setattr(Api, "answer", bare)
    async with team(discord, settings.model_copy(update={"discord": _only(settings, discord)})):
        direct = discord.direct(olaf)
        discord.says(olaf, direct, QUESTION)
        await discord.until(lambda: discord.answers(direct), within=30)
        assert "members of the servers" in discord.answers(direct)[0].shown


async def test_a_channel_is_no_direct_message_though_nobody_says_which_guild_it_is_in(
    discord: Discord, settings: Settings, anna: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving_out(monkeypatch, "guild_id")
    async with team(discord, settings):
        await everything(discord, anna, general)


async def test_a_message_of_which_only_the_words_are_told(
    discord: Discord, settings: Settings, anna: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving_out(monkeypatch, "type", "member", "mentions", "timestamp", "mention_everyone", "flags", "nonce")
    async with team(discord, settings):
        await everything(discord, anna, general)


def leaving_out(monkeypatch: pytest.MonkeyPatch, *fields: str) -> None:
    """Have the gateway tell less of each message."""
    hear = Listening._heard

    def less(client: Listening, event: str, payload: object) -> None:
        if event == "MESSAGE_CREATE" and isinstance(payload, dict):
            payload = {name: one for name, one in payload.items() if name not in fields}
        hear(client, event, payload)

    monkeypatch.setattr(Listening, "_heard", less)


def _only(settings: Settings, discord: Discord) -> Any:  # noqa: ANN401 - settings of Discord's
    first = min(discord.world.guilds)
    return settings.discord.model_copy(update={"guilds": (str(first),)})


async def test_ids_that_are_numbers(
    discord: Discord, settings: Settings, anna: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, ".*", numbered)
    async with team(discord, settings):
        await everything(discord, anna, general)


async def test_json_whose_type_names_a_charset(
    discord: Discord, settings: Settings, anna: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = web.Response.prepare

    async def charset(response: web.Response, request: web.BaseRequest) -> Any:  # noqa: ANN401 - a writer
        if response.headers.get("Content-Type") == "application/json":
            response.headers["Content-Type"] = "application/json; charset=utf-8"
        return await prepare(response, request)

    monkeypatch.setattr(web.Response, "prepare", charset)
    async with team(discord, settings):
        await everything(discord, anna, general)


@pytest.mark.parametrize("how", ["none", "little"])
async def test_a_server_that_says_nothing_or_little_of_applications(  # noqa: PLR0913, PLR0917 - fixtures
    how: str,
    discord: Discord,
    settings: Settings,
    anna: Person,
    general: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if how == "none":
        lacking(monkeypatch, "GET /oauth2/applications/@me")
    else:
        answering(monkeypatch, "GET /oauth2/applications/@me", lambda found: {"id": found["id"]})
    async with team(discord, settings):
        await everything(discord, anna, general)


@pytest.mark.parametrize("how", ["none", "little"])
async def test_a_server_that_names_its_gateway_to_all_alike(  # noqa: PLR0913, PLR0917 - fixtures
    how: str,
    discord: Discord,
    settings: Settings,
    anna: Person,
    general: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if how == "none":
        lacking(monkeypatch, "GET /gateway/bot")
    else:
        answering(monkeypatch, "GET /gateway/bot", lambda found: {"url": found["url"]})
    unset = settings.discord.model_copy(update={"gateway_url": None})
    async with team(discord, settings.model_copy(update={"discord": unset})):
        await everything(discord, anna, general)
        discord.gateway.drop(resumable=False)
        await discord.until(lambda: discord.gateway.connected, within=60)
        asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
        assert WHOLE in "".join(one.shown for one in await said(discord, asked))


@pytest.mark.parametrize("field", ["flags", "components", "nonce"])
async def test_a_server_that_takes_less_of_a_message_has_its_words(  # noqa: PLR0913, PLR0917 - fixtures
    field: str,
    discord: Discord,
    settings: Settings,
    anna: Person,
    general: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = Api.answer

    def strict(api: Api, call: Call) -> tuple[int, Any]:
        if isinstance(call.json, dict) and "content" in call.json and call.json.get(field):
            raise BackendError(400, 50035, f"Invalid Form Body: {field}")
        return answer(api, call)

    monkeypatch.setattr(Api, "answer", strict)
    async with team(discord, settings):
        asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")

        def there() -> bool:
            found = discord.thread_of(asked)
            return found is not None and any(WHOLE in one.shown for one in discord.answers(found))

        await discord.until(there, within=30)
        command = discord.commands(anna, general, "ask", question=QUESTION)
        await shown(discord, command, WHOLE)


@pytest.mark.parametrize("how", ["least", "least, and no channels"])
async def test_a_server_that_tells_the_least_of_guilds_channels_and_people(  # noqa: PLR0913, PLR0917 - fixtures
    how: str,
    discord: Discord,
    settings: Settings,
    anna: Person,
    general: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering(monkeypatch, "GET /(users|guilds|channels)/.*", least)
    tell = Session.tell

    def less(session: Session, event: str, payload: Mapping[str, Any]) -> None:
        hidden = {"channels", "threads"} if event == "GUILD_CREATE" and "no channels" in how else {}
        hidden = {"channel"} if event == "INTERACTION_CREATE" else hidden
        tell(session, event, least({name: one for name, one in payload.items() if name not in hidden}))

    monkeypatch.setattr(Session, "tell", less)
    async with team(discord, settings):
        await everything(discord, anna, general)
        asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
        answer = (await said(discord, asked))[-1]
        talk = thread(discord, asked)
        discord.says(anna, talk, QUESTION)
        await counted(discord, talk, 2)
        assert WHOLE in discord.answers(talk)[-1].shown
        await shown(discord, discord.clicks(anna, answer, "Sources"), "deploying")
        assert WHOLE in (await answered(discord, discord.clicks(anna, answer, "Ask again"))).shown


def least(given: Any) -> Any:  # noqa: ANN401 - any JSON
    """Give the same without what no bot needs to know."""
    if isinstance(given, dict):
        return {name: least(one) for name, one in given.items() if name not in _NEEDLESS}
    return [least(one) for one in given] if isinstance(given, list) else given


@pytest.mark.parametrize("named", ["first", "last"])
async def test_a_session_that_says_neither_its_shard_nor_where_it_is_resumed(  # noqa: PLR0913, PLR0917 - fixtures
    named: str,
    discord: Discord,
    settings: Settings,
    anna: Person,
    general: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ready, send = Gateway._ready, Socket.send

    def ordered(socket: Socket, envelope: dict[str, Any]) -> None:
        said = {"t": envelope.pop("t", None), **envelope}
        send(socket, said if named == "first" else dict(reversed(said.items())))

    monkeypatch.setattr(Socket, "send", ordered)

    def less(gateway: Gateway, session: Session, guilds: list[str]) -> dict[str, Any]:
        return {name: one for name, one in ready(gateway, session, guilds).items() if name in _LEAST}

    monkeypatch.setattr(Gateway, "_ready", less)
    async with team(discord, settings):
        await everything(discord, anna, general)
        discord.gateway.drop()
        asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
        assert WHOLE in "".join(one.shown for one in await said(discord, asked))


async def test_where_it_is_not_said_what_everybody_may_do_only_what_is_public_is_read(  # noqa: PLR0913, PLR0917
    discord: Discord,
    guild: Guild,
    settings: Settings,
    anna: Person,
    general: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    discord.role("team", guild)
    role = library.Guild.get_role
    monkeypatch.setattr(
        library.Guild, "get_role", lambda here, number: None if number == here.id else role(here, number)
    )
    async with team(discord, settings):
        asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
        assert WHOLE not in "".join(one.shown for one in await said(discord, asked))
