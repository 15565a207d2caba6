"""WebDataset: POSIX tar files whose members share a name up to the first dot.

Source: the webdataset library's README ("The WebDataset Format") and its ``tariterators`` module.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from release.exports.writing import ExportedFile, describe, to_json

_MODE = 0o644


class WebDataset:
    """Writes ``shard-NNNNN.tar``: for each row ``<id>.txt``, its content, and ``<id>.json``.

    Members know no time, user or machine.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._folder = folder
        self._path = folder
        self._tar: tarfile.TarFile | None = None
        self._rows = 0
        self._done: list[ExportedFile] = []

    def begin_shard(self, number: int) -> None:
        """Begin a file."""
        self._end_shard()
        self._path = self._folder / f"shard-{number:05}.tar"

    def write(self, row: Mapping[str, Any]) -> None:
        """Append a row's two members."""
        if self._tar is None:
            # A shard whose rows were all taken back has no file.
            self._tar = tarfile.open(self._path, "w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115
        about = {name: value for name, value in row.items() if name != "content"}
        self._add(f"{row['id']}.json", to_json(about))
        self._add(f"{row['id']}.txt", row["content"].encode())
        self._rows += 1

    def finish(self) -> list[ExportedFile]:
        """Complete the last file."""
        self._end_shard()
        return self._done

    def abandon(self) -> None:
        """Close the file."""
        if self._tar is not None:
            self._tar.close()

    def _add(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), _MODE
        if self._tar is not None:
            self._tar.addfile(member, io.BytesIO(data))

    def _end_shard(self) -> None:
        if self._tar is not None:
            self._tar.close()
            self._done.append(describe(self._path, self._rows))
        self._tar, self._rows = None, 0
