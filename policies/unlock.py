"""Which single approvals would release the most: what a reviewer does first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Final

import duckdb
import pyarrow as pa

from policies.database import open_database
from policies.decision import DECISIONS, Outcome
from policies.impact import Volume
from policies.language import assume_true
from policies.model import BLOCKING, ENGINE_REASONS, Policy
from policies.replay import Replay
from policies.review import NO_REVIEWS, Reviews, lane_that_clears


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """One approval and what it alone would release."""

    reason: str
    """Rule or engine reason that is cleared, or `CONSENT`."""
    lane: str
    """Who decides on it; empty for the owner of the repository."""
    repo_id: str
    license_expression: str
    """Effective license of the files; empty where there is none."""
    volume: Volume


CONSENT: Final = "consent"
"""The owner registers release consent for the repository."""

# A content is released by clearing one reason in one repository only if nothing else holds any of
# its copies, wherever they are.
_SQL: Final = """
    WITH held AS (
        SELECT repo_id, blob_id, size, coalesce(license_expression, '') AS license,
            list_filter(reasons, lambda r: list_contains($1::VARCHAR[], r)) AS blockers
        FROM decisions WHERE outcome IN ('internal-only', 'excluded')
    ), single AS (
        SELECT blob_id FROM held GROUP BY blob_id
        HAVING count(DISTINCT {'b': blockers, 'r': repo_id, 'l': license}) = 1
            AND min(len(blockers)) = 1
    )
    SELECT blockers[1] AS reason, repo_id, license, count(*) AS files, sum(size)::BIGINT AS bytes
    FROM held SEMI JOIN single USING (blob_id)
    GROUP BY ALL ORDER BY bytes DESC, reason, repo_id, license
"""


def rank_unlocks(decisions: pa.Table, policy: Policy) -> list[Unlock]:
    """Return single approvals, the one that releases most bytes first.

    Files that two reasons hold are in none of them; what one rule excludes is in the one that
    clears it, if anybody may. Near copies are compared anew with each
    decision, so the last of them may still be held afterwards.

    Args:
        decisions: `policies.decision.DECISIONS`.
        policy: the policy that decided.
    """
    blocking = [rule.id for rule in policy.rules if rule.effect in BLOCKING]
    with open_database() as connection:
        connection.register("decisions", decisions.select(DECISIONS.names))
        rows = connection.execute(_SQL, [[*blocking, *ENGINE_REASONS]]).fetchall()
    return [
        Unlock(
            reason=reason,
            lane=lane.value,
            repo_id=repo_id,
            license_expression=license_expression,
            volume=Volume(files=files, bytes=size),
        )
        for reason, repo_id, license_expression, files, size in rows
        if (lane := lane_that_clears(policy, reason)) is not None
    ]


def rank_consents(
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
    *,
    content: pa.Table,
    reviews: Reviews = NO_REVIEWS,
) -> list[Unlock]:
    """Return what the owners' consent would release, by repository and largest first.

    All owners are taken to consent at once: what is also held as a copy of another repository's
    file needs that owner too. Arguments and errors are those of `policies.replay.Replay`.
    """
    assumed = replace(
        policy,
        licenses=tuple((row, assume_true(c, "consent_valid")) for row, c in policy.licenses),
        rules=tuple(
            replace(rule, condition=assume_true(rule.condition, "consent_valid"))
            for rule in policy.rules
        ),
    )
    replay = Replay(connection, (policy, assumed), content=content, reviews=reviews)
    released: defaultdict[str, Volume] = defaultdict(Volume)
    for drift in replay.drifts():
        if drift.repo_id is not None and drift.after is Outcome.RELEASABLE:
            released[drift.repo_id] += Volume(files=drift.files, bytes=drift.bytes)
    rows = sorted(released.items(), key=lambda item: (-item[1].bytes, item[0]))
    return [
        Unlock(reason=CONSENT, lane="", repo_id=repo_id, license_expression="", volume=volume)
        for repo_id, volume in rows
    ]
