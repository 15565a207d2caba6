"""Licenses that other files state for a path by name: REUSE.toml and Debian copyright files.

REUSE.toml after specification 3.3; ``.reuse/dep5`` and ``debian/copyright`` after Debian's
machine-readable format 1.0. A file that is none of the two, or cannot be read, states nothing
that we know, which the caller must not take for silence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Final

from ingest.detect.provenance.facts import UNKNOWN_LICENSE
from ingest.detect.provenance.globs import Globs, debian_globs, reuse_globs

MAX_TEXT_BYTES: Final = 1024 * 1024
MAX_STATEMENTS: Final = 2000
REUSE_NAME: Final = b"REUSE.toml"
_DEBIAN_PATHS: Final = (b".reuse/dep5", b"debian/copyright")
MAX_NAME_LENGTH: Final = 300
"""Characters of a license name or expression; what is longer is no name that anybody reads."""
_FORMAT_FIELDS: Final = frozenset({"format", "format-specification"})
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]{0,40}):[ \t]*(.*)")
_DEBIAN_IDS: Final = {
    "expat": "MIT",
    "artistic": "Artistic-1.0-Perl",
    "perl": "GPL-1.0-or-later OR Artistic-1.0-Perl",
    "apache": "Apache-2.0",
    "public-domain": "LicenseRef-scancode-public-domain",
    "bsd-2-clauses": "BSD-2-Clause",
    "bsd-3-clauses": "BSD-3-Clause",
    "cc0": "CC0-1.0",
    "zlib/libpng": "Zlib",
}
"""Short names of the format that are no SPDX ids (format 1.0, "License specification")."""
_GNU = re.compile(r"([al]?gpl|gfdl|fdl)-(\d)(?:\.(\d))?(\+?)", re.IGNORECASE)
_EXCEPTION = re.compile(r"\s+with\s+.{0,200}?\bexceptions?\b", re.IGNORECASE)
_JOIN = re.compile(r"\s*,?\s+(and|or)\s+|\s*[,|]\s*", re.IGNORECASE)


class Precedence(StrEnum):
    """How a statement stands to what the file says of itself."""

    CLOSEST = "closest"
    """Fills what the file leaves out."""
    AGGREGATE = "aggregate"
    """Holds beside it."""
    OVERRIDE = "override"
    """Holds instead of it; here beside it, as nobody may overwrite a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one table or paragraph says of the paths that it names."""

    patterns: tuple[bytes, ...]
    """Over paths relative to the directory of the file's scope."""
    licenses: tuple[str, ...]
    """Expressions as written, in SPDX words; all hold. Empty: only holders are stated."""
    holders: tuple[str, ...]
    precedence: Precedence

    def names_into(self, directory: bytes) -> bool:
        """Tell whether a pattern spells out a directory, so that it is no catch-all."""
        return any(p.startswith(directory) for p in self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """All statements of one file; `items` is None where it could not be read."""

    items: tuple[Statement, ...] | None
    globs: Globs = field(default=Globs([]), repr=False)
    """Patterns of `items`, one group each."""

    def find(self, path: bytes) -> Statement | None:
        """Return the statement on a path: of several the last holds, in both formats."""
        number = self.globs.last(path) if self.items else None
        return self.items[number] if self.items and number is not None else None


def stating_directory(path: bytes) -> bytes | None:
    """Return the directory that a file of statements speaks for; None for any other file."""
    directory, _, name = path.rpartition(b"/")
    if name == REUSE_NAME:
        return directory
    for tail in _DEBIAN_PATHS:
        if path == tail or path.endswith(b"/" + tail):
            return path[: -len(tail) - 1] if len(path) > len(tail) else b""
    return None


def read_statements(path: bytes, text: bytes | None) -> Statements:
    """Return what a file of statements says; `text` is None where it was not read."""
    if text is None or len(text) > MAX_TEXT_BYTES:
        return Statements(items=None)
    is_toml = path.rpartition(b"/")[2] == REUSE_NAME
    reader = _read_toml if is_toml else _read_debian
    # In REUSE's own file Debian's format adds to what the file says; elsewhere it only describes.
    is_dep5 = path.endswith(_DEBIAN_PATHS[0])
    try:
        statements = reader(text.decode("utf-8"), is_dep5=is_dep5)
        found = tuple(islice(statements, MAX_STATEMENTS + 1))
        globs = (reuse_globs if is_toml else debian_globs)(s.patterns for s in found)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Statements(items=None)
    # The last statement on a path holds, so a cut list could hide the one that counts.
    if len(found) > MAX_STATEMENTS:
        return Statements(items=None)
    return Statements(items=found, globs=globs)


def _read_toml(text: str, *, is_dep5: bool) -> Iterator[Statement]:
    del is_dep5
    document = tomllib.loads(text)
    if document.get("version") != 1:
        raise ValueError("not a REUSE.toml of version 1")
    for table in document.get("annotations", []):
        licenses = _texts(table.get("SPDX-License-Identifier"))
        if any(len(text) > MAX_NAME_LENGTH for text in licenses):
            raise ValueError("a license expression is too long")
        yield Statement(
            patterns=tuple(p.encode() for p in _texts(table.get("path"))),
            licenses=tuple(licenses),
            holders=tuple(_texts(table.get("SPDX-FileCopyrightText"))),
            precedence=Precedence(table.get("precedence", "closest")),
        )


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    texts = [item for item in values if isinstance(item, str)]
    if len(texts) != len(values):
        raise ValueError("not a text")
    return texts


def _read_debian(text: str, *, is_dep5: bool) -> Iterator[Statement]:
    paragraphs = [_fields(p) for p in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))]
    header = next(filter(None, paragraphs), {})
    if _FORMAT_FIELDS.isdisjoint(header):
        if is_dep5:
            raise ValueError("not in Debian's format, the only one of this file")
        return  # free text is no statement on a path; the licensing family reads it as a notice
    precedence = Precedence.AGGREGATE if is_dep5 else Precedence.CLOSEST
    for fields in paragraphs:
        if "files" not in fields:
            continue
        name = fields.get("license", "").split("\n", 1)[0].strip()
        yield Statement(
            patterns=tuple(p.encode() for p in fields["files"].split()),
            licenses=(spdx_of_debian(name),),
            holders=tuple(h.strip() for h in fields.get("copyright", "").split("\n") if h.strip()),
            precedence=precedence,
        )


def _fields(paragraph: str) -> dict[str, str]:
    fields: dict[str, list[str]] = {}
    last = ""
    for line in paragraph.split("\n"):
        if line[:1] in {" ", "\t"} and last:
            fields[last].append(line.strip())
        elif match := _FIELD.fullmatch(line):
            last = match[1].lower()
            fields[last] = [match[2].strip()]
    return {name: "\n".join(lines) for name, lines in fields.items()}


def spdx_of_debian(name: str) -> str:
    """Return Debian's license words in SPDX's: ``GPL-2+ or Artistic`` and the like.

    An exception is dropped, as it never makes a license freer here. What stays unknown to SPDX
    is unknown to whoever reads the result. As in the format, "and" binds closer than "or", and a
    comma before a word takes that away; commas are rare, and then the parts simply all hold.
    A name of more than `MAX_NAME_LENGTH` characters is unknown.
    """
    # The patterns below would try every split of a run of blanks.
    name = " ".join(name.split())
    if len(name) > MAX_NAME_LENGTH:
        return UNKNOWN_LICENSE
    plain = _EXCEPTION.sub("", name)
    words = [w.upper() for w in _JOIN.split(plain)[1::2] if w]
    parts = [_spdx_id(part) for part in _JOIN.split(plain)[0::2] if part and part.strip()]
    is_choice = bool(words) and set(words) == {"OR"} and len(words) == len(parts) - 1
    if len(parts) == 1:
        return parts[0]
    return (" OR " if is_choice else " AND ").join(f"({p})" if " " in p else p for p in parts)


def _spdx_id(name: str) -> str:
    name = name.strip()
    if match := _GNU.fullmatch(name):
        kind, major, minor, later = match.groups()
        kind = "GFDL" if kind.lower() in {"gfdl", "fdl"} else kind.upper()
        return f"{kind}-{major}.{minor or 0}-{'or-later' if later else 'only'}"
    return _DEBIAN_IDS.get(name.lower(), name.replace(" ", "-"))


def foreign_holders(holders: Iterable[str], company: re.Pattern[str] | None) -> bool:
    """Tell whether any stated holder is not the company."""
    return any(not (company and company.search(holder)) for holder in holders)
