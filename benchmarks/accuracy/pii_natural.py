"""Real names of authors in real files: what installed packages and mirrored trees say of them.

The labels come from the structure of the files alone (``Author:`` of package metadata, holders of
license files, lists of authors), read by rules that share nothing with the detector's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from benchmarks.accuracy.pii_planted import Case, Label
from ingest.domain.finding import Category
from ingest.domain.tree import suffix_of

_ORGANISATION: Final = re.compile(
    r"(?i)\b(?:inc|ltd|llc|gmbh|corp|foundation|team|project|developers?|contributors|authors|group"
    r"|community|labs?|software|systems|university|institute|google|microsoft|amazon|facebook|the"
    r"|technologies|limited|association|maintainers|company|python|committee|laborator(?:y|ies)|ag"
    r"|solutions|services|people|others|open|consulting|core|national|center|international)\b"
)
_NAME: Final = (
    r"(?P<name>[A-Z][\w'\u2019.-]+(?: (?:[A-Z][\w'\u2019.-]*|van|von|der|de|la|da|di)){1,3})"
)
_LINES: Final = (
    re.compile(rf"^(?:Author|Maintainer): {_NAME}$", re.MULTILINE),
    re.compile(rf"^(?:Author|Maintainer)-email: \"?{_NAME}\"? <", re.MULTILINE),
    re.compile(
        rf"^[ #*]*Copyright (?:\([cC]\) |\u00a9 )?[\d, -]{{4,20}}(?:by )?{_NAME}[.,]?$",
        re.MULTILINE,
    ),
    re.compile(rf"^[-*] {_NAME}(?: \(| <|$)", re.MULTILINE),
    re.compile(rf"^__author__ = [\"']{_NAME}[\"']$", re.MULTILINE),
)
_FILES: Final = re.compile(
    r"(?i)^(?:metadata|license.*|copying.*|authors.*|contributors.*|notice.*|__init__\.py)$"
)


def natural() -> Iterator[Case]:
    """Yield the files of installed distributions that name their authors."""
    seen: set[bytes] = set()
    for distribution in distributions():
        for file in distribution.files or ():
            if not _FILES.match(file.name):
                continue
            path = Path(str(distribution.locate_file(file)))
            data = path.read_bytes() if path.is_file() else b""
            if data and data not in seen:
                seen.add(data)
                case = _case(data, suffix_of(file.name.encode()))
                if case:
                    yield case


def _case(data: bytes, suffix: str) -> Case | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    labels = set()
    for number, pattern in enumerate(_LINES):
        if number == 3 and not re.search(r"(?i)\b(?:authors|contributors)\b", text[:400]):
            continue
        for match in pattern.finditer(text):
            if not _ORGANISATION.search(match["name"]):
                start = len(text[: match.start("name")].encode())
                end = start + len(match["name"].encode())
                labels.add(Label(category=Category.PERSON, start=start, end=end))
    if not labels:
        return None
    ordered = tuple(sorted(labels, key=lambda label: label.start))
    return Case(suffix=suffix, data=data, labels=ordered, kind="natural")
