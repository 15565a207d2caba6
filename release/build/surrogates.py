"""Invented values that stand for real ones: the same value, the same surrogate, all release long.

Every surrogate comes from a range that nobody can have: domains of RFC 2606, addresses of RFC 5737
and RFC 3849, telephone numbers that the North American plan keeps for fiction, test cards and
example accounts that their issuers publish, and names that no one bears. Credentials get none:
a made-up key looks like a key to the next reader.

Which surrogate a value gets follows from a keyed hash over its kind and normal form. The key is
derived for one release (RFC 5869) from the installation's key and the release's inputs, and is
written nowhere: the same inputs give the same bytes, and two releases cannot be joined by their
surrogates. Who holds the installation's key can derive it again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ingest.domain.finding import Category
from ingest.domain.secret import MIN_KEY_BYTES

_FIRST_NAMES: Final = (
    *("Alden", "Briony", "Corin", "Delphine", "Emrys", "Fennel", "Gideon", "Hestia"),
    *("Isolde", "Jorin", "Kestrel", "Linnea", "Merrin", "Nolan", "Orla", "Perrin"),
)
_LAST_NAMES: Final = (
    *("Ashgroven", "Brindlewick", "Caldermoor", "Dunwhistle", "Elderbrooke", "Fernhollow"),
    *("Glimmerdale", "Hawkshorne", "Inglethorpe", "Juniperfield", "Kettlemoss", "Larkenwood"),
    *("Mossbarrow", "Netherwyke", "Oakenshire", "Pebblestow"),
)
_CARDS: Final = ("4111111111111111", "5555555555554444", "4012888888881881", "5105105105105100")
"""Published by the card networks for tests; all have 16 digits."""
_AMEX: Final = "378282246310005"
_IBANS: Final = ("DE89370400440532013000", "GB29NWBK60161331926819", "NL91ABNA0417164300")
"""Examples of the SWIFT IBAN registry."""
_SSNS: Final = ("078-05-1120", "219-09-9999")
"""Withdrawn by the Social Security Administration after they were printed in public."""
_TEST_NETS: Final = ("192.0.2", "198.51.100", "203.0.113")
_AREA_CODES: Final = ("202", "303", "404", "512", "617", "702")
_AMEX_DIGITS: Final = 15
_SYLLABLES: Final = [head + vowel for head in "bdfgklmnrst" for vowel in "aeiou"][:50]
"""Letters only: digits in a word make it look like a key."""
_PREFIX: Final = re.compile(r"\+?1[ .-]?")

SHAPE: Final = re.compile(
    rb"(?:"
    rb"[a-z]{3,9}[0-9]{4}@example\.com"
    rb"|(?:192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]{1,3}|2001:db8::[0-9a-f]{1,4}"
    rb"|(?:\+1-)?[2-9][0-9]{2}-555-01[0-9]{2}"
    rb"|host[0-9]{4}\.example\.com"
    rb"|(?:user|customer|codename|scope)(?:[bdfgklmnrst][aeiou]){3}"
    rb"|(?:" + "|".join((*_CARDS, _AMEX, *_IBANS, *_SSNS)).encode() + rb")"
    rb"|(?:" + "|".join(_FIRST_NAMES).encode() + rb") (?:" + "|".join(_LAST_NAMES).encode() + rb")"
    rb")",
    re.IGNORECASE,
)
"""Every surrogate; only such values are taken for one when a redacted text is read again."""


def derive_key(material: bytes, inputs_digest: str) -> bytes:
    """Return a release's key: HKDF-SHA-256 (RFC 5869) with one block, salted with the inputs."""
    extracted = hmac.digest(inputs_digest.encode(), material, "sha256")
    return hmac.digest(extracted, b"shardgate surrogates\x01", "sha256")


def key_name(material: bytes) -> str:
    """Return a name for a key that tells nothing of it, so that another key is another release.

    Raises:
        ValueError: the key is too short.
    """
    if len(material) < MIN_KEY_BYTES:
        msg = f"surrogates need a key of at least {MIN_KEY_BYTES} bytes"
        raise ValueError(msg)
    return hmac.digest(material, b"shardgate surrogate key", "sha256").hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrogates:
    """Draws the surrogate of a value."""

    key: bytes = field(repr=False)

    def of(self, category: Category, value: bytes) -> bytes | None:
        """Return the surrogate of a value in the case of the value, or None where there is none."""
        make = _MAKERS.get(category)
        text = unicodedata.normalize("NFKC", value.decode("utf-8", "replace"))
        return make(self._number(category, text), text).encode() if make else None

    def _number(self, category: Category, text: str) -> int:
        normal = "".join(c for c in text.casefold() if c.isalnum())
        message = f"{category}\0{normal}".encode()
        return int.from_bytes(hmac.digest(self.key, message, hashlib.sha256)[:8], "big")


def _email(number: int, text: str) -> str:
    del text
    return f"{_FIRST_NAMES[number % 16].lower()}{number // 16 % 10_000:04d}@example.com"


def _address(number: int, text: str) -> str:
    if ":" in text:
        return f"2001:db8::{number % 0xFFFF + 1:x}"
    return f"{_TEST_NETS[number % 3]}.{number // 3 % 254 + 1}"


def _phone(number: int, text: str) -> str:
    area = _AREA_CODES[number % len(_AREA_CODES)]
    prefix = "+1-" if _PREFIX.match(text) or text.startswith("+") else ""
    return f"{prefix}{area}-555-01{number // 7 % 100:02d}"


def _card(number: int, text: str) -> str:
    digits = sum(c.isdigit() for c in text)
    return _AMEX if digits == _AMEX_DIGITS else _CARDS[number % len(_CARDS)]


def _person(number: int, text: str) -> str:
    name = f"{_FIRST_NAMES[number % 16]} {_LAST_NAMES[number // 16 % 16]}"
    return name.upper() if text.isupper() else name.lower() if text.islower() else name


def _host(number: int, text: str) -> str:
    del text
    return f"host{number % 10_000:04d}.example.com"


def _word(stem: str) -> Callable[[int, str], str]:
    def make(number: int, text: str) -> str:
        word = stem + "".join(_SYLLABLES[number // 50**place % 50] for place in range(3))
        letters = [c for c in text if c.isalpha()]
        if letters and all(c.isupper() for c in letters):
            return word.upper()
        return word.capitalize() if letters and letters[0].isupper() else word

    return make


_MAKERS: Final[dict[Category, Callable[[int, str], str]]] = {
    Category.PERSON: _person,
    Category.EMAIL_ADDRESS: _email,
    Category.IP_ADDRESS: _address,
    Category.PRIVATE_IP: _address,
    Category.PHONE_NUMBER: _phone,
    Category.CREDIT_CARD: _card,
    Category.IBAN_CODE: lambda number, _: _IBANS[number % len(_IBANS)],
    Category.US_SSN: lambda number, _: _SSNS[number % len(_SSNS)],
    Category.USERNAME: _word("user"),
    Category.EMPLOYEE_LOGIN: _word("user"),
    Category.INTERNAL_HOST: _host,
    Category.PACKAGE_SCOPE: _word("scope"),
    Category.CODENAME: _word("codename"),
    Category.CUSTOMER: _word("customer"),
}
