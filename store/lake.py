"""The lake: immutable Parquet artefacts, named by the digest of what they were made from.

An artefact is written beside its place, made durable, and then linked into it, so that a reader
sees all of it or nothing. What is there is never written again. The same table gives the same
bytes. Pages carry checksums and every reader verifies them.
"""

from __future__ import annotations

import errno
import os
import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.domain.artefacts import HISTORY, SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.finding import Family
from ingest.errors import ArtefactCorrupt, ResourceExhausted
from policies.columns import DOSSIER
from policies.decision import DECISIONS
from store import facts_index

SCHEMAS: Final = {
    "snapshots": SNAPSHOT,
    "history": HISTORY,
    "trees": TREE_FACTS,
    "dossiers": DOSSIER,
    "decisions": DECISIONS,
}
"""Kinds whose schema is the same everywhere; other kinds bring their own."""

_NAME: Final = re.compile(r"[a-z0-9_-]{1,128}")
_SUFFIX: Final = ".parquet"
_ROW_GROUP_ROWS: Final = 64 * 1024
_ZSTD_LEVEL: Final = 1
"""Half of what is stored are hashes: a higher level takes twice the time for nothing."""
_KEYS_BYTES: Final = 128 * 2**20
"""Keys of facts that one process remembers; what has no room is read each time."""
_SETTLED_NS: Final = 10**9
_SHORTAGES: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_DISCARD: Final = "Discard it and run the stage again."
_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)


class Lake:
    """Artefacts under one folder: ``<kind>/<key>.parquet``.

    Kinds and keys are lower-case letters, digits, ``_`` and ``-``; anything else is refused with
    a ValueError.
    """

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made with the first artefact."""
        self._root = root
        self._keys: dict[Path, facts_index.FolderKeys] = {}
        self._asked: dict[Path, Path] = {}
        self._listed: dict[Path, tuple[int, list[str]]] = {}

    def path(self, kind: str, key: str) -> Path:
        """Return where an artefact is, or would be."""
        return self._root / check_name(kind) / f"{check_name(key)}{_SUFFIX}"

    def exists(self, kind: str, key: str) -> bool:
        """Tell whether the artefact was written."""
        return self.path(kind, key).exists()

    def keys(self, kind: str) -> list[str]:
        """Return the keys of a kind, sorted."""
        return _keys_in(self._root / check_name(kind))

    def write(self, kind: str, key: str, table: pa.Table) -> bool:
        """Write an artefact; return False, and change nothing, where there is one.

        Raises:
            ArtefactCorrupt: the table has not the schema of its kind, or lacks required values.
            ResourceExhausted: the disk is full.
        """
        return _write(self.path(kind, key), table, SCHEMAS.get(kind))

    def read(
        self,
        kind: str,
        key: str,
        columns: Sequence[str] | None = None,
        schema: pa.Schema | None = None,
    ) -> pa.Table:
        """Read an artefact, or some of its columns; `schema` is what the whole must have.

        Raises:
            ArtefactCorrupt: it is missing, damaged, or has another schema.
        """
        return _read(self.path(kind, key), columns, schema or SCHEMAS.get(kind))

    def discard(self, kind: str, key: str) -> None:
        """Remove an artefact that was found corrupt, so that it can be made again."""
        self.path(kind, key).unlink(missing_ok=True)

    def sweep(self, older_than: float) -> list[Path]:
        """Remove what killed writers left behind before a moment (seconds of the epoch)."""
        left = [p for p in self._root.glob("**/.*.tmp") if p.stat().st_mtime < older_than]
        for path in left:
            path.unlink(missing_ok=True)
        return left

    # facts

    def write_facts(
        self, family: Family, ruleset_digest: str, batch_key: str, table: pa.Table
    ) -> bool:
        """Write what a family found in one batch; as `write`.

        Raises:
            ArtefactCorrupt: the table is no facts table of the family.
            ResourceExhausted: the disk is full.
        """
        folder = self._facts_folder(family, ruleset_digest)
        path = folder / f"{check_name(batch_key)}{_SUFFIX}"
        return _write(path, table, facts_schema(family))

    def read_facts(
        self,
        family: Family,
        ruleset_digest: str,
        blob_ids: pa.Array | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Return one row per (blob_id, suffix), sorted by both; of all blobs, or of some.

        Where batches differ about a unit, the worst status counts: a scan that did not complete
        is never hidden by one that did.

        Raises:
            ArtefactCorrupt: a batch is damaged.
        """
        schema = facts_schema(family)
        wanted = schema if columns is None else pa.schema([schema.field(c) for c in columns])
        folder = self._facts_folder(family, ruleset_digest)
        keys = self._keys_of(folder, schema)
        picks = facts_index.pick_rows(keys.rows, blob_ids)
        parts = [
            _read(folder / f"{keys.files[file]}{_SUFFIX}", wanted.names, schema).take(rows)
            for file, rows in picks.rows_by_file()
        ]
        table = pa.concat_tables([wanted.empty_table(), *parts])
        return table.take(picks.order())

    def count_batches(self, family: Family, ruleset_digest: str) -> int:
        """Return how many batches of facts there are; it only ever grows.

        Equal counts mean equal facts, as batches are never changed or removed.
        """
        return len(self._names_in(self._facts_folder(family, ruleset_digest)))

    def missing_units(self, units: pa.Table, family: Family, ruleset_digest: str) -> pa.Table:
        """Return the units (blob_id, suffix, size) that have no facts row, in their order.

        Raises:
            ArtefactCorrupt: a batch is damaged.
        """
        keys = self._keys_of(self._facts_folder(family, ruleset_digest), facts_schema(family))
        return units.take(facts_index.missing_rows(units, keys.rows))

    def _facts_folder(self, family: Family, ruleset_digest: str) -> Path:
        return self._root / "facts" / family.value / check_name(ruleset_digest)

    def _names_in(self, folder: Path) -> list[str]:
        """Return the batches of a folder, sorted; it is listed again only after it changed.

        Every request asks for them, and a folder of ten thousand takes 30 ms to list.
        """
        try:
            changed = folder.stat().st_mtime_ns
        except FileNotFoundError:
            return []
        known = self._listed.get(folder)
        if known is not None and known[0] == changed:
            return known[1]
        names = _keys_in(folder)
        # What changes again at once may keep its time: the clock of a file system has ticks. A time
        # to come, by the clock of another machine, tells nothing.
        if time.time_ns() - changed > _SETTLED_NS:
            self._listed[folder] = (changed, names)
        return names

    def _keys_of(self, folder: Path, schema: pa.Schema) -> facts_index.FolderKeys:
        """Return the keys of all batches of a folder.

        They are remembered, as every job asks which units lack facts, and to open the batches of
        ten thousand repositories for each of them would take longer than all else.
        """
        self._asked[folder.parent] = folder
        known = self._keys.get(folder, facts_index.FolderKeys.none())
        names = self._names_in(folder)
        if known.files == names:
            return known

        def read(name: str) -> pa.Table:
            return _read(folder / f"{name}{_SUFFIX}", ["blob_id", "suffix", "status"], schema)

        keys = known.of(names, read)
        kept = dict(self._keys) | {folder: keys}
        if _bytes_of(kept) > _KEYS_BYTES:  # those by rules that are asked for no more go first
            asked = tuple(self._asked.values())
            kept = {path: of_folder for path, of_folder in kept.items() if path in asked}
        if _bytes_of(kept) > _KEYS_BYTES:
            del kept[folder]
        self._keys = kept
        return keys


def _bytes_of(keys: Mapping[Path, facts_index.FolderKeys]) -> int:
    return sum(of_folder.rows.nbytes for of_folder in keys.values())


def check_name(name: str) -> str:
    """Return a kind, key or digest that may name a file.

    Raises:
        ValueError: it may not.
    """
    if not _NAME.fullmatch(name):
        msg = "a kind or key is 1 to 128 of a-z, 0-9, _ and -"
        raise ValueError(msg)
    return name


def check_table(table: pa.Table, schema: pa.Schema | None) -> pa.Table:
    """Return the table as it is stored: in one piece, its metadata sorted.

    Raises:
        ArtefactCorrupt: it has another schema, an untyped column, or lacks required values.
    """
    if schema is not None and not table.schema.equals(schema):
        raise ArtefactCorrupt("The table does not have the schema of its kind.")
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_null(field.type):
            raise ArtefactCorrupt(f"The column {field.name} has no type.")
        if not field.nullable and column.null_count:
            raise ArtefactCorrupt(f"The column {field.name} lacks values.")
    metadata = dict(sorted((table.schema.metadata or {}).items()))
    return table.combine_chunks().replace_schema_metadata(metadata or None)


def _keys_in(folder: Path) -> list[str]:
    found = (path.name for path in folder.glob(f"*{_SUFFIX}"))
    return sorted(name.removesuffix(_SUFFIX) for name in found if not name.startswith("."))


def _write(path: Path, table: pa.Table, schema: pa.Schema | None) -> bool:
    if path.exists():
        return False
    stored = check_table(table, schema)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as file:
            _encode(stored, file)
            file.flush()
            os.fsync(file.fileno())
        is_new = _put_if_absent(temporary, path)
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise ResourceExhausted("The disk of the lake is full.") from None
        raise
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return is_new


def _encode(table: pa.Table, file: Any) -> None:  # noqa: ANN401 - any binary file
    pq.write_table(
        table,
        file,
        row_group_size=_ROW_GROUP_ROWS,
        version="2.6",
        compression="zstd",
        compression_level=_ZSTD_LEVEL,
        # Dictionaries of hashes are as long as the column, and zstd shortens the other columns too.
        use_dictionary=False,
        write_page_checksum=True,
        # Statistics would let a damaged footer hide rows; keys are hashes and prune nothing.
        write_statistics=False,
    )


def _put_if_absent(temporary: Path, path: Path) -> bool:
    """Give a finished file its name; the file that has the name already stays."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path, columns: Sequence[str] | None, schema: pa.Schema | None) -> pa.Table:
    with _reading(path):
        file = pq.ParquetFile(path, page_checksum_verification=True)
        with file:
            if schema is not None and not file.schema_arrow.equals(schema):
                raise ArtefactCorrupt(f"{path.name} does not have the schema of its kind.")
            table = file.read(None if columns is None else list(columns), use_threads=False)
            if table.num_rows != file.metadata.num_rows:
                raise ArtefactCorrupt(f"{path.name} lacks rows.")
    return table


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what the decoder says of a damaged file into our own error."""
    try:
        yield
    except FileNotFoundError:
        raise ArtefactCorrupt(f"{path.name} is missing.") from None
    except OSError as error:
        if error.errno in _SHORTAGES:
            raise ResourceExhausted("Memory or open files ran short.") from None
        raise ArtefactCorrupt(f"{path.name} is damaged.", hint=_DISCARD) from None
    except (pa.ArrowException, ValueError, OverflowError, MemoryError, KeyError):
        # Decoders of damaged bytes fail in many ways; the text could quote the bytes.
        raise ArtefactCorrupt(f"{path.name} is damaged.", hint=_DISCARD) from None
