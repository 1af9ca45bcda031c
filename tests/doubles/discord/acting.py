"""What people do with the bot's own things: commands, buttons and forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simcord.backend import serializers
from simcord.backend.access import channel_accessible
from simcord.backend.command_access import command_access
from simcord.interactions import base_payload

from tests.doubles.discord.interactions import Asked
from tests.doubles.discord.speaking import Speaking
from tests.doubles.discord.world import dressed

if TYPE_CHECKING:
    from tests.doubles.discord.records import Channel, Json, Message, Person
    from tests.doubles.slack.clock import Clock

_COMMAND, _BUTTON, _SUGGESTION, _FORM = 2, 3, 4, 5
_ABOUT_A_MESSAGE: Final = 3
_SORTS: Final = ((bool, 5), (int, 4), (float, 10), (str, 3))
"""By what Python calls them the kinds of options, where no command says."""


class Acting(Speaking):
    """Each gives an interaction; what came of it is seen there."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.asked: dict[str, Asked] = {}
        """All interactions, by token."""
        self.strict = False
        """Whether only commands that the bot has registered can be given."""

    def commands(self, person: Person, channel: Channel, name: str, **options: object) -> Asked:
        """Give a command of the bot's."""
        command, leaf = self._leaf(person, channel, name)
        declared = {each["name"]: each for each in leaf.get("options", [])}
        known = "options" not in leaf or set(options) <= set(declared)
        assert known, f"/{name} has no {set(options) - set(declared)}"
        for each in declared.values():
            assert not each.get("required") or each["name"] in options, f"/{name} wants {each['name']}"
        told = [_option(declared.get(key), key, value) for key, value in options.items()]
        return self._interacts(_COMMAND, person, channel, _given(command, name, told))

    def types(self, person: Person, channel: Channel, name: str, option: str, text: str, **others: object) -> Asked:
        """Type into an option of a command, so that something is suggested."""
        command, _ = self._leaf(person, channel, name)
        told = [_option(None, key, value) for key, value in others.items()]
        told.append({"name": option, "type": 3, "value": text, "focused": True})
        return self._interacts(_SUGGESTION, person, channel, _given(command, name, told))

    def asks_about(self, person: Person, message: Message, name: str = "Ask about this") -> Asked:
        """Choose a command of the bot's in a message's menu."""
        command = self._command(person, message.channel, name, kind=_ABOUT_A_MESSAGE)
        payload = dressed(self.world, serializers.message_payload(self.world, message.kept))
        data = {
            "id": command["id"],
            "name": name,
            "type": _ABOUT_A_MESSAGE,
            "target_id": message.id,
            "resolved": {"messages": {message.id: payload}},
        }
        return self._interacts(_COMMAND, person, message.channel, data)

    def clicks(self, person: Person, message: Message, button: str) -> Asked:
        """Press the button with this label, emoji or custom id, which must be there and not be dimmed."""
        assert not message.deleted, "the message is gone"
        assert message.kept.visible_to(int(person.id)), f"{person.name} does not see {message}"
        found = message.button(button)
        assert not found.get("disabled"), f"{button!r} is dimmed"
        return self.presses(person, message, found["custom_id"], id=found.get("id"))

    def presses(self, person: Person, message: Message, custom_id: str, **more: object) -> Asked:
        """Press a button with any custom id, as somebody does who forges one."""
        data = {"custom_id": custom_id, "component_type": 2, **more}
        payload = dressed(self.world, serializers.message_payload(self.world, message.kept))
        return self._interacts(_BUTTON, person, message.channel, data, message=message, extra={"message": payload})

    def submits(self, person: Person, form: Asked | Json, values: dict[str, Any]) -> Asked:
        """Send a form (or what an interaction opened); ``values`` are by label or custom id, and must fit."""
        asked = form if isinstance(form, Asked) else next(one for one in self.asked.values() if one.modal is form)
        assert asked.modal is not None, f"no form was opened; {asked.refused=}"
        assert asked.person == person, "somebody else has this form"
        left = dict(values)
        rows = [_filled(row, left) for row in asked.modal.get("components", [])]
        assert not left, f"the form does not ask for {list(left)}"
        data = {"custom_id": asked.modal["custom_id"], "components": rows}
        source = asked.payload.get("message")
        message = self.message(source["id"]) if source else None
        extra = {"message": source} if source else {}
        return self._interacts(_FORM, person, asked.channel, data, message=message, extra=extra)

    def _leaf(self, person: Person, channel: Channel, name: str) -> tuple[Json, Json]:
        """A command, and of it what ``name`` means: "ask", or "footnote usage" where that is a command of commands."""
        first, *others = name.split()
        leaf = command = self._command(person, channel, first)
        for each in others:
            leaf = next((one for one in leaf.get("options", []) if one["name"] == each), {})
            assert leaf or not self.strict, f"there is no /{name}"
        return command, leaf

    def _command(self, person: Person, channel: Channel, name: str, kind: int = 1) -> Json:
        found = self.world.find_command(name, channel.stored.guild_id, type=kind)
        if found is None:
            assert not self.strict, f"the bot has no command {name!r}"
            return {"id": str(self.world.snowflake())}
        access = command_access(self.world, found, user_id=int(person.id), channel_id=int(channel.id))
        assert access.allowed, f"{person.name} may not give {name!r} there: {access.reason}"
        return found

    def _interacts(  # noqa: PLR0913 - all that an interaction is
        self,
        kind: int,
        person: Person,
        channel: Channel,
        data: Json,
        *,
        message: Message | None = None,
        extra: Json | None = None,
    ) -> Asked:
        where, who = int(channel.id), int(person.id)
        guild = channel.stored.guild_id
        assert channel_accessible(self.world, where, who), f"{person.name} does not see {channel.name}"
        record, payload = base_payload(self.world, type=kind, channel_id=where, guild_id=guild, user_id=who, data=data)
        if message is not None:
            record.source_message_id = message.kept.id
        whole = {**payload, **(extra or {})}
        asked = Asked(record=record, world=self.world, person=person, channel=channel, payload=whole)
        self.asked[record.token] = asked
        self.world.emit("INTERACTION_CREATE", whole)
        self.bell.ring()
        return asked


def _given(command: Json, name: str, options: list[Json]) -> Json:
    """A command's data, with its options as deep as its name is long."""
    first, *others = name.split()
    for depth, each in enumerate(reversed(others)):
        options = [{"name": each, "type": 1 if depth == 0 else 2, "options": options}]
    return {"id": command["id"], "name": first, "type": 1, "options": options}


def _option(declared: Json | None, name: str, value: object) -> Json:
    kind = declared["type"] if declared else next(kind for sort, kind in _SORTS if isinstance(value, sort))
    return {"name": name, "type": kind, "value": value}


def _filled(row: Json, values: dict[str, Any]) -> Json:
    """Fill one row of a form, taking what fits out of ``values``."""
    inner = row.get("component")
    if inner is not None:
        filled = _field(inner, row.get("label"), values)
        return {"type": row["type"], "id": row.get("id", 0), "component": filled}
    if "components" in row:
        return {"type": row["type"], "components": [_field(one, one.get("label"), values) for one in row["components"]]}
    return {key: row[key] for key in ("type", "id") if key in row}


def _field(asked: Json, label: str | None, values: dict[str, Any]) -> Json:
    name = next((each for each in (label, asked["custom_id"]) if each in values), None)
    filled = {"type": asked["type"], "id": asked.get("id", 0), "custom_id": asked["custom_id"]}
    given = values.pop(name) if name is not None else None
    if asked["type"] == 4:
        text = given if given is not None else asked.get("value") or ""
        assert text or not asked.get("required", True), f"{label!r} must be filled in"
        assert len(text) <= asked.get("max_length", 4000), f"{label!r} takes no more"
        return {**filled, "value": text}
    if asked["type"] in (21, 23):
        return {**filled, "value": given}
    chosen = [given] if isinstance(given, str) else list(given or [])
    options = {each["value"] for each in asked.get("options", [])}
    assert not options or set(chosen) <= options, f"{chosen} are not among {options}"
    return {**filled, "values": chosen}
