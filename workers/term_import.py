"""Terms out of what companies have: a plain list, a table, or the dump of a directory (LDIF)."""

from __future__ import annotations

import base64
import binascii
import csv
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from ingest.domain.company import Term, TermCase, TermKind, TermPlace
from ingest.errors import InputError

_ATTRIBUTES: Final = {
    TermKind.LOGINS: ("uid", "samaccountname", "mailnickname"),
    TermKind.CUSTOMERS: ("o", "company", "displayname"),
    TermKind.CODENAMES: ("ou", "cn"),
}
"""Attributes that hold a term of a kind: RFC 4519, and Microsoft's Active Directory schema."""
_COLUMN_NAMES: Final = frozenset(
    (
        *("term", "name", "login", "uid", "samaccountname", "username", "user"),
        *("customer", "company", "codename", "code_name"),
    )
)
_CONTEXT: Final = {"": None, "any": False, "needed": True}
_LDIF_LINE: Final = re.compile(r"([A-Za-z][A-Za-z0-9;.-]*):(:?)[ ]*(.*)")
_DELIMITERS: Final = ",;\t|"
_SNIFF_LINES: Final = 20


class ImportFormat(StrEnum):
    """How the terms stand in a file."""

    AUTO = "auto"
    LDIF = "ldif"
    CSV = "csv"
    LIST = "list"


def read_terms(
    text: str,
    kind: TermKind,
    form: ImportFormat = ImportFormat.AUTO,
    attributes: Sequence[str] = (),
) -> list[Term]:
    """Return the terms of a file, each once, in the order of the file.

    `attributes` names the LDIF attributes or the CSV column to take instead of the usual ones.

    Raises:
        InputError: an LDIF value or CSV option is not understood; names the line, not the term.
    """
    form = _sniff(text) if form is ImportFormat.AUTO else form
    if form is ImportFormat.LDIF:
        wanted = {name.lower() for name in attributes} or set(_ATTRIBUTES[kind])
        terms = [Term(kind=kind, text=value) for value in _ldif_values(text, wanted)]
    elif form is ImportFormat.CSV:
        terms = list(_csv_terms(text, kind, attributes))
    else:
        lines = (line.strip() for line in text.splitlines())
        terms = [Term(kind=kind, text=line) for line in lines if line and not line.startswith("#")]
    return list({(term.kind, term.text): term for term in terms}.values())


def _sniff(text: str) -> ImportFormat:
    lines = [ln for ln in text.splitlines()[:_SNIFF_LINES] if ln and not ln.startswith("#")]
    if any(re.match(r"dn::? ", line, re.IGNORECASE) for line in lines):
        return ImportFormat.LDIF
    first = lines[0] if lines else ""
    cells = re.split(f"[{_DELIMITERS}]", first.lower())
    if _COLUMN_NAMES & {cell.strip().strip('"') for cell in cells}:
        return ImportFormat.CSV
    return ImportFormat.LIST


def _ldif_values(text: str, wanted: set[str]) -> Iterator[str]:
    """Yield attribute values of people and groups; accounts of machines are left out (RFC 2849)."""
    for number, entry in _ldif_entries(text):
        values: list[str] = []
        is_machine = False
        for line in entry:
            match = _LDIF_LINE.fullmatch(line)
            if match is None:
                continue
            name = match[1].split(";")[0].lower()
            if name == "objectclass" and match[3].strip().lower() == "computer":
                is_machine = True
            if name in wanted and match[3]:
                values.append(_ldif_value(match[3], number, is_base64=bool(match[2])))
        if not is_machine:
            yield from (v for v in values if v.strip() and not v.endswith("$") and "\n" not in v)


def _ldif_entries(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, unfolded lines) of each entry."""
    entry: list[str] = []
    begin = 1
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.startswith(" ") and entry:
            entry[-1] += line[1:]
        elif line.startswith("#"):
            continue
        elif line:
            begin = begin if entry else number
            entry.append(line)
        elif entry:
            yield begin, entry
            entry = []


def _ldif_value(text: str, number: int, *, is_base64: bool) -> str:
    if not is_base64:
        return text.strip()
    try:
        return base64.b64decode(text.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise InputError(f"The entry at line {number} has a value that is no base64.") from None


def _csv_terms(text: str, kind: TermKind, attributes: Sequence[str]) -> Iterator[Term]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    first = lines[0] if lines else ""
    delimiter = max(_DELIMITERS, key=first.count)
    rows = list(csv.reader(lines, delimiter=delimiter))
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    asked = [name.lower() for name in attributes] or sorted(_COLUMN_NAMES)
    column = next((n for n, name in enumerate(names) if name in asked), None)
    if column is None and attributes:
        raise InputError(f"The table has no column {', '.join(attributes)}.")
    for number, row in enumerate(rows[column is not None :], start=1 + (column is not None)):
        cells = dict(zip(names, row, strict=False)) if column is not None else {}
        value = row[column or 0].strip() if len(row) > (column or 0) else ""
        if value:
            yield _csv_term(kind, value, cells, number)


def _csv_term(kind: TermKind, value: str, cells: dict[str, str], number: int) -> Term:
    try:
        return Term(
            kind=kind,
            text=value,
            case=TermCase(cells.get("case", "").strip()),
            place=TermPlace(cells.get("place", "").strip()),
            context=_CONTEXT[cells.get("context", "").strip()],
        )
    except (ValueError, KeyError):
        raise InputError(f"Row {number} has an option that is not understood.") from None
