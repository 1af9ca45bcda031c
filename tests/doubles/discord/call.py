"""A request to the REST API, and how it was answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Call:
    """A request, and once it was answered how: ``code`` is Discord's for why it was refused."""

    method: str
    path: str
    params: dict[str, str] = field(default_factory=dict)
    json: Any = None
    at: float = 0.0
    status: int | None = None
    code: int | None = None
    fault: str | None = None

    @property
    def parts(self) -> list[str]:
        return self.path.strip("/").split("/")

    @property
    def route(self) -> str:
        """The path without its ids."""
        parts = self.parts
        if parts[0] in ("webhooks", "interactions"):
            return "/" + "/".join("{}" if i in (1, 2) or p.isdecimal() else p for i, p in enumerate(parts))
        reacting = "reactions" in parts
        at = parts.index("reactions") + 1 if reacting else -1
        return "/" + "/".join("{}" if p.isdecimal() or i == at else p for i, p in enumerate(parts))

    @property
    def major(self) -> str:
        """Whose limit it spends: a channel's, a guild's or a webhook's."""
        parts = self.parts
        if parts[0] == "webhooks":
            return "/".join(parts[1:3])
        return parts[1] if parts[0] in ("channels", "guilds") and len(parts) > 1 else ""

    @property
    def open(self) -> bool:
        """Whether it needs no token of the bot's."""
        return self.parts[0] in ("webhooks", "interactions") or self.path == "/gateway"
