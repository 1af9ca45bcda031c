"""How a model is reached and called: its address, its times, its settings, and what its name says of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from knowledge.endpoint.refusals import shown

REASONING: Final = 2_000
"""Tokens that a reasoning model may think with, where nobody says otherwise."""
_OWN = r"(?:.*/)?(?:ft:)?"
"""What stands before the name: a provider's prefix, the mark of a fine-tuned model."""
_REASONS = re.compile(_OWN + r"(?:o[1-9]|gpt-(?:[5-9]|[1-9]\d))(?![\da-z])(?!.*chat)", re.IGNORECASE)
_NEW = re.compile(_OWN + r"(?:o[1-9]|gpt-(?:[5-9]|[1-9]\d))(?![\da-z])", re.IGNORECASE)
_O200K = re.compile(_OWN + r"(?:chatgpt-4o|gpt-4o|gpt-4\.[15]|gpt-5|o[134])(?![\da-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait for the connection, for the first token, for each one after it, and for all of an answer."""

    connect: float = 5.0
    first_token: float = 30.0
    idle: float = 20.0
    total: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a model chooses its words; what is not set is not sent, because some models refuse it."""

    temperature: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The settings that a sentence about a failure names."""

    key: str = "OPENAI_API_KEY"
    model: str = "FOOTNOTE_MODEL"
    address: str = "OPENAI_BASE_URL"

    @property
    def place(self) -> str:
        """Name where model and address are set."""
        return self.model if self.model == self.address else f"{self.model} and {self.address}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A model at a server that speaks OpenAI's chat completions.

    ``base_url`` ends in ``/v1`` where the server's paths begin there. Without a ``key`` one is made up, because the
    library insists on it and local servers do not care. ``reasoning_tokens`` come on top of an answer's limit; None
    lets the name decide.
    """

    name: str
    base_url: str
    key: str | None = field(default=None, repr=False)
    reasoning_tokens: int | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    sampling: Sampling = field(default_factory=Sampling)
    remedy: Remedy = field(default_factory=Remedy)

    @property
    def address(self) -> str:
        """The address as it may be shown: without a user or password."""
        return shown(self.base_url)

    @property
    def allowance(self) -> int:
        """Tokens of reasoning that come on top of an answer's limit."""
        return reasoning(self.name) if self.reasoning_tokens is None else self.reasoning_tokens


def reasoning(name: str) -> int:
    """Give the tokens that a model thinks with, by its name: OpenAI's o series, and GPT from 5 on, but for chat."""
    return REASONING if _REASONS.match(name) else 0


def newer(name: str) -> bool:
    """Whether a model takes its limit as ``max_completion_tokens``; older ones and other servers know the old name."""
    return _NEW.match(name) is not None


def counted_exactly(name: str) -> bool:
    """Whether a model splits text as ``knowledge.tokens`` counts it (o200k_base), by its name."""
    return _O200K.match(name) is not None
