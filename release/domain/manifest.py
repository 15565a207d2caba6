"""The manifest: what a release consists of, as one canonical JSON document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.rows import Counts

MANIFEST_VERSION: Final = 1
MANIFEST_FILE: Final = "manifest.json"
ENVELOPE_FILE: Final = "manifest.dsse.json"

_DIGEST = re.compile(r"[0-9a-f]{64}")
_RELEASE_ID = re.compile(r"rel_[0-9a-f]{20}")
_SHARD_PATH = re.compile(r"data/shard-[0-9]{5}\.[a-z0-9]{1,10}(\.gz)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def canonical_json(value: object) -> bytes:
    """Return UTF-8 JSON with sorted keys and no spaces; the same value gives the same bytes.

    Raises:
        ValueError: the value holds a float that JSON cannot say.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One file of a release.

    Raises:
        ValueError: the path leads elsewhere, a size is not positive or the digest is malformed.
    """

    path: str
    """``data/shard-NNNNN.<suffix>``, relative to the release."""
    format: str
    rows: int
    bytes: int
    """Size of the file."""
    sha256: str
    min_id: str
    max_id: str
    """Smallest and largest row id; the rows themselves are sorted by repository and path."""
    min_repo_id: str
    max_repo_id: str
    tokens: int | None = None
    """Null: no tokenizer has counted them."""

    def __post_init__(self) -> None:
        """Check what a reader will act on."""
        # A manifest names files that a reader opens: any other form could lead out of the folder.
        if not _SHARD_PATH.fullmatch(self.path):
            msg = "a shard's path is data/shard-NNNNN.<suffix>"
            raise ValueError(msg)
        if self.rows < 1 or self.bytes < 1 or not _DIGEST.fullmatch(self.sha256):
            msg = "a shard has rows, bytes and a SHA-256"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything a reader needs to check a release, and what it was made of.

    Raises:
        ValueError: an id, time or digest is malformed, or the totals do not add up.
    """

    manifest_version: int = MANIFEST_VERSION
    schema_version: str
    schema_digest: str
    release_id: str
    parent_release_id: str | None
    tier: Tier
    created_at: str
    """RFC 3339, UTC, whole seconds. The only field that is no function of the inputs."""
    input_digest: str
    """Equals `run_id` of every row."""
    policy_id: str
    policy_digest: str
    rulesets: Mapping[str, str]
    """Detector family to ruleset digest."""
    tools: Mapping[str, str]
    """Tool to version."""
    snapshots: Mapping[str, str]
    """Repository to commit (internal-only) or to its opaque snapshot id (releasable)."""
    shards: tuple[Shard, ...]
    languages: Mapping[str, Mapping[str, int]]
    licenses: Mapping[str, Mapping[str, int]]
    """Name to ``{"rows": …, "bytes": …}`` of shipped content."""
    counts: Counts
    exclusions_digest: str

    def __post_init__(self) -> None:
        """Check forms and sums."""
        if self.manifest_version != MANIFEST_VERSION:
            msg = "this version reads manifests of version 1"
            raise ValueError(msg)
        if not _RELEASE_ID.fullmatch(self.release_id) or not _TIME.fullmatch(self.created_at):
            msg = "a manifest has a release id and a time in UTC"
            raise ValueError(msg)
        digests = (self.input_digest, self.policy_digest, self.schema_digest)
        if not all(_DIGEST.fullmatch(d) for d in (*digests, self.exclusions_digest)):
            msg = "a digest of the manifest is malformed"
            raise ValueError(msg)
        rows = sum(shard.rows for shard in self.shards)
        sums = [
            sum(t["rows"] for t in totals.values()) for totals in (self.languages, self.licenses)
        ]
        if {rows, *sums} != {self.counts.emitted}:
            msg = "rows of the shards and totals do not add up to the emitted count"
            raise ValueError(msg)
        if len({shard.path for shard in self.shards}) != len(self.shards):
            msg = "a shard is listed twice"
            raise ValueError(msg)

    def to_json(self) -> bytes:
        """Return the canonical document."""
        return canonical_json(asdict(self))

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the manifest of a document.

        Raises:
            ReleaseRefused: the document is no well-formed manifest of this version.
        """
        try:
            raw: dict[str, Any] = json.loads(data)
            if set(raw) != {f.name for f in fields(cls)}:
                raise ReleaseRefused("The manifest has unknown or missing fields.")
            raw["tier"] = Tier(raw["tier"])
            raw["counts"] = Counts(**raw["counts"])
            raw["shards"] = tuple(Shard(**shard) for shard in raw["shards"])
            return cls(**raw)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ReleaseRefused(f"The manifest is malformed: {error}.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published release: where it is and what it says of itself."""

    directory: Path
    manifest: Manifest
