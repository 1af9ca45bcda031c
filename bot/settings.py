"""Settings: the environment and ``footnote.toml``, read once at the edge into one frozen record."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All that can be set. Names that people know from elsewhere keep them; our own begin with ``FOOTNOTE_``."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="FOOTNOTE_", extra="ignore")

    home: Path = Path(".footnote")
    """The folder of both databases and what is derived from packages."""
    team: str = "terminal:local"
    """The workspace that knowledge belongs to, and the principal that its members hold."""
    embedder: Literal["minilm", "lite"] = "minilm"
    model: str = "gpt-4.1-mini"
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str = Field(default="https://api.openai.com/v1", validation_alias="OPENAI_BASE_URL")
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    log_format: Literal["auto", "json", "console"] = "auto"

    @property
    def bot_database(self) -> Path:
        """Precious: conversations and ratings."""
        return self.home / "footnote.db"

    @property
    def knowledge_database(self) -> Path:
        """Rebuildable by a sync."""
        return self.home / "knowledge.db"
