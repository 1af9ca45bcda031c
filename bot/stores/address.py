"""The address of a PostgreSQL server as hosts hand it out, made into one that the driver takes. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

POSTGRES: Final = re.compile(r"postgres(?:ql)?://\S+")
"""Both spellings of the scheme."""

_FOREIGN: Final = re.compile(
    r"channel_binding|connect_timeout|keepalives\w*|gss\w*|sslsni|sslcompression|sslnegotiation|requirepeer|"
    r"pgbouncer|schema|connection_limit|pool_timeout|statement_cache_size|pool|workaround|supa"
)
"""What other drivers read from an address; ours would pass it on to the server, which would refuse it."""


def driver_address(address: str) -> str:
    """Leave out of an address what only other drivers know; all else, ``sslmode`` too, ours understands."""
    parts = urlsplit(address)
    known = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _FOREIGN.fullmatch(pair[0])]
    return f"postgresql://{parts.netloc}{parts.path}{'?' if known else ''}{urlencode(known)}"


def shown_address(address: str) -> str:
    """Name the server and the database, and nothing that is secret."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2] or dict(parse_qsl(parts.query)).get("host", "localhost")
    name = unquote(parts.path.strip("/"))
    return f"the database {name} at {host}" if name else f"the database at {host}"
