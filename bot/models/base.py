"""What a language model is to the engine: a prompt in, a stream of text out, and an honest end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


BROKE_OFF: Final = "The model's answer broke off in the middle: ask again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A passage as the model sees it: a number, a title, a date, whether that is old, and words; never a URL."""

    number: int
    title: str
    heading: tuple[str, ...]
    text: str
    dated: str | None = None
    old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An earlier question of the conversation and its answer, in plain words."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """All that a model is given, in parts.

    A chat model reads ``system``, ``history`` and ``user``, which are rendered; an extractive one reads ``question``
    and ``passages``, which ``user`` contains. Where a question leans on the one before it, that one stands in
    ``question`` too, on a line of its own. ``version`` is ``id@semantic-version`` of the prompt file.
    ``max_tokens`` bounds the answer.
    """

    version: str
    system: str
    history: tuple[Exchange, ...]
    user: str
    question: str
    passages: tuple[Numbered, ...]
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """The tokens of a call. ``estimated``: the server did not say, so they were counted.

    ``answer_tokens`` hold those of reasoning, ``prompt_tokens`` the ``cached_tokens`` that cost less.
    """

    prompt_tokens: int
    answer_tokens: int
    estimated: bool
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Used):
    """The last thing that a whole stream gives."""

    reason: Literal["stop", "length"]


Delta: TypeAlias = str | Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The most tokens that a call can be billed for.

    ``hidden`` are those of ``answer_tokens`` that nobody sees: a reasoning model thinks within its limit, and a stream
    that was cut does not say how much it did.
    """

    prompt_tokens: int
    answer_tokens: int
    hidden: int = 0


@dataclass(slots=True, kw_only=True)
class Heard:
    """What the server of one call has sent so far, for settling a call that gave no ``Finished``.

    Whoever makes the call passes one to ``stream`` and may read it however the stream ended, by an error, by a stop or
    by its own closing. ``said`` and ``thought`` are tokens, as the model counts them, of the text that was given and of
    reasoning that nobody sees; ``pieces`` counts what brought them, each a token at least. ``reported`` is what the
    server itself says that the whole call used.
    """

    said: int = 0
    thought: int = 0
    pieces: int = 0
    reported: Used | None = None

    def used(self, bound: Bound) -> Used:
        """Give what the call used, where it may have begun: as reported, else the prompt and what was heard.

        What is thought in secret counts as if all of the allowance were used. Tokens that are only bounded by bytes
        count for no more than the call's limit, unless more pieces than that came.
        """
        if self.reported is not None:
            return self.reported
        counted = min(self.said + max(self.thought, bound.hidden), bound.answer_tokens)
        return Used(prompt_tokens=bound.prompt_tokens, answer_tokens=max(counted, self.pieces), estimated=True)


Strength: TypeAlias = Literal["strong", "small"]
"""What a model is used for: hard questions and everything, or what a small one can do too."""
Difficulty: TypeAlias = Literal["easy", "hard"]
"""What a question asks of a model: to repeat what one passage says, or to put things together."""


class LanguageModel(Protocol):
    """Streams an answer as Markdown with ``[n]`` marks."""

    @property
    def name(self) -> str:
        """What it is called, to people and in what is recorded."""
        ...

    def bound(self, prompt: Prompt, /) -> Bound:
        """Give the most that ``stream`` of this prompt can be billed for; nothing where it costs nothing."""
        ...

    def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        """Give text and, last, ``Finished``. A stream that ends without it was cut, and raises ``ModelCut``.

        Closing the generator closes the connection, and so ends the cost. Raises ``ModelError`` only; ``begun`` of it
        says whether the call may have cost anything, and ``heard`` what to settle it at.
        """
        ...
