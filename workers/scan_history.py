"""Scan every blob that any ref of a repository reaches, for secrets, without registering it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingest.domain.finding import Family, ScanStatus
from ingest.domain.tree import SkipReason
from ingest.errors import InputError, MirrorCorrupt
from ingest.mirror.folder import MirrorFolder
from ingest.mirror.git import Extent
from ingest.mirror.reader import MirrorReader
from ingest.snapshot.history import list_history
from policies.report.scan_model import ScanReport, Unscanned
from workers.scan import Scanner, units_of
from workers.scan_home import ScanHome
from workers.scan_source import MirrorSource, git_folder_of, is_existing, mirror_source
from workers.scan_undecoded import UNDECODED, undecoded_of
from workers.secret_lives import Rotation, gather, tell_lives


def scan_history(scanner: Scanner, target: str, folder: Path, *, credential: str) -> ScanReport:
    """Return the secrets of a whole history, each once, and what was not scanned.

    Raises:
        InputError: the target is no repository.
        ShardgateError: it could not be mirrored or walked.
    """
    path = Path(target)
    if is_existing(path) and git_folder_of(path) is None:
        raise InputError(
            "The folder is no git repository, so it has no history.",
            hint="Give the folder that holds .git, a bare repository or a URL.",
        )
    settings = scanner.home.settings
    source = mirror_source(target, settings, folder, credential=credential, extent=Extent.ALL)
    with MirrorReader(source.mirrors_dir) as reader:
        listed = list_history(
            source.repository_id, reader, max_blob_bytes=source.max_bytes, max_blobs=20_000_000
        )
    facts = scanner.scan(units_of(listed), source.open_blobs)[Family.SECRETS]
    rows = {row["blob_id"]: row for row in facts.to_pylist()}
    values = gather(_found(listed, rows))
    unscanned = list(_unscanned(listed, rows))
    return ScanReport(
        subject=source.name,
        families=tuple(family.value for family in scanner.families),
        files=listed.num_rows,
        bytes=sum(unit.size for unit in units_of(listed)),
        scanned=listed.num_rows - sum(1 for item in unscanned if not item.family),
        unscanned=tuple(sorted(unscanned, key=lambda u: (u.path, u.blob_id))),
        secrets=tell_lives(values, _git_dir(source), known_rotations(scanner.home)),
        is_history=True,
        versions=scanner.versions,
        rules_digests=scanner.digests,
    )


def _git_dir(source: MirrorSource) -> Path:
    current = MirrorFolder.of(source.mirrors_dir, source.repository_id).current
    if current is None:
        raise MirrorCorrupt("There is no mirror of this repository.")
    return current


def _found(
    listed: pa.Table, rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, bytes, Mapping[str, Any]]]:
    columns = zip(listed["blob_id"].to_pylist(), listed["path"].to_pylist(), strict=True)
    for blob_id, path in columns:
        for finding in rows.get(blob_id, {}).get("findings") or []:
            yield blob_id, path, finding


def _unscanned(listed: pa.Table, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Unscanned]:
    """Yield what was not looked at; an empty blob holds nothing and counts as scanned."""
    names = ("blob_id", "path", "skip_reason")
    columns = (listed[name].to_pylist() for name in names)
    for blob_id, path, skipped in zip(*columns, strict=True):
        row = rows.get(blob_id, {})
        reason = skipped or _failure(row)
        if reason and reason != SkipReason.EMPTY:
            yield Unscanned(path=path, reason=reason, blob_id=blob_id)
        elif told := undecoded_of(row):
            yield Unscanned(
                path=path,
                reason=UNDECODED,
                family=Family.SECRETS.value,
                detail=told,
                blob_id=blob_id,
            )


def _failure(row: Mapping[str, Any]) -> str:
    if row.get("status") == ScanStatus.COMPLETED.value:
        return ""
    told = str(row.get("reason") or "").partition(", ")[0]
    is_known = told in {reason.value for reason in SkipReason}
    return told if is_known else str(row.get("status") or "missing")


def known_rotations(home: ScanHome) -> dict[str, Rotation]:
    """Return what people said of secrets, newest by fingerprint; nothing without installation."""
    settings = home.settings
    has_catalog = bool(settings.database_url) or (settings.root / "catalog.sqlite").exists()
    if not (home.is_installation and has_catalog):
        return {}
    from workers.context import Context  # noqa: PLC0415 - brings the installation along
    from workers.registered_secrets import rotations_of  # noqa: PLC0415 - same

    return rotations_of(Context(settings=settings).catalog)
