"""MosaicML Dataset Shards (MDS), version 2.

Source: ``streaming/base/format/mds`` of mosaicml-streaming 0.13 (``writer.py``, ``encodings.py``)
and "Dataset Format" of its documentation. A shard is, little-endian: the number of samples (u32),
their offsets and the end (u32 each, from the start of the file), the configuration as JSON, the
samples. A sample is the sizes (u32) of its columns of variable size, then all columns by name.
``index.json`` lists the shards.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from release.exports.writing import ExportedFile, describe, to_json

SIZE_LIMIT: Final = 2**26
"""Bytes of a shard, as streaming's own writer has it; a larger sample has a shard for itself."""
_HASH: Final = "sha256"
"""streaming checks digests where a reader asks for it, and its writer has none by default."""
_FIXED: Final = {"int": "<q", "int32": "<i", "float32": "<f"}


class Mds:
    """Writes ``shard.NNNNN.mds`` and ``index.json``."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        """Take the folder, and the columns of the rows."""
        self._folder = folder
        self._columns = sorted((field.name, _encoding(field)) for field in schema)
        self._shards: list[dict[str, Any]] = []
        self._done: list[ExportedFile] = []
        self._config = json.dumps(self._configuration(), sort_keys=True).encode()
        self._samples: list[bytes] = []
        self._size = 0

    def begin_shard(self, number: int) -> None:
        """Do nothing: shards of this format have a size of their own."""

    def write(self, row: Mapping[str, Any]) -> None:
        """Append a row."""
        sample = _encode(row, self._columns)
        if self._samples and self._size_with(sample) > SIZE_LIMIT:
            self._end_shard()
        self._samples.append(sample)
        self._size += len(sample)

    def finish(self) -> list[ExportedFile]:
        """Complete the last shard, and write the index."""
        self._end_shard()
        index = self._folder / "index.json"
        index.write_text(json.dumps({"shards": self._shards, "version": 2}, sort_keys=True))
        return [*self._done, describe(index, 0)]

    def abandon(self) -> None:
        """Do nothing: no file stays open."""

    def _size_with(self, sample: bytes) -> int:
        offsets = 4 * (len(self._samples) + 2)
        return 4 + offsets + len(self._config) + self._size + len(sample)

    def _end_shard(self) -> None:
        if not self._samples:
            return
        path = self._folder / f"shard.{len(self._shards):05}.mds"
        data = self._joined()
        path.write_bytes(data)
        raw = {
            "basename": path.name,
            "bytes": len(data),
            "hashes": {_HASH: hashlib.sha256(data).hexdigest()},
        }
        count = len(self._samples)
        about = {"samples": count, "raw_data": raw, "zip_data": None}
        self._shards.append(self._configuration() | about)
        self._done.append(describe(path, count))
        self._samples, self._size = [], 0

    def _joined(self) -> bytes:
        count = len(self._samples)
        first = 4 + 4 * (count + 1) + len(self._config)
        offsets = [first]
        for sample in self._samples:
            offsets.append(offsets[-1] + len(sample))
        head = struct.pack(f"<{count + 2}I", count, *offsets)
        return b"".join([head, self._config, *self._samples])

    def _configuration(self) -> dict[str, Any]:
        return {
            "column_encodings": [encoding for _, encoding in self._columns],
            "column_names": [name for name, _ in self._columns],
            "column_sizes": [
                struct.calcsize(_FIXED[encoding]) if encoding in _FIXED else None
                for _, encoding in self._columns
            ],
            "compression": None,
            "format": "mds",
            "hashes": [_HASH],
            "size_limit": SIZE_LIMIT,
            "version": 2,
        }


def _encoding(field: pa.Field) -> str:
    """Return how a column is encoded; the format knows no null, JSON does."""
    plain = {
        pa.string(): "str",
        pa.int64(): "int",
        pa.int32(): "int32",
        pa.float32(): "float32",
    }
    return "json" if field.nullable else plain.get(field.type, "json")


def _encode(row: Mapping[str, Any], columns: Sequence[tuple[str, str]]) -> bytes:
    sizes, data = [], []
    for name, encoding in columns:
        value = row[name]
        if encoding in _FIXED:
            data.append(struct.pack(_FIXED[encoding], value))
            continue
        encoded = value.encode() if encoding == "str" else to_json(value)
        sizes.append(len(encoded))
        data.append(encoded)
    return b"".join([struct.pack(f"<{len(sizes)}I", *sizes), *data])
