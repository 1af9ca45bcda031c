"""Records as Slack writes them on the wire: in answers and events alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.doubles.slack import wording

if TYPE_CHECKING:
    from tests.doubles.slack.records import (
        Channel,
        File,
        Group,
        Installation,
        Json,
        Message,
        Stream,
        User,
        View,
        Workspace,
    )
    from tests.doubles.slack.state import State


def message(state: State, said: Message, *, metadata: bool = False) -> Json:
    """A message as ``conversations.history`` has it; a thread's root counts its replies."""
    body: Json = {"type": "message", "user": said.user, "ts": said.ts, "text": said.text or said.markdown}
    if said.subtype:
        body["subtype"] = said.subtype
    writer = state.users.get(said.user)
    if writer and writer.bot_id and writer.app:
        body |= {"bot_id": writer.bot_id, "app_id": writer.app, "bot_profile": bot_profile(writer)}
    elif writer and writer.bot_id:
        body |= {"bot_id": writer.bot_id, "username": writer.name}
        del body["user"]
    elif said.subtype is None:
        body["client_msg_id"] = f"00000000-0000-4000-8000-{said.ts.replace('.', '')[-12:]}"
    body |= {"team": said.team, "blocks": blocks(said)}
    body |= {"attachments": list(said.attachments)} if said.attachments else {}
    body |= _of_thread(state, said)
    body |= {"edited": said.edited} if said.edited else {}
    body |= {"files": [file(state, one) for one in said.files]} if said.files else {}
    if said.reactions:
        body["reactions"] = [{"name": n, "users": list(u), "count": len(u)} for n, u in said.reactions.items()]
    if metadata and said.metadata:
        body["metadata"] = said.metadata
    if said.stream and not said.stream.ended:
        body["streaming_state"] = "in_progress"
    return body


def blocks(said: Message) -> list[Json]:
    """What was typed or streamed is a block of its own, ahead of those that were given."""
    own: list[Json] = list(map(dict, said.blocks))
    stream = _tasks(said.stream) if said.stream else []
    typed = said.markdown or ("" if own else said.text)
    return [*stream, *([wording.rich_text(typed, f"t{said.ts[-6:]}")] if typed else []), *own]


def bot_profile(of: User) -> Json:
    return {
        "id": of.bot_id,
        "app_id": of.app,
        "user_id": of.id,
        "name": of.name,
        "icons": {size: f"https://a.slack-edge.com/plugins/app/{size}.png" for size in ("image_36", "image_48")},
        "deleted": False,
        "updated": 1780000000,
        "team_id": of.team,
    }


def channel(of: Channel, installation: Installation, *, members: bool = False) -> Json:
    """A conversation as ``conversations.info`` has it."""
    body: Json = {
        "id": of.id,
        "created": of.created,
        "is_archived": of.archived,
        "is_im": of.kind == "im",
        "is_org_shared": False,
        "context_team_id": installation.team,
        "updated": of.created * 1000,
    }
    if of.kind == "im":
        other = next(one for one in of.members if one != installation.bot.id)
        return body | {"user": other, "last_read": "0000000000.000000", "is_open": True, "priority": 0}
    body |= {
        "name": of.name,
        "name_normalized": of.name,
        "is_channel": of.kind == "public" or of.id.startswith("C"),
        "is_group": of.kind == "private" and of.id.startswith("G"),
        "is_mpim": of.kind == "mpim",
        "is_private": of.kind != "public",
        "is_general": False,
        "unlinked": 0,
        "is_shared": bool(of.connected),
        "is_ext_shared": bool(of.connected),
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": of.teams,
        "parent_conversation": None,
        "creator": of.members[0] if of.members else "",
        "is_member": installation.bot.id in of.members,
        "topic": {"value": of.topic, "creator": "", "last_set": 0},
        "purpose": {"value": of.purpose, "creator": "", "last_set": 0},
        "previous_names": [],
    }
    return body | ({"num_members": len(of.members)} if members else {})


def user(of: User, installation: Installation | None = None) -> Json:
    body: Json = {
        "id": of.id,
        "team_id": of.team,
        "name": of.name,
        "deleted": of.deleted,
        "color": "9f69e7",
        "real_name": of.real_name,
        "tz": "Europe/Berlin",
        "tz_label": "Central European Time",
        "tz_offset": 3600,
        "profile": _profile(of),
        "is_admin": of.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": of.guest is not None,
        "is_ultra_restricted": of.guest == "single",
        "is_bot": of.bot_id is not None,
        "is_app_user": False,
        "updated": of.updated,
        "is_email_confirmed": of.bot_id is None,
        "who_can_share_contact_card": "EVERYONE",
    }
    stranger = installation is not None and of.team != installation.team
    return body | ({"is_stranger": True} if stranger else {})


def group(of: Group, *, members: bool = False) -> Json:
    body: Json = {
        "id": of.id,
        "team_id": of.team,
        "is_usergroup": True,
        "name": of.handle.title(),
        "description": "",
        "handle": of.handle,
        "is_external": False,
        "date_create": of.updated,
        "date_update": of.updated,
        "date_delete": 0,
        "auto_type": None,
        "created_by": of.members[0] if of.members else "",
        "prefs": {"channels": [], "groups": []},
        "user_count": str(len(of.members)),
    }
    return body | ({"users": list(of.members)} if members else {})


def file(state: State, of: File) -> Json:
    where = f"{state.url}/files-pri/{of.team}-{of.id}/{of.name}"
    return {
        "id": of.id,
        "created": of.created,
        "timestamp": of.created,
        "name": of.name,
        "title": of.name,
        "mimetype": of.mimetype,
        "filetype": of.name.rpartition(".")[2],
        "pretty_type": of.name.rpartition(".")[2].upper(),
        "user": of.user,
        "user_team": of.team,
        "editable": False,
        "size": len(of.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": where,
        "url_private_download": f"{where}?download=1",
        "permalink": f"{where}?permalink=1",
        "has_rich_preview": False,
        "file_access": "visible",
    }


def view(of: View, bot: Installation) -> Json:
    """A view as Slack gives it back: what was opened, with ids, a hash and the state of its inputs."""
    given = of.view
    return {
        "id": of.id,
        "team_id": of.team,
        "type": of.kind,
        "blocks": given["blocks"],
        "private_metadata": given.get("private_metadata", ""),
        "callback_id": given.get("callback_id", ""),
        "state": {"values": {}},
        "hash": of.hash,
        "title": given.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": given.get("clear_on_close", False),
        "notify_on_close": given.get("notify_on_close", False),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "previous_view_id": None,
        "root_view_id": of.id,
        "app_id": bot.app,
        "external_id": given.get("external_id", ""),
        "app_installed_team_id": of.team,
        "bot_id": bot.bot.bot_id,
    }


def team(of: Workspace) -> Json:
    return {"id": of.id, "domain": of.domain}


def _profile(of: User) -> Json:
    return {
        "title": "",
        "phone": "",
        "real_name": of.real_name,
        "real_name_normalized": of.real_name,
        "display_name": of.name,
        "display_name_normalized": of.name,
        "avatar_hash": "g0000000000",
        "image_72": "https://secure.gravatar.com/avatar/0.jpg",
        "status_text": "",
        "status_emoji": "",
        "team": of.team,
    }


def _of_thread(state: State, said: Message) -> Json:
    if said.is_reply:
        root = state.channels[said.channel].messages.get(said.root)
        return {"thread_ts": said.thread_ts, **({"parent_user_id": root.user} if root else {})}
    replies = [one for one in state.channels[said.channel].thread(said.ts) if one.is_reply]
    if not replies:
        return {"thread_ts": said.thread_ts} if said.thread_ts else {}
    writers = list(dict.fromkeys(one.user for one in replies))
    return {
        "thread_ts": said.ts,
        "reply_count": len(replies),
        "reply_users_count": len(writers),
        "latest_reply": replies[-1].ts,
        "reply_users": writers,
        "is_locked": False,
        "subscribed": False,
    }


def _tasks(stream: Stream) -> list[Json]:
    cards = [{"type": "task_card", **{k: v for k, v in task.items() if k != "type"}} for task in stream.tasks.values()]
    return [{"type": "plan", "title": stream.plan, "tasks": cards}] if stream.plan else cards
