"""Passwords: what may be one, and Argon2id (RFC 9106) over it."""

from __future__ import annotations

import secrets
import threading
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from ingest.errors import InputError

MIN_PASSWORD_CHARS: Final = 12
MAX_PASSWORD_CHARS: Final = 256
_AT_ONCE: Final = 2
"""Each hash takes 64 MiB: who asks for many at once waits instead of taking the memory."""


class Passwords:
    """Hashes and checks passwords; safe to share between threads."""

    def __init__(self, *, passes: int = 3, memory_kib: int = 65_536, lanes: int = 4) -> None:
        """Take the costs; the default is RFC 9106's second recommendation."""
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=lanes, type=Type.ID
        )
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._nobodys = self.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """Return the hash of a password, with its costs and a salt of its own."""
        with self._room:
            return self._hasher.hash(password)

    def matches(self, stored: str, password: str) -> bool:
        """Tell whether a password is the stored one.

        An empty `stored` takes as long and is never matched: how long an answer takes does not
        tell whether there is such a user.
        """
        try:
            with self._room:
                self._hasher.verify(stored or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a stored hash has other costs than new ones."""
        return self._hasher.check_needs_rehash(stored)


def check_password(name: str, password: str) -> str:
    """Return a password that may be used.

    Raises:
        InputError: it is too short, too long, or too much like the user's name.
    """
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise InputError(f"A password has {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters.")
    # A rule on kinds of characters would only make people write passwords down.
    rest = password.lower().replace(name.lower(), "").replace("shardgate", "")
    if len(set(rest)) < MIN_PASSWORD_CHARS // 2:
        raise InputError("This password is too easy to guess.", hint="Take a few random words.")
    return password
