"""A decision: what may become of one occurrence, and every reason why."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import pyarrow as pa


class Tier(StrEnum):
    """The two tiers; they never mix. Excluded from both is an outcome, not a tier."""

    INTERNAL_ONLY = "internal-only"
    RELEASABLE = "releasable"


class Outcome(StrEnum):
    """The fate of an occurrence, from most to least restricted."""

    SKIPPED = "skipped"
    EXCLUDED = "excluded"
    INTERNAL_ONLY = "internal-only"
    RELEASABLE = "releasable"


RANKS: Final = {outcome: rank for rank, outcome in enumerate(Outcome)}
"""Outcomes by what they permit: a higher rank permits more."""


class Lane(StrEnum):
    """Who must clear a held occurrence."""

    LEGAL = "legal"
    PRIVACY = "privacy"
    SECURITY = "security"


DECISIONS: Final = pa.schema(
    [
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("commit_id", pa.string(), nullable=False),
        pa.field("path", pa.binary(), nullable=False),
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("suffix", pa.string(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
        pa.field("pending_lanes", pa.list_(pa.string()), nullable=False),
        pa.field("redact_categories", pa.list_(pa.string()), nullable=False),
        pa.field("license_expression", pa.string()),
        pa.field("license_type", pa.string(), nullable=False),
        pa.field("license_source", pa.string(), nullable=False),
        pa.field("ownership", pa.string(), nullable=False),
        pa.field("counterpart_repo_id", pa.string()),
        pa.field("counterpart_path", pa.binary()),
        pa.field("counterpart_score", pa.float32()),
        pa.field("waived_reasons", pa.list_(pa.string()), nullable=False),
        pa.field("waiver_ids", pa.list_(pa.string()), nullable=False),
    ]
)
"""One row per occurrence of every snapshot of the corpus, sorted by (repo_id, path).

- `outcome`: an `Outcome`. A held file (`pending_lanes` not empty) is internal-only or excluded.
- `reasons`: ids of the rules that fired and count, sorted; grants too. Skipped rows carry
  ``SKIPPED_<REASON>``.
- `redact_categories`: finding categories that must be redacted for the row's tier.
- `license_expression`, `license_type`, `license_source`: the effective license by the policy's
  precedence; type is permissive | weak_copyleft | copyleft | proprietary_own | third_party |
  unknown; source is own |
  annotation | scope | registration | none.
- `ownership`: own | third_party | mixed | unknown.
- `counterpart_*`: the copy or near-copy that restricts this file (score 1.0 is exact).
- `waived_reasons`: what would stand in `reasons` without the waivers, sorted; so both verdicts
  are kept.
- `waiver_ids`: ids of the reviews that took part, sorted: those that took `waived_reasons` away,
  and those that keep the file internal or leave it out.

Schema metadata: ``policy_digest``, ``input_digest``.
"""
