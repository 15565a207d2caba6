"""Presidio's own recognizers for addresses and numbers, set up for source code."""

from __future__ import annotations

import re
from typing import Final

from presidio_analyzer import EntityRecognizer, Pattern, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UsSsnRecognizer,
)
from tldextract import TLDExtract

_LENIENCY_VALID: Final = 1
"""`phonenumbers.Leniency.VALID`: possible length and a prefix that is handed out."""

NATIONAL_REGIONS: Final = ("US", "GB", "DE", "FR", "IN", "BR", "IT", "ES")
"""Regions whose numbers are read without a country code, where a phone word stands before."""

_SPELLED_EMAIL: Final = Pattern(
    "spelled",
    r"\b[\w.+-]{1,64} ?[\[({<] ?at ?[\])}>] ?"
    r"[\w-]{1,63}(?: ?(?:[\[({<] ?dot ?[\])}>]|\.| dot ) ?[\w-]{2,63}){1,4}\b"
    r"|(?<=<)[\w.+-]{1,64} at [\w-]{1,63}(?:(?:\.| dot )[\w-]{2,63}){1,4}(?=>)"
    r"|\b[\w.+-]{1,64} at [\w-]{1,63}(?: dot [\w-]{2,63}){1,4}\b",
    0.5,
)

_SPELLED_AT: Final = re.compile(r"\s*(?:[\[({<]\s*at\s*[\])}>]|\bat\b)\s*", re.IGNORECASE)
_SPELLED_DOT: Final = re.compile(r"\s*(?:[\[({<]\s*dot\s*[\])}>]|\bdot\b)\s*", re.IGNORECASE)

CARD_RANGES: Final = (
    # first digits, lengths; ISO/IEC 7812 issuer ranges as the networks publish them
    (r"4", (13, 16, 19)),
    (r"5[1-5]", (16,)),
    # Mastercard's 2-series and JCB's 15-digit range are missing from Presidio's own pattern
    (r"2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)", (16,)),
    (r"220[0-4]", (16, 17, 18, 19)),
    (r"3[47]", (15,)),
    (r"3(?:0[0-59]|[689])", (14, 16)),
    (r"35(?:2[89]|[3-8]\d)", (16, 19)),
    (r"(?:2131|1800)", (15,)),
    (r"6(?:011|4[4-9]|5)", (16, 19)),
    (r"62", (16, 17, 18, 19)),
    (r"(?:5018|5020|5038|5893|6304|6759|676[1-3])", (12, 13, 14, 15, 16, 18, 19)),
)
_CARD_SHAPE: Final = (
    r"(?<![\w.+-])(?:\d{12,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?"
    r"|\d{4}([ -])\d{6}\2\d{4,5})(?![\w]|[.-]\d)"
)


class OfflineEmailRecognizer(EmailRecognizer):
    """Presidio's e-mail recognizer with a suffix list that never leaves the machine.

    The stock class asks a module-wide extractor that downloads the public suffix list at first
    use. Presidio offers no other way to replace it than to override the check.
    """

    def __init__(self, extract: TLDExtract) -> None:
        """Take the suffix list."""
        self._extract = extract
        super().__init__(name="email.address")

    def validate_result(self, pattern_text: str) -> bool:
        """Tell whether the domain ends in a known suffix."""
        return self._extract(pattern_text.rpartition("@")[2]).fqdn != ""


class SpelledEmailRecognizer(EmailRecognizer):
    """Finds addresses whose at sign is written out, for example in brackets."""

    def __init__(self, extract: TLDExtract) -> None:
        """Take the suffix list."""
        self._extract = extract
        super().__init__(patterns=[_SPELLED_EMAIL], name="email.spelled")

    def validate_result(self, pattern_text: str) -> bool:
        """Tell whether the domain ends in a known suffix, once its signs are put back."""
        return self._extract(respell_email(pattern_text)[1]).fqdn != ""


def respell_email(text: str) -> tuple[str, str]:
    """Return local part and domain of an address whose signs are written as words."""
    local, _, domain = _SPELLED_AT.sub("@", text, count=1).partition("@")
    return local, _SPELLED_DOT.sub(".", domain)


class GatedPhoneRecognizer(PhoneRecognizer):
    """Presidio's phone recognizer, run only where its kind of number can be accepted at all.

    Every region costs a pass of its own over the text, so eight of them are not for any window.
    """

    def __init__(
        self, name: str, regions: tuple[str | None, ...], needs: re.Pattern[str], score: float
    ) -> None:
        """Take the regions (None: country code required) and what the text must hold.

        Scores differ between kinds: of two equal hits on one number Presidio keeps either.
        """
        self._needs = needs
        super().__init__(supported_regions=regions, leniency=_LENIENCY_VALID, name=name)
        self.SCORE = score

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return numbers that are valid in one of the regions."""
        if self._needs.search(text) is None:
            return []
        return list(super().analyze(text, entities, nlp_artifacts))  # type: ignore[arg-type]  # theirs


PHONE_WORD: Final = re.compile(
    r"phone|mobile|\btel\b|telephon|telefon|\bfax|\bcell|whatsapp|hotline|\bsms\b|\bcall\b",
    re.IGNORECASE,
)
US_GROUPED: Final = re.compile(
    r"(?:\([2-9]\d{2}\) ?|(?:1[-. ])?[2-9]\d{2}([-. ]))[2-9]\d{2}[-. ]\d{4}"
)


def number_recognizers(internal_suffixes: tuple[str, ...]) -> list[EntityRecognizer]:
    """Return the recognizers of addresses and numbers; their names are rule ids.

    `internal_suffixes`: DNS suffixes of the company's network, whose mail addresses count.
    """
    extract = TLDExtract(cache_dir=None, suffix_list_urls=(), extra_suffixes=internal_suffixes)
    return [
        OfflineEmailRecognizer(extract),
        SpelledEmailRecognizer(extract),
        CreditCardRecognizer(patterns=[Pattern("card", _CARD_SHAPE, 0.3)], name="card.number"),
        IbanRecognizer(name="iban.code"),
        UsSsnRecognizer(
            patterns=[Pattern("dashed", r"(?<![\w-])(?!9)\d{3}-\d{2}-\d{4}(?![\w-])", 0.5)],
            name="ssn.dashed",
        ),
        IpRecognizer(name="ip.address"),
        GatedPhoneRecognizer("phone.international", (None,), re.compile(r"\+"), 0.6),
        GatedPhoneRecognizer("phone.us", ("US",), US_GROUPED, 0.5),
        GatedPhoneRecognizer("phone.national", NATIONAL_REGIONS, PHONE_WORD, 0.4),
    ]
