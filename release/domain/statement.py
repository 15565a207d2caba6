"""What a training run consumed, as an in-toto Statement (in-toto attestation framework, v1).

The subjects are the shards; the predicate says under which grants and policies they were handed
over, and what has become of their releases since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.grant import Grant, Purpose, Wish
from release.domain.manifest import canonical_json
from release.domain.receipt import RecallId, Receipt, ReleaseId, RunId, Sha256, Timestamp, timestamp

STATEMENT_MEDIA_TYPE: Final = "application/vnd.in-toto+json"
"""Payload type of its envelope (spec v1, envelope)."""
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
# A type URI names, it need not resolve; nobody can own a name under `.example` (RFC 2606).
PREDICATE_TYPE: Final = "https://shardgate.example/attestation/training-run/v1"

_Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class _Part(BaseModel):
    """Names in lower camel case; what is not known is ignored, as the spec's parsing rules say."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )


class DigestSet(_Part):
    """A digest by algorithm; another algorithm than SHA-256 is not used here."""

    sha256: Sha256


class SubjectNotes(_Part):
    """What is told of one shard beside its digest."""

    policy: Sha256
    """Digest of the policy that decided on its rows."""
    rows: int = Field(ge=1)


class Subject(_Part):
    """One shard: ``<release>/<path>`` and its digest."""

    name: _Name
    digest: DigestSet
    annotations: SubjectNotes


class UsedRelease(_Part):
    """A release that shards came from, and what has become of it since."""

    id: ReleaseId
    tier: Tier
    manifest_digest: DigestSet
    shards: int = Field(ge=0)
    rows: int = Field(ge=0)
    state: _Name
    """State in the catalog when this was signed; ``recalled``: rows of it were taken back."""
    replaced_by: ReleaseId | None = None
    restricted_by: DigestSet | None = None
    """Of the policy by which rows were taken out of the release that it was made from."""


class UsedPolicy(_Part):
    """A policy that decided on rows of the shards, or took some out."""

    name: str
    """Empty where the catalog no longer knows it."""
    digest: DigestSet


class UsedGrant(_Part):
    """A person's word by which shards were handed over."""

    id: _Name
    consumer: _Name
    tier: Tier
    purpose: Purpose
    granted_by: _Name
    granted_on: Timestamp
    expires_on: Timestamp
    revoked_on: Timestamp | None = None


class UsedReceipt(_Part):
    """A receipt; `digest` is that of its envelope's file."""

    release: ReleaseId
    grant: _Name
    pulled_on: Timestamp
    digest: DigestSet
    recalls: tuple[RecallId, ...] = ()
    """Of rows that were known to be taken back as it was pulled, and that loaders leave out."""


class TrainingRun(_Part):
    """The predicate."""

    run_id: RunId
    consumer: _Name
    purpose: Purpose
    attested_on: Timestamp
    releases: tuple[UsedRelease, ...]
    policies: tuple[UsedPolicy, ...]
    grants: tuple[UsedGrant, ...]
    receipts: tuple[UsedReceipt, ...]

    @property
    def recalled(self) -> tuple[UsedRelease, ...]:
        """The releases of which something was taken back."""
        return tuple(r for r in self.releases if r.state == RECALLED)


RECALLED: Final = "recalled"


class Statement(_Part):
    """A whole statement.

    Raises:
        pydantic.ValidationError: a part is malformed, or the parts contradict one another.
    """

    type: Literal["https://in-toto.io/Statement/v1"] = Field(
        default=STATEMENT_TYPE, validation_alias="_type", serialization_alias="_type"
    )
    subject: tuple[Subject, ...] = Field(min_length=1)
    predicate_type: Literal["https://shardgate.example/attestation/training-run/v1"] = (
        PREDICATE_TYPE
    )
    predicate: TrainingRun

    @model_validator(mode="after")
    def _check(self) -> Self:
        run, names = self.predicate, [subject.name for subject in self.subject]
        if len(set(names)) != len(names):
            raise ValueError("a shard is listed twice")
        # Each release is there by a receipt, each receipt by a grant for the same thing.
        by_release = Counter(name.partition("/")[0] for name in names)
        if by_release != Counter({r.id: r.shards for r in run.releases}):
            raise ValueError("the shards are not those of the releases")
        restricting = {r.restricted_by.sha256 for r in run.releases if r.restricted_by}
        judging = restricting | {s.annotations.policy for s in self.subject}
        if judging != {p.digest.sha256 for p in run.policies}:
            raise ValueError("the policies are not those of the shards and releases")
        if {r.id for r in run.releases} != {r.release for r in run.receipts}:
            raise ValueError("a release has no receipt")
        tiers, grants = {r.id: r.tier for r in run.releases}, {g.id: g for g in run.grants}
        for receipt in run.receipts:
            grant = grants.get(receipt.grant)
            wish = Wish(consumer=run.consumer, tier=tiers[receipt.release], purpose=run.purpose)
            if wish.is_forbidden or grant is None or _wish_of(grant) != wish:
                raise ValueError("a release was not granted")
        return self

    def to_json(self) -> bytes:
        """Return the canonical document."""
        return canonical_json(self.model_dump(mode="json", by_alias=True, exclude_none=True))

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the statement of a document.

        Raises:
            ReleaseRefused: it is malformed, of another type, or contradicts itself.
        """
        try:
            return cls.model_validate_json(data)
        except ValidationError:
            raise ReleaseRefused("The attestation is malformed or contradicts itself.") from None


def _wish_of(grant: UsedGrant) -> Wish:
    return Wish(consumer=grant.consumer, tier=grant.tier, purpose=grant.purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What has become of a release."""

    state: str
    replaced_by: str | None = None
    restricted_by: str = ""
    """Digest of the policy by which rows were taken out of its parent; empty: none were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """All that is known of one training run."""

    receipts: Mapping[str, Receipt]
    """Digest of the envelope to receipt; all of one run, and so of one consumer and purpose."""
    grants: Iterable[Grant]
    policies: Mapping[str, str]
    """Digest to name."""
    standings: Mapping[str, Standing]
    """Of every release, by id."""


def make_statement(consumed: Consumption, at: datetime) -> Statement:
    """Return the statement over all that one run consumed; the order is always the same.

    Raises:
        ValueError: the receipts are of several runs, or hold no shard; a grant is missing.
        KeyError: a release has no standing.
    """
    receipts = sorted(consumed.receipts.items(), key=lambda r: (r[1].release_id, r[1].at, r[0]))
    first = receipts[0][1]
    owner = (first.run_id, first.consumer, first.purpose)
    if any((r.run_id, r.consumer, r.purpose) != owner for _, r in receipts):
        raise ValueError("the receipts are of several runs")
    releases = {receipt.release_id: receipt for _, receipt in receipts}
    shards = {
        f"{name}/{shard.path}": shard
        for name, receipt in releases.items()
        for shard in receipt.shards
    }
    deciding = {shard.policy_digest for shard in shards.values()}
    restricting = {consumed.standings[name].restricted_by for name in releases}
    digests = sorted((deciding | restricting) - {""})
    predicate = TrainingRun(
        run_id=first.run_id,
        consumer=first.consumer,
        purpose=first.purpose,
        attested_on=timestamp(at),
        releases=tuple(_release(r, consumed.standings[name]) for name, r in releases.items()),
        policies=tuple(
            UsedPolicy(name=consumed.policies.get(d, ""), digest=DigestSet(sha256=d))
            for d in digests
        ),
        grants=tuple(_grant(grant) for grant in sorted(consumed.grants, key=lambda g: g.id)),
        receipts=tuple(
            UsedReceipt(
                release=receipt.release_id,
                grant=receipt.grant_id,
                pulled_on=receipt.at,
                digest=DigestSet(sha256=digest),
                recalls=receipt.recalls,
            )
            for digest, receipt in receipts
        ),
    )
    subjects = tuple(
        Subject(
            name=name,
            digest=DigestSet(sha256=shard.sha256),
            annotations=SubjectNotes(policy=shard.policy_digest, rows=shard.rows),
        )
        for name, shard in sorted(shards.items())
    )
    return Statement(subject=subjects, predicate=predicate)


def _release(receipt: Receipt, standing: Standing) -> UsedRelease:
    return UsedRelease(
        id=receipt.release_id,
        tier=receipt.tier,
        manifest_digest=DigestSet(sha256=receipt.manifest_digest),
        shards=len(receipt.shards),
        rows=sum(shard.rows for shard in receipt.shards),
        state=standing.state,
        replaced_by=standing.replaced_by,
        restricted_by=DigestSet(sha256=standing.restricted_by) if standing.restricted_by else None,
    )


def _grant(grant: Grant) -> UsedGrant:
    return UsedGrant(
        id=grant.id,
        consumer=grant.consumer,
        tier=grant.tier,
        purpose=grant.purpose,
        granted_by=grant.granted_by,
        granted_on=timestamp(grant.granted_at),
        expires_on=timestamp(grant.expires_at),
        revoked_on=timestamp(grant.revoked_at) if grant.revoked_at else None,
    )
