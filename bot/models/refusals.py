"""What a model's server may answer instead of text, as one sentence that names the remedy. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.errors import ModelDown, ModelRefused, PromptRefused
from knowledge.endpoint.refusals import LATE, later

if TYPE_CHECKING:
    from bot.errors import ModelError
    from bot.models.endpoint import Endpoint
    from knowledge.endpoint.refusals import Refusal

_WITHHELD: Final = re.compile(
    r"content.?(?:filter|policy|management)|usage.?polic|responsible.?ai|moderation|flagged|inspection|guardrail|safety"
    r"|invalid_prompt",
    re.IGNORECASE,
)


def refused(refusal: Refusal, endpoint: Endpoint) -> ModelError:
    """Say what a status means. Such a call cost nothing, but where only time ran out."""
    told = _told(refusal, endpoint)
    status, wait = refusal.status, refusal.retry_after
    if refusal.down:
        return ModelDown(told, begun=status in LATE, retry_after=wait)
    if _about_the_prompt(refusal):
        return PromptRefused(told, begun=False)
    return ModelRefused(told, begun=False, retry_after=wait)


def _about_the_prompt(refusal: Refusal) -> bool:
    """Whether it is this prompt that is refused, and another one may be answered."""
    match refusal.status:
        case 413:
            return True
        case 400 | 422:
            return refusal.long or bool(_WITHHELD.search(refusal.said))
        case 403:
            return bool(_WITHHELD.search(refusal.said))
        case _:
            return False


def _told(refusal: Refusal, endpoint: Endpoint) -> str:
    name, address, remedy = endpoint.name, endpoint.address, endpoint.remedy
    wait = later(refusal.retry_after)
    match refusal.status:
        case 401:
            return f"The model's server at {address} did not accept the key: check {remedy.key}."
        case _ if refusal.unpaid:
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
    if not refusal.long:
        return withheld(endpoint)
    return (
        f"The question with its passages is too long for {endpoint.name}: ask it in parts, "
        f"or set {endpoint.remedy.model}."
    )


def withheld(endpoint: Endpoint) -> str:
    """Say that a provider's filter took the answer, or the question."""
    return f"The server of {endpoint.name} withheld its answer: ask in other words, or set {endpoint.remedy.model}."
