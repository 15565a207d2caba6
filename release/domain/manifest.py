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
from release.domain.forms import DIGEST, RELEASE_ID, TIME
from release.domain.rows import Counts

MANIFEST_VERSION: Final = 2
MANIFEST_FILE: Final = "manifest.json"
ENVELOPE_FILE: Final = "manifest.dsse.json"

_SHARD_PATH = re.compile(r"data/shard-[0-9]{5}\.[a-z0-9]{1,10}(\.gz)?")
_DOCUMENT_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}(\.[a-z0-9]{1,10}){1,2}")


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
    run_id: str
    """Equals `run_id` of every row: a shard that a later release takes over keeps its own."""
    policy_digest: str
    """Of the policy that decided on its rows."""
    tokens: int | None = None
    """Null: no tokenizer has counted them."""

    def __post_init__(self) -> None:
        """Check what a reader will act on."""
        # A manifest names files that a reader opens: any other form could lead out of the folder.
        if not _SHARD_PATH.fullmatch(self.path):
            msg = "a shard's path is data/shard-NNNNN.<suffix>"
            raise ValueError(msg)
        if self.rows < 1 or self.bytes < 1 or not DIGEST.fullmatch(self.sha256):
            msg = "a shard has rows, bytes and a SHA-256"
            raise ValueError(msg)
        if not DIGEST.fullmatch(self.run_id) or not DIGEST.fullmatch(self.policy_digest):
            msg = "a shard names the digests of its run and its policy"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file beside the shards that tells of them.

    Raises:
        ValueError: the path is no plain file name, the size is not positive, the digest is
            malformed, or the name belongs to the manifest.
    """

    path: str
    """File name in the folder of the release."""
    media_type: str
    """As registered (RFC 6838)."""
    bytes: int
    sha256: str

    def __post_init__(self) -> None:
        """Check what a reader will act on."""
        if not _DOCUMENT_PATH.fullmatch(self.path) or self.path in {MANIFEST_FILE, ENVELOPE_FILE}:
            msg = "a document's path is a plain file name other than the manifest's"
            raise ValueError(msg)
        if self.bytes < 1 or not DIGEST.fullmatch(self.sha256):
            msg = "a document has bytes and a SHA-256"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """One check that a release had to pass before it was published, and did."""

    name: str
    """For instance ``exit-scan``."""
    numbers: Mapping[str, int]
    """What was looked at, by count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything a reader needs to check a release, and what it was made of.

    A release that takes rows back (`tombstone_digest`) is made of its parent's shards: those that
    hold no such row keep their bytes.

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
    """Digest of everything that the bytes depend on."""
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
    documents: tuple[Document, ...] = ()
    gate: tuple[GateCheck, ...] = ()
    tombstone_digest: str = ""
    """SHA-256 hex over the ids that this release leaves out of its parent, sorted, one a line;
    empty where it is no such release."""
    restricted_by: str = ""
    """Digest of the policy by which the parent's rows were judged once more, and some left out;
    empty where none were, and then no member of the document."""

    def __post_init__(self) -> None:
        """Check forms and sums."""
        if self.manifest_version != MANIFEST_VERSION:
            msg = f"this version reads manifests of version {MANIFEST_VERSION}"
            raise ValueError(msg)
        if not RELEASE_ID.fullmatch(self.release_id) or not TIME.fullmatch(self.created_at):
            msg = "a manifest has a release id and a time in UTC"
            raise ValueError(msg)
        digests = (self.input_digest, self.policy_digest, self.schema_digest)
        if not all(DIGEST.fullmatch(d) for d in (*digests, self.exclusions_digest)):
            msg = "a digest of the manifest is malformed"
            raise ValueError(msg)
        if self.tombstone_digest and not (
            self.parent_release_id and DIGEST.fullmatch(self.tombstone_digest)
        ):
            msg = "a release without some rows of its parent names the parent and those rows"
            raise ValueError(msg)
        if self.restricted_by and not (
            self.tombstone_digest and DIGEST.fullmatch(self.restricted_by)
        ):
            msg = "a policy that takes rows out is named by a release that leaves some out"
            raise ValueError(msg)
        own = (self.input_digest, self.policy_digest)
        if not self.tombstone_digest and any(
            (s.run_id, s.policy_digest) != own for s in self.shards
        ):
            msg = "a shard is of another run, and the release takes nothing over"
            raise ValueError(msg)
        rows = sum(shard.rows for shard in self.shards)
        sums = [
            sum(t["rows"] for t in totals.values()) for totals in (self.languages, self.licenses)
        ]
        if {rows, *sums} != {self.counts.emitted}:
            msg = "rows of the shards and totals do not add up to the emitted count"
            raise ValueError(msg)
        if len({file.path for file in self.files}) != len(self.files):
            msg = "a file is listed twice"
            raise ValueError(msg)

    @property
    def files(self) -> tuple[Shard | Document, ...]:
        """All files of the release but the manifest itself."""
        return (*self.shards, *self.documents)

    def to_json(self) -> bytes:
        """Return the canonical document."""
        said = asdict(self)
        if not self.restricted_by:
            del said["restricted_by"]
        return canonical_json(said)

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the manifest of a document.

        Raises:
            ReleaseRefused: the document is no well-formed manifest of this version.
        """
        try:
            raw: dict[str, Any] = json.loads(data)
            if set(raw) | {"restricted_by"} != {f.name for f in fields(cls)}:
                raise ReleaseRefused("The manifest has unknown or missing fields.")
            raw["tier"] = Tier(raw["tier"])
            raw["counts"] = Counts(**raw["counts"])
            raw["shards"] = tuple(Shard(**shard) for shard in raw["shards"])
            raw["documents"] = tuple(Document(**document) for document in raw["documents"])
            raw["gate"] = tuple(GateCheck(**check) for check in raw["gate"])
            return cls(**raw)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ReleaseRefused(f"The manifest is malformed: {error}.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published release: where it is and what it says of itself."""

    directory: Path
    manifest: Manifest

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Return the release in a folder. Its signature is not looked at: see `release.pull`.

        Raises:
            ReleaseRefused: the folder has no well-formed manifest.
        """
        try:
            data = (directory / MANIFEST_FILE).read_bytes()
        except OSError:
            raise ReleaseRefused(f"The release has no {MANIFEST_FILE}.") from None
        return cls(directory=directory, manifest=Manifest.from_json(data))
