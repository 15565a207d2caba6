"""Invented personal values of many countries, made at run time from a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Final

import phonenumbers
from faker import Faker

from ingest.domain.finding import Category

_LATIN: Final = [
    "en_US",
    "en_GB",
    "en_IN",
    "en_AU",
    "en_CA",
    "de_DE",
    "de_AT",
    "fr_FR",
    "fr_CA",
    "es_ES",
    "es_MX",
    "it_IT",
    "pt_BR",
    "pt_PT",
    "nl_NL",
    "sv_SE",
    "no_NO",
    "da_DK",
    "fi_FI",
    "pl_PL",
    "cs_CZ",
    "hu_HU",
    "ro_RO",
    "tr_TR",
    "hr_HR",
    "vi_VN",
]
_REGIONS: Final = [
    "US",
    "US",
    "US",
    "GB",
    "DE",
    "FR",
    "IN",
    "BR",
    "IT",
    "ES",
    "NL",
    "PL",
    "SE",
    "CH",
    "AT",
    "AU",
    "CA",
    "JP",
    "MX",
    "ZA",
    "KR",
    "BE",
    "IE",
    "DK",
    "NO",
    "FI",
    "PT",
    "CZ",
    "TR",
    "CN",
]
_NETWORKS: Final = (
    # prefix, length: one line for each range that an issuer uses
    ("4", 16),
    ("4", 16),
    ("4", 13),
    ("4", 19),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("2450", 16),
    ("34", 15),
    ("37", 15),
    ("6011", 16),
    ("65", 16),
    ("644", 16),
    ("3528", 16),
    ("3589", 16),
    ("2131", 15),
    ("1800", 15),
    ("300", 14),
    ("36", 14),
    ("38", 14),
    ("5018", 12),
    ("6304", 12),
    ("6759", 13),
    ("5020", 16),
    ("6762", 19),
    ("62", 16),
    ("62", 19),
    ("2200", 16),
    ("2204", 16),
    ("6521", 16),
    ("5067", 16),
    ("9792", 16),
)
_IBANS: Final[Mapping[str, str]] = {
    "DE": "#" * 18,
    "FR": "#" * 20 + "A##",
    "GB": "AAAA" + "#" * 14,
    "NL": "AAAA" + "#" * 10,
    "ES": "#" * 20,
    "IT": "A" + "#" * 22,
    "CH": "#" * 17,
    "AT": "#" * 16,
    "BE": "#" * 12,
    "PL": "#" * 24,
    "SE": "#" * 20,
    "NO": "#" * 11,
    "PT": "#" * 21,
    "IE": "AAAA" + "#" * 14,
    "TR": "#####0" + "#" * 16,
}
"""Account part by country after the SWIFT IBAN registry; ``#`` a digit, ``A`` a letter."""

_DOMAINS: Final = [
    "gmail.com",
    "outlook.com",
    "yahoo.co.uk",
    "web.de",
    "orange.fr",
    "kestrelworks.io",
    "brightleaf.dev",
    "uni-bonn.de",
    "mit.edu",
    "protonmail.com",
    "qq.com",
    "libero.it",
    "uol.com.br",
    "posteo.net",
    "northwindfreight.com",
    "tohoku.ac.jp",
]

Maker = Callable[[random.Random], str]


def luhn_digit(body: str) -> str:
    """Return the check digit of ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def make_card(rng: random.Random) -> str:
    """Return a card number, sometimes grouped as it is printed."""
    prefix, length = rng.choice(_NETWORKS)
    body = prefix + "".join(rng.choice("0123456789") for _ in range(length - 1 - len(prefix)))
    number = body + luhn_digit(body)
    if rng.random() < 0.35:
        by = rng.choice(" -")
        if length == 15:
            return by.join((number[:4], number[4:10], number[10:]))
        if length == 16:
            return by.join(number[i : i + 4] for i in range(0, 16, 4))
    return number


def make_iban(rng: random.Random) -> str:
    """Return a code with its check digits (ISO 13616), sometimes in groups of four."""
    country, form = rng.choice(sorted(_IBANS.items()))
    letters, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
    account = "".join(
        rng.choice(digits) if c == "#" else rng.choice(letters) if c == "A" else c for c in form
    )
    number = "".join(str(int(c, 36)) for c in f"{account}{country}00")
    code = f"{country}{98 - int(number) % 97:02}{account}"
    if rng.random() < 0.4:
        return " ".join(code[i : i + 4] for i in range(0, len(code), 4))
    return code


def make_ssn(rng: random.Random) -> str:
    """Return a dashed number of an issued area."""
    area = rng.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03}-{rng.randint(1, 99):02}-{rng.randint(1, 9999):04}"


def make_email(rng: random.Random) -> str:
    """Return an address at a real suffix."""
    first, last = (
        rng.choice(["anna", "j.m", "bob", "lena", "tomas", "priya", "li", "wei.x", "omar", "zoe"]),
        "",
    )
    last = rng.choice(
        ["quendrel", "ostrowny", "heller", "takeda", "nowak", "dasilva", "o'brien", "vdberg"]
    )
    local = rng.choice(
        [f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}_{first}"]
    )
    local += rng.choice(["", "", "", "+list", str(rng.randint(1, 99))])
    return f"{local}@{rng.choice(_DOMAINS)}"


def make_ipv4(rng: random.Random) -> str:
    """Return a public address that is no popular resolver."""
    while True:
        octets = [rng.randint(1, 223), *(rng.randint(0, 255) for _ in range(3))]
        if _is_public(octets):
            return ".".join(map(str, octets))


def _is_public(octets: list[int]) -> bool:
    from ipaddress import IPv4Address  # noqa: PLC0415 - used here only

    return IPv4Address(bytes(octets)).is_global


def make_ipv6(rng: random.Random) -> str:
    """Return an address of the unicast space that is handed out, long or compressed."""
    first = rng.choice(
        ["2a00", "2a01", "2a02", "2600", "2607", "2400", "2404", "2606", "2800", "2c0f", "2001"]
    )
    second = f"{rng.randint(0x1000, 0xFFFE):x}"
    if rng.random() < 0.5:
        return f"{first}:{second}:{rng.randint(1, 0xFFFF):x}::{rng.randint(1, 0xFFFF):x}"
    rest = ":".join(f"{rng.randint(0, 0xFFFF):x}" for _ in range(6))
    return f"{first}:{second}:{rest}"


def make_ip(rng: random.Random) -> str:
    """Return four addresses of version 4 to one of version 6."""
    return make_ipv6(rng) if rng.random() < 0.2 else make_ipv4(rng)


def make_phone(rng: random.Random) -> str:
    """Return a number that `phonenumbers` finds valid, in national or international form."""
    while True:
        region = rng.choice(_REGIONS)
        example = phonenumbers.example_number_for_type(
            region, rng.choice([phonenumbers.PhoneNumberType.MOBILE, 0])
        )
        if example is None:
            continue
        national = str(phonenumbers.national_significant_number(example))
        keep = rng.randint(2, 4)
        tail = "".join(rng.choice("0123456789") for _ in national[keep:])
        try:
            number = phonenumbers.parse(national[:keep] + tail, region)
        except phonenumbers.NumberParseException:
            continue
        forms = phonenumbers.PhoneNumberFormat
        if phonenumbers.is_valid_number(number) and "555" not in tail:
            form = rng.choice([forms.NATIONAL, forms.INTERNATIONAL, forms.E164])
            if region == "US" and form == forms.NATIONAL and rng.random() < 0.5:
                return f"{national[:keep]}{tail}"[:10].replace(
                    f"{national[:keep]}{tail}"[:10],
                    re.sub(
                        r"(\d{3})(\d{3})(\d{4})",
                        rng.choice([r"\1-\2-\3", r"\1.\2.\3", r"+1 \1-\2-\3"]),
                        f"{national[:keep]}{tail}"[:10],
                    ),
                )
            return str(phonenumbers.format_number(number, form))


class NameMaker:
    """People's names of many countries in Latin letters, with particles, hyphens and accents."""

    def __init__(self, seed: int, *, locales: list[str] = _LATIN) -> None:
        """Take the seed of the generators, one by locale."""
        self._fakers = [Faker(locale) for locale in locales]
        for number, faker in enumerate(self._fakers):
            faker.seed_instance(seed + number)

    def __call__(self, rng: random.Random) -> str:
        """Return first name and surname, sometimes with an initial between."""
        faker = rng.choice(self._fakers)
        first, last = str(faker.first_name()), str(faker.last_name())
        middle = rng.choice(["", "", "", "", f"{rng.choice('ABCDEFGHJKLMNPRSTW')}. "])
        return f"{first} {middle}{last}"


def makers(seed: int) -> dict[Category, Maker]:
    """Return how a value of each type is made."""
    return {
        Category.PERSON: NameMaker(seed),
        Category.EMAIL_ADDRESS: make_email,
        Category.IP_ADDRESS: make_ip,
        Category.PHONE_NUMBER: make_phone,
        Category.CREDIT_CARD: make_card,
        Category.IBAN_CODE: make_iban,
        Category.US_SSN: make_ssn,
    }
