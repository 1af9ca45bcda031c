"""The embedding model behind an endpoint that the settings name: how it is reached, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.errors import BadSettings
from bot.money.prices import Prices, Sold
from bot.settings import OPENAI
from knowledge.endpoint.base import Endpoint, Remedy
from knowledge.endpoint.models import KNOWN, wrong_length

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.money.base import Price
    from bot.settings import Settings
    from knowledge.base import VectorSpec
    from knowledge.endpoint.base import Priced

_NEEDS_KEY: Final = "api.openai.com"
_OWN_KEY: Final = "FOOTNOTE_EMBEDDING_API_KEY"
_OWN_ADDRESS: Final = "FOOTNOTE_EMBEDDING_BASE_URL"


def endpoint(settings: Settings) -> Endpoint | None:
    """Say how the embedding model is reached; None where the embedder is one on this machine.

    Raises BadSettings, which names every mistake: no key at OpenAI, a length that the model cannot give.
    """
    if not settings.embedder.startswith(OPENAI):
        return None
    found = _endpoint(settings, settings.embedder.removeprefix(OPENAI).strip())
    if mistakes := [*_keyless(found), *_length(found)]:
        raise BadSettings(" ".join(mistakes))
    return found


def earlier(settings: Settings, spec: VectorSpec) -> Endpoint | None:
    """Say how the model of vectors that are there is reached, while the settings name another; None for a local one.

    It is looked for where the settings say that such models are. Raises BadSettings where there is no key for it.
    """
    if not spec.model.startswith(OPENAI):
        return None
    found = _endpoint(settings, spec.model.removeprefix(OPENAI))
    if mistakes := list(_keyless(found)):
        raise BadSettings(" ".join(mistakes))
    known = KNOWN.get(found.model)
    return replace(found, dimensions=spec.dimensions if known is not None else None)


def price_of(settings: Settings, now: datetime | None = None) -> Callable[[Priced], Price]:
    """Know what models cost that embed: as ``[[prices]]`` says, else as the lists do.

    Raises BadSettings where nobody knows a price of the settings' model, and what it gives does so for others.
    """
    prices = Prices(settings.prices, now=now or datetime.now(UTC))
    if wanted := endpoint(settings):
        prices.needed([_sold(wanted)])

    def price(asked: Priced) -> Price:
        (found,) = prices.needed([_sold(asked)])
        return found

    return price


def _sold(asked: Priced) -> Sold:
    return Sold(model=asked.model, base_url=asked.base_url, writes=False)


def _endpoint(settings: Settings, model: str) -> Endpoint:
    base_url = settings.embedding_base_url or settings.openai_base_url
    ours = base_url == settings.openai_base_url
    key = settings.embedding_api_key or (settings.openai_api_key if ours else None)
    return Endpoint(
        model=model,
        base_url=base_url,
        key=key.get_secret_value() if key else None,
        dimensions=settings.embedding_dimensions,
        remedy=Remedy(
            key="OPENAI_API_KEY" if ours and settings.embedding_api_key is None else _OWN_KEY,
            address="OPENAI_BASE_URL" if settings.embedding_base_url is None else _OWN_ADDRESS,
        ),
    )


def _keyless(found: Endpoint) -> list[str]:
    """Servers of one's own want no key; OpenAI answers nobody without one."""
    if found.key is not None or urlsplit(found.base_url).hostname != _NEEDS_KEY:
        return []
    told = (
        f"The embedder is {found.model} at {_NEEDS_KEY}, and there is no key for it: set {found.remedy.key}, "
        f"or {found.remedy.model} to an embedder that needs none, such as minilm."
    )
    return [told]


def _length(found: Endpoint) -> list[str]:
    wrong = wrong_length(found.model, found.dimensions)
    if wrong is None:
        return []
    return [f"{found.remedy.dimensions} is {found.dimensions}, but {wrong}."]
