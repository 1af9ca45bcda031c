"""Payloads of Discord's gateway, as it sends them, with ids of our own."""

from __future__ import annotations

from typing import Any, TypeAlias

Payload: TypeAlias = dict[str, Any]

ME = "900000000000000001"
APP = "900000000000000002"
MY_ROLE = "900000000000000003"
GUILD = "800000000000000001"
CHANNEL = "800000000000000002"
THREAD = "1450000000000000000"
DM = "800000000000000004"
MESSAGE = "1450000000000000777"
ANN = "700000000000000001"
BOB = "700000000000000002"
ANSWER = "0123456789abcdef0123456789abcdef"
INTERACTION = "1450000000000000999"


def user(of: str = ANN, name: str = "ann", **more: object) -> Payload:
    return {"id": of, "username": name, "global_name": None, "discriminator": "0", "avatar": None, **more}


def message(content: str = "how long do keys live?", **more: object) -> Payload:
    """A message in a text channel of the guild."""
    found: Payload = {
        "id": MESSAGE,
        "channel_id": CHANNEL,
        "guild_id": GUILD,
        "author": user(),
        "member": {"nick": "Ann A.", "roles": []},
        "content": content,
        "timestamp": "2026-11-30T12:00:00.000000+00:00",
        "edited_timestamp": None,
        "type": 0,
        "flags": 0,
        "mentions": [user(ME, "footnote", bot=True)] if f"<@{ME}>" in content else [],
        "mention_roles": [],
        "mention_everyone": False,
        "attachments": [],
        "embeds": [],
        **more,
    }
    return found


def mention(words: str = "how long do keys live?", **more: object) -> Payload:
    return message(f"<@{ME}> {words}", **more)


def direct(content: str = "how long do keys live?", **more: object) -> Payload:
    found = message(content, channel_id=DM, **more)
    del found["guild_id"], found["member"]
    return found


def edited(content: str, **more: object) -> Payload:
    return message(content, edited_timestamp="2026-11-30T12:01:00.000000+00:00", **more)


def replying(content: str, to: Payload, **more: object) -> Payload:
    reference = {"type": 0, "message_id": to["id"], "channel_id": CHANNEL, "guild_id": GUILD}
    return message(content, type=19, message_reference=reference, referenced_message=to, **more)


def reaction(name: str = "\N{THUMBS DOWN SIGN}", **more: object) -> Payload:
    found: Payload = {
        "user_id": ANN,
        "channel_id": CHANNEL,
        "message_id": MESSAGE,
        "guild_id": GUILD,
        "member": {"nick": None, "user": user(), "roles": []},
        "emoji": {"id": None, "name": name},
        "message_author_id": ME,
        "burst": False,
        "type": 0,
    }
    return found | more


def interaction(kind: int, data: Payload, **more: object) -> Payload:
    return {
        "id": INTERACTION,
        "application_id": APP,
        "type": kind,
        "token": "a-token",
        "version": 1,
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "channel": {"id": CHANNEL, "type": 0, "parent_id": None, "name": "general"},
        "member": {"nick": "Ann A.", "roles": [], "user": user(), "permissions": "0"},
        "app_permissions": "1024",
        "context": 0,
        "data": data,
        **more,
    }


def ask(question: str = "how long do keys live?", *, private: bool | None = None, **more: object) -> Payload:
    options: list[Payload] = [{"name": "question", "type": 3, "value": question}]
    if private is not None:
        options.append({"name": "private", "type": 5, "value": private})
    return interaction(2, {"id": "1", "name": "ask", "type": 1, "options": options}, **more)


def page(name: str, **more: object) -> Payload:
    return interaction(2, {"id": "1", "name": name, "type": 1}, **more)


def about(of: Payload, **more: object) -> Payload:
    resolved = {"messages": {of["id"]: of}}
    data = {"id": "1", "name": "Ask about this", "type": 3, "target_id": of["id"], "resolved": resolved}
    return interaction(2, data, **more)


def typing(words: str, **more: object) -> Payload:
    options = [{"name": "question", "type": 3, "value": words, "focused": True}]
    return interaction(4, {"id": "1", "name": "ask", "type": 1, "options": options}, **more)


def pressed(custom_id: str, *, flags: int = 0, **more: object) -> Payload:
    shown = {"id": MESSAGE, "channel_id": CHANNEL, "flags": flags, "author": user(ME, "footnote", bot=True)}
    return interaction(3, {"custom_id": custom_id, "component_type": 2}, message=shown, **more)


def form(custom_id: str, fields: Payload, **more: object) -> Payload:
    components: list[Payload] = [
        {"type": 18, "id": 1, "component": {"type": 3, "id": 2, "custom_id": name, "values": value}}
        if isinstance(value, list)
        else {"type": 1, "id": 1, "components": [{"type": 4, "id": 2, "custom_id": name, "value": value}]}
        for name, value in fields.items()
    ]
    return interaction(5, {"custom_id": custom_id, "components": components}, **more)


def in_direct(given: Payload) -> Payload:
    """The same interaction in direct messages."""
    found = given | {"channel_id": DM, "channel": {"id": DM, "type": 1}, "context": 1, "user": user()}
    del found["guild_id"], found["member"]
    return found


def in_thread(given: Payload) -> Payload:
    """The same interaction in a thread."""
    return given | {"channel_id": THREAD, "channel": {"id": THREAD, "type": 11, "parent_id": CHANNEL}}


ALL: tuple[tuple[str, Payload], ...] = (
    ("MESSAGE_CREATE", message()),
    ("MESSAGE_CREATE", mention()),
    ("MESSAGE_CREATE", direct()),
    ("MESSAGE_CREATE", replying("and in Europe?", message(author=user(ME), interaction_metadata={"id": INTERACTION}))),
    ("MESSAGE_UPDATE", edited(f"<@{ME}> and certificates?")),
    ("MESSAGE_DELETE", {"id": MESSAGE, "channel_id": CHANNEL, "guild_id": GUILD}),
    ("MESSAGE_DELETE_BULK", {"ids": [MESSAGE, THREAD], "channel_id": CHANNEL, "guild_id": GUILD}),
    ("MESSAGE_REACTION_ADD", reaction()),
    ("MESSAGE_REACTION_REMOVE", reaction()),
    ("INTERACTION_CREATE", ask(private=True)),
    ("INTERACTION_CREATE", page("usage")),
    ("INTERACTION_CREATE", about(message())),
    ("INTERACTION_CREATE", typing("how long")),
    ("INTERACTION_CREATE", pressed(f"f:rate+:{ANSWER}")),
    ("INTERACTION_CREATE", pressed(f"f:stop:discord:{GUILD}:{CHANNEL}:{MESSAGE}")),
    ("INTERACTION_CREATE", form(f"f:reason:{ANSWER}", {"why": ["wrong"], "comment": "no"})),
    ("INTERACTION_CREATE", form(f"f:ask:{CHANNEL}:{MESSAGE}", {"question": "why?"})),
    ("GUILD_CREATE", {"id": GUILD}),
    ("GUILD_DELETE", {"id": GUILD}),
)
