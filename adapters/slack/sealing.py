"""Tokens encrypted at rest: a store of the SDK's behind which nothing can be read without the key."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Final, TypeVar

from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models import Bot, Installation

from adapters.sealing import Cipher, Unreadable
from adapters.slack.errors import SlackError, WholeOrganisation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from logging import Logger

_SEALED: Final = (
    "bot_token",
    "bot_refresh_token",
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
    "incoming_webhook_configuration_url",
)
_Kept = TypeVar("_Kept", Bot, Installation)


class Sealing:
    """Encrypts what is secret of an installation."""

    def __init__(self, keys: Sequence[str]) -> None:
        """``keys`` are newest first. Raises ValueError where one is none."""
        self._cipher = Cipher(keys)

    def sealed(self, kept: _Kept) -> _Kept:
        """Give a copy whose secrets nobody can read."""
        return self._changed(kept, self._cipher.encrypted)

    def opened(self, kept: _Kept) -> _Kept:
        """Give a copy whose secrets can be used. Raises SlackError where no key fits."""
        return self._changed(kept, self._cipher.decrypted)

    def _changed(self, kept: _Kept, change: Callable[[str], str]) -> _Kept:
        made = copy(kept)
        for name in _SEALED:
            value = getattr(made, name, None)
            if isinstance(value, str) and value:
                try:
                    setattr(made, name, change(value))
                except Unreadable as error:
                    raise SlackError(
                        f"The tokens of the workspace {kept.team_id} cannot be read with FOOTNOTE_TOKEN_KEY. Put the "
                        "key that they were kept with behind the newest one, or let the workspace install the app "
                        "again."
                    ) from error
        return made


class Sealed(AsyncInstallationStore):
    """A store with all secrets encrypted before they reach it. ``saved`` hears of each workspace that was installed."""

    def __init__(
        self, within: AsyncInstallationStore, sealing: Sealing, saved: Callable[[Bot], Awaitable[None]]
    ) -> None:
        """Wrap a store."""
        self._within = within
        self._sealing = sealing
        self._saved = saved

    @property
    def logger(self) -> Logger:
        """Give the store's own."""
        return self._within.logger

    async def async_save(self, installation: Installation) -> None:
        """Keep what somebody installed. Raises WholeOrganisation where that is no single workspace."""
        if installation.is_enterprise_install or not installation.team_id:
            raise WholeOrganisation
        await self._within.async_save(self._sealing.sealed(installation))
        await self._saved(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot's newer token."""
        await self._within.async_save_bot(self._sealing.sealed(bot))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Give the bot of a workspace."""
        found = await self._within.async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return None if found is None else self._sealing.opened(found)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """Give the newest installation of a workspace."""
        found = await self._within.async_find_installation(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )
        return None if found is None else self._sealing.opened(found)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Erase what one person, or anybody, installed."""
        await self._within.async_delete_installation(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Erase a workspace's bot."""
        await self._within.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)
