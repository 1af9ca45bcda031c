"""What Slack takes: lengths of texts, and blocks and views by their rules.

The figures are those of its reference pages, and two that were measured: ``chat.update`` takes 4,000 characters of
text, and all that is streamed into one message 12,000.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tests.doubles.slack.errors import Refused, wrong_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEXT: Final = 40_000
UPDATED_TEXT: Final = 4_000
MARKDOWN: Final = 12_000
BLOCKS: Final = 50
METADATA: Final = 16_000
VIEW: Final = 250_000
SECTION: Final = 3_000
FIELD: Final = 2_000
HEADER: Final = 150
VALUE: Final = 2_000
LABEL: Final = 75
ROWS: Final = 100
COLUMNS: Final = 20
CELLS: Final = 10_000
NAME: Final = 255
TITLE: Final = 24
_ELEMENTS: Final = {"actions": 25, "context": 10, "context_actions": 5}
_IN_MESSAGES: Final = frozenset(
    {
        "section", "header", "divider", "image", "context", "actions", "context_actions", "markdown", "table",
        "rich_text", "input", "video", "plan", "task_card",
    }
)  # fmt: skip
_IN_VIEWS: Final = frozenset({"section", "header", "divider", "image", "context", "actions", "rich_text", "input"})


def text(given: str, most: int) -> None:
    if len(given) > most:
        raise Refused("msg_too_long")


def metadata(given: object) -> None:
    if not isinstance(given, dict):
        raise Refused("invalid_metadata_format")
    if given and not (isinstance(given.get("event_type"), str) and isinstance(given.get("event_payload"), dict)):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(given)) > METADATA:
        raise Refused("metadata_too_large")


def blocks(given: object, *, too_many: str = "invalid_blocks") -> Sequence[Mapping[str, Any]]:
    """Blocks of a message, or ``Refused``."""
    checked = _blocks(given, _IN_MESSAGES)
    if len(checked) > BLOCKS:
        raise Refused(too_many, messages=[f"no more than {BLOCKS} items allowed [json-pointer:/blocks]"])
    if sum(len(one["text"]) for one in checked if one["type"] == "markdown") > MARKDOWN:
        raise Refused("msg_blocks_too_long")
    if sum(one["type"] == "table" for one in checked) > 1:
        raise Refused("invalid_attachments", messages=["only_one_table_allowed"])
    return checked


def view(given: object, *, kinds: frozenset[str] = frozenset({"modal"})) -> Mapping[str, Any]:
    """A modal or a home, or ``Refused``."""
    if not isinstance(given, dict) or given.get("type") not in kinds:
        raise wrong_arguments(f"must be a view of type {' or '.join(sorted(kinds))} [json-pointer:/view/type]")
    if len(json.dumps(given)) > VIEW:
        raise Refused("view_too_large")
    try:
        _view(given)
    except Refused as refused:
        refused.body["error"] = refused.error = "invalid_arguments"
        raise
    return given


def _view(given: Mapping[str, Any]) -> None:
    if len(_blocks(given.get("blocks"), _IN_VIEWS)) > 2 * BLOCKS:
        raise _bad(f"no more than {2 * BLOCKS} items allowed", "/view/blocks")
    if len(given.get("private_metadata", "")) > SECTION or len(given.get("callback_id", "")) > NAME:
        raise _bad("too long", "/view/private_metadata")
    if given["type"] == "modal":
        for name in ("title", "submit", "close"):
            if name == "title" or given.get(name):
                _plain(given.get(name), TITLE, f"/view/{name}")
        if any(one["type"] == "input" for one in given["blocks"]) and not given.get("submit"):
            raise _bad("missing required field: submit", "/view")


def _blocks(given: object, kinds: frozenset[str]) -> Sequence[Mapping[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Refused("invalid_blocks_format")
    names = [one["block_id"] for one in given if "block_id" in one]
    if len(names) != len(set(names)) or any(not isinstance(one, str) or not 1 <= len(one) <= NAME for one in names):
        raise _bad("block_id must be unique and of 1 to 255 characters", "/blocks")
    for at, one in enumerate(given):
        if one.get("type") not in kinds:
            raise _bad(f"unsupported type: {one.get('type')}", f"/blocks/{at}/type")
        _block(one, f"/blocks/{at}")
    return given


def _block(given: Mapping[str, Any], at: str) -> None:
    match given["type"]:
        case "section":
            _section(given, at)
        case "header":
            _plain(given.get("text"), HEADER, f"{at}/text")
        case "markdown":
            _length(given.get("text"), MARKDOWN, f"{at}/text")
        case "context" | "actions" | "context_actions":
            _elements(given, at)
        case "table":
            _table(given, at)
        case "image":
            _length(given.get("alt_text"), FIELD, f"{at}/alt_text")
            _length(given.get("image_url"), SECTION, f"{at}/image_url")
        case "input":
            _plain(given.get("label"), FIELD, f"{at}/label")
            if not isinstance(given.get("element"), dict) or "type" not in given["element"]:
                raise _bad("missing required field: element", at)
        case _:
            pass  # its insides are not looked at


def _section(given: Mapping[str, Any], at: str) -> None:
    fields = given.get("fields", [])
    if "text" not in given and not fields:
        raise _bad("missing required field: text or fields", at)
    if "text" in given:
        _object(given["text"], SECTION, f"{at}/text")
    if len(fields) > 10:
        raise _bad("no more than 10 items allowed", f"{at}/fields")
    for one in fields:
        _object(one, FIELD, f"{at}/fields")
    if "accessory" in given:
        _element(given["accessory"], f"{at}/accessory")


def _elements(given: Mapping[str, Any], at: str) -> None:
    kind, elements = given["type"], given.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= _ELEMENTS[kind]:
        raise _bad(f"1 to {_ELEMENTS[kind]} elements are allowed", f"{at}/elements")
    names = [one.get("action_id") for one in elements if one.get("action_id")]
    if len(names) != len(set(names)):
        raise _bad("action_id must be unique in a block", f"{at}/elements")
    for one in elements:
        if kind == "context" and one.get("type") in {"mrkdwn", "plain_text"}:
            _object(one, SECTION, f"{at}/elements")
        elif (kind == "context_actions") != (one.get("type") in {"feedback_buttons", "icon_button"}):
            raise _bad(f"unsupported type: {one.get('type')}", f"{at}/elements")
        else:
            _element(one, f"{at}/elements")


def _element(given: Mapping[str, Any], at: str) -> None:
    if len(given.get("action_id", "")) > NAME:
        raise _bad("must be less than 256 characters", f"{at}/action_id")
    if given.get("type") == "button":
        _button(given, at)
        if given.get("style") not in {None, "primary", "danger"}:
            raise _bad("style must be primary or danger", f"{at}/style")
    elif given.get("type") == "icon_button":
        _button(given, at)
    elif given.get("type") == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            if "value" not in given.get(side, {}):
                raise _bad(f"missing required field: {side}.value", at)
            _button(given[side], f"{at}/{side}")


def _button(given: Mapping[str, Any], at: str) -> None:
    _plain(given.get("text"), LABEL, f"{at}/text")
    if "value" in given:
        _length(given["value"], VALUE, f"{at}/value")
    if "url" in given:
        _length(given["url"], SECTION, f"{at}/url")


def _table(given: Mapping[str, Any], at: str) -> None:
    rows = given.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= ROWS:
        raise _bad(f"1 to {ROWS} rows are allowed", f"{at}/rows")
    characters = 0
    for row in rows:
        if not isinstance(row, list) or not 1 <= len(row) <= COLUMNS:
            raise _bad(f"1 to {COLUMNS} cells are allowed", f"{at}/rows")
        if any(cell.get("type") not in {"raw_text", "rich_text"} for cell in row):
            raise _bad("cells are raw_text or rich_text", f"{at}/rows")
        characters += sum(len(cell.get("text", "")) for cell in row)
    if characters > CELLS:
        raise _bad(f"no more than {CELLS} characters allowed in all cells", f"{at}/rows")
    if len(given.get("column_settings", ())) > COLUMNS:
        raise _bad(f"no more than {COLUMNS} items allowed", f"{at}/column_settings")


def _object(given: object, most: int, at: str) -> None:
    if not isinstance(given, dict) or given.get("type") not in {"mrkdwn", "plain_text"}:
        raise _bad("must be a text object", at)
    _length(given.get("text"), most, f"{at}/text")


def _plain(given: object, most: int, at: str) -> None:
    if not isinstance(given, dict) or given.get("type") != "plain_text":
        raise _bad("must be a plain_text object", at)
    _length(given.get("text"), most, f"{at}/text")


def _length(given: object, most: int, at: str) -> None:
    if not isinstance(given, str) or not given:
        raise _bad("must be more than 0 characters", at)
    if len(given) > most:
        raise _bad(f"must be less than {most + 1} characters", at)


def _bad(message: str, at: str) -> Refused:
    return Refused("invalid_blocks", messages=[f"{message} [json-pointer:{at}]"])
