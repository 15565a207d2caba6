"""Recognizers of mail and IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from tldextract import TLDExtract

from ingest.detect.pii.shapes import Chars, SpanRecognizer
from ingest.domain.finding import Category

_MAX_LOCAL: Final = 80
"""Longer than RFC 5321 allows (64), so that a longer run is seen as one and refused."""
_LOCAL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+")
_DOMAIN: Final = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{1,62}(?<![-_])(?!\w)"
)
_IP_LITERAL: Final = re.compile(
    r"\[(?:IPv6:)?[0-9A-Fa-f:.]{7,45}\]|\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"
)

_SPELLED: Final = re.compile(
    r"\b[\w.+-]{1,64} ?[\[({<] ?at ?[\])}>] ?"
    r"[\w-]{1,63}(?: ?(?:[\[({<] ?dot ?[\])}>]|\.| dot ) ?[\w-]{2,63}){1,4}\b"
    r"|(?<=<)[\w.+-]{1,64} at [\w-]{1,63}(?:(?:\.| dot )[\w-]{2,63}){1,4}(?=>)"
    r"|(?<=\()[\w.+-]{1,64} at [\w-]{1,63}(?:(?:\.| dot )[\w-]{2,63}){1,4}(?=\))"
    r"|\b[\w.+-]{1,64} at [\w-]{1,63}(?: dot [\w-]{2,63}){1,4}\b"
    r"|\b[\w+-]{1,40}[._\d][\w.+-]{0,40} at [\w-]{1,63}(?:\.[\w-]{2,63}){1,4}\b"
    r"|\b[\w.+-]{2,64} at (?:gmail|googlemail|yahoo|hotmail|outlook|protonmail|icloud|aol|gmx|live"
    r"|msn|fastmail|yandex|zoho)\.(?:com|net|org|de|fr|co\.uk|ru|me|at|ch|it|es|in)\b"
    r"|(?<=mail: )[\w.+-]{1,64} at [\w-]{1,63}(?:\.[\w-]{2,63}){1,4}\b",
    re.IGNORECASE,
)
_AT_WORD: Final = re.compile(r"[ \[({<]at[ \])}>]", re.IGNORECASE)
_MAX_SPELLED_DOMAIN: Final = 160
_SPELLED_AT: Final = re.compile(r"\s*(?:[\[({<]\s*at\s*[\])}>]|\bat\b)\s*", re.IGNORECASE)
_SPELLED_DOT: Final = re.compile(r"\s*(?:[\[({<]\s*dot\s*[\])}>]|\bdot\b)\s*", re.IGNORECASE)


class SuffixList:
    """The public suffix list as tldextract's wheel has it, and a company's own suffixes."""

    def __init__(self, extra: tuple[str, ...] = ()) -> None:
        """Read the packaged list; no cache, no network."""
        extract = TLDExtract(cache_dir=None, suffix_list_urls=(), extra_suffixes=extra)
        self._suffixes = frozenset(
            form for suffix in extract.tlds for form in (suffix, _to_ascii(suffix)) if form
        )
        self._tops = frozenset(suffix.rpartition(".")[2] for suffix in self._suffixes)
        self.is_domain = lru_cache(maxsize=1 << 16)(self._is_domain)

    def _is_domain(self, name: str) -> bool:
        """Tell whether a name ends in a known top-level domain and is more than a suffix."""
        name = name.lower().rstrip(".")
        return "." in name and name.rpartition(".")[2] in self._tops and name not in self._suffixes


def _to_ascii(suffix: str) -> str:
    try:
        return suffix.encode("idna").decode()
    except UnicodeError:
        return ""


class EmailSpanRecognizer(SpanRecognizer):
    """Finds addresses of RFC 5322's common form, with a known suffix or an IP literal.

    It begins at the at sign and reads both ways: one pattern for the whole takes quadratic time on
    a long run of local-part characters.
    """

    category = Category.EMAIL_ADDRESS

    def __init__(self, suffixes: SuffixList) -> None:
        """Take the suffix list."""
        super().__init__("email.address", score=1.0)
        self._suffixes = suffixes

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield addresses; the local part is as long as its characters reach."""
        at = text.find("@")
        while at >= 0:
            end = self._domain_end(text, at + 1)
            if end:
                # read backwards: a search for what ends at the sign would try every start
                local = _LOCAL.match(text[max(0, at - _MAX_LOCAL) : at][::-1])
                if local:
                    yield at - local.end(), end
            at = text.find("@", at + 1)

    def _domain_end(self, text: str, start: int) -> int:
        match = _DOMAIN.match(text, start)
        if match:
            return match.end() if self._suffixes.is_domain(match.group()) else 0
        literal = _IP_LITERAL.match(text, start)
        return literal.end() if literal else 0


class SpelledEmailRecognizer(SpanRecognizer):
    """Finds addresses whose at sign is written out, for example in brackets."""

    category = Category.EMAIL_ADDRESS

    def __init__(self, suffixes: SuffixList) -> None:
        """Take the suffix list."""
        super().__init__("email.spelled", score=0.9)
        self._suffixes = suffixes

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield addresses whose domain, once its signs are put back, has a known suffix."""
        read_to = 0
        for at in _AT_WORD.finditer(text):
            start = max(read_to, at.start() - _MAX_LOCAL)
            match = _SPELLED.search(text, start, at.end() + _MAX_SPELLED_DOMAIN)
            if match is None or match.start() > at.start():
                continue
            if self._suffixes.is_domain(respell_email(match.group())[1]):
                read_to = match.end()
                yield match.span()


def respell_email(text: str) -> tuple[str, str]:
    """Return local part and domain of an address whose signs are written as words."""
    local, _, domain = _SPELLED_AT.sub("@", text, count=1).partition("@")
    return local, _SPELLED_DOT.sub(".", domain)


_IPV4: Final = re.compile(r"\d(?<![\w.]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
"""The first character stands before the look-behind: then the engine only stops at digits."""
_IPV6: Final = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){1,7}(?::|(?::?[0-9A-Fa-f]{1,4}){1,7})(?![\w:])"
)
_MIN_COLONS: Final = 7
_OCTETS: Final = 256


class IpSpanRecognizer(SpanRecognizer):
    """Finds IPv4 and IPv6 addresses that `ipaddress` can read; any range."""

    category = Category.IP_ADDRESS

    def __init__(self) -> None:
        """Take the rule id."""
        super().__init__("ip.address", score=1.0)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield addresses without mask, port, brackets and zone."""
        for match in _IPV4.finditer(text):
            if is_ipv4(match.group()):
                yield match.span()
        if "::" not in text and text.count(":") < _MIN_COLONS:
            return
        for match in _IPV6.finditer(text):
            if match.group().count(":") > 1 and _is_ipv6(match.group()):
                yield match.span()


def is_ipv4(text: str) -> bool:
    """Tell whether four numbers are octets, none with a leading zero."""
    return all(
        len(part) == 1 or (part[0] != "0" and int(part) < _OCTETS) for part in text.split(".")
    )


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
