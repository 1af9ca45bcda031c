"""What a model's server may answer instead of text, as one sentence that names the remedy. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.errors import ModelDown, ModelRefused, PromptRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.errors import ModelError
    from bot.models.endpoint import Endpoint

_DAY: Final = 86_400.0
_LATE: Final = frozenset({408, 504, 524})
"""Statuses by which something before the model says that it did not answer in time: it may have worked all the same."""
_UNPAID: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_LONG: Final = re.compile(
    r"context.?(?:length|size|window)|(?:prompt|input|message|request)s? (?:is|are) too (?:long|large)|too many tokens"
    r"|too large for|max_new_tokens",
    re.IGNORECASE,
)
_WITHHELD: Final = re.compile(
    r"content.?(?:filter|policy|management)|usage.?polic|responsible.?ai|moderation|flagged|inspection|guardrail|safety"
    r"|invalid_prompt",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer with an error's status. ``code`` and ``message`` are the server's own words, and are never shown."""

    status: int
    code: str = ""
    message: str = ""
    retry_after: float | None = None


def refused(refusal: Refusal, endpoint: Endpoint) -> ModelError:
    """Say what a status means. Such a call cost nothing, but where only time ran out."""
    told = _told(refusal, endpoint)
    status, wait = refusal.status, refusal.retry_after
    if status in {408, 409} or status >= 500:  # noqa: PLR2004
        return ModelDown(told, begun=status in _LATE, retry_after=wait)
    if _about_the_prompt(refusal):
        return PromptRefused(told, begun=False)
    return ModelRefused(told, begun=False, retry_after=wait)


def seconds(headers: Mapping[str, str]) -> float | None:
    """Give the seconds to wait that a server asks for, at most a day's; None for a date, or for none."""
    for name, share in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            wait = float(headers.get(name, "")) * share
        except ValueError:
            continue
        if wait >= 0:
            return min(wait, _DAY)
    return None


def _about_the_prompt(refusal: Refusal) -> bool:
    """Whether it is this prompt that is refused, and another one may be answered."""
    said = f"{refusal.code} {refusal.message}"
    match refusal.status:
        case 413:
            return True
        case 400 | 422:
            return bool(_LONG.search(said) or _WITHHELD.search(said))
        case 403:
            return bool(_WITHHELD.search(said))
        case _:
            return False


def _told(refusal: Refusal, endpoint: Endpoint) -> str:
    name, address, remedy = endpoint.name, endpoint.address, endpoint.remedy
    wait = _wait(refusal.retry_after)
    match refusal.status:
        case 401:
            return f"The model's server at {address} did not accept the key: check {remedy.key}."
        case 402:
            return f"The provider's account has no money left: add credit there, or set another {remedy.key}."
        case 429 if refusal.code in _UNPAID:
            return f"The provider's account has no money left: add credit there, or set another {remedy.key}."
        case 403 if not _about_the_prompt(refusal):
            return f"The key may not use the model {name}: allow it in the provider's account, or set {remedy.model}."
        case 404:
            return f"There is no model {name} at {address}: check {remedy.place}."
        case 429:
            return f"The model's server is asked too often: {wait}."
        case 408 | 409:
            return "The model's server could not take the question just now: try again in a moment."
        case status if status >= 500:  # noqa: PLR2004
            return f"The model's server at {address} has a fault of its own ({status}): {wait}."
        case _ if _about_the_prompt(refusal):
            return _this_prompt(refusal, endpoint)
        case status:
            return f"The model's server refused the request ({status}): check {remedy.place}."


def _this_prompt(refusal: Refusal, endpoint: Endpoint) -> str:
    if refusal.status != 413 and not _LONG.search(f"{refusal.code} {refusal.message}"):  # noqa: PLR2004
        return withheld(endpoint)
    return (
        f"The question with its passages is too long for {endpoint.name}: ask it in parts, "
        f"or set {endpoint.remedy.model}."
    )


def withheld(endpoint: Endpoint) -> str:
    """Say that a provider's filter took the answer, or the question."""
    return f"The server of {endpoint.name} withheld its answer: ask in other words, or set {endpoint.remedy.model}."


def _wait(retry_after: float | None) -> str:
    """Turn the seconds to wait into words."""
    if retry_after is None:
        return "try again in a moment"
    return f"try again in {max(1, round(retry_after))} s" if retry_after < _DAY else "try again later"
