"""The chain of models that the settings name: the tables ``[[models]]``, or else the one model that has a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.models.chain import Chain, Link, watched
from bot.models.endpoint import Endpoint, Remedy, Sampling, Timeouts
from bot.policy import NamedModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models.base import LanguageModel
    from bot.models.breaker import Breaker
    from bot.money.base import Price
    from bot.settings import Settings

_TABLE: Final = "[[models]] in footnote.toml"


def listed(settings: Settings) -> tuple[NamedModel, ...]:
    """Give the models of the chain with their keys, in their order; none where no model is configured.

    A table without ``key_variable`` has the key of ``OPENAI_API_KEY`` if its address is that of ``OPENAI_BASE_URL``:
    a key is never sent to a server that it is not for.
    """
    if settings.models:
        return tuple(_keyed(one, settings) for one in settings.models)
    if settings.openai_api_key is None:
        return ()
    return (_keyed(NamedModel(name=settings.model, base_url=settings.openai_base_url), settings),)


def chain(
    settings: Settings,
    *,
    model: Callable[[Endpoint], LanguageModel],
    price_of: Callable[[NamedModel], Price | None],
    last: LanguageModel,
    clock: Callable[[], float],
) -> Chain:
    """Put the chain together; ``model`` makes each of its models and owns what must be closed.

    ``clock`` gives seconds that only rise. Links to the same model of the same provider share a breaker. Raises what
    ``price_of`` raises for a model whose price is not known.
    """
    breakers: dict[tuple[str, str], Breaker] = {}
    links: list[Link] = []
    for named in listed(settings):
        provider = (named.base_url, named.name)
        breaker = breakers.setdefault(provider, watched(named.name, _host(named.base_url), clock))
        made = model(endpoint(named, table=bool(settings.models)))
        links.append(Link(model=made, strength=named.strength, price=price_of(named), breaker=breaker))
    return Chain(links=tuple(links), last=last)


def endpoint(named: NamedModel, *, table: bool = False) -> Endpoint:
    """Say how a model is called; one from a ``table`` has its remedies there."""
    remedy = Remedy(key=named.key_variable or "OPENAI_API_KEY", model=_TABLE, address=_TABLE) if table else Remedy()
    return Endpoint(
        name=named.name,
        base_url=named.base_url,
        key=named.key.get_secret_value() if named.key is not None else None,
        reasoning_tokens=named.reasoning_tokens,
        timeouts=Timeouts(
            connect=named.connect_seconds, first_token=named.first_token_seconds, idle=named.idle_seconds
        ),
        sampling=Sampling(
            temperature=named.temperature,
            top_p=named.top_p,
            frequency_penalty=named.frequency_penalty,
            presence_penalty=named.presence_penalty,
        ),
        remedy=remedy,
    )


def _keyed(named: NamedModel, settings: Settings) -> NamedModel:
    if named.key is not None or named.base_url != settings.openai_base_url:
        return named
    return named.model_copy(update={"key": settings.openai_api_key})


def _host(base_url: str) -> str:
    """Give the host and port of an address, without what else may stand in it."""
    return urlsplit(base_url).netloc.rpartition("@")[2]
