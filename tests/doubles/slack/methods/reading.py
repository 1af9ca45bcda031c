"""conversations.*, users.*, reactions.*, files.*, bots.*: what an app may look up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.doubles.slack import shapes
from tests.doubles.slack.arguments import Method, words
from tests.doubles.slack.errors import Refused, wrong_arguments
from tests.doubles.slack.rates import TIER_2, TIER_3, TIER_4
from tests.doubles.slack.state import needs, scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.doubles.slack.arguments import Asked
    from tests.doubles.slack.records import Channel, Json, Message

_TS: Final = re.compile(r"\d+(\.\d{1,6})?")
_KINDS: Final = {"public": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}


def _replies(asked: Asked) -> Json:
    """Oldest first; the root leads each page."""
    channel = _history_of(asked)
    if asked["ts"] not in channel.messages:
        raise Refused("thread_not_found")
    root, *replies = channel.thread(channel.messages[asked["ts"]].root)
    page, rest = _paged(asked, [one for one in replies if _within(asked, one)], asked.limit(1000, 1000))
    return _messages(asked, [root, *page]) | rest


def _history(asked: Asked) -> Json:
    """Newest first, without what was said in threads."""
    channel = _history_of(asked)
    roots = [one for one in channel.messages.values() if not one.is_reply or one.broadcast]
    page, rest = _paged(asked, [one for one in roots[::-1] if _within(asked, one)], asked.limit(100, 999))
    return _messages(asked, page) | rest | {"pin_count": 0}


def _history_of(asked: Asked) -> Channel:
    channel = asked.state.joined(asked.caller, asked["channel"])
    needs(asked.caller, scope(channel, "history"))
    for name in ("oldest", "latest"):
        if asked.get(name) is not None and not _TS.fullmatch(str(asked[name])):
            raise Refused(f"invalid_ts_{name}")
    return channel


def _within(asked: Asked, said: Message) -> bool:
    at, inclusive = _number(said.ts), asked.yes("inclusive")
    oldest, latest = asked.get("oldest"), asked.get("latest")
    after = oldest is None or at > _number(oldest) or (inclusive and at == _number(oldest))
    before = latest is None or at < _number(latest) or (inclusive and at == _number(latest))
    return after and before


def _number(ts: str) -> tuple[int, int]:
    seconds, _, rest = str(ts).partition(".")
    return int(seconds), int(rest.ljust(6, "0"))


def _messages(asked: Asked, page: Sequence[Message]) -> Json:
    metadata = asked.yes("include_all_metadata")
    return {"messages": [shapes.message(asked.state, one, metadata=metadata) for one in page]}


def _paged(asked: Asked, found: Sequence[Any], limit: int) -> tuple[Sequence[Any], Json]:
    """A page, and where the next begins."""
    given = asked.get("cursor") or "next:0"
    if not re.fullmatch(r"next:\d+", given):
        raise Refused("invalid_cursor")
    start = int(given.removeprefix("next:"))
    more = start + limit < len(found)
    following = {"next_cursor": f"next:{start + limit}" if more else ""}
    return found[start : start + limit], {"has_more": more, "response_metadata": following}


def _info(asked: Asked) -> Json:
    channel = _readable(asked)
    return {"channel": shapes.channel(channel, asked.caller, members=asked.yes("include_num_members"))}


def _members(asked: Asked) -> Json:
    page, rest = _paged(asked, _readable(asked).members, asked.limit(100, 1000))
    return {"members": page, "response_metadata": rest["response_metadata"]}


def _readable(asked: Asked) -> Channel:
    channel = asked.state.visible(asked.caller, asked["channel"])
    needs(asked.caller, scope(channel, "read"))
    return channel


def _list(asked: Asked) -> Json:
    kinds = (asked.get("types") or "public_channel").split(",")
    if not set(kinds) <= set(_KINDS.values()):
        raise Refused("invalid_types")
    bot, found = asked.caller.bot.id, []
    for channel in asked.state.channels.values():
        if asked.caller.team not in channel.teams or _KINDS[channel.kind] not in kinds:
            continue
        needs(asked.caller, scope(channel, "read"))
        hidden = channel.archived and asked.yes("exclude_archived")
        if not hidden and (channel.kind == "public" or bot in channel.members):
            found.append(shapes.channel(channel, asked.caller, members=True))
    page, rest = _paged(asked, found, asked.limit(100, 999))
    return {"channels": page, "response_metadata": rest["response_metadata"]}


def _conversations_of(asked: Asked) -> Json:
    """Where somebody is, or the bot itself; private ones only where the bot is in them too."""
    kinds = (asked.get("types") or "public_channel").split(",")
    if not set(kinds) <= set(_KINDS.values()):
        raise Refused("invalid_types")
    bot = asked.caller.bot.id
    user = asked.state.person(asked.caller, asked.get("user") or bot).id
    found = []
    for channel in asked.state.channels.values():
        if asked.caller.team not in channel.teams or _KINDS[channel.kind] not in kinds or user not in channel.members:
            continue
        needs(asked.caller, scope(channel, "read"))
        hidden = channel.archived and asked.yes("exclude_archived")
        if not hidden and (channel.kind == "public" or bot in channel.members):
            found.append(shapes.channel(channel, asked.caller))
    page, rest = _paged(asked, found, asked.limit(100, 999))
    return {"channels": page, "response_metadata": rest["response_metadata"]}


def _open(asked: Asked) -> Json:
    """A direct message's channel, with somebody of the app's own workspace."""
    if asked.get("channel"):
        channel = asked.state.visible(asked.caller, asked["channel"])
    else:
        names = (asked.get("users") or "").split(",")
        if len(names) != 1 or not names[0]:
            raise wrong_arguments("the double opens conversations with one user")
        needs(asked.caller, "im:write")
        user = asked.state.person(asked.caller, names[0])
        if user.team != asked.caller.team or user.bot_id:
            raise Refused("cannot_dm_bot" if user.bot_id else "user_not_visible")
        channel = asked.state.direct(user)
    whole = shapes.channel(channel, asked.caller) if asked.yes("return_im") else {"id": channel.id}
    return {"channel": whole, "no_op": True, "already_open": True}


def _user(asked: Asked) -> Json:
    return {"user": shapes.user(asked.state.person(asked.caller, asked["user"]), asked.caller)}


def _users(asked: Asked) -> Json:
    """All of the workspace's own people and bots, those who left included."""
    found = [shapes.user(one, asked.caller) for one in asked.state.users.values() if one.team == asked.caller.team]
    page, rest = _paged(asked, found, asked.limit(1000, 1000))
    now = int(asked.state.clock.now())
    return {"members": page, "cache_ts": now, "response_metadata": rest["response_metadata"]}


def _groups(asked: Asked) -> Json:
    found = [one for one in asked.state.groups.values() if one.team == asked.caller.team]
    return {"usergroups": [shapes.group(one, members=asked.yes("include_users")) for one in found]}


def _group_members(asked: Asked) -> Json:
    group = asked.state.groups.get(asked["usergroup"])
    if group is None or group.team != asked.caller.team:
        raise Refused("no_such_subteam")
    return {"users": list(group.members)}


def _reacted(asked: Asked) -> Json:
    said = _said(asked)
    return {"type": "message", "channel": said.channel, "message": shapes.message(asked.state, said)}


def _react(asked: Asked) -> Json:
    said, name = _said(asked), asked["name"]
    if asked.state.channels[said.channel].members.count(asked.caller.bot.id) == 0:
        raise Refused("not_in_channel")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise Refused("invalid_name")
    users = said.reactions.setdefault(name, [])
    if asked.caller.bot.id in users:
        raise Refused("already_reacted")
    users.append(asked.caller.bot.id)
    asked.emit.reacted(said, asked.caller.bot, name, added=True)
    return {}


def _said(asked: Asked) -> Message:
    if not asked.get("channel") or not asked.get("timestamp"):
        raise Refused("no_item_specified")
    channel = asked.state.visible(asked.caller, asked["channel"])
    if asked["timestamp"] not in channel.messages:
        raise Refused("message_not_found")
    return channel.messages[asked["timestamp"]]


def _file(asked: Asked) -> Json:
    found = asked.state.files.get(asked["file"])
    if found is None or found.team != asked.caller.team:
        raise Refused("file_not_found")
    body = shapes.file(asked.state, found)
    return {"file": body, "comments": [], "response_metadata": {"next_cursor": ""}}


def _bot(asked: Asked) -> Json:
    for each in asked.state.users.values():
        if each.bot_id and each.bot_id == asked.get("bot", asked.caller.bot.bot_id) and each.team == asked.caller.team:
            return {
                "bot": {
                    "id": each.bot_id,
                    "deleted": each.deleted,
                    "name": each.name,
                    "updated": each.updated,
                    "app_id": each.app or "",
                    "user_id": each.id,
                    "icons": {"image_36": "https://a.slack-edge.com/36.png"},
                }
            }
    raise Refused("bot_not_found")


_PAGE = words("cursor limit")
_SPAN = _PAGE | words("oldest latest inclusive include_all_metadata")
READING: Final = {
    "conversations.replies": Method(answer=_replies, rate=TIER_3, required=words("channel ts"), optional=_SPAN),
    "conversations.history": Method(answer=_history, rate=TIER_3, required=words("channel"), optional=_SPAN),
    "conversations.info": Method(
        answer=_info, rate=TIER_3, required=words("channel"), optional=words("include_locale include_num_members")
    ),
    "conversations.members": Method(answer=_members, rate=TIER_4, required=words("channel"), optional=_PAGE),
    "conversations.list": Method(answer=_list, rate=TIER_2, optional=_PAGE | words("types exclude_archived")),
    "conversations.open": Method(answer=_open, rate=TIER_3, optional=words("channel users return_im prevent_creation")),
    "users.info": Method(
        answer=_user, rate=TIER_4, required=words("user"), optional=words("include_locale"), scope="users:read"
    ),
    "users.list": Method(answer=_users, rate=TIER_2, optional=_PAGE | words("include_locale"), scope="users:read"),
    "users.conversations": Method(
        answer=_conversations_of, rate=TIER_3, optional=_PAGE | words("user types exclude_archived")
    ),
    "usergroups.list": Method(
        answer=_groups,
        rate=TIER_2,
        optional=words("include_users include_count include_disabled"),
        scope="usergroups:read",
    ),
    "usergroups.users.list": Method(
        answer=_group_members,
        rate=TIER_2,
        required=words("usergroup"),
        optional=words("include_disabled"),
        scope="usergroups:read",
    ),
    "reactions.get": Method(
        answer=_reacted,
        rate=TIER_3,
        optional=words("channel timestamp full file file_comment"),
        scope="reactions:read",
    ),
    "reactions.add": Method(
        answer=_react, rate=TIER_3, required=words("channel name timestamp"), scope="reactions:write"
    ),
    "files.info": Method(
        answer=_file, rate=TIER_4, required=words("file"), optional=_PAGE | words("count page"), scope="files:read"
    ),
    "bots.info": Method(answer=_bot, rate=TIER_3, optional=words("bot"), scope="users:read"),
}
