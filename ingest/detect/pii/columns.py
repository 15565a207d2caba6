"""Columns of tables: in CSV, in SQL inserts and dumps, the column's name says what a value is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Final

from ingest.detect.pii.cue_logins import is_persons_login
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.fields import FieldKind, kind_of
from ingest.detect.pii.identities import SCHEMES, Scheme, is_named_in
from ingest.detect.pii.names import NameJudge, read_name
from ingest.detect.pii.numbers import passes_luhn
from ingest.detect.pii.phones import digits_of, is_valid_abroad, is_valid_home
from ingest.detect.pii.words import split_words
from ingest.domain.finding import Category

Cell = tuple[int, int]
"""First byte of a value without its quotes, and one past the last."""
Reader = Callable[[str], "tuple[Category, str] | None"]
"""Takes the text of a value; returns what it is and the rule that says so."""

TABLE_SUFFIXES: Final = frozenset({"csv", "tsv", "psv", "tab"})
_DELIMITERS: Final = b",;\t|"
_INSERT: Final = re.compile(
    rb"\binsert\s+(?:ignore\s+)?into\s+(?P<table>[\w.\"`\[\]]{1,80})\s*\((?P<names>[^()]{1,2000})\)\s*values\s*",
    re.IGNORECASE,
)
_TABLE_OF_PEOPLE: Final = re.compile(
    rb"(?:users?|customers?|clients?|clientes?|clienti|kunden|klanten|employees?|empleados|personas?|persons?|people"
    rb"|staff|patients?|pacientes|students?|contacts?|contatos|members?|authors?|mitarbeiter|usuarios?"
    rb"|utenti|utilisateurs?|funcionarios|dipendenti|personen|benutzer|speakers?|owners?|drivers?)[\"`\]]?$",
    re.IGNORECASE,
)
"""The table whose bare ``name`` is a person's, or at times a company's."""
_COPY: Final = re.compile(
    rb"^COPY [\w.\"]{1,80} \(([^()]{1,2000})\) FROM stdin;\r?\n", re.MULTILINE
)
_VALUE: Final = re.compile(
    rb"\s*(?:[NEne]?'((?:[^'\\]|''|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^,()'\"]*))\s*([,)])"
)
_NEXT_ROW: Final = re.compile(rb"\s*,?\s*\(")
_QUOTED: Final = re.compile(rb"\"((?:[^\"]|\"\")*)\"")
_LATIN_WORDS: Final = re.compile(
    r"[^\W\d_](?:[^\W\d_]|['\u2019 .-](?=[^\W\d_])){0,38}[^\W\d_.]?\.?"
)
_SSN: Final = re.compile(r"(?!000|666|9)\d{3}([- ]?)(?!00)\d{2}\1(?!0000)\d{4}")
_LOGIN: Final = re.compile(r"[A-Za-z][\w.-]{1,38}")
_DOTTED_LOGIN: Final = re.compile(r"[a-z]{1,12}\.[a-z]{3,20}\d{0,3}")
_PERSONAL_KINDS: Final = frozenset({FieldKind.FIRST_NAME, FieldKind.SSN, FieldKind.CARD})
BARE_NAMES: Final = frozenset({"name", "nombre", "nome", "nom", "naam", "navn", "namn", "nimi"})
"""Columns of names of people or of things."""
_OF_PEOPLE: Final = frozenset(
    split_words(
        "contact speaker guest passenger candidate participant member reporter author editor"
    )
)
"""Of columns for persons or companies those that hold companies hardly ever."""
_CARD_LENGTHS: Final = range(12, 20)
_PHONE_LENGTHS: Final = range(7, 16)
_NO_PHONE: Final = re.compile(r"[A-WYZa-wyz_@:]")


def column_hits(data: bytes, suffix: str, judge: NameJudge) -> Iterator[Hit]:
    """Yield personal values by the names of their columns; spans in bytes."""
    if suffix in TABLE_SUFFIXES:
        yield from _table_hits(data, judge)
    elif suffix == "sql":
        for insert in _INSERT.finditer(data):
            names = [_plain(name) for name in insert["names"].split(b",")]
            if _TABLE_OF_PEOPLE.search(insert["table"]):
                names = ["customername" if n.lower() in BARE_NAMES else n for n in names]
            yield from read_rows(data, names, _insert_rows(data, insert.end()), judge)
        for copy in _COPY.finditer(data):
            names = [_plain(name) for name in copy.group(1).split(b",")]
            end = data.find(b"\n\\.", copy.end())
            yield from read_rows(data, names, _rows(data, copy.end(), end, b"\t"), judge)


def _plain(name: bytes) -> str:
    return name.decode("utf-8", "replace").strip(" \t\r\n\"'`[]\ufeff")


def _table_hits(data: bytes, judge: NameJudge) -> Iterator[Hit]:
    end = data.find(b"\n")
    header = data[: end if end >= 0 else len(data)]
    delimiter = max((_DELIMITERS[i : i + 1] for i in range(4)), key=header.count)
    names = [_plain(header[start:stop]) for start, stop in split_row(header, 0, delimiter)]
    if end >= 0:
        yield from read_rows(data, names, _rows(data, end + 1, len(data), delimiter), judge)


def read_rows(
    data: bytes, names: Sequence[str], rows: Iterator[list[Cell]], judge: NameJudge
) -> Iterator[Hit]:
    """Yield what the columns of these names hold in the rows; spans in bytes."""
    readers = {
        place: reader
        for place, name in enumerate(names)
        if (reader := reader_for(name, judge)) is not None
    }
    if not readers:
        return
    if _PERSONAL_KINDS.intersection(map(kind_of, names)) or any(map(_schemes_of, names)):
        # beside what only people have a bare name is a person's
        readers |= {
            place: partial(_read_party, judge, judge.is_plain)
            for place, name in enumerate(names)
            if place not in readers and name.lower() in BARE_NAMES
        }
    for row in rows:
        for place, reader in readers.items():
            if place < len(row):
                start, end = row[place]
                text = data[start:end].decode("utf-8", "surrogateescape")
                found = reader(text.replace("''", "'"))  # as SQL writes one apostrophe
                if found:
                    yield Hit(*found, start, end)


def _rows(data: bytes, start: int, stop: int, delimiter: bytes) -> Iterator[list[Cell]]:
    stop = len(data) if stop < 0 else stop
    while start < stop:
        end = data.find(b"\n", start, stop)
        end = stop if end < 0 else end
        line = data[start:end]
        yield split_row(line.rstrip(b"\r"), start, delimiter)
        start = end + 1


def split_row(line: bytes, offset: int, delimiter: bytes) -> list[Cell]:
    """Return the cells of one line without quotes and blanks around them (RFC 4180)."""
    cells: list[Cell] = []
    at = 0
    while at <= len(line):
        quoted = _QUOTED.match(line, at) if line[at : at + 1] == b'"' else None
        if quoted:
            start, end = quoted.span(1)
            at = line.find(delimiter, quoted.end())
        else:
            start = at
            at = line.find(delimiter, at)
            end = at if at >= 0 else len(line)
            text = line[start:end]
            start += len(text) - len(text.lstrip(b" "))
            end = max(start, start + len(text.strip(b" ")))
        cells.append((offset + start, offset + end))
        if at < 0:
            break
        at += 1
    return cells


def _insert_rows(data: bytes, start: int) -> Iterator[list[Cell]]:
    while row := _NEXT_ROW.match(data, start):
        cells: list[Cell] = []
        start = row.end()
        while value := _VALUE.match(data, start):
            start = value.end()
            group = next((g for g in (1, 2, 3) if value.group(g) is not None), 3)
            cells.append(value.span(group))
            if value.group(4) == b")":
                break
        else:
            return
        yield cells


def reader_for(name: str, judge: NameJudge) -> Reader | None:
    """Return what reads the values of a column of this name, or None if nothing does."""
    kind = kind_of(name)
    if kind in {FieldKind.FIRST_NAME, FieldKind.LAST_NAME}:
        return partial(_read_word, judge)
    if kind is FieldKind.FULL_NAME:
        return partial(_read_full_name, judge)
    if kind is FieldKind.PARTY:
        is_of_people = name.lower().rstrip("s") in _OF_PEOPLE
        return partial(
            _read_party, judge, judge.is_plain if is_of_people else judge.is_likely_person
        )
    if kind is FieldKind.STAFF:
        return partial(_read_party, judge, judge.is_plain)
    readers: dict[FieldKind | None, Reader] = {
        FieldKind.PHONE: _read_phone,
        FieldKind.SSN: _read_ssn,
        FieldKind.CARD: _read_card,
        FieldKind.LOGIN: _read_login,
    }
    schemes = _schemes_of(name)
    if schemes and kind in {None, FieldKind.SSN}:
        return partial(_read_identity, schemes, readers.get(kind))
    return readers.get(kind)


@lru_cache(maxsize=1024)
def _schemes_of(name: str) -> tuple[Scheme, ...]:
    """Return whose numbers a column of this name holds; tables repeat their columns."""
    return tuple(scheme for scheme in SCHEMES if is_named_in(scheme, name))


def _read_word(judge: NameJudge, text: str) -> tuple[Category, str] | None:
    if _LATIN_WORDS.fullmatch(text) and text[0].isupper() and not judge.reason_against((text,)):
        return Category.PERSON, "person.column"
    return None


def _read_full_name(judge: NameJudge, text: str) -> tuple[Category, str] | None:
    last, comma, first = text.partition(", ")
    run = read_name(f"{first} {last}" if comma else text, 0)
    if run and run.end == len(text) - bool(comma) and not judge.reason_against(run.words):
        return Category.PERSON, "person.column"
    return None


def _read_party(
    judge: NameJudge, is_person: Callable[[tuple[str, ...]], bool], text: str
) -> tuple[Category, str] | None:
    last, comma, first = text.partition(", ")
    run = read_name(f"{first} {last}" if comma else text, 0)
    if run and run.end == len(text) - bool(comma):
        is_half = judge.is_likely_person(run.words) or is_person(run.words)
        # surname first, as in Chinese and Hungarian
        is_half = is_half or judge.gazetteer.is_last(run.words[0])
        return _read_full_name(judge, text) if is_half else None
    is_login = is_persons_login(text, judge.gazetteer) or _DOTTED_LOGIN.fullmatch(text)
    if _LOGIN.fullmatch(text) and is_login:
        return Category.USERNAME, "username.column"
    return None


def _read_phone(text: str) -> tuple[Category, str] | None:
    digits = digits_of(text)
    if len(digits) not in _PHONE_LENGTHS or _NO_PHONE.search(text):
        return None
    is_abroad = text.startswith(("+", "00"))
    valid = is_valid_abroad(digits.removeprefix("00")) if is_abroad else is_valid_home(digits)
    return (Category.PHONE_NUMBER, "phone.column") if valid else None


def _read_ssn(text: str) -> tuple[Category, str] | None:
    return (Category.US_SSN, "ssn.column") if _SSN.fullmatch(text) else None


def _read_card(text: str) -> tuple[Category, str] | None:
    digits = re.sub(r"[ -]", "", text)
    if (
        digits.isascii()
        and digits.isdigit()
        and len(digits) in _CARD_LENGTHS
        and passes_luhn(digits)
    ):
        return Category.CREDIT_CARD, "card.column"
    return None


def _read_login(text: str) -> tuple[Category, str] | None:
    return (Category.USERNAME, "username.column") if _LOGIN.fullmatch(text) else None


def _read_identity(
    schemes: Sequence[Scheme], fallback: Reader | None, text: str
) -> tuple[Category, str] | None:
    for scheme in schemes:
        if re.fullmatch(scheme.form, text):
            value = re.sub(r"[ .\-/]", "", text) if len(text) != 11 or text.isdigit() else text  # noqa: PLR2004 - Finland's sign is part of the number
            if scheme.check(value):
                return scheme.category, f"identity.{scheme.category.value.lower()}.named"
    return fallback(text) if fallback else None
