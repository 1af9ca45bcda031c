"""The address of a Redis server as hosts hand it out, taken apart. Pure.

What other clients read from its query (timeouts, sizes of pools, protocols) is left out: those are ours to choose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PORT: Final = 6379
_VERIFIED: Final = {"": True, "required": True, "optional": True, "none": False}
"""Spellings of ``ssl_cert_reqs``, without the CERT_ that some clients want."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisAddress:
    """A server: a host and port, or the path of a socket.

    ``verified``: its certificate must be one that this machine trusts, or that the file ``authorities`` vouches for.
    """

    host: str = ""
    port: int = _PORT
    path: str = ""
    database: int = 0
    user: str = ""
    password: str = ""
    tls: bool = False
    verified: bool = True
    authorities: str = ""

    @property
    def shown(self) -> str:
        """Name the server, and nothing that is secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"Redis at {self.path or f'{host}:{self.port}'}"


def redis_address(text: str) -> RedisAddress:
    """Take an address apart: redis:// or valkey://, rediss:// for TLS, or unix://. Raises ValueError for others."""
    if any(map(str.isspace, text)):
        raise ValueError
    parts = urlsplit(re.sub("^valkey", "redis", text))
    query = parse_qs(parts.query)
    if parts.fragment or parts.scheme not in {"redis", "rediss", "unix"}:
        raise ValueError  # an unquoted # of a password would cut off the host
    where = parts.path if parts.scheme == "unix" else parts.hostname
    if not where:
        raise ValueError
    unix = parts.scheme == "unix"
    return RedisAddress(
        host="" if unix else where,
        port=parts.port or _PORT,
        path=unquote(where) if unix else "",
        database=int(_last(query, "db") or ("" if unix else parts.path.strip("/")) or 0),
        user=unquote(parts.username or "") or _last(query, "username"),
        password=unquote(parts.password or "") or _last(query, "password"),
        tls=parts.scheme == "rediss",
        verified=_verified(_last(query, "ssl_cert_reqs")),
        authorities=_last(query, "ssl_ca_certs"),
    )


def _last(query: Mapping[str, Sequence[str]], name: str) -> str:
    return query.get(name, [""])[-1]


def _verified(asked: str) -> bool:
    try:
        return _VERIFIED[asked.lower().removeprefix("cert_")]
    except KeyError:
        raise ValueError from None
