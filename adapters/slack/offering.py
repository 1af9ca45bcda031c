"""The pages by which a workspace installs the app: what goes wrong there is a page with a sentence, never a trace."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final

import structlog
from slack_sdk.oauth.sqlalchemy_utils import normalize_datetime_for_db
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from starlette.responses import HTMLResponse

from adapters.slack.errors import WholeOrganisation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

_AWAY: Final = "Slack, or what is kept here, could not be reached just now. Go back and install the app once more."
_log = structlog.get_logger()


class States(AsyncSQLAlchemyOAuthStateStore):
    """What everybody who begins to install the app comes back with; what nobody came back with in time is erased."""

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """Issue one more, and erase those that are out of date."""
        now = normalize_datetime_for_db(datetime.now(tz=UTC))
        async with self.engine.begin() as connection:
            await connection.execute(self.oauth_states.delete().where(self.oauth_states.c.expire_at < now))
        return await super().async_issue(*args, **kwargs)


def page(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Answer with a page that says what is wrong, where something is."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except WholeOrganisation as error:
            return _said(400, error.told)
        except Exception as error:  # noqa: BLE001 - a store's, or a client's: the person can only try it again
            _log.warning("the app was not installed", error=type(error).__name__, exc_info=error)
            return _said(502, _AWAY)

    return answered


def _said(status: int, told: str) -> HTMLResponse:
    return HTMLResponse(f"<!doctype html><title>Not installed</title><p>{escape(told)}</p>", status)
