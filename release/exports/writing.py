"""What every export format has in common: rows in, files out, the same bytes each time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from release.files import sha256_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file of an export."""

    path: str
    """Name in the folder of the export."""
    rows: int
    bytes: int
    sha256: str


class RowWriter(Protocol):
    """Writes rows into files of a folder. The same rows in the same order give the same bytes."""

    def begin_shard(self, number: int) -> None:
        """Be told that rows of the release's next shard follow."""
        ...

    def write(self, row: Mapping[str, Any]) -> None:
        """Append a row."""
        ...

    def finish(self) -> list[ExportedFile]:
        """Complete what was begun, and return what was written."""
        ...

    def abandon(self) -> None:
        """Close what is open; what was written is of no use."""
        ...


def describe(path: Path, rows: int) -> ExportedFile:
    """Return a finished file as an export lists it."""
    return ExportedFile(
        path=path.name, rows=rows, bytes=path.stat().st_size, sha256=sha256_of(path)
    )


def to_json(value: object) -> bytes:
    """Return a row, or a value of one, as one line of JSON; times as RFC 3339."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return text.encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    msg = f"a row holds a {type(value).__name__}"
    raise TypeError(msg)
