"""JSON Lines (jsonlines.org), a file for each shard, compressed with zstd (RFC 8878)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from release.exports.writing import ExportedFile, describe, to_json


class JsonLines:
    """Writes ``shard-NNNNN.jsonl.zst``: a row a line, its columns in the order of the schema."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._folder = folder
        self._path: Path | None = None
        self._file: Any = None
        self._rows = 0
        self._done: list[ExportedFile] = []

    def begin_shard(self, number: int) -> None:
        """Begin a file."""
        self._end_shard()
        self._path = self._folder / f"shard-{number:05}.jsonl.zst"

    def write(self, row: Mapping[str, Any]) -> None:
        """Append a line."""
        if self._file is None:
            # A shard whose rows were all taken back has no file.
            self._file = pa.CompressedOutputStream(str(self._path), "zstd")
        self._file.write(to_json(dict(row)) + b"\n")
        self._rows += 1

    def finish(self) -> list[ExportedFile]:
        """Complete the last file."""
        self._end_shard()
        return self._done

    def abandon(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _end_shard(self) -> None:
        if self._file is not None and self._path is not None:
            self._file.close()
            self._done.append(describe(self._path, self._rows))
        self._file, self._rows = None, 0
