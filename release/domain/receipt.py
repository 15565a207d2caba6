"""The receipt: who pulled which shards by which grant, for which purpose and training run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.forms import time_text
from release.domain.grant import Purpose, Wish
from release.domain.manifest import Manifest, canonical_json

RECEIPT_TYPE: Final = "application/vnd.shardgate.receipt+json"
"""Payload type of its envelope."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Timestamp = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
"""RFC 3339, UTC, whole seconds."""
ReleaseId = Annotated[str, StringConstraints(pattern=r"^rel_[0-9a-f]{20}$")]
RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
RecallId = Annotated[str, StringConstraints(pattern=r"^rcl_[0-9a-f]{24}$")]
ShardPath = Annotated[
    str, StringConstraints(pattern=r"^data/shard-[0-9]{5}\.[a-z0-9]{1,10}(\.gz)?$")
]


def timestamp(moment: datetime) -> str:
    """Return a moment as receipts and statements write it."""
    return time_text(moment.astimezone(UTC))


class PulledShard(BaseModel):
    """One file that was handed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: ShardPath
    """Relative to the release."""
    sha256: Sha256
    rows: int
    bytes: int
    policy_digest: Sha256
    """Of the policy that decided on its rows; one release may hold shards of several."""


class Receipt(BaseModel):
    """A pull, as it is signed: who has it can show what was handed over, and by whose word.

    Raises:
        pydantic.ValidationError: a part is malformed, a path occurs twice, or tier and purpose
            are what is never allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    release_id: ReleaseId
    manifest_digest: Sha256
    tier: Tier
    policy_id: str
    """Name of the policy in the manifest."""
    shards: tuple[PulledShard, ...]
    consumer: str
    purpose: Purpose
    grant_id: str
    run_id: RunId
    recalls: tuple[RecallId, ...] = ()
    """Recalls of rows in these shards that were known: loaders leave those rows out."""
    at: Timestamp

    @model_validator(mode="after")
    def _check(self) -> Self:
        if Wish(consumer=self.consumer, tier=self.tier, purpose=self.purpose).is_forbidden:
            raise ValueError("tier and purpose never go together")
        if len({shard.path for shard in self.shards}) != len(self.shards):
            raise ValueError("a shard is listed twice")
        return self

    @property
    def file_name(self) -> str:
        """Name of its file beside the copy: one a release and run."""
        return f"{self.release_id}.{self.run_id}.receipt.dsse.json"

    def to_json(self) -> bytes:
        """Return the canonical document."""
        return canonical_json(self.model_dump(mode="json"))

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the receipt of a document.

        Raises:
            ReleaseRefused: it is malformed or of another version.
        """
        try:
            return cls.model_validate_json(data)
        except ValidationError:
            raise ReleaseRefused("The receipt is malformed.") from None


def pulled_shards(manifest: Manifest) -> Sequence[PulledShard]:
    """Return the shards of a manifest as a receipt lists them."""
    return [
        PulledShard(
            path=shard.path,
            sha256=shard.sha256,
            rows=shard.rows,
            bytes=shard.bytes,
            policy_digest=shard.policy_digest,
        )
        for shard in manifest.shards
    ]
