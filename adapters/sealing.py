"""Secrets encrypted at rest: what is kept cannot be read without the key (Fernet: AES-128-CBC with HMAC-SHA256)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from collections.abc import Sequence

_BYTES: Final = 32


class Unreadable(Exception):
    """Something that none of the keys encrypted."""


class Cipher:
    """Encrypts with the newest key, and reads what any of them encrypted."""

    def __init__(self, keys: Sequence[str]) -> None:
        """``keys`` are newest first. Raises ValueError where one is none."""
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypted(self, value: str) -> str:
        """Give what nobody can read."""
        return self._fernet.encrypt(value.encode()).decode()

    def decrypted(self, value: str) -> str:
        """Give what it was. Raises Unreadable."""
        try:
            return self._fernet.decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise Unreadable from error


def derived(secret: str, purpose: str) -> str:
    """Make a key of a secret that is long and random itself; another purpose has another key (HKDF-SHA256)."""
    made = HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(made).decode()
