"""Settings: the environment and ``footnote.toml``, read once at the edge into one frozen record.

A part that has settings of its own declares a model like this one and becomes a field here, and so a table of the
file: the variable of ``slack.channels`` would be ``FOOTNOTE_SLACK_CHANNELS``, unless a ``Variable`` says otherwise.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from adapters.base import PRINCIPAL
from bot.discord import DiscordSettings
from bot.loading import Variable, loaded
from bot.policy import (
    ChannelSettings,
    MoneySettings,
    NamedChannel,
    NamedModel,
    NamedPlan,
    NamedPrice,
    NamedWorkspace,
    RateSettings,
    address,
    key,
    keyed,
    one_each,
)
from bot.slack import SlackSettings
from bot.sources import NamedSource, distinct
from bot.stores.redis_address import redis_address
from knowledge import embedders
from knowledge.stores.address import is_address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.money.base import Rate


def _principal(value: str) -> str:
    if not PRINCIPAL.fullmatch(value) or value == "public":
        raise ValueError
    return value


def _embedder(value: str) -> str:
    if value in KNOWN_MODELS:
        return f"{OPENAI}{value}"
    if value.startswith(OPENAI):
        value = f"{OPENAI}{value[len(OPENAI) :].strip()}"
    if value not in embedders.names() and not (value.startswith(OPENAI) and value[len(OPENAI) :].strip()):
        raise ValueError
    return value


def _address(value: str | None) -> str | None:
    return None if value is None else address(value)


def _host(value: object) -> object:
    """Pinecone's console shows hosts with https:// and its API without."""
    if isinstance(value, str):
        value = value.strip().rstrip("/")
        return address(value if "://" in value else f"https://{value}")
    return value


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _key(value: object) -> object:
    return key(value) if isinstance(value, str) else value


def _redis(value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
        redis_address(value)
    return value


def _server(value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
        if not is_address(value):
            raise ValueError
    return value


OPENAI: Final = "openai:"
"""What names of models behind an endpoint begin with."""
SMALL: Final = "openai:text-embedding-3-small"
KNOWN_MODELS: Final = ("text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002")
"""Models that are known well enough to need no such beginning."""


class Settings(BaseModel):
    """All that can be set. Names that people know from elsewhere keep them; our own begin with ``FOOTNOTE_``.

    Each description completes the sentence "it must be …".
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    home: Annotated[Path, AfterValidator(Path.expanduser)] = Field(default=Path(".footnote"), description="a folder")
    """The folder of both databases and what is derived from packages."""
    team: Annotated[str, AfterValidator(_principal)] = Field(
        default="terminal:local", description="a platform and a workspace with a colon between, such as terminal:acme"
    )
    """The workspace that knowledge belongs to, and the principal that its members hold."""
    embedder: Annotated[str, AfterValidator(_embedder)] = Field(
        default="minilm",
        description=f"{_listed(embedders.names())}, or openai: and a model of an endpoint, as in {SMALL}",
    )
    """What turns texts into vectors: a model on this machine, or one behind an OpenAI-compatible endpoint."""
    embedding_dimensions: int | None = Field(
        default=None, ge=8, le=4_096, description="a whole number from 8 to 4096, which that model can give"
    )
    """How long its vectors are, of an endpoint's model that can shorten them; None: as long as they come."""
    embedding_base_url: Annotated[str | None, AfterValidator(_address)] = Field(
        default=None, description="an address that begins with http:// or https://, such as http://localhost:11434/v1"
    )
    """Where that endpoint is, if not where the chat models are."""
    embedding_api_key: Annotated[SecretStr | None, BeforeValidator(_key)] = Field(
        default=None, description="one key, without spaces"
    )
    """The key for it, if it is not the chat models'."""
    words: Literal["embedded", "postgres"] = Field(default="embedded", description="embedded or postgres")
    """Where the catalog and its keywords are: in a file of ``home``, or in the database of ``DATABASE_URL``."""
    vectors: Literal["embedded", "postgres", "pinecone"] | None = Field(
        default=None, description="embedded, postgres or pinecone"
    )
    """Where the vectors are. Not set: in Pinecone where there is a host of it, else beside the keywords."""
    metric: Literal["cosine", "dot", "euclidean"] = Field(default="cosine", description="cosine, dot or euclidean")
    """How an index compares vectors. They are of unit length, so all three order alike; an index knows but one."""
    language: str = Field(
        default="porter", pattern=r"^[a-z]+$", description="a language that PostgreSQL can stem, such as german"
    )
    """How PostgreSQL stems keywords; porter is English, and what the embedded keywords do."""
    pinecone_api_key: Annotated[SecretStr | None, BeforeValidator(_key), Variable("PINECONE_API_KEY")] = Field(
        default=None, description="one key, without spaces"
    )
    pinecone_host: Annotated[str | None, BeforeValidator(_host), Variable("PINECONE_HOST")] = Field(
        default=None,
        description="the host of an index, as Pinecone's console shows it, such as https://team-1a2b3c.svc.pinecone.io",
    )
    """The index that has the vectors, or another server that speaks Pinecone's API."""
    model: str = Field(default="gpt-4.1-mini", pattern=r"^\S+$", description="the name of a model, without spaces")
    openai_api_key: Annotated[SecretStr | None, BeforeValidator(_key), Variable("OPENAI_API_KEY")] = Field(
        default=None, description="one key, without spaces"
    )
    openai_base_url: Annotated[str, AfterValidator(address), Variable("OPENAI_BASE_URL")] = Field(
        default="https://api.openai.com/v1",
        description="an address that begins with http:// or https://, such as http://localhost:11434/v1",
    )
    sources: Annotated[tuple[NamedSource, ...], AfterValidator(distinct)] = Field(
        default=(), description="tables [[sources]] in footnote.toml, each with a path, and with a name of its own"
    )
    """What a running bot keeps up to date, and what ``footnote sync`` reads without a path."""
    sync_minutes: float = Field(default=60.0, ge=0, le=10_080, description="a number from 0 to 10080")
    """Minutes between two syncs of these sources while the bot runs; 0: only at its start."""
    database_url: Annotated[SecretStr | None, BeforeValidator(_server), Variable("DATABASE_URL")] = Field(
        default=None,
        description=(
            "the address of a PostgreSQL server, such as postgresql://user:password@host/name, with user and password "
            "percent-encoded: @ as %40, / as %2F, # as %23, and so on"
        ),
    )
    """Where the bot's own tables are, if not in a file of ``home``."""
    redis_url: Annotated[SecretStr | None, BeforeValidator(_redis), Variable("REDIS_URL")] = Field(
        default=None,
        description=(
            "the address of a Redis server, such as redis://host:6379 or rediss://:password@host, with user and "
            "password percent-encoded"
        ),
    )
    """Where several processes count questions together; without it each counts its own."""
    models: tuple[NamedModel, ...] = Field(default=(), description="tables [[models]], each with a name")
    """The chain of models, if not ``model`` alone."""
    prices: tuple[NamedPrice, ...] = Field(default=(), description="tables [[prices]], each with a model and an input")
    plans: tuple[NamedPlan, ...] = Field(default=(), description="tables [[plans]], each with a name")
    workspaces: tuple[NamedWorkspace, ...] = Field(
        default=(), description="tables [[workspaces]], each with an id and a plan"
    )
    rates: RateSettings = RateSettings()
    money: MoneySettings = MoneySettings()
    slack: SlackSettings = SlackSettings()
    discord: DiscordSettings = DiscordSettings()
    everywhere: ChannelSettings = ChannelSettings()
    channels: Annotated[tuple[NamedChannel, ...], AfterValidator(one_each)] = Field(
        default=(), description="tables [[channels]], each with a channel of its own"
    )
    """What the bot does in single channels."""
    stale_days: int = Field(default=730, ge=0, le=36_500, description="a whole number from 0 to 36500")
    """Days after its last change from which on a source is marked as old; 0: never."""
    max_in_flight: int = Field(default=8, ge=1, le=1000, description="a whole number from 1 to 1000")
    """Answers that are written at the same time; further questions wait."""
    drain_seconds: float = Field(default=25.0, ge=0, le=600, description="a number from 0 to 600")
    """How long answers under way may take to finish once the service is told to end."""
    host: str = Field(
        default="0.0.0.0",  # noqa: S104 - in a container only that is reached from outside
        pattern=r"^[0-9A-Za-z.:-]+$",
        description="an address of this machine, such as 0.0.0.0 or 127.0.0.1",
    )
    """Where ``footnote serve`` listens."""
    port: Annotated[int, Variable("PORT")] = Field(
        default=8080, ge=0, le=65_535, description="a whole number from 0 to 65535"
    )
    """The port that ``footnote serve`` listens on; 0 lets the system choose."""
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="debug, info, warning or error"
    )
    log_format: Literal["auto", "json", "console"] = Field(default="auto", description="auto, json or console")

    @property
    def bot_database(self) -> Path:
        """Precious: conversations and ratings."""
        return self.home / "footnote.db"

    @property
    def database(self) -> Path | str:
        """The file of the bot's own tables, or the address of the server that has them, password and all."""
        return self.bot_database if self.database_url is None else self.database_url.get_secret_value()

    @property
    def vector_store(self) -> Literal["embedded", "postgres", "pinecone"]:
        """Where the vectors are, as it was set or as the other settings say."""
        if self.vectors is not None:
            return self.vectors
        return "pinecone" if self.pinecone_host else self.words

    @property
    def rates_of_one(self) -> tuple[Rate, ...]:
        """How often the one person at a terminal may ask: as often as they like, unless it was set."""
        return self.rates.windows if "rates" in self.model_fields_set else ()

    @property
    def knowledge_database(self) -> Path:
        """Rebuildable by a sync."""
        return self.home / "knowledge.db"


def load(environ: Mapping[str, str] | None = None, toml: Path | None = None) -> Settings:
    """Read the environment and the file, by default this process's and the working folder's, which may be missing.

    A variable wins over the file. Raises BadSettings, which names every mistake.
    """
    variables = os.environ if environ is None else environ  # noqa: TID251 - this is the edge
    settings = loaded(Settings, variables, toml)
    return settings.model_copy(update={"models": keyed(settings.models, variables)})
