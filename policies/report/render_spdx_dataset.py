"""A release as an SPDX 3.0.1 dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from policies.decision import Tier
from policies.report.spdx import NO_ASSERTION, SpdxGraph, sha256_of, stamp

_CONFIDENTIALITY: Final = {Tier.RELEASABLE: "green", Tier.INTERNAL_ONLY: "red"}
"""Traffic Light Protocol: what is cleared may be shared with peers, the rest with nobody outside.
Whether a cleared release becomes public (clear) is said by who publishes it."""
_USES: Final = {
    Tier.RELEASABLE: "midtraining of code models that may be released",
    Tier.INTERNAL_ONLY: "midtraining and evaluation of models that stay inside",
}
_SILENT_LICENSES: Final = frozenset({"NOASSERTION", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetShard:
    """One file of a release."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFacts:
    """What a manifest says of a release."""

    release_id: str
    tier: Tier
    built_at: datetime
    released_at: datetime | None
    organisation: str
    """Whose data it is."""
    shards: Sequence[DatasetShard]
    bytes: int
    """Of all shards."""
    licenses: Mapping[str, int]
    """License expression to rows."""
    redaction: str
    """What stands where a value was: placeholder or surrogate."""
    policy_digest: str


def to_dataset_spdx(facts: DatasetFacts) -> str:
    """Return the dataset package with its files and the licenses of its rows."""
    graph = SpdxGraph(facts.release_id, facts.policy_digest, facts.built_at)
    owner = graph.add("Organization", name=facts.organisation)
    package = graph.add(
        "dataset_DatasetPackage",
        name=facts.release_id,
        originatedBy=[owner],
        suppliedBy=owner,
        builtTime=stamp(facts.built_at),
        releaseTime=stamp(facts.released_at or facts.built_at),
        software_packageVersion=facts.release_id,
        software_primaryPurpose="data",
        software_downloadLocation=f"urn:shardgate:{facts.tier}:{facts.release_id}",
        dataset_datasetType=["text"],
        dataset_datasetSize=facts.bytes,
        dataset_confidentialityLevel=_CONFIDENTIALITY[facts.tier],
        dataset_hasSensitivePersonalInformation="noAssertion",
        dataset_anonymizationMethodUsed=[
            f"values that detectors find are replaced ({facts.redaction}), whole files held"
        ],
        dataset_dataCollectionProcess="git repositories of the company, their heads",
        dataset_dataPreprocessing=[
            "exact copies folded, near copies compared",
            f"policy {facts.policy_digest}",
        ],
        dataset_intendedUse=_USES[facts.tier],
    )
    files = [
        graph.add(
            "software_File",
            name=shard.path,
            software_fileKind="file",
            verifiedUsing=[sha256_of(shard.sha256)],
            comment=f"{shard.rows} rows",
        )
        for shard in facts.shards
    ]
    if files:
        graph.relate(package, "contains", files)
    named = sorted(set(facts.licenses) - _SILENT_LICENSES)
    licenses = [graph.license(name) for name in named]
    if set(facts.licenses) & _SILENT_LICENSES or not named:
        licenses.append(NO_ASSERTION)
    rows = "; ".join(f"{name}: {count} rows" for name, count in sorted(facts.licenses.items()))
    graph.relate(package, "hasConcludedLicense", licenses, rows)
    graph.relate(package, "hasDeclaredLicense", [NO_ASSERTION], "none is given to the whole")
    return graph.render([package], ["software", "simpleLicensing", "dataset"])
