from __future__ import annotations

from bot.errors import ModelDown
from tests.contracts.language_model import LanguageModelContract
from tests.doubles.models import Scripted


class TestContract(LanguageModelContract):
    def model(self) -> Scripted:
        return Scripted("An API key is rotated every 90 days. [1]")

    def broken(self) -> Scripted:
        return Scripted(error=ModelDown("It is down."))
