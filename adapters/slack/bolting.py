"""Slack's signed requests: Bolt checks who sent them, our intake takes them in before Bolt would authorise anything.

Whatever is no request of Slack's is answered with 4xx here, before Bolt, which fails at some of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.slack.offering import page
from adapters.slack.quiet import QUIET
from adapters.slack.unsigned import Unsigned

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from slack_bolt.authorization import AuthorizeResult
    from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
    from starlette.requests import Request

    from adapters.clock import Clock
    from adapters.slack.base import Takes

ADDRESS: Final = "/slack/events"
_LARGEST: Final = 1_048_576
"""Bytes of a body; Slack sends a few thousand."""
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_FIELDS: Final = 200
_DIGITS: Final = 12
_PAYLOAD: Final = "payload"
_STAMP: Final = "x-slack-request-timestamp"
_UNSIGNED: Final = 401
"""What Bolt answers where a signature is not right."""


def routes(
    take: Takes, *, signing_secret: str, api_url: str, clock: Clock, oauth: AsyncOAuthSettings | None = None
) -> Sequence[Route]:
    """Give the addresses at which Slack calls, and where ``oauth`` is given those at which people install the bot."""
    app, unsigned = _app(take, signing_secret, api_url, oauth), Unsigned(clock)

    async def events(request: Request) -> Response:
        return await _answered(app, request, unsigned)

    found = [Route(ADDRESS, events, methods=["POST"])]
    if oauth is not None:
        pages = AsyncSlackRequestHandler(app)
        paths = (oauth.install_path, oauth.redirect_uri_path)
        found += [Route(path, page(pages.handle), methods=["GET"]) for path in paths]
    return found


class _Door(AsyncMiddleware):
    """The end of Bolt's way: nothing comes after it."""

    def __init__(self, take: Takes) -> None:
        self._take = take

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - as Bolt has it
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002 - the same
    ) -> BoltResponse:
        taken = await self._take(req.context[_PAYLOAD], redelivered="x-slack-retry-num" in req.headers)
        return BoltResponse(status=taken.status, body="" if taken.body is None else dict(taken.body))


async def _never(**_: object) -> AuthorizeResult:
    raise AssertionError("nothing comes after the intake")


def _app(take: Takes, signing_secret: str, api_url: str, oauth: AsyncOAuthSettings | None) -> AsyncApp:
    return AsyncApp(
        logger=QUIET,
        name="footnote",
        client=AsyncWebClient(base_url=api_url, retry_handlers=[], logger=QUIET),
        signing_secret=signing_secret,
        before_authorize=_Door(take),
        authorize=None if oauth else _never,
        oauth_settings=oauth,
        ssl_check_enabled=False,  # answered above: Bolt falls over one without a token
    )


async def _answered(app: AsyncApp, request: Request, unsigned: Unsigned) -> Response:
    try:
        body = await _body(request)
    except ClientDisconnect:
        return _refused(400, "This ended in the middle.")
    if body is None:
        return _refused(413, "This body is larger than 1 MiB.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {_JSON, _FORM}:
        return _refused(415, "This address takes JSON and forms.")
    try:
        payload = _payload(kind, body.decode())
        asked = AsyncBoltRequest(
            body=body.decode(),
            headers=dict(request.headers),
            context={_PAYLOAD: payload},
        )
    except Exception:  # noqa: BLE001 - Bolt reads on in what it takes for Slack's, and fails at what is not
        return _refused(400, "This is nothing that Slack sends.")
    if payload.get("ssl_check") == "1":
        return Response()
    if not _plausible(request):
        unsigned.bare()
        return _refused(_UNSIGNED, "This is not signed by Slack.")
    answer = to_starlette_response(await app.async_dispatch(asked))
    if answer.status_code == _UNSIGNED:
        unsigned.refused(int(request.headers[_STAMP]))
    return answer


async def _body(request: Request) -> bytes | None:
    """Read the body, as far as it is not too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            return None
    return bytes(body)


def _payload(kind: str, body: str) -> dict[str, object]:
    """Read the body. Raises ValueError, or RecursionError, where it is none of Slack's.

    Bolt reads it too, and takes a command whose words hold "payload" for an empty one.
    """
    found: object
    if kind == _JSON:
        found = json.loads(body)
    else:
        fields = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_FIELDS))
        found = json.loads(fields[_PAYLOAD]) if _PAYLOAD in fields else fields
    if not isinstance(found, dict) or not found:
        raise ValueError("an object is needed")
    return found


def _plausible(request: Request) -> bool:
    """Whether the headers of a signature are there, and such that checking them comes to an end."""
    stamp = request.headers.get(_STAMP, "")
    signature = request.headers.get("x-slack-signature", "")
    return stamp.isascii() and stamp.isdecimal() and len(stamp) <= _DIGITS and bool(signature) and signature.isascii()


def _refused(status: int, told: str) -> JSONResponse:
    return JSONResponse({"error": told}, status)
