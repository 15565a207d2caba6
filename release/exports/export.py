"""Write the rows of a release in another format, beside it and never into it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from ingest.errors import InputError
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, Manifest, Release, canonical_json
from release.domain.rows import rows_schema
from release.exports.jsonl import JsonLines
from release.exports.mds import Mds
from release.exports.webdataset import WebDataset
from release.exports.writing import ExportedFile, RowWriter
from release.files import flush_folder, sha256_of
from release.ports import Progress, ignore_progress
from release.pull.carry import carry_recalls
from release.pull.recalls import Reader, Recalls, read_recalls, recalls_folder
from release.pull.transfer import incoming_folder
from release.pull.verify import verify_bytes

EXPORT_FILE: Final = "export.json"
EXPORT_VERSION: Final = 1
_BATCH_ROWS: Final = 256


class ExportFormat(StrEnum):
    """Formats of other loaders."""

    MDS = "mds"
    """MosaicML streaming."""
    WEBDATASET = "webdataset"
    JSONL = "jsonl"
    """JSON Lines, zstd."""


def export_folder(dest: Path, release_id: str, form: ExportFormat) -> Path:
    """Return where an export stands."""
    return dest / f"{release_id}.{form.value}"


def export_release(  # noqa: PLR0913 - two of them by keyword, and each may be left out
    source_dir: Path,
    dest: Path,
    reader: Reader,
    form: ExportFormat,
    *,
    progress: Progress = ignore_progress,
    drop_recalled: bool = False,
) -> Release:
    """Verify a release, write its rows to ``<dest>/<release id>.<format>`` and return that.

    The signed manifest comes along, and ``export.json`` says which file holds how many rows, with
    digests, and which rows were left out for which recalls. The same release with the same recalls
    gives the same bytes. What is known of recalls stands in ``<dest>/recalls`` afterwards. An
    export that is there already is checked and kept.

    Raises:
        ReleaseRefused: the release fails any check, or is recalled without `drop_recalled`.
        InputError: an export of something else stands in its place.
    """
    manifest = verify_bytes(source_dir, reader.public_key, reader.tier)
    known = read_recalls(recalls_folder(source_dir), reader)
    if known is not None and not drop_recalled:
        known.check(manifest.release_id)
    dropped = frozenset() if known is None else known.dropped_ids(manifest.release_id)
    dest.mkdir(parents=True, exist_ok=True)
    carry_recalls(recalls_folder(source_dir), dest, reader, arriving=[manifest.release_id])
    place = export_folder(dest, manifest.release_id, form)
    about = _about(source_dir, manifest, form, known, dropped)
    if place.exists():
        _check_export(place, about)
        return Release(directory=place, manifest=manifest)
    incoming = incoming_folder(dest, place.name)
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir()
    files = _write(source_dir, manifest, _writer(form, incoming, manifest), dropped, progress)
    for name in (MANIFEST_FILE, ENVELOPE_FILE):
        shutil.copyfile(source_dir / name, incoming / name)
    listed = about | {"files": [asdict(file) for file in files]}
    (incoming / EXPORT_FILE).write_bytes(canonical_json(listed))
    flush_folder(incoming)
    incoming.rename(place)
    return Release(directory=place, manifest=manifest)


def _writer(form: ExportFormat, folder: Path, manifest: Manifest) -> RowWriter:
    if form is ExportFormat.MDS:
        return Mds(folder, rows_schema(manifest.tier))
    return WebDataset(folder) if form is ExportFormat.WEBDATASET else JsonLines(folder)


def _write(
    source: Path,
    manifest: Manifest,
    writer: RowWriter,
    dropped: frozenset[str],
    progress: Progress,
) -> Sequence[ExportedFile]:
    done, total = 0, sum(shard.bytes for shard in manifest.shards)
    try:
        for number, shard in enumerate(manifest.shards):
            writer.begin_shard(number)
            for row in _rows(source / shard.path):
                if row["id"] not in dropped:
                    writer.write(row)
            done += shard.bytes
            progress(done, total)
        return writer.finish()
    except BaseException:
        writer.abandon()
        raise


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            yield from batch.to_pylist()


def _about(
    source: Path,
    manifest: Manifest,
    form: ExportFormat,
    known: Recalls | None,
    dropped: frozenset[str],
) -> dict[str, Any]:
    touching = [] if known is None else known.touching(manifest.release_id)
    lines = "".join(f"{row_id}\n" for row_id in sorted(dropped))
    return {
        "export_version": EXPORT_VERSION,
        "format": form.value,
        "release_id": manifest.release_id,
        "manifest_sha256": sha256_of(source / MANIFEST_FILE),
        "tier": manifest.tier.value,
        "recalls": sorted(recall.recall_id for recall in touching),
        "left_out_sha256": hashlib.sha256(lines.encode()).hexdigest() if dropped else None,
    }


def _check_export(place: Path, about: dict[str, Any]) -> None:
    """Refuse an export whose files are not those of the same rows."""
    found: dict[str, Any] = {}
    try:
        found = json.loads((place / EXPORT_FILE).read_bytes())
        files = found.pop("files")
        is_whole = all(sha256_of(place / file["path"]) == file["sha256"] for file in files)
    except (OSError, ValueError, KeyError, TypeError):
        is_whole = False
    if found != about or not is_whole:
        raise InputError(
            f"{place.name} is there and is not this export.",
            hint="It may be of before a recall, or damaged: remove it and export again.",
        )
