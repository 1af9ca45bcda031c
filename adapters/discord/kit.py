"""Discord's buttons and rows as JSON, and the names by which what was pressed is known again. Pure.

Limits are those of docs.discord.com/developers/components/reference and …/resources/message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

UP: Final = "rate+"
DOWN: Final = "rate-"
STOP: Final = "stop"
AGAIN: Final = "again"
QUOTES: Final = "quotes"
WANT: Final = "want"
PRIVATELY: Final = "privately"
WHY: Final = "why"
"""What the buttons of an answer are called in what comes back."""
MORE: Final = "more"
"""What nobody can press: it only holds the key by which its message is found again."""

MESSAGE_LIMIT: Final = 2_000
NAME_LIMIT: Final = 100
"""Of a thread."""
LABEL_LIMIT: Final = 80
CUSTOM_LIMIT: Final = 100
ROW_LIMIT: Final = 5

SUPPRESS_EMBEDS: Final = 1 << 2
EPHEMERAL: Final = 1 << 6
"""Flags of a message."""

_OURS: Final = "f"
_PLATFORM: Final = "discord:"
_SHORT: Final = "~"
_KEYED: Final = "|"
_ROW: Final = 1
_BUTTON: Final = 2
_STYLES: Final = {"primary": 1, "secondary": 2, "danger": 4}

Style = Literal["primary", "secondary", "danger"]


class Button(TypedDict):
    """A button; ``custom_id`` comes back when it is pressed."""

    type: int
    style: int
    label: str
    custom_id: str
    disabled: NotRequired[bool]


class Row(TypedDict):
    """Up to five buttons side by side."""

    type: int
    components: list[Button]


def custom(action: str, value: str) -> str:
    """Give the custom id of a button or a form. Raises ValueError where it is too long: a cut one means another thing.

    Ids of questions begin with the platform's name, which is left out where there is no room for it.
    """
    whole = f"{_OURS}:{action}:{value}"
    if len(whole) > CUSTOM_LIMIT and value.startswith(_PLATFORM):
        whole = f"{_OURS}:{action}:{_SHORT}{value.removeprefix(_PLATFORM)}"
    if not value or len(whole) > CUSTOM_LIMIT:
        raise ValueError(f"A custom id has room for {CUSTOM_LIMIT} characters, not for {len(whole)}.")
    return whole


def meant(custom_id: str) -> tuple[str, str] | None:
    """Give the action and the value of a custom id; None of one that is not ours. Anybody may have written it."""
    ours, _, rest = custom_id.partition(":")
    action, _, value = rest.partition(":")
    value = value.partition(_KEYED)[0]
    if value.startswith(_SHORT):
        value = _PLATFORM + value.removeprefix(_SHORT)
    return (action, value) if ours == _OURS and action and value else None


def button(action: str, label: str, value: str, style: Style = "secondary") -> Button:
    """Give a button. Raises ValueError as ``custom`` does."""
    return {
        "type": _BUTTON,
        "style": _STYLES[style],
        "label": label[:LABEL_LIMIT],
        "custom_id": custom(action, value),
    }


def row(*buttons: Button) -> Row:
    """Give buttons side by side."""
    return {"type": _ROW, "components": list(buttons)}


def keyed(rows: Sequence[Row], key: str) -> list[Row]:
    """Give the rows with a key in them: in the first button that has room, else in one that nobody can press."""
    made: list[Row] = [{**each, "components": [*each["components"]]} for each in rows]
    mark = f"{_KEYED}{key}"
    for each in made:
        for at, one in enumerate(each["components"]):
            if len(one["custom_id"]) + len(mark) <= CUSTOM_LIMIT:
                each["components"][at] = {**one, "custom_id": one["custom_id"] + mark}
                return made
    held: Button = {**button(MORE, "…", key), "disabled": True}
    if made and len(made[0]["components"]) < ROW_LIMIT:
        made[0]["components"].append(held)
    else:
        made.append(row(held))
    return made


def spare(rows: Sequence[Row]) -> bool:
    """Whether there is a button in rows that only holds a key."""
    return any(_holds(one) for each in rows for one in each["components"])


def pressable(rows: Sequence[Row]) -> list[Row]:
    """Give the rows without what only holds a key, for a message that is never looked for."""
    left = [[one for one in each["components"] if not _holds(one)] for each in rows]
    return [row(*each) for each in left if each]


def _holds(one: Button) -> bool:
    return (meant(one["custom_id"]) or ("", ""))[0] == MORE


def key_of(custom_id: str) -> str:
    """Give the key that a custom id holds, or nothing."""
    found = meant(custom_id)
    if found is None:
        return ""
    return found[1] if found[0] == MORE else custom_id.partition(_KEYED)[2]
