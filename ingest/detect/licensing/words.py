"""The words of a license text, without what people change when they copy one.

Comment marks, quotes, bullets, section numbers, markup and spelling do not count; what is left is
compared word by word. Spans stay those of the bytes.
"""

from __future__ import annotations

import re
from itertools import accumulate, compress
from typing import Final

from ingest.detect.licensing.names import fold

# Dashes, curly quotes, bullets, no-break spaces and the copyright sign, as UTF-8.
_SIGNS = re.compile(rb"\xe2\x80[\x80-\xbf]|\xc2[\xa0-\xbf]|\xef\xbb\xbf|\xe2\x97[\x80-\xbf]")
_TAG = re.compile(
    rb"</?(?:[a-z][a-z0-9:-]{0,15})(?:\s[^<>]{0,300})?/?>|&(?:#\d{1,5}|[a-z]{2,8});", re.IGNORECASE
)
_MARKUP = re.compile(
    rb"</?(?:p|br|div|span|li|h\d|td|html|para|body|name|pre|a)\b|&quot;", re.IGNORECASE
)
_RTF = re.compile(
    rb"\{\\(?:fonttbl|colortbl|stylesheet|info|\*)[^{}]{0,4000}\}"
    rb"|\\[a-z]{1,32}-?\d{0,10} ?|\\'[0-9a-f]{2}|\\[^a-z]|[{}]"
)
"""Rich Text Format specification 1.9.1: groups without text, control words, escaped bytes."""
_PARAGRAPHS: Final = (b"\\par", b"\\line")
_BASIC = re.compile(rb"^[ \t]{0,20}'+(?=[ \t\r\n])", re.MULTILINE)
"""The mark of comments in Basic, which is an apostrophe within words elsewhere."""
_WORD = re.compile(
    r"v(?:ersion)?\.?\s{0,4}\d{1,2}(?:\.\d{1,2})?(?![\d.])|[a-z\x80-\xff][a-z0-9\x80-\xff]+"
)
_PARTED = re.compile(f"({_WORD.pattern})")
_SPELLING: Final = (
    ("is", re.compile(r"is(e|es|ed|ing|ation|ations)$"), r"iz\1"),
    ("our", re.compile(r"our(|s|ed|able)$"), r"or\1"),
    ("enc", re.compile(r"(lic|off|def)enc(e|es|ed|ing)$"), r"\1ens\2"),
)
_SAME: Final = {"sublicence": "sublicense", "https": "http", "copyrights": "copyright"}
_NO_WORDS: Final = frozenset(
    {"dnl", "rem", "nbsp", "quot", "amp", "ii", "iii", "iv", "vi", "vii", "viii", "www", "br"}
)


class Words:
    """Normalised words of a text, and where they stand in it."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._spans: tuple[tuple[int, ...], tuple[int, ...]] | None = None
        self.words = tuple(filter(None, map(_normalised.__getitem__, _WORD.findall(folded))))

    @property
    def starts(self) -> tuple[int, ...]:
        """First byte of each word."""
        return self._read()[0]

    @property
    def ends(self) -> tuple[int, ...]:
        """One past the last byte of each word."""
        return self._read()[1]

    def _read(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        # Most texts are told from licenses by their words alone.
        if self._spans is None:
            # Words and what stands between them, of which the lengths give the places.
            parts = _PARTED.split(self._folded)
            edges = list(accumulate(map(len, parts)))
            counts = list(map(_normalised.__getitem__, parts[1::2]))
            self._spans = tuple(compress(edges[::2], counts)), tuple(compress(edges[1::2], counts))
        return self._spans


def plain_rtf(data: bytes) -> bytes:
    """Return Rich Text with control words blanked; every offset keeps its meaning."""
    if not data.startswith(b"{\\rtf"):
        return data
    return _RTF.sub(
        lambda m: b"\n".rjust(len(m[0])) if m[0].startswith(_PARAGRAPHS) else b" " * len(m[0]), data
    )


def without_markup(data: bytes) -> bytes:
    """Return the bytes with tags and typographic signs blanked; every offset keeps its meaning."""
    if b"\n'" in data or data[:1] == b"'":
        data = _BASIC.sub(lambda m: b" " * len(m[0]), data)
    if _MARKUP.search(data):
        data = _TAG.sub(lambda m: b" " * len(m[0]), data)
    if data.isascii():
        return data
    return _SIGNS.sub(lambda m: b" " * len(m[0]), data)


def words_of(data: bytes) -> Words:
    """Return the words of a text whose markup is blanked already."""
    return Words(fold(data))


def _spelled(word: str) -> str:
    if word in _NO_WORDS:
        return ""
    if word[0] == "v" and word[-1].isdigit():
        number = re.sub(r"^[^\d]+", "", word)
        return "version" + number.removesuffix(".0")
    for part, pattern, replacement in _SPELLING:
        if part in word:
            word = pattern.sub(replacement, word)
    return _SAME.get(word, word)


class _Normalised(dict[str, str]):
    """Words to normal words, empty for those that do not count."""

    def __missing__(self, word: str) -> str:
        known = _spelled(word)
        if len(self) < _MAX_CACHED:
            self[word] = known
        return known


_MAX_CACHED: Final = 50_000
_normalised: Final = _Normalised()
