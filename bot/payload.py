"""A question as JSON takes it, and back: what the inbox keeps of it. Pure."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from adapters.base import Person, Place, Question


def packed(question: Question) -> dict[str, Any]:
    """Give the whole question; its times are text, in ISO 8601 with their zones."""
    first = question.first_asked_at
    times = {"asked_at": question.asked_at.isoformat(), "first_asked_at": first and first.isoformat()}
    parts = {"place": asdict(question.place), "asker": asdict(question.asker)}
    return {each.name: getattr(question, each.name) for each in fields(question)} | times | parts


def unpacked(payload: dict[str, Any]) -> Question:
    """Give the question that was packed, by an earlier version too."""
    first = payload.get("first_asked_at")
    times = {
        "asked_at": datetime.fromisoformat(payload["asked_at"]),
        "first_asked_at": datetime.fromisoformat(first) if first else None,
    }
    place, asker = Place(**payload["place"]), Person(**payload["asker"])
    return Question(**payload | times | {"place": place, "asker": asker})
