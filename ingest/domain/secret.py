"""Matched values and the key that turns them into identities.

A matched value (a secret, an e-mail address, a name) lives only inside `Secret`, from the
match to its HMAC. `Secret` refuses every way in which a value usually escapes: ``repr``,
formatting, pickling, JSON and comparison.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import NoReturn

MIN_KEY_BYTES = 32
_HMAC_HEX_CHARS = 32
_PREVIEW_CHARS = 4
_PREVIEW_MIN_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class HmacKey:
    """The key of all identities; kept outside the lake and the catalog.

    Raises:
        ValueError: the material is shorter than 32 bytes.
    """

    key_id: str
    material: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key that could be guessed."""
        if len(self.material) < MIN_KEY_BYTES:
            msg = f"an HMAC key needs at least {MIN_KEY_BYTES} bytes"
            raise ValueError(msg)

    def __reduce__(self) -> NoReturn:
        """Refuse pickling: the key never travels through a queue or a cache."""
        msg = "an HmacKey cannot be pickled"
        raise TypeError(msg)

    def digest(self, kind: str, value: bytes) -> str:
        """Return 32 hex characters of HMAC-SHA-256 over kind and value (RFC 2104)."""
        message = kind.encode() + b"\0" + value
        return hmac.digest(self.material, message, "sha256").hex()[:_HMAC_HEX_CHARS]


class Secret:
    """A matched value on its short way from a detector to its HMAC."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        """Take the matched bytes."""
        self._value = value

    def __len__(self) -> int:
        """Length of the value in bytes."""
        return len(self._value)

    def identity(self, key: HmacKey, kind: str) -> str:
        """Return the keyed identity of the value; equal values of a kind give equal text."""
        return key.digest(kind, self._value)

    def preview(self) -> str:
        """Return at most 4 leading characters, or only a mask below 16 bytes.

        Characters outside printable ASCII are masked too, so that a preview is safe to show.
        """
        if len(self._value) < _PREVIEW_MIN_LENGTH:
            return "****"
        head = self._value[:_PREVIEW_CHARS].decode("ascii", "replace")
        if head.isascii() and head.isprintable():
            return f"{head}****"
        return "".join(c if c.isascii() and c.isprintable() else "?" for c in head) + "****"

    def __repr__(self) -> str:
        """Hide the value."""
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> NoReturn:
        """Refuse f-strings and ``str.format``."""
        msg = "a Secret cannot be formatted"
        raise TypeError(msg)

    def __reduce__(self) -> NoReturn:
        """Refuse pickle and copy."""
        msg = "a Secret cannot be pickled"
        raise TypeError(msg)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickle and copy, whatever the protocol."""
        self.__reduce__()

    def __eq__(self, other: object) -> NoReturn:
        """Refuse comparison: identities are compared, values are not."""
        msg = "compare identities, not Secrets"
        raise TypeError(msg)

    __hash__ = None  # type: ignore[assignment]
