"""How Slack says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refused(Exception):
    """An answer ``{"ok": false, "error": …}``. ``retry_after`` makes it a 429; ``more`` joins the answer."""

    def __init__(
        self, error: str, *, messages: Sequence[str] = (), retry_after: int | None = None, **more: object
    ) -> None:
        super().__init__(error)
        self.error = error
        self.retry_after = retry_after
        self.body: dict[str, Any] = {"ok": False, "error": error, **more}
        if messages:
            self.body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in messages]}


def wrong_arguments(*messages: str) -> Refused:
    return Refused("invalid_arguments", messages=messages)
