"""Secrets in columns: the head of a table says what its cells are.

Read are the columns of ``INSERT INTO``, the first line of separated values, and the heads of
Markdown tables; and the files of PostgreSQL and others whose lines are fields in a known order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.plausible import Kind, is_plausible
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "shardgate"
RULE_ID: Final = "column"
INSERT_EXPRESSION: Final = rb"(?:insert|replace)\s{1,4}(?:ignore\s{1,4})?into\s"
"""What the funnel looks for, caseless."""
RULER_EXPRESSION: Final = rb"\n[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*\|[ \t]*:?-{3}"
"""The line under the head of a Markdown table of two columns or more."""
_COLUMN: Final = re.compile(
    rb"(?i)(?:\w*[_.-])?(?:passw(?:or)?d|passwort|pwd|pass|pw|passphrase|kennwort"
    rb"|contrase\S{1,2}a|senha|mot[ _]de[ _]passe"
    rb"|wachtwoord|parola|has(?:l|\xc5\x82)o|\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"
    rb"|\xe5\xaf\x86\xe7\xa0\x81)"
    rb"|(?:\w*[_.-])?(?P<key>secret|token|api[_ -]?key|secret[_ -]?key|client[_ -]?secret"
    rb"|access[_ -]?token|auth[_ -]?token|psk)"
)
_TARGET: Final = re.compile(
    rb"[\w.\"'`\[\]]{1,100}\s*\(([^()]{3,2000})\)\s*values\s*", re.IGNORECASE
)
_FIELD: Final = re.compile(
    rb"\s*(?:(?i:N|E|_binary\s)?'((?:''|\\.|[^'\\])*)'|\"((?:\"\"|\\.|[^\"\\])*)\"|((?:[^,()'\"]"
    rb"|\([^()]*\)){0,200}))\s*(?P<end>[,)])"
)
_TUPLE: Final = re.compile(rb"\s*,?\s*\(")
_HASH: Final = re.compile(
    rb"\$\w{1,10}\$.*|\{\w{3,8}\}.*|[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}"
    rb"|[0-9a-fA-F]{64,}"
    rb"|pbkdf2.*|\*[0-9A-F]{40}|(?:sha\d+|md5|bcrypt|argon2\w*|scrypt)[:$].*|0x[0-9A-Fa-f]+",
    re.DOTALL,
)
_SEPARATORS: Final = (b",", b";", b"\t", b"|")
_SEPARATED: Final = frozenset(("csv", "tsv", "psv"))
_PGPASS: Final = re.compile(
    rb"(?:[\w.*/-]{1,100}):(?:\d{1,5}|\*):(?:[\w*.-]{1,63}):(?:[\w*.@-]{1,63}):(?P<v>(?:\\."
    rb"|[^:\s\\]){3,100})\r?"
)
_MOST_ROWS: Final = 20_000
_LONGEST_HEAD: Final = 2_000


def column_secrets(
    data: bytes, suffix: str, inserts: Iterable[int], rulers: Iterable[int]
) -> Iterator[Match]:
    """Yield the cells under a head that names a secret.

    `inserts` and `rulers` are where the funnel saw the two expressions end, ascending.
    """
    for end in inserts:
        yield from _of_insert(data, end)
    for end in rulers:
        yield from _of_table(data, end)
    if suffix in _SEPARATED:
        yield from _of_separated(data)
    elif not suffix:
        yield from _of_fields(data)


def _of_insert(data: bytes, end: int) -> Iterator[Match]:
    target = _TARGET.match(data, end, end + _LONGEST_HEAD + 200)
    if target is None:
        return
    names = [name.strip(b" \t\r\n\"'`[]") for name in target[1].split(b",")]
    wanted = _wanted(names)
    if not wanted:
        return
    offset = target.end()
    for _row in range(_MOST_ROWS):
        opening = _TUPLE.match(data, offset)
        if opening is None:
            return
        offset = opening.end()
        for n in range(len(names)):
            field = _FIELD.match(data, offset)
            if field is None:
                return
            group = next((g for g in (1, 2) if field[g] is not None), 0)
            if n in wanted and group:
                yield from _cell(data, *field.span(group), wanted[n])
            offset = field.end()
            if field["end"] == b")":
                break


def _of_table(data: bytes, end: int) -> Iterator[Match]:
    ruler = data.rfind(b"\n", 0, end)
    head = data.rfind(b"\n", 0, ruler) + 1
    if ruler - head > _LONGEST_HEAD:
        return
    borders = _borders(data, head, ruler, b"|")
    wanted = _wanted([data[a:b].strip(b" \t*_`\r") for a, b in borders])
    if not wanted:
        return
    offset = data.find(b"\n", end) + 1
    while offset > 0 and b"|" in data[offset : (stop := _line_end(data, offset))]:
        cells = _borders(data, offset, stop, b"|")
        for n, kind in wanted.items():
            if n < len(cells):
                yield from _cell(data, *cells[n], kind)
        offset = stop + 1


def _of_separated(data: bytes) -> Iterator[Match]:
    stop = _line_end(data, 0)
    head = data[: min(stop, _LONGEST_HEAD)]
    separator = max(_SEPARATORS, key=head.count)
    wanted = _wanted([name.strip(b" \"'\r\xef\xbb\xbf") for name in head.split(separator)])
    if not wanted:
        return
    offset = stop + 1
    while offset < len(data):
        stop = _line_end(data, offset)
        cells = _borders(data, offset, stop, separator)
        for n, kind in wanted.items():
            if n < len(cells):
                yield from _cell(data, *cells[n], kind)
        offset = stop + 1


def _of_fields(data: bytes) -> Iterator[Match]:
    """Yield the passwords of ``.pgpass``, a file in which every line is one or a remark."""
    found = []
    offset = 0
    while offset < len(data):
        stop = _line_end(data, offset)
        line = _PGPASS.fullmatch(data, offset, stop)
        if line is not None:
            found.append(line.span("v"))
        elif data[offset:stop].strip() and not data.startswith(b"#", offset):
            return
        offset = stop + 1
    for start, end in found:
        yield from _cell(data, start, end, Kind.PASSWORD)


def _wanted(names: list[bytes]) -> dict[int, Kind]:
    """Return which columns are secrets; a head that is one cell alone is no table."""
    if len(names) <= 1:
        return {}
    found = ((n, _COLUMN.fullmatch(name)) for n, name in enumerate(names))
    return {n: Kind.SECRET if name["key"] else Kind.PASSWORD for n, name in found if name}


def _borders(data: bytes, start: int, stop: int, separator: bytes) -> list[tuple[int, int]]:
    """Return the spans of the cells of a line; quotes are respected where they enclose a cell."""
    cut = re.compile(re.escape(separator) + rb"(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")
    is_quoted = b'"' in data[start:stop]
    found = (
        cut.finditer(data[start:stop])
        if is_quoted
        else re.finditer(re.escape(separator), data[start:stop])
    )
    at = [start - 1, *(start + m.start() for m in found), stop]
    return [(a + 1, b) for a, b in pairwise(at)]


def _line_end(data: bytes, offset: int) -> int:
    stop = data.find(b"\n", offset)
    return len(data) if stop < 0 else stop


def _cell(data: bytes, start: int, end: int, kind: Kind) -> Iterator[Match]:
    value = data[start:end]
    kept = value.strip(b" \t\r\"'`*")
    if _HASH.fullmatch(kept) or not is_plausible(kept, kind):
        return
    start += value.index(kept)
    yield Match(
        start=start,
        end=start + len(kept),
        detector_id=DETECTOR_ID,
        rule_id=RULE_ID,
        category=Category.PASSWORD if kind is Kind.PASSWORD else Category.GENERIC_SECRET,
        confidence=Confidence.LOW,
        evidence="column",
    )
