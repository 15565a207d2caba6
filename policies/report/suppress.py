"""What people said of each group, and the groups that they cleared.

The verdict of the rules alone is compared with the one in force: what stands in the first and no
more in the second is cleared. Of that, what a review in force is about is told with it; what only
followed (a copy of a freed file is free too) is not told again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import duckdb
import pyarrow as pa

from ingest.domain.finding import Family
from policies.database import open_database
from policies.effective import Reason
from policies.model import Policy
from policies.report.group import open_cases, read_groups
from policies.report.model import Group, Suppression, ViolationReport
from policies.report.said import Said, Status
from policies.review.paths import glob_regex

_Key = tuple[str, str, str, str, str]
_ABOUT: Final = pa.schema(
    [
        pa.field("number", pa.int32()),
        pa.field("rule_id", pa.string()),
        pa.field("fingerprint", pa.string()),
        pa.field("category", pa.string()),
        pa.field("only_repo", pa.string()),
        pa.field("regex", pa.string()),
        pa.field("blobs", pa.list_(pa.string())),
    ]
)
# Cases carry no blob id, as a group is about files; what a review is bound to is a content.
_PLACED: Final = """
    CREATE TEMP TABLE placed AS
    SELECT c.repo_id, c.rule_id, c.kind, c.key, c.label, d.blob_id,
        coalesce(try(decode(c.path)), c.path::VARCHAR) AS path_text
    FROM cases c JOIN decisions d USING (repo_id, path)
"""
_TOUCHED: Final = """
    WITH about_rule AS (
        SELECT p.*, a.* EXCLUDE (rule_id) FROM placed p JOIN about a ON (
            a.rule_id = p.rule_id AND a.fingerprint = '' AND a.only_repo IN ('', p.repo_id))
    ), about_finding AS (
        SELECT p.*, a.* EXCLUDE (rule_id) FROM placed p JOIN about a ON (
            a.fingerprint = p.key AND a.category = p.label AND p.kind <> 'license'
            AND a.only_repo IN ('', p.repo_id))
    ), near AS (SELECT * FROM about_rule UNION ALL SELECT * FROM about_finding)
    SELECT DISTINCT repo_id, rule_id, kind, key, label, number FROM near
    WHERE CASE WHEN regex <> '' THEN regexp_full_match(path_text, regex)
        ELSE len(blobs) = 0 OR list_contains(blobs, blob_id) END
    ORDER BY ALL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Decisions with what they were made from; see `policies.report.group.group_violations`."""

    decisions: pa.Table
    facts: Mapping[Family, pa.Table]
    trees: pa.Table


def add_reviews(
    report: ViolationReport,
    said: Sequence[Said],
    *,
    now: Verdicts,
    alone: Verdicts | None,
    policy: Policy,
) -> ViolationReport:
    """Return the report with what people said of its groups, and with what they cleared.

    Args:
        report: over the same repositories.
        said: reviews of any state.
        now: the verdicts in force.
        alone: those of the rules without any review; none where no review is in force.
        policy: the policy of both.
    """
    open_said = [s for s in said if s.status in (Status.UNDER_REVIEW, Status.REJECTED)]
    with open_database() as connection:
        _open(connection, now, policy)
        touched = _touched(connection, open_said)
        cases = connection.sql("SELECT * FROM cases").to_arrow_table()
    cleared: tuple[Group, ...] = ()
    if alone is not None:
        agreed = [s for s in said if s.status is Status.ACCEPTED]
        cleared = _cleared(alone, cases, agreed, policy=policy, trees=now.trees)
    groups = tuple(replace(g, suppressions=touched.get(_key(g), ())) for g in report.groups)
    return replace(report, groups=groups, cleared=cleared, said=tuple(said))


def _cleared(
    alone: Verdicts,
    remaining: pa.Table,
    agreed: Sequence[Said],
    *,
    policy: Policy,
    trees: pa.Table,
) -> tuple[Group, ...]:
    with open_database() as connection:
        reasons = _open(connection, alone, policy)
        connection.register("remaining", remaining)
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE cases AS SELECT * FROM cases "
            "ANTI JOIN remaining USING (repo_id, path, rule_id, kind, key, label)"
        )
        touched = _touched(connection, agreed)
        groups = read_groups(connection, reasons, trees)
    told = ((group, touched.get(_key(group), ())) for group in groups)
    return tuple(replace(group, suppressions=said) for group, said in told if said)


def _open(
    connection: duckdb.DuckDBPyConnection, verdicts: Verdicts, policy: Policy
) -> dict[str, Reason]:
    return open_cases(
        connection,
        verdicts.decisions,
        facts=verdicts.facts,
        trees=verdicts.trees,
        policy=policy,
    )


def _touched(
    connection: duckdb.DuckDBPyConnection, said: Sequence[Said]
) -> dict[_Key, tuple[Suppression, ...]]:
    """Return what reviews say of the groups in the table ``cases``."""
    if not said:
        return {}
    connection.register("about", _about(said))
    connection.execute(_PLACED)
    found: dict[_Key, list[Suppression]] = {}
    for *key, number in connection.execute(_TOUCHED).fetchall():
        repo_id, rule_id, kind, value, label = key
        found.setdefault((repo_id, rule_id, kind, value, label), []).append(
            _suppression(said[number])
        )
    return {key: tuple(sorted(s, key=lambda one: one.review_id)) for key, s in found.items()}


def _about(said: Iterable[Said]) -> pa.Table:
    """Return what clears something; a review that keeps a file internal suppresses nothing."""
    rows = [
        {
            "number": number,
            "rule_id": target.rule_id,
            "fingerprint": target.fingerprint,
            "category": target.category,
            "only_repo": target.repo_id,
            "regex": glob_regex(target.pattern) if target.pattern else "",
            "blobs": list(target.blob_ids),
        }
        for number, target in enumerate(one.review.target for one in said)
        if target.rule_id or target.fingerprint
    ]
    return pa.Table.from_pylist(rows, schema=_ABOUT)


def _suppression(said: Said) -> Suppression:
    if said.status is None:
        raise ValueError("a review that has ended says nothing of a group")
    return Suppression(
        review_id=said.review.id,
        kind=said.review.kind.value,
        lane=said.review.lane.value,
        status=said.status,
        justification=said.justification,
    )


def _key(group: Group) -> _Key:
    return group.repo_id, group.rule_id, group.kind, group.key, group.label
