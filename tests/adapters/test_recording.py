from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.base import Place
from adapters.parts import Text
from adapters.plain import block_text
from tests.contracts.adapter import AdapterContract
from tests.doubles.adapters import RecordingAdapter, a_question

if TYPE_CHECKING:
    from adapters.base import Adapter


class TestRecordingAdapter(AdapterContract):
    _made: RecordingAdapter

    def adapter(self) -> Adapter:
        question = replace(a_question(place=self.place()), id="recording:1:q1", conversation="recording:1:c1")
        self._made = RecordingAdapter(question)
        return self._made

    def shown(self) -> str:
        parts = (part for reply in self._made.replies.values() for part in reply)
        notices = (text for _, text in self._made.notices)
        return "\n".join([*(block_text(part.block) for part in parts if isinstance(part, Text)), *notices])

    def place(self) -> Place:
        return Place(platform="recording", workspace="recording:1", channel="1")
