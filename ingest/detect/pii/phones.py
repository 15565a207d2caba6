"""Recognizers of phone numbers, valid by the metadata of `phonenumbers`.

`phonenumbers.parse` and `is_valid_number` take some 45 microseconds for each number and region.
Here the same patterns of the same metadata are joined to one expression by region; a test holds
that both agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata

from ingest.detect.pii.shapes import Chars, SpanRecognizer
from ingest.detect.pii.words import split_words
from ingest.domain.finding import Category

NATIONAL_REGIONS: Final = split_words(
    "US GB DE FR IN BR IT ES NL PL SE CH AT AU CA JP MX ZA KR BE IE DK NO FI PT CZ TR CN RU UA GR "
    "HU RO IL SG HK NZ AR CO CL"
)
"""Regions whose numbers are read without a country code, where a phone word stands before."""

_TYPES: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
_NO_DIGIT: Final = re.compile(r"\D+")
_NEVER: Final = re.compile(r"(?!)")
_MIN_NATIONAL: Final = 6

_PHONE_WORDS: Final = split_words(
    "phone mobile mob tel telefon teléfono téléphone tél fax cell cellno cell_no cellnum cell_num "
    "celular móvil movil handy rufnummer telef puhelin gsm whatsapp hotline sms call dial msisdn "
    "contactno contact_no contactnum contact_num ph 电话 手机 電話 携帯 телефон тел. 전화 휴대"
)
_WHOLE_WORDS: Final = frozenset(split_words("mob tel tél cell móvil movil gsm sms call dial ph"))
"""Count only as words of their own; the rest also inside a longer word."""
PHONE_GATE: Final = "|".join(
    r"(?:^|[^a-z])ph[^a-z]" if word == "ph" else re.escape(word) for word in _PHONE_WORDS
)
"""The same words for Hyperscan, caseless."""


def has_phone_word(lower: str) -> bool:
    """Tell whether a lower-case text has a word for a phone."""
    return any(word in lower for word in _PHONE_WORDS)


def after_phone_word(text: str) -> str | None:
    """Return what follows the last word for a phone, or None without one."""
    lower = text.lower()
    best = -1
    for word in _PHONE_WORDS:
        at = lower.rfind(word)
        if at < 0:
            continue
        end = at + len(word)
        if word in _WHOLE_WORDS and (
            lower[at - 1 : at].isalpha() or lower[end : end + 1].isalpha()
        ):
            continue
        best = max(best, end)
    return text[best:] if best >= 0 else None


US_GROUPED: Final = re.compile(
    r"(?:\+?1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([-. ]))[2-9]\d{2}[-. ]\d{4}"
)
_EXTENSION: Final = r"(?: ?(?:x|ext\.?|extension) ?\d{1,5}(?!\w))?"
_US: Final = re.compile(
    r"[(\d](?<![\w.+-].)(?:(?<=0)01[-. ]\(?[2-9]|(?<=1)[-. ]\(?[2-9]|(?<=\()[2-9]|(?<=[2-9]))\d{2}"
    r"(?:\) ?|[-. ])[2-9]\d{2}[-. ]\d{4}(?!\d)" + _EXTENSION,
    re.IGNORECASE,
)
_GAP: Final = r"[ ()./\u00a0\u2011\u2010-]{0,3}"
_ABROAD: Final = re.compile(
    rf"[+0](?<![\w+].)(?:(?<=\+) ?|(?<![\d.,:/-].)0(?=[1-9][\d ()./-]{{6,20}}\d))"
    rf"\(?[1-9](?:{_GAP}\d){{6,14}}(?!\d)" + _EXTENSION,
    re.IGNORECASE,
)
_HOME: Final = re.compile(
    rf"[(\d](?<![\w.+:/-].)(?:(?<=\()\d|)(?:{_GAP}\d){{5,13}}(?!\w)" + _EXTENSION, re.IGNORECASE
)
_EXTENSION_TAIL: Final = re.compile(r" ?(?:x|ext).*$", re.IGNORECASE)
_LAST_GROUP: Final = re.compile(r"[ ()./\u00a0\u2011\u2010-]+\d+$")
_MAX_CUTS: Final = 3
_NORTH_AMERICA: Final = 1
"""The country code of the two dozen regions of the North American plan."""


@cache
def _shapes(region: str) -> tuple[re.Pattern[str], re.Pattern[str], str]:
    """Return what a valid national number looks like, the national prefix and its replacement."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None:
        return _NEVER, _NEVER, ""
    kinds = [getattr(metadata, kind) for kind in _TYPES]
    patterns = [_sized(kind) for kind in kinds if kind and kind.national_number_pattern]
    general = metadata.general_desc.national_number_pattern if metadata.general_desc else ""
    valid = re.compile(rf"(?={general}\Z)(?:{'|'.join(patterns)})\Z") if patterns else _NEVER
    prefix = metadata.national_prefix_for_parsing
    rule = re.sub(r"\$(\d)", r"\\\1", metadata.national_prefix_transform_rule or "")
    return valid, re.compile(prefix) if prefix else _NEVER, rule


def _sized(kind: phonenumbers.PhoneNumberDesc) -> str:
    lengths = [length for length in kind.possible_length or () if length > 0]
    sizes = "|".join(rf"\d{{{length}}}\Z" for length in lengths)
    return rf"(?={sizes})(?:{kind.national_number_pattern})" if sizes else "(?!)"


def is_valid_national(digits: str, region: str) -> bool:
    """Tell whether a region hands out a number, written with or without its national prefix."""
    valid = _shapes(region)[0]
    return any(valid.match(form) for form in _forms(digits, region))


def _forms(digits: str, region: str) -> Iterator[str]:
    """Yield a number as it stands, and without the region's national prefix."""
    yield digits
    _, prefix, rule = _shapes(region)
    match = prefix.match(digits)
    if match and match.end():
        groups = match.groups()
        is_rewritten = rule and groups and groups[-1] is not None
        yield (match.expand(rule) if is_rewritten else "") + digits[match.end() :]


def is_valid_abroad(digits: str) -> bool:
    """Tell whether digits with their country code in front are a number that is handed out.

    Of regions that share a code the main one says what its national prefix is.
    """
    for size in (1, 2, 3):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:size] or "0"))
        if regions is not None:
            forms = list(_forms(digits[size:], regions[0]))
            return any(_shapes(region)[0].match(form) for region in regions for form in forms)
    return False


@lru_cache(maxsize=4096)
def _is_valid_in(digits: str, regions: Sequence[str]) -> bool:
    return any(is_valid_national(digits, region) for region in regions)


def digits_of(text: str) -> str:
    """Return the digits of a number as it is written, without the extension."""
    if "x" in text or "X" in text:
        text = _EXTENSION_TAIL.sub("", text)
    return _NO_DIGIT.sub("", text)


class AbroadRecognizer(SpanRecognizer):
    """Finds numbers with a country code after ``+`` or ``00``."""

    category = Category.PHONE_NUMBER

    def __init__(self) -> None:
        """Take the rule id."""
        super().__init__("phone.international", score=0.6)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield numbers; digits that follow after a gap are cut while the whole is not valid."""
        for match in _ABROAD.finditer(text):
            end = _valid_end(match.group(), is_valid_abroad, skip=0 if "+" in match.group() else 2)
            if end:
                yield match.start(), match.start() + end


class UsRecognizer(SpanRecognizer):
    """Finds numbers of the North American plan in their full grouping."""

    category = Category.PHONE_NUMBER

    def __init__(self) -> None:
        """Take the rule id."""
        super().__init__("phone.us", score=0.5)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield numbers with area code."""
        for match in _US.finditer(text):
            if _is_valid_in(digits_of(match.group())[-10:], ("US", "CA", "PR", "DO", "JM")):
                yield match.span()


class HomeRecognizer(SpanRecognizer):
    """Finds numbers without a country code behind a word for a phone."""

    category = Category.PHONE_NUMBER

    def __init__(self) -> None:
        """Take the rule id."""
        super().__init__("phone.national", score=0.4)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield numbers that one of `NATIONAL_REGIONS` hands out."""
        if not has_phone_word(text.lower()):
            return
        for match in _HOME.finditer(text):
            end = _valid_end(match.group(), is_valid_home)
            if end:
                yield match.start(), match.start() + end


def is_valid_home(digits: str) -> bool:
    """Tell whether one of `NATIONAL_REGIONS` hands out a number."""
    return len(digits) >= _MIN_NATIONAL and _is_valid_in(digits, NATIONAL_REGIONS)


def _valid_end(text: str, is_valid: object, skip: int = 0) -> int:
    """Return how many characters of a run of digits are a number, or 0."""
    for _ in range(_MAX_CUTS):
        digits = digits_of(text)[skip:]
        if len(digits) >= _MIN_NATIONAL and callable(is_valid) and is_valid(digits):
            return len(text)
        cut = _LAST_GROUP.search(_EXTENSION_TAIL.sub("", text))
        if cut is None:
            return 0
        text = text[: cut.start()]
    return 0


def phone_recognizers() -> list[SpanRecognizer]:
    """Return the recognizers of phone numbers; their names are rule ids.

    Compiles the regions that need no country code, and those that share the code of the first of
    them, all of which one number asks: children that are forked later share them.
    """
    shared = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[_NORTH_AMERICA]
    for region in (*NATIONAL_REGIONS, *shared):
        _shapes(region)
    return [AbroadRecognizer(), UsRecognizer(), HomeRecognizer()]
