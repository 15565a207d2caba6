"""Check a release from its bytes alone: no network, no catalog, one trusted key.

The order matters: nothing a manifest says is acted on before its signature is checked, and no
shard is opened before its digest is.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, Document, Manifest, Shard
from release.domain.rows import ROW_SCHEMA_VERSION, rows_schema, schema_digest
from release.files import read_document, sha256_of
from release.pull.recalls import Reader, read_recalls, recalls_folder
from release.signing import verify

_CHECKED_COLUMNS: Final = ["id", "repo_id", "tier", "run_id", "policy_digest"]


def verify_release(
    release_dir: Path,
    public_key: Path,
    expected_tier: Tier,
    *,
    recalls: Path | None = None,
    now: datetime | None = None,
) -> Manifest:
    """Check everything about a release, and that it was not recalled; return its manifest.

    What is asked for recalls is the folder beside the release, and `recalls`, which may know
    more. Without a feed in either nothing is known to be recalled.

    Raises:
        ReleaseRefused: unsigned, tampered with, incomplete, of another tier, with files that the
            manifest does not list, or recalled; or the feed of recalls is not to be relied on.
        ConfigurationError: the public key cannot be read.
    """
    manifest = read_manifest(release_dir, public_key)
    check_tier(manifest, expected_tier)
    reader = Reader(public_key=public_key, tier=expected_tier, now=now)
    known = read_recalls(recalls_folder(release_dir), reader, recalls)
    if known is not None:
        known.check(manifest.release_id)
    return verify_bytes(release_dir, public_key, expected_tier)


def verify_bytes(release_dir: Path, public_key: Path, expected_tier: Tier) -> Manifest:
    """Check everything about a release but whether it was recalled; return its manifest.

    Raises:
        ReleaseRefused: unsigned, tampered with, incomplete, of another tier, or with files that
            the manifest does not list.
        ConfigurationError: the public key cannot be read.
    """
    # 1. signature, and the plain manifest is the signed one
    manifest = read_manifest(release_dir, public_key)
    # 2. tier, before a shard is opened
    check_tier(manifest, expected_tier)
    # 3. exactly the listed files, none of them a link
    check_listing(release_dir, manifest)
    # 4. every byte
    for listed in manifest.files:
        check_digest(release_dir / listed.path, listed)
    # 5. what the bytes say
    _check_rows(release_dir, manifest)
    return manifest


def read_manifest(release_dir: Path, public_key: Path) -> Manifest:
    """Return the manifest that the trusted key signed.

    Raises:
        ReleaseRefused: the envelope is missing, malformed or signed by another key, or the plain
            manifest beside it differs.
    """
    envelope = read_document(release_dir / ENVELOPE_FILE)
    return open_manifest(envelope, read_document(release_dir / MANIFEST_FILE), public_key)


def open_manifest(envelope: bytes, plain: bytes, public_key: Path) -> Manifest:
    """Return the manifest in an envelope; see `read_manifest`."""
    payload = verify(envelope, public_key)
    if plain != payload:
        raise ReleaseRefused("The plain manifest differs from the signed one.")
    return Manifest.from_json(payload)


def check_tier(manifest: Manifest, expected: Tier) -> None:
    """Refuse a release of another tier, or with rows of a schema this version cannot read."""
    if manifest.tier is not expected:
        raise ReleaseRefused(f"The release is {manifest.tier}, you asked for {expected}.")
    if manifest.schema_version != ROW_SCHEMA_VERSION or manifest.schema_digest != schema_digest(
        rows_schema(expected)
    ):
        raise ReleaseRefused(
            "The release has rows of another schema.", hint="Pull with the version that built it."
        )


def check_listing(release_dir: Path, manifest: Manifest) -> None:
    """Refuse files that are missing, not listed, or links."""
    found = set()
    for path in release_dir.rglob("*"):
        if path.is_symlink():
            raise ReleaseRefused("The release contains a link.")
        if not path.is_dir():
            found.add(path.relative_to(release_dir).as_posix())
    listed = {file.path for file in manifest.files} | {MANIFEST_FILE, ENVELOPE_FILE}
    if found != listed:
        missing, extra = len(listed - found), len(found - listed)
        raise ReleaseRefused(
            f"The files differ from the manifest: {missing} missing, {extra} not listed."
        )


def check_digest(file: Path, listed: Shard | Document) -> None:
    """Refuse a file whose size or SHA-256 differs from the manifest."""
    if file.stat().st_size != listed.bytes:
        raise ReleaseRefused(f"{listed.path} has another size than the manifest says.")
    if sha256_of(file) != listed.sha256:
        raise ReleaseRefused(f"{listed.path} has another digest than the manifest says.")


def _check_rows(release_dir: Path, manifest: Manifest) -> None:
    ids: list[pa.ChunkedArray] = []
    for shard in manifest.shards:
        try:
            with pq.ParquetFile(release_dir / shard.path) as file:
                _check_schema(file, shard, manifest)
                rows = file.read(columns=_CHECKED_COLUMNS)
        except (pa.ArrowException, OSError, ValueError):
            raise ReleaseRefused(f"{shard.path} is no readable Parquet file.") from None
        _check_values(rows, shard, manifest)
        ids += rows["id"].chunks
    every_id = pa.chunked_array(ids, pa.string())
    if pc.count_distinct(every_id).as_py() != len(every_id):
        raise ReleaseRefused("A row id occurs twice in the release.")


def _check_schema(file: pq.ParquetFile, shard: Shard, manifest: Manifest) -> None:
    if not file.schema_arrow.equals(rows_schema(manifest.tier), check_metadata=False):
        raise ReleaseRefused(f"{shard.path} has rows of another schema.")


def _check_values(rows: pa.Table, shard: Shard, manifest: Manifest) -> None:
    if rows.num_rows != shard.rows:
        raise ReleaseRefused(f"{shard.path} has another number of rows than the manifest says.")
    constants = {
        "tier": manifest.tier.value,
        "run_id": shard.run_id,
        "policy_digest": shard.policy_digest,
    }
    for column, expected in constants.items():
        if rows[column].unique().to_pylist() != [expected]:
            raise ReleaseRefused(f"{shard.path} has rows of another {column}.")
    extremes = {
        "id": (shard.min_id, shard.max_id),
        "repo_id": (shard.min_repo_id, shard.max_repo_id),
    }
    for column, expected_pair in extremes.items():
        found = pc.min_max(rows[column]).as_py()
        if (found["min"], found["max"]) != expected_pair:
            raise ReleaseRefused(f"{shard.path} has another range of {column} than listed.")
