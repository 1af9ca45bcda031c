"""The address of a PostgreSQL server as hosts hand it out, made into one that the driver takes. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

_POSTGRES: Final = re.compile(r"postgres(?:ql)?://[^\s#]+")
"""Both spellings of the scheme; a fragment means nothing here, so it would be part of a password."""

_FOREIGN: Final = re.compile(
    r"channel_binding|connect_timeout|keepalives\w*|gss\w*|sslsni|sslcompression|sslnegotiation|requirepeer|"
    r"pgbouncer|schema|connection_limit|pool_timeout|statement_cache_size|pool|workaround|supa"
)
"""What other drivers read from an address; ours would pass it on to the server, which would refuse it."""


def is_address(text: str) -> bool:
    """Whether host, port and database are told apart from the password for certain, so that they may be shown."""
    if not _POSTGRES.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        places = _places(parts)
    except ValueError:  # a bracket of a password, or a port that is none
        return False
    return "@" not in parts.netloc.rpartition("@")[0] + parts.path + parts.query and all(places)


def driver_address(address: str) -> str:
    """Leave out of an address what only other drivers know; all else, ``sslmode`` too, ours understands."""
    parts = urlsplit(address)
    known = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _FOREIGN.fullmatch(pair[0])]
    return f"postgresql://{parts.netloc}{parts.path}{'?' if known else ''}{urlencode(known)}"


def shown_address(address: str) -> str:
    """Name the server and the database of what ``is_address``, and nothing that is secret."""
    parts = urlsplit(address)
    host = ",".join(_places(parts))
    name = unquote(parts.path.strip("/"))
    return f"the database {name} at {host}" if name else f"the database at {host}"


def _places(parts: SplitResult) -> list[str]:
    """Give each host, with its port where one is named; an empty one where there is none. Raises ValueError."""
    named = parts.netloc.rpartition("@")[2] or dict(parse_qsl(parts.query)).get("host", "")
    return [named] if named.startswith("/") else [_place(one) for one in named.split(",")]


def _place(named: str) -> str:
    parts = urlsplit(f"//{named}")
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{f'[{host}]' if ':' in host else host}{port}" if host else ""
