"""How many tokens a prompt and its answer may take, and so the most that a call can be billed for. Pure.

OpenAI's own models since GPT-4o are counted with their tokenizer. Any other is bounded by the bytes of its text in
UTF-8: a byte-level tokenizer has a token for each byte, and merges some; none needs more tokens than bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.models.base import Bound
from bot.models.endpoint import counted_exactly
from knowledge.tokens import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models.base import Prompt
    from bot.models.endpoint import Endpoint

_MESSAGE: Final = 4
"""Tokens that frame a message of OpenAI's, role included, of which three more begin the answer
(https://github.com/openai/openai-cookbook, How_to_count_tokens_with_tiktoken)."""
_START: Final = 3
_OTHER_MESSAGE: Final = 16
"""The same for templates of other models, generously: each mark of theirs is a token or spelled out in a few."""
_OTHER_START: Final = 160
"""Some templates add a message of their own, such as the date and what the model is."""


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """Give a prompt as chat completions want it."""
    said = [{"role": "system", "content": prompt.system}]
    for exchange in prompt.history:
        said += [{"role": "user", "content": exchange.question}, {"role": "assistant", "content": exchange.answer}]
    return [*said, {"role": "user", "content": prompt.user}]


def measure(name: str) -> Callable[[str], int]:
    """Give what counts a text's tokens for a model: exactly, or by a bound."""
    return count if counted_exactly(name) else _bytes


def bound(endpoint: Endpoint, prompt: Prompt) -> Bound:
    """Give the most that one call can be billed for, reasoning included."""
    exact, tokens = counted_exactly(endpoint.name), measure(endpoint.name)
    start, each = (_START, _MESSAGE) if exact else (_OTHER_START, _OTHER_MESSAGE)
    return Bound(
        prompt_tokens=start + sum(each + tokens(message["content"]) for message in messages(prompt)),
        answer_tokens=prompt.max_tokens + endpoint.allowance,
        hidden=endpoint.allowance,
    )


def _bytes(text: str) -> int:
    return len(text.encode())
