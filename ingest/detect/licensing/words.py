"""The words of a license text, without what people change when they copy one.

Comment marks, quotes, bullets, section numbers, markup and spelling do not count; what is left is
compared word by word. Spans stay those of the bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
_WORD = re.compile(
    r"v(?:ersion)?\.?\s{0,4}\d{1,2}(?:\.\d{1,2})?(?![\d.])|[a-z\x80-\xff][a-z0-9\x80-\xff]+"
)
_SPELLING: Final = (
    (re.compile(r"is(e|es|ed|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"our(|s|ed|able)$"), r"or\1"),
    (re.compile(r"(lic|off|def)enc(e|es|ed|ing)$"), r"\1ens\2"),
)
_SAME: Final = {"sublicence": "sublicense", "https": "http", "copyrights": "copyright"}
_NO_WORDS: Final = frozenset(
    {"dnl", "rem", "nbsp", "quot", "amp", "ii", "iii", "iv", "vi", "vii", "viii", "www", "br"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Normalised words with their byte spans."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def without_markup(data: bytes) -> bytes:
    """Return the bytes with tags and typographic signs blanked; every offset keeps its meaning."""
    if _MARKUP.search(data):
        data = _TAG.sub(lambda m: b" " * len(m[0]), data)
    if data.isascii():
        return data
    return _SIGNS.sub(lambda m: b" " * len(m[0]), data)


def words_of(data: bytes) -> Words:
    """Return the words of a text whose markup is blanked already."""
    words, starts, ends = [], [], []
    for match in _WORD.finditer(fold(data)):
        word = _normal(match[0])
        if word:
            words.append(word)
            starts.append(match.start())
            ends.append(match.end())
    return Words(words=tuple(words), starts=tuple(starts), ends=tuple(ends))


def _normal(word: str) -> str:
    known = _normalised.get(word)
    if known is None:
        known = _spelled(word)
        if len(_normalised) < _MAX_CACHED:
            _normalised[word] = known
    return known


def _spelled(word: str) -> str:
    if word in _NO_WORDS:
        return ""
    if word[0] == "v" and word[-1].isdigit():
        number = re.sub(r"^[^\d]+", "", word)
        return "version" + number.removesuffix(".0")
    for pattern, replacement in _SPELLING:
        word = pattern.sub(replacement, word)
    return _SAME.get(word, word)


_MAX_CACHED: Final = 50_000
_normalised: dict[str, str] = {}
