"""The words in Slack's blocks: what people read of them, what they can click, and whom it pings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PING = re.compile(r"<(?:@[UW]\w+|!(?:channel|here|everyone)|!subteam\^\w+)(?:\|[^>]*)?>")
_NOT_READ = frozenset({"actions", "context_actions", "divider"})


def of_blocks(blocks: Iterable[Mapping[str, Any]]) -> str:
    """The text of blocks, a line for each piece; buttons are no text, and a table's row is one line."""
    return "\n".join(line for block in blocks if block["type"] not in _NOT_READ for line in _lines(block))


def texts(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every text in blocks that Slack reads as markup, labels of buttons apart: those are plain."""
    return [found for block in blocks for found in _marked_up(block)]


def buttons(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What can be clicked. Feedback buttons have one ``action_id`` and two values."""
    found: list[dict[str, Any]] = []
    for block in blocks:
        elements = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]
        for element in elements:
            found += [{"block_id": block.get("block_id", ""), **one} for one in _clickable(element)]
    return found


def pings(written: Iterable[str]) -> list[str]:
    return [found.group() for text in written for found in _PING.finditer(text)]


def rich_text(text: str, block_id: str) -> dict[str, Any]:
    """The block that Slack makes of what somebody typed, mentions being elements of their own."""
    elements: list[dict[str, Any]] = []
    for part in re.split(r"(<@[UW]\w+>)", text):
        if re.fullmatch(r"<@[UW]\w+>", part):
            elements.append({"type": "user", "user_id": part[2:-1]})
        elif part:
            elements.append({"type": "text", "text": part})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _clickable(element: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind, action = element.get("type"), element.get("action_id", "")
    if kind in {"button", "icon_button"}:
        text = element.get("text", {}).get("text", "")
        yield {"type": kind, "action_id": action, "text": text, "value": element.get("value", "")}
    elif kind == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            button = element[side]
            yield {"type": kind, "action_id": action, "text": button["text"]["text"], "value": button["value"]}


def _lines(block: Mapping[str, Any]) -> Iterator[str]:
    match block["type"]:
        case "section":
            yield from (one["text"] for one in [block.get("text"), *block.get("fields", ())] if one)
        case "header":
            yield block["text"]["text"]
        case "markdown":
            yield block["text"]
        case "context":
            yield from (one["text"] for one in block["elements"] if "text" in one)
        case "table":
            yield from (" | ".join(_cell(cell) for cell in row) for row in block["rows"])
        case _:
            yield from _plain(block)


def _cell(cell: Mapping[str, Any]) -> str:
    return cell["text"] if cell["type"] == "raw_text" else "".join(_plain(cell))


def _plain(value: object) -> Iterator[str]:
    """All texts below, in order."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from _plain(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _plain(inner)


def _marked_up(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "markdown"} and isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from _marked_up(inner)
        if value.get("type") == "user" and "user_id" in value:
            yield f"<@{value['user_id']}>"
        if value.get("type") == "broadcast":
            yield f"<!{value['range']}>"
    elif isinstance(value, list):
        for inner in value:
            yield from _marked_up(inner)
