"""The planted files: what each stands for, and the values that are drawn for it.

Every value follows from the installation's key and is put together when it is needed: other
installations have others, the same one has the same with each build, and nothing in this source
looks like a secret. People, customers and keys are invented; addresses, numbers and accounts come
from ranges that nobody can have.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Final

from ingest.domain.finding import Family
from workers.canary import tokens

OWN: Final = "repo_canary_own"
"""Registered as the company's, with consent."""
SILENT: Final = "repo_canary_silent"
"""Registered as the company's, without consent."""

_FIRST: Final = ("Lena", "Thomas", "Henrik", "Marit", "Sofia", "Martin", "Julia", "Oliver")
_LAST: Final = ("Fischbach", "Lindgren", "Solberg", "Becker", "Hartmann", "Nilsson", "Keller")
_CONSONANTS: Final = "bdfgklmnprstvz"
_VOWELS: Final = "aeiou"


class PlantKind(StrEnum):
    """What a planted file stands for."""

    SECRET = "secret"  # noqa: S105 - a kind
    PERSON = "person"
    INTERNAL = "internal"
    """A name from inside the company: host, code name, customer."""
    COPYLEFT = "copyleft"
    PROPRIETARY = "proprietary"
    """Others' code without a public license, or one that forbids training."""
    CONSENT = "consent"
    UNSCANNED = "unscanned"
    CONTROL = "control"
    """Clean: what must arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One file of the canary corpus."""

    name: str
    """What it is, in words that hold no value of it."""
    kind: PlantKind
    layer: str
    """What has to stop it."""
    path: bytes
    data: bytes = field(repr=False)
    needles: tuple[bytes, ...] = field(repr=False)
    """What must not arrive, as it stands there; of a control, what must."""
    family: Family | None = None
    """Whose detector has to see it; None where no finding tells."""
    license: str = ""
    """Permissive license that the file states."""
    repository: str = OWN
    is_scanned: bool = True
    """A file that is not is one whose scan was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Names from inside the company that are planted."""

    codename: str
    customer: str
    are_configured: bool
    """Whether they are of the company's own list; else they are invented for the canaries."""


class Draw:
    """Draws values that follow from a key and a name."""

    def __init__(self, material: bytes) -> None:
        """Take the installation's key; only digests of it are used."""
        self._material = material

    def label(self, name: str) -> str:
        """Return a label that who has no key cannot tell."""
        return hmac.digest(self._material, f"shardgate canary {name}".encode(), "sha256").hex()

    def bytes(self, name: str, length: int) -> bytes:
        """Return bytes."""
        return tokens.draw_bytes(self.label(name), length)

    def text(self, name: str, alphabet: str, length: int) -> str:
        """Return characters of an alphabet."""
        return tokens.draw_text(self.label(name), alphabet, length)

    def word(self, name: str, syllables: int = 4) -> str:
        """Return a word that no language has, in lower case."""
        heads = self.text(f"{name} heads", _CONSONANTS, syllables)
        tails = self.text(f"{name} tails", _VOWELS, syllables)
        return "".join(a + b for a, b in zip(heads, tails, strict=True))

    def mark(self, name: str) -> str:
        """Return an identifier that stands in one file only."""
        return f"keep_{self.word(name)}_{self.word(name + ' 2')}"

    def person(self, name: str) -> tuple[str, str]:
        """Return a first name and a surname."""
        first, last = self.bytes(name, 2)
        return _FIRST[first % len(_FIRST)], _LAST[last % len(_LAST)]

    def mail(self, name: str) -> str:
        """Return an address in a domain that nobody can register: ICANN keeps `example` back.

        Addresses below ``.example`` itself are passed over as documentation.
        """
        first, last = self.person(name)
        return f"{first}.{last}@{self.word(name, 3)}.example.cloud".lower()

    def phone(self, name: str) -> str:
        """Return a number of those that Ofcom keeps for drama."""
        return f"+44 131 496 0{self.text(name, '0123456789', 3)}"

    def iban(self, name: str) -> str:
        """Return an account at a British bank code that is not given out, with its check digits.

        ISO 13616: the number with its country moved to the end leaves one when divided by 97.
        """
        account = "XXXX" + self.text(name, "0123456789", 14)
        number = "".join(str(int(c, 36)) for c in f"{account}GB00")
        return f"GB{98 - int(number) % 97:02d}{account}"

    def card(self, name: str) -> str:
        """Return a number below a prefix that card networks keep for tests, with its check digit.

        ISO/IEC 7812-1: every second digit from the right is doubled, the sum ends in zero.
        """
        body = "400000" + self.text(name, "0123456789", 9)
        return next(body + str(n) for n in count() if _luhn(body + str(n)) == 0)


def _luhn(digits: str) -> int:
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return sum(d // 10 + d % 10 for d in doubled) % 10


def choose_terms(codenames: Sequence[str], customers: Sequence[str], draw: Draw) -> Terms:
    """Return terms of the company that count inside identifiers too, or invented ones.

    Short words and phrases count under conditions only, so that nothing could be told from them.
    """
    usable = [[t for t in terms if _counts_inside(t)] for terms in (codenames, customers)]
    if all(usable):
        codename, customer = (
            sorted(terms)[draw.bytes("term", 1)[0] % len(terms)] for terms in usable
        )
        return Terms(codename=codename, customer=customer, are_configured=True)
    return Terms(
        codename=draw.word("codename").capitalize(),
        customer=draw.word("customer").capitalize(),
        are_configured=False,
    )


_LONG_TERM: Final = 8


def _counts_inside(term: str) -> bool:
    return term.isascii() and term.isalpha() and len(term) >= _LONG_TERM
