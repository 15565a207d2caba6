"""Recognizers of card, bank and social security numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from ingest.detect.pii.shapes import Chars, SpanRecognizer
from ingest.detect.pii.words import split_words
from ingest.domain.finding import Category

CARD_RANGES: Final = (
    # first digits, lengths; ISO/IEC 7812 issuer ranges as the networks publish them
    (r"4", (13, 16, 19)),  # Visa
    (r"5[1-5]", (16,)),  # Mastercard
    (r"2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)", (16,)),  # Mastercard's 2-series
    (r"220[0-4]", (16, 17, 18, 19)),  # Mir
    (r"2205", (16,)),  # Belkart
    (r"3[47]", (15,)),  # American Express
    (r"3(?:0[0-59]|[689])", (14, 16, 17, 18, 19)),  # Diners Club
    (r"35(?:2[89]|[3-8]\d)", (16, 17, 18, 19)),  # JCB
    (r"(?:2131|1800)", (15,)),  # JCB's old ranges
    (r"6(?:011|4[4-9]|5)", (16, 17, 18, 19)),  # Discover, Elo, RuPay
    (r"(?:60|81|82|508)", (16,)),  # RuPay
    (r"353", (16,)),  # RuPay with JCB
    (r"62|81", (16, 17, 18, 19)),  # UnionPay
    (r"9792", (16,)),  # Troy
    (
        r"(?:4011|438935|45141[67]|4576|504175|506[67]|509[0-9]|627780|63(?:6297|6368))",
        (16,),
    ),  # Elo
    (r"(?:606282|3841)", (16, 19)),  # Hipercard
    (r"(?:5019|4571)", (16,)),  # Dankort
    (r"(?:636)", (16, 17, 18, 19)),  # InterPayment
    (r"(?:506[01]|507[89]|6500)", (16, 19)),  # Verve
    (r"8600", (16,)),  # Uzcard
    (r"9860", (16,)),  # Humo
    (r"(?:1)", (15,)),  # UATP
    (r"(?:50|5[6-8]|6304|6390|67)", (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
)
_CARD: Final = re.compile(
    r"\d(?<![\w.+-]\d)(?:\d{11,18}"
    r"|\d{3}([ ._\u00a0-])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?"
    r"|\d{3}([ ._\u00a0-])\d{6}\2\d{4,5})(?![\w]|[.-]\d)"
)
_NO_DIGIT: Final = re.compile(r"\D+")


class CardRecognizer(SpanRecognizer):
    """Finds plain and grouped card numbers that pass Luhn's check; any issuer."""

    category = Category.CREDIT_CARD

    def __init__(self) -> None:
        """Take the rule id."""
        super().__init__("card.number", score=1.0)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield numbers of 12 to 19 digits."""
        for match in _CARD.finditer(text):
            if passes_luhn(_NO_DIGIT.sub("", match.group())):
                yield match.span()


_DOUBLED: Final = {ord(str(d)): str(sum(divmod(2 * d, 10))) for d in range(10)}


def passes_luhn(digits: str) -> bool:
    """Tell whether digits end in their check digit (ISO/IEC 7812-1, annex B)."""
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


IBAN_LENGTHS: Final = {
    entry[:2]: int(entry[2:])
    for entry in split_words(
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
        "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 "
        "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
        "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 "
        "SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
    )
}
"""Characters by country; SWIFT IBAN registry, release 99."""
_IBAN_HEAD: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9])")
_IBAN_GAP: Final = " \u00a0-"
_NO_IBAN_GAP: Final = dict.fromkeys(map(ord, _IBAN_GAP))
_IBAN_DIGITS: Final = {ord(c): str(int(c, 36)) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


class IbanSpanRecognizer(SpanRecognizer):
    """Finds account numbers of ISO 13616 by country, length and check digits."""

    category = Category.IBAN_CODE

    def __init__(self) -> None:
        """Take the rule id."""
        super().__init__("iban.code", score=1.0)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield codes, plain or grouped."""
        for head in _IBAN_HEAD.finditer(text):
            length = IBAN_LENGTHS.get(head.group()[:2])
            end = _read_code(text, head.start(), length) if length else 0
            if end:
                yield head.start(), end


def _read_code(text: str, start: int, length: int) -> int:
    """Return where a valid code of so many characters ends, or 0."""
    match = _iban_of(length).match(text, start)
    if match is None:
        return 0
    code = match[0].translate(_NO_IBAN_GAP)
    is_valid = int((code[4:] + code[:4]).translate(_IBAN_DIGITS)) % 97 == 1
    return match.end() if is_valid else 0


@cache
def _iban_of(length: int) -> re.Pattern[str]:
    """Return the form of a code of so many characters, with at most one gap between two."""
    return re.compile(rf"[A-Z0-9](?:[{_IBAN_GAP}]?[A-Z0-9]){{{length - 1}}}(?!\w)")


_SSN: Final = re.compile(
    r"[0-8](?<![\w-].)(?<!\d[ .].)\d{2}(?<!000)(?<!666)(?P<by>[- .]?)"
    r"(?P<group>(?!00)\d{2})(?P=by)(?!0000)\d{4}(?![\w-]|[ .]\d)"
)


class SsnRecognizer(SpanRecognizer):
    """Finds social security numbers of the United States; SSA, POMS RM 10201.035.

    Areas 000, 666 and from 900 on, group 00 and serial 0000 are never issued.
    """

    category = Category.US_SSN

    def __init__(self) -> None:
        """Take the rule id."""
        super().__init__("ssn.dashed", score=1.0)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield numbers; dashed, spaced or plain."""
        return (match.span() for match in _SSN.finditer(text))


def number_recognizers() -> list[SpanRecognizer]:
    """Return the recognizers of numbers; their names are rule ids."""
    return [CardRecognizer(), IbanSpanRecognizer(), SsnRecognizer()]
