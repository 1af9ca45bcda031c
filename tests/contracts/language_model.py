"""What every language model keeps, whoever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelError
from bot.models.base import Bound, Finished, Heard, Numbered, Prompt

if TYPE_CHECKING:
    from bot.models.base import Delta, LanguageModel

PASSAGES = (
    Numbered(
        number=1, title="Keys", heading=("Rotation",), text="An API key is rotated every 90 days. Keep it secret."
    ),
    Numbered(number=2, title="Install", heading=(), text="Footnote needs Python 3.11 or newer.", dated="2024-03-05"),
)


def prompt(question: str = "How often is an API key rotated?") -> Prompt:
    """Make a prompt as the engine would."""
    return Prompt(
        version="answer@1.0.0",
        system="Answer from the passages.",
        history=(),
        user=f"[1] {PASSAGES[0].text}\n[2] {PASSAGES[1].text}\n{question}",
        question=question,
        passages=PASSAGES,
        max_tokens=400,
    )


async def collected(model: LanguageModel, asked: Prompt | None = None) -> list[Delta]:
    """Read a whole stream."""
    async with aclosing(model.stream(asked or prompt())) as stream:
        return [delta async for delta in stream]


class LanguageModelContract(ABC):
    """Subclass it beside each implementation. ``costs`` is False for a model that is never billed."""

    costs = True

    @abstractmethod
    def model(self) -> LanguageModel:
        """Give a model that answers the prompt."""

    @abstractmethod
    def broken(self) -> LanguageModel | None:
        """Give a model whose server fails, None where it has none."""

    async def test_finished_comes_last_and_once(self) -> None:
        *text, last = await collected(self.model())
        assert isinstance(last, Finished)
        assert text
        assert all(isinstance(delta, str) for delta in text)

    async def test_token_counts_are_positive(self) -> None:
        last = (await collected(self.model()))[-1]
        assert isinstance(last, Finished)
        assert last.prompt_tokens > 0
        assert last.answer_tokens > 0

    async def test_a_whole_answer_uses_no_more_than_its_bound(self) -> None:
        model = self.model()
        bound, last = model.bound(prompt()), (await collected(model))[-1]
        assert isinstance(last, Finished)
        assert last.cached_tokens <= last.prompt_tokens
        if not self.costs:
            assert bound == Bound(prompt_tokens=0, answer_tokens=0)
            return
        assert last.prompt_tokens <= bound.prompt_tokens
        assert last.answer_tokens <= bound.answer_tokens
        assert bound.hidden <= bound.answer_tokens - prompt().max_tokens

    async def test_a_bound_grows_with_the_prompt_and_with_its_limit(self) -> None:
        model, asked = self.model(), prompt()
        small = model.bound(asked)
        large = model.bound(replace(asked, user=asked.user * 3, max_tokens=asked.max_tokens * 2))
        assert large.prompt_tokens >= small.prompt_tokens
        assert large.answer_tokens >= small.answer_tokens
        assert (large == small) is not self.costs

    async def test_what_was_heard_of_a_stopped_stream_is_known_and_within_the_bound(self) -> None:
        model, heard = self.model(), Heard()
        bound = model.bound(prompt())
        async with aclosing(model.stream(prompt(), heard)) as stream:
            assert isinstance(await anext(stream), str)
            assert isinstance(await anext(stream), str)
        used = heard.used(bound)
        assert used.estimated
        assert (used.prompt_tokens, used.answer_tokens > 0) == (bound.prompt_tokens, self.costs)
        assert used.answer_tokens <= bound.answer_tokens

    async def test_closing_stops_it(self) -> None:
        stream = self.model().stream(prompt())
        assert isinstance(await anext(stream), str)
        await stream.aclose()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)

    async def test_it_answers_again_after_it_was_closed(self) -> None:
        model = self.model()
        stream = model.stream(prompt())
        await anext(stream)
        await stream.aclose()
        assert isinstance((await collected(model))[-1], Finished)

    async def test_only_model_errors_leave_it(self) -> None:
        model = self.broken()
        if model is None:
            return
        with pytest.raises(ModelError) as caught:
            await collected(model)
        assert caught.value.told.endswith(".")

    def test_it_has_a_name(self) -> None:
        assert self.model().name
