"""What models cost: as ``footnote.toml`` says, else as the list of the package genai-prices does.

The list is a part of the installed package: it is as old as that is, and nothing is fetched.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelPrice, StartDateConstraint, TieredPrices, TimeOfDateConstraint

from bot.errors import BadSettings
from bot.money.tariffs import EVERY_PROMPT, Tier, tariff, trillionths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from genai_prices.types import ModelInfo

    from bot.money.tariffs import Tariff
    from bot.policy import NamedPrice

_PROMPT: Final = ("input_mtok", "cache_write_mtok")
"""A token of a prompt may be kept for later, where that costs more: usage does not say which were."""
_ANSWER: Final = ("output_mtok", "output_reasoning_mtok")
_CALL: Final = "requests_kcount"
_UNSEEN: Final = "output_citation_mtok"
"""Billed without a word in the usage, so a model that has it is not one that can be kept within a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A model and the server that it is asked of; one that ``writes`` has a price for its answers too."""

    model: str
    base_url: str
    writes: bool = True


class Prices:
    """Knows a price for a model, or what to do about it."""

    def __init__(self, overrides: Sequence[NamedPrice] = (), *, now: datetime) -> None:
        """``overrides`` win over the list.

        Of the list, the dearest price that holds at any hour from ``now`` on counts: what is set apart at one moment
        must cover what is settled at a later one. Raises BadSettings where two overrides are of one model.
        """
        names = Counter(price.model for price in overrides)
        if twice := [name for name, times in names.items() if times > 1]:
            raise BadSettings(f"footnote.toml has two tables [[prices]] of {', '.join(twice)}: leave one of them out.")
        self._overrides = {price.model: _overridden(price) for price in overrides}
        self._list = get_snapshot()
        self._now = now.astimezone(UTC)

    @property
    def dated(self) -> date:
        """The newest day from which on a price of the list holds, today or before."""
        days = {day for provider in self._list.providers for model in provider.models for day in _days(model)}
        return max((day for day in days if day <= self._now.date()), default=min(days))

    def find(self, sold: Sold) -> Tariff | None:
        """Give a model's price; None where none is known.

        Looked up in this order: ``footnote.toml``, the provider whose server it is, whoever makes a model of that
        name, and at last the dearest of all who sell one of exactly that name.
        """
        if override := self._overrides.get(sold.model):
            return override
        for models in (self._of_server(sold), self._of_maker(sold), self._of_name(sold)):
            priced = [tiers for model in models if (tiers := self._tiers(model, writes=sold.writes))]
            if priced:
                return tariff(tier for tiers in priced for tier in tiers)
        return None

    def needed(self, models: Iterable[Sold]) -> tuple[Tariff, ...]:
        """Give the price of each. Raises BadSettings, which names every one that has none and says what to add."""
        found = [(sold, self.find(sold)) for sold in models]
        if unknown := [sold for sold, price in found if price is None]:
            raise BadSettings(_told(unknown))
        return tuple(price for _, price in found if price is not None)

    def _of_server(self, sold: Sold) -> list[ModelInfo]:
        return self._looked_up(sold.model, sold.base_url)

    def _of_maker(self, sold: Sold) -> list[ModelInfo]:
        return self._looked_up(sold.model, None)

    def _looked_up(self, name: str, url: str | None) -> list[ModelInfo]:
        try:
            return [self._list.find_provider_model(name, None, None, url)[1]]
        except LookupError:
            return []

    def _of_name(self, sold: Sold) -> list[ModelInfo]:
        name = sold.model.lower()
        return [model for provider in self._list.providers for model in provider.models if model.id.lower() == name]

    def _tiers(self, model: ModelInfo, *, writes: bool) -> list[Tier]:
        """Give the tiers of every price that holds from now on; nothing where one of them is not by the token."""
        prices = [model.get_prices(moment) for moment in _moments(model, self._now)]
        if not all(_by_token(price, writes=writes) for price in prices):
            return []
        return [tier for price in prices for tier in _read(price)]


def _overridden(price: NamedPrice) -> Tariff:
    prompt, answer = trillionths(price.input), trillionths(price.output)
    cached = prompt if price.cached is None else trillionths(price.cached)
    return tariff([Tier(prompt=prompt, cached=cached, answer=answer)])


def _days(model: ModelInfo) -> Iterator[date]:
    """Give the days on which a price of a model begins to hold."""
    for conditional in model.prices if isinstance(model.prices, list) else ():
        if isinstance(conditional.constraint, StartDateConstraint):
            yield conditional.constraint.start_date


def _hours(model: ModelInfo) -> Iterator[time]:
    """Give the times of day at which a price of a model begins or ends to hold; midnight among them."""
    yield time(tzinfo=UTC)
    for conditional in model.prices if isinstance(model.prices, list) else ():
        if isinstance(conditional.constraint, TimeOfDateConstraint):
            yield conditional.constraint.start_time
            yield conditional.constraint.end_time


def _moments(model: ModelInfo, now: datetime) -> Iterator[datetime]:
    """Give a moment within each stretch of time, from today on, in which a model's price stays the same."""
    for day in {now.date(), *(day for day in _days(model) if day > now.date())}:
        for hour in _hours(model):
            yield datetime.combine(day, hour, hour.tzinfo or UTC)


def _by_token(price: ModelPrice, *, writes: bool) -> bool:
    """Whether what a call costs follows from its tokens."""
    needed = (_PROMPT[0], _ANSWER[0]) if writes else (_PROMPT[0],)
    return all(getattr(price, key) is not None for key in needed) and getattr(price, _UNSEEN) is None


def _read(price: ModelPrice) -> Iterator[Tier]:
    """Give a tier for each length of prompt from which on anything costs something else."""
    named = [value for value in vars(price).values() if isinstance(value, TieredPrices)]
    for over in sorted({EVERY_PROMPT, *(tier.start for value in named for tier in value.tiers)}):
        prompt = max(_at(price, key, over) for key in _PROMPT)
        cached = price.cache_read_mtok
        yield Tier(
            over=over,
            call=trillionths(_at(price, _CALL, over) * 1_000),
            prompt=trillionths(prompt),
            cached=trillionths(prompt if cached is None else _at(price, "cache_read_mtok", over)),
            answer=trillionths(max(_at(price, key, over) for key in _ANSWER)),
        )


def _at(price: ModelPrice, key: str, over: int) -> Decimal:
    """Give what a price takes for one unit of a kind where the prompt has more tokens than that."""
    value = getattr(price, key)
    if isinstance(value, TieredPrices):
        return next((tier.price for tier in reversed(value.tiers) if over >= tier.start), value.base)
    return value or Decimal(0)


def _told(unknown: Sequence[Sold]) -> str:
    names = list(dict.fromkeys(sold.model for sold in unknown))
    tables = [_table(sold) for sold in {sold.model: sold for sold in unknown}.values()]
    return (
        f"No price is known for {', '.join(names)}, so what is spent cannot be kept within limits. Correct the name, "
        "or add to footnote.toml what a million tokens cost, in dollars; 0 is right for one that you run yourself:\n\n"
        + "\n\n".join(tables)
    )


def _table(sold: Sold) -> str:
    lines = ["[[prices]]", f"model = {json.dumps(sold.model, ensure_ascii=False)}", "input = 0"]
    return "\n".join([*lines, "output = 0"] if sold.writes else lines)
