"""What a model's server may answer instead of text, as one sentence that names the remedy. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ModelDown, ModelRefused

if TYPE_CHECKING:
    from bot.errors import ModelError


def refused(status: int, *, model: str, base_url: str, code: str = "", retry_after: str | None = None) -> ModelError:
    """Say what a status means. ``code`` is the server's own word for it; its message is never shown."""
    match status:
        case 401:
            told = f"The model's server at {base_url} did not accept the key: check OPENAI_API_KEY."
        case 403:
            told = f"The key may not use the model {model}: allow it in the provider's account, or set FOOTNOTE_MODEL."
        case 404:
            told = f"There is no model {model} at {base_url}: check FOOTNOTE_MODEL and OPENAI_BASE_URL."
        case 429 if code == "insufficient_quota":
            told = "The provider's account has no money left: add credit there, or set another OPENAI_API_KEY."
        case 429:
            told = f"The model's server is asked too often: {_wait(retry_after)}."
        case 400 | 413 | 422 if code == "context_length_exceeded" or status == 413:  # noqa: PLR2004
            told = f"The question with its passages is too long for {model}: ask it in parts, or set FOOTNOTE_MODEL."
        case 408 | 409:
            told = "The model's server could not take the question just now: try again in a moment."
            return ModelDown(told)
        case _ if status >= 500:  # noqa: PLR2004
            told = f"The model's server at {base_url} has a fault of its own ({status}): {_wait(retry_after)}."
            return ModelDown(told)
        case _:
            told = f"The model's server refused the request ({status}): check FOOTNOTE_MODEL and OPENAI_BASE_URL."
    return ModelRefused(told)


def _wait(retry_after: str | None) -> str:
    """Turn a Retry-After header into words; a date in it is not worth parsing for a sentence."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return "try again in a moment"
    return f"try again in {max(1, round(seconds))} s" if 0 <= seconds < 86_400 else "try again later"  # noqa: PLR2004
