"""Reviews that match nothing any more, with the reason: what they were about has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

import duckdb
import pyarrow as pa

from policies.database import open_database
from policies.model import Policy
from policies.review.active import is_bound
from policies.review.model import Review, ReviewKind
from policies.review.paths import glob_regex


class OrphanReason(StrEnum):
    """Why a review matches nothing."""

    RULE_CHANGED = "the rule is gone or has changed"
    CONTENT_GONE = "no repository has the content any more"
    NOTHING_MATCHES = "no path matches the pattern"
    FINDING_GONE = "the finding is not found any more"
    RULE_SILENT = "the rule does not hold there any more"


def find_orphans(
    reviews: Iterable[Review],
    decisions: pa.Table,
    policy: Policy,
    *,
    fingerprints: Collection[str],
) -> list[tuple[Review, OrphanReason]]:
    """Return the reviews in force that match nothing, by id.

    Args:
        reviews: those in force.
        decisions: `DECISIONS` over the present corpus, made under these reviews.
        policy: the policy in force.
        fingerprints: of every finding of the present corpus, false positives among them.
    """
    found = []
    with open_database() as connection:
        connection.register("decisions", decisions.select(["repo_id", "path", "blob_id"]))
        took_part = set(decisions["waiver_ids"].combine_chunks().flatten().to_pylist())
        for review in sorted(reviews, key=lambda r: r.id):
            reason = _why(review, policy, fingerprints)
            if reason is None and review.kind is not ReviewKind.FALSE_POSITIVE:
                reason = _why_nowhere(connection, review, took_part=review.id in took_part)
            if reason is not None:
                found.append((review, reason))
    return found


def _why(review: Review, policy: Policy, fingerprints: Collection[str]) -> OrphanReason | None:
    if not is_bound(review, policy):
        return OrphanReason.RULE_CHANGED
    if review.kind is ReviewKind.FALSE_POSITIVE and review.target.fingerprint not in fingerprints:
        return OrphanReason.FINDING_GONE
    return None


def _why_nowhere(
    connection: duckdb.DuckDBPyConnection, review: Review, *, took_part: bool
) -> OrphanReason | None:
    if took_part:
        return None
    target = review.target
    if target.pattern:
        path = "coalesce(try(decode(path)), path::VARCHAR)"
        place = f"repo_id = $1 AND regexp_full_match({path}, $2)"
        given: list[object] = [target.repo_id, glob_regex(target.pattern)]
    else:
        place = "($1 = '' OR repo_id = $1) AND list_contains($2::VARCHAR[], blob_id)"
        given = [target.repo_id, list(target.blob_ids)]
    query = f"SELECT 1 FROM decisions WHERE {place} LIMIT 1"  # noqa: S608 - constants
    if connection.execute(query, given).fetchone():
        return OrphanReason.RULE_SILENT
    return OrphanReason.NOTHING_MATCHES if target.pattern else OrphanReason.CONTENT_GONE
