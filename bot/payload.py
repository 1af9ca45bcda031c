"""A question as JSON takes it, and back: what the inbox keeps of it. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from adapters.base import Person, Place, Question


def packed(question: Question) -> dict[str, Any]:
    """Give the whole question; its time is text, in ISO 8601 with its zone."""
    return asdict(question) | {"asked_at": question.asked_at.isoformat()}


def unpacked(payload: dict[str, Any]) -> Question:
    """Give the question that was packed."""
    asked_at = datetime.fromisoformat(payload["asked_at"])
    place, asker = Place(**payload["place"]), Person(**payload["asker"])
    return Question(**payload | {"place": place, "asker": asker, "asked_at": asked_at})
