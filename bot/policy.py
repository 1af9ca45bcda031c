"""What ``footnote.toml`` says about models, prices, limits and plans: a record for each of its tables."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from adapters.base import PRINCIPAL
from adapters.policies import Answers  # noqa: TC001 - pydantic reads it
from bot.errors import BadSettings
from bot.models.base import Strength  # noqa: TC001 - pydantic reads it
from bot.money.base import DOLLAR, Micros, Rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_URL: Final = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
_DAY: Final = 86_400
_MOST: Final = Decimal(1_000_000)
"""Dollars, and dollars for a million tokens, that can be set at most."""
_DOLLARS: Final = "a number of dollars from 0 to 1000000, such as 5 or 0.25"
_NAME: Final = r"^\S+$"
_ANSWERS: Final = "mention, follow-up, every question or silent"
_PLAN: Final = "the name of a plan: free, pro, enterprise, or that of a table [[plans]]"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def address(value: str) -> str:
    """Give an address without its last slash; raises ValueError where it is none."""
    if not _URL.fullmatch(value):
        raise ValueError
    return value.rstrip("/")


def workspace(value: str) -> str:
    """Give a platform and a workspace as they are; raises ValueError for anything else."""
    if not PRINCIPAL.fullmatch(value) or value.count(":") != 1:
        raise ValueError
    return value


def channel(value: str) -> str:
    """Give a channel's principal as it is; raises ValueError for anything else."""
    if not PRINCIPAL.fullmatch(value) or ":channel:" not in value:
        raise ValueError
    return value


_CHANNEL: Final = AfterValidator(channel)
"""By another name than the key that it checks."""


def _never(value: object) -> object:
    if value is not None:
        raise ValueError
    return value


class NamedModel(_Table):
    """One table ``[[models]]``: a model of a provider. Their order is that in which they are tried."""

    name: str = Field(pattern=_NAME, description="the name of a model, without spaces")
    base_url: Annotated[str, AfterValidator(address)] = Field(
        default="https://api.openai.com/v1", description="an address that begins with http:// or https://"
    )
    key_variable: str | None = Field(
        default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="the name of the variable that holds the key"
    )
    key: Annotated[SecretStr | None, BeforeValidator(_never)] = Field(
        default=None, description="left out: name the variable that holds it with key_variable"
    )
    strength: Strength = Field(default="strong", description="strong or small")
    reasoning_tokens: int | None = Field(default=None, ge=0, le=100_000, description="a whole number from 0 to 100000")
    """Tokens that it may think with, beyond those of its answer; by default what its name suggests."""
    connect_seconds: float = Field(default=5.0, gt=0, le=600, description="a number over 0, up to 600")
    first_token_seconds: float = Field(default=30.0, gt=0, le=600, description="a number over 0, up to 600")
    idle_seconds: float = Field(default=20.0, gt=0, le=600, description="a number over 0, up to 600")
    temperature: float | None = Field(default=None, ge=0, le=2, description="a number from 0 to 2")
    top_p: float | None = Field(default=None, gt=0, le=1, description="a number over 0, up to 1")
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2, description="a number from -2 to 2")
    presence_penalty: float | None = Field(default=None, ge=-2, le=2, description="a number from -2 to 2")


class NamedPrice(_Table):
    """One table ``[[prices]]``: dollars for a million tokens, which win over the shipped list."""

    model: str = Field(pattern=_NAME, description="the name of a model, without spaces")
    input: Decimal = Field(ge=0, le=_MOST, description=_DOLLARS)
    output: Decimal = Field(default=Decimal(0), ge=0, le=_MOST, description=_DOLLARS)
    cached: Decimal | None = Field(default=None, ge=0, le=_MOST, description=_DOLLARS)
    """Input that the provider has in its cache; by default as dear as any."""


class NamedPlan(_Table):
    """One table ``[[plans]]``: what a workspace may have in a month."""

    name: str = Field(pattern=_NAME, description="a name without spaces")
    questions: int | None = Field(
        default=None, ge=0, le=1_000_000_000, description="a whole number from 0 to 1000000000"
    )
    dollars: Decimal | None = Field(default=None, ge=0, le=_MOST, description=_DOLLARS)
    small_only: bool = Field(default=False, description="true or false")
    """Whether its answers come from small models alone."""


class NamedWorkspace(_Table):
    """One table ``[[workspaces]]``: which plan a workspace has."""

    id: Annotated[str, AfterValidator(workspace)] = Field(
        description="a platform and a workspace with a colon between, such as slack:T1"
    )
    plan: str = Field(pattern=_NAME, description=_PLAN)


class ChannelSettings(_Table):
    """The table ``[everywhere]``: what the bot does in channels that no table ``[[channels]]`` names."""

    answers: Answers = Field(default="follow-up", description=_ANSWERS)
    files: bool = Field(default=True, description="true or false")
    """Whether files in a thread are read for the questions that are asked there."""


class NamedChannel(_Table):
    """One table ``[[channels]]``: what the bot does in one channel. What it leaves out is as everywhere."""

    channel: Annotated[str, _CHANNEL] = Field(description="a channel such as slack:T1:channel:C1")
    answers: Answers | None = Field(default=None, description=_ANSWERS)
    files: bool | None = Field(default=None, description="true or false")


def one_each(channels: tuple[NamedChannel, ...]) -> tuple[NamedChannel, ...]:
    """Give tables of channels as they are; raises ValueError where two are about the same one."""
    if len({one.channel for one in channels}) < len(channels):
        raise ValueError
    return channels


class RateSettings(_Table):
    """The table ``[rates]``: questions of one person; 0 lets nobody ask."""

    minute: int = Field(default=10, ge=0, le=100_000, description="a whole number from 0 to 100000")
    hour: int = Field(default=100, ge=0, le=100_000, description="a whole number from 0 to 100000")
    day: int = Field(default=500, ge=0, le=100_000, description="a whole number from 0 to 100000")

    @property
    def windows(self) -> tuple[Rate, ...]:
        """Give them, shortest first."""
        return (
            Rate(most=self.minute, seconds=60),
            Rate(most=self.hour, seconds=3_600),
            Rate(most=self.day, seconds=_DAY),
        )


class MoneySettings(_Table):
    """The table ``[money]``: dollars a day, in UTC, and what happens near the end of them."""

    person_day: Decimal = Field(default=Decimal(5), ge=0, le=_MOST, description=_DOLLARS)
    all_day: Decimal = Field(default=Decimal(100), ge=0, le=_MOST, description=_DOLLARS)
    wait_seconds: float = Field(default=10.0, ge=0, le=60, description="a number from 0 to 60")
    """How long a call waits for others to be settled before it is refused."""
    plan: str = Field(
        default="enterprise",
        pattern=_NAME,
        description="the name of a plan: free, pro, enterprise, or one of [[plans]]",
    )
    """The plan of workspaces that no table names."""
    alert_place: Annotated[str, AfterValidator(channel)] | None = Field(
        default=None, description="a channel such as slack:T1:channel:C1"
    )
    """Where it is said, once a day, that 80 % of a limit are spent."""


PLANS: Final = (
    NamedPlan(name="free", questions=100, small_only=True),
    NamedPlan(name="pro", questions=5_000),
    NamedPlan(name="enterprise"),
)
"""The plans that are there without a table; one of the same name replaces them."""


def micros(dollars: Decimal) -> Micros:
    """Give whole micro-dollars; what is less than one of them is left out, so that a limit is never exceeded by it."""
    return int(dollars * DOLLAR)


def key(value: str) -> str:
    """Give a key without the spaces that copying brought; raises ValueError for what cannot stand in a header."""
    value = value.strip()
    if not re.fullmatch(r"[!-~]+", value):
        raise ValueError
    return value


def keyed(models: Sequence[NamedModel], variables: Mapping[str, str]) -> tuple[NamedModel, ...]:
    """Give the models with their keys; raises BadSettings, which names every variable that holds none."""
    names = dict.fromkeys(one.key_variable for one in models if one.key_variable)
    mistakes = [mistake for name in names if (mistake := _wrong_key(name, variables.get(name, "")))]
    if mistakes:
        raise BadSettings(" ".join(mistakes))
    return tuple(
        one.model_copy(update={"key": SecretStr(key(variables[one.key_variable]))}) if one.key_variable else one
        for one in models
    )


def _wrong_key(name: str, value: str) -> str | None:
    if not value.strip():
        return f"{name} is not set, and footnote.toml says that it holds a model's key: set it, or change key_variable."
    try:
        key(value)
    except ValueError:
        return f"{name} is not a usable value (it is not shown); it must be one key, without spaces."
    return None
