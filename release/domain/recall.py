"""Recalls: which rows of which published releases must no longer be used.

A recall is signed once and never changed; its tombstones are a table beside it. Both are read by
whoever may read the tier. They name rows that such a reader has anyway, and reasons from a closed
list: outside of the internal-only tier no blob id, and nowhere a path, a commit or words of a
person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

import pyarrow as pa

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.forms import DIGEST, check_release_ids, fields_of, moment_of, time_text
from release.domain.manifest import canonical_json

RECALL_VERSION: Final = 1

_REQUEST_ID = re.compile(r"[a-z]{2,10}_[0-9a-f]{16,64}")
_BLOB_ID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})?")
_UTC: Final = pa.timestamp("us", tz="UTC")


class RecallReason(StrEnum):
    """Why rows are taken back: a code and never words, which could name somebody."""

    CONSENT_ENDED = "CONSENT_ENDED"
    RIGHTS_CLAIM = "RIGHTS_CLAIM"
    SECRET = "SECRET"  # noqa: S105 - the name of a reason
    PERSONAL_DATA = "PERSONAL_DATA"
    CONFIDENTIAL = "CONFIDENTIAL"
    LICENSE = "LICENSE"
    POLICY = "POLICY"
    DETECTOR = "DETECTOR"
    """Today's detectors find what those of the build did not."""
    UNJUDGED = "UNJUDGED"
    """Nobody can tell which rows may still be used: it is said of releases, never of rows."""
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """One row of one release that must no longer be used.

    Raises:
        ValueError: an id is malformed, or the time has no zone.
    """

    release_id: str
    id: str
    """Row id."""
    reason: RecallReason
    request_id: str
    """Withdrawal, run or other act that asked for it. An id that nobody can derive from what was
    withdrawn: whoever guesses a path must not be able to check the guess."""
    effective_at: datetime
    replaced_by: str | None = None
    """Release that has the other rows; null where there is none."""
    blob_id: str = ""
    """Of the original; is kept in the internal-only tier alone."""

    def __post_init__(self) -> None:
        """Check what a reader will act on."""
        check_release_ids(self.release_id, self.replaced_by)
        is_formed = (
            DIGEST.fullmatch(self.id)
            and _REQUEST_ID.fullmatch(self.request_id)
            and _BLOB_ID.fullmatch(self.blob_id)
        )
        if not is_formed or self.effective_at.utcoffset() != timedelta(0):
            msg = "a tombstone names a row of a release, a request and a time in UTC"
            raise ValueError(msg)


def tombstones_schema(tier: Tier) -> pa.Schema:
    """Return the columns of a tier's tombstones; rows are sorted by (release_id, id).

    ``blob_id`` (empty where unknown) exists in the internal-only tier alone.
    """
    columns = [
        pa.field("release_id", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("request_id", pa.string(), nullable=False),
        pa.field("effective_at", _UTC, nullable=False),
        pa.field("replaced_by", pa.string()),
    ]
    if tier is Tier.INTERNAL_ONLY:
        columns.append(pa.field("blob_id", pa.string(), nullable=False))
    return pa.schema(columns)


def tombstones_table(tombstones: Iterable[Tombstone], tier: Tier) -> pa.Table:
    """Return tombstones as the table of a tier, sorted.

    Raises:
        ValueError: a row of a release is named twice, or there is none at all.
    """
    ordered = sorted(tombstones, key=lambda t: (t.release_id, t.id))
    if not ordered or len({(t.release_id, t.id) for t in ordered}) != len(ordered):
        msg = "a recall names at least one row of a release, and each of them once"
        raise ValueError(msg)
    schema = tombstones_schema(tier)
    return pa.Table.from_pylist([asdict(t) for t in ordered], schema=schema)


def ids_digest(ids: Iterable[str]) -> str:
    """Return SHA-256 hex over row ids, sorted, one a line: a manifest's `tombstone_digest`."""
    return hashlib.sha256("".join(f"{i}\n" for i in sorted(set(ids))).encode()).hexdigest()


def content_digest(tombstones: pa.Table) -> str:
    """Return SHA-256 hex over which rows a table takes back, why, and at whose request.

    Neither time nor replacement is part of it: the same rows taken back for the same reasons are
    the same recall, whenever it is written.
    """
    digest = hashlib.sha256()
    for batch in tombstones.select(["release_id", "id", "reason", "request_id"]).to_batches():
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            digest.update("\t".join((*values, "")).encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledRelease:
    """What a recall takes out of one release.

    Raises:
        ValueError: an id is malformed or no row is named.
    """

    release_id: str
    rows: int
    replaced_by: str | None

    def __post_init__(self) -> None:
        """Check forms."""
        check_release_ids(self.release_id, self.replaced_by)
        if type(self.rows) is not int or self.rows < 1 or self.replaced_by == self.release_id:
            msg = "a recall takes rows out of a release, which cannot replace itself"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One act of taking rows back, over all releases of one tier that hold them.

    Raises:
        ValueError: an id, time or digest is malformed, or the sums differ.
    """

    recall_version: int = RECALL_VERSION
    recall_id: str
    """``rcl_`` and the beginning of `content_digest`."""
    tier: Tier
    issued_at: str
    """RFC 3339, UTC, whole seconds."""
    reasons: tuple[RecallReason, ...]
    """Those of the tombstones, sorted."""
    requests: tuple[str, ...]
    """Ids of what asked for it, sorted."""
    releases: tuple[RecalledRelease, ...]
    """Sorted by id."""
    content_digest: str
    """See `content_digest`."""
    tombstones_sha256: str
    tombstones_bytes: int
    """Of the Parquet file beside the recall."""

    def __post_init__(self) -> None:
        """Check what a reader will act on."""
        if self.recall_version != RECALL_VERSION:
            msg = f"this version reads recalls of version {RECALL_VERSION}"
            raise ValueError(msg)
        digests = (self.content_digest, self.tombstones_sha256)
        if not all(DIGEST.fullmatch(d) for d in digests) or self.tombstones_bytes < 1:
            msg = "a recall names its tombstones by digest and size"
            raise ValueError(msg)
        if self.recall_id != recall_id_of(self.content_digest):
            msg = "the id of a recall does not belong to its rows"
            raise ValueError(msg)
        moment_of(self.issued_at)
        names = [release.release_id for release in self.releases]
        lists = (names, list(self.reasons), list(self.requests))
        if any(not items or items != sorted(set(items)) for items in lists):
            msg = "releases, reasons and requests of a recall are listed once each, sorted"
            raise ValueError(msg)
        if not all(_REQUEST_ID.fullmatch(request) for request in self.requests):
            msg = "a recall names requests by id"
            raise ValueError(msg)

    @property
    def rows(self) -> int:
        """Tombstones in all."""
        return sum(release.rows for release in self.releases)

    def to_json(self) -> bytes:
        """Return the canonical document."""
        return canonical_json(asdict(self))

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the recall of a document.

        Raises:
            ReleaseRefused: the document is no well-formed recall of this version.
        """
        try:
            raw = fields_of(data, cls)
            raw["tier"] = Tier(raw["tier"])
            raw["reasons"] = tuple(RecallReason(reason) for reason in raw["reasons"])
            raw["requests"] = tuple(raw["requests"])
            raw["releases"] = tuple(RecalledRelease(**release) for release in raw["releases"])
            return cls(**raw)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ReleaseRefused(f"The recall is malformed: {error}.") from None


def recall_id_of(content: str) -> str:
    """Return the id of the recall whose tombstones have this `content_digest`."""
    return f"rcl_{content[:24]}"


def make_recall(tombstones: pa.Table, tier: Tier, issued_at: datetime, file: bytes) -> Recall:
    """Return the recall of a table made by `tombstones_table` and written as `file`."""
    rows: dict[str, int] = {}
    replaced: dict[str, str | None] = {}
    columns = (tombstones[name].to_pylist() for name in ("release_id", "replaced_by"))
    for release_id, replaced_by in zip(*columns, strict=True):
        rows[release_id] = rows.get(release_id, 0) + 1
        replaced[release_id] = replaced_by
    content = content_digest(tombstones)
    return Recall(
        recall_id=recall_id_of(content),
        tier=tier,
        issued_at=time_text(issued_at),
        reasons=tuple(sorted(map(RecallReason, tombstones["reason"].unique().to_pylist()))),
        requests=tuple(sorted(tombstones["request_id"].unique().to_pylist())),
        releases=tuple(
            RecalledRelease(release_id=name, rows=rows[name], replaced_by=replaced[name])
            for name in sorted(rows)
        ),
        content_digest=content,
        tombstones_sha256=hashlib.sha256(file).hexdigest(),
        tombstones_bytes=len(file),
    )
