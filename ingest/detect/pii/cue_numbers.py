"""The reader of identity numbers that a comment names, and of phones beside a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.identities import SCHEMES, bare_value, is_named_in
from ingest.detect.pii.phones import digits_of, is_valid_home
from ingest.detect.pii.words import split_words
from ingest.domain.finding import Category

_NUMBER: Final = re.compile(
    r"(?P<number>(?<![\w.+-])[0-9A-Z][0-9A-Z ./-]{6,16}[0-9A-Z])[\"'`]?[,;)]{0,3}[ \t]{1,8}"
    r"(?://|#|--|/\*)[ \t]{0,3}$"
)
_COMMENT_CHARS: Final = 40
_PROSE: Final = frozenset(
    split_words(
        "md markdown rst txt text org adoc asciidoc tex eml html htm csv tsv json xml yaml yml "
        "ldif vcf authors contributors maintainers credits"
    )
)
"""Formats in which a number beside a person is no code."""
_NATIONAL: Final = re.compile(
    r"(?<![\w+./:-])(?:\((?:0\d{1,4}|\d{2,3})\) ?\d|0\d)(?:[ /.-]{0,2}\d){6,11}"
    r"(?![\w]|[-./:]\d| \d)"
)
_GROUPED: Final = re.compile(r"\d[ /.)-]{1,2}\d")
_MAX_LINE: Final = 400


def named_by_comment(reading: Reading) -> Iterator[Hit]:
    """Read ``"44051401359"  // PESEL``: the number, where its comment names its scheme."""
    number = _NUMBER.search(reading.line_behind)
    if number is None:
        return
    comment = reading.ahead[:_COMMENT_CHARS].partition("\n")[0]
    at = len(reading.behind) - len(reading.line_behind)
    for scheme in SCHEMES:
        text = number["number"]
        if not (is_named_in(scheme, comment) and re.fullmatch(scheme.form, text)):
            continue
        if scheme.check(bare_value(scheme, text)):
            rule = f"identity.{scheme.category.value.lower()}.named"
            span = (at + number.start("number"), at + number.end("number"))
            yield reading.hit_behind(rule, span, scheme.category)
            return


def phones_beside(data: bytes, suffix: str, places: Iterable[int]) -> Iterator[Hit]:
    """Yield valid national numbers on the lines of people and of other phones.

    `places`: first bytes of their findings. Only numbers with a trunk zero or an area code in
    brackets, and in groups, as people write them.
    """
    if suffix not in _PROSE:
        return
    for start in sorted({data.rfind(b"\n", 0, place) + 1 for place in places}):
        stop = data.find(b"\n", start)
        line = data[start : len(data) if stop < 0 else stop]
        if len(line) > _MAX_LINE:
            continue
        text = line.decode("latin-1")
        for number in _NATIONAL.finditer(text):
            if _GROUPED.search(number.group()) and is_valid_home(digits_of(number.group())):
                yield Hit(
                    Category.PHONE_NUMBER,
                    "phone.beside",
                    start + number.start(),
                    start + number.end(),
                )
