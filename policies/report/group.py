"""Group what stands against release, so that a hundred thousand equal hits are one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import duckdb
import pyarrow as pa

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.columns import FINDING_FAMILIES
from policies.database import open_database
from policies.decision import Outcome
from policies.effective import Reason, describe_reason
from policies.model import ENGINE_REASONS, Effect, Policy, Rule
from policies.report.model import (
    NOTHING,
    OUTCOMES,
    Amount,
    Group,
    Location,
    RepositoryTotals,
    RuleText,
    ViolationReport,
)
from policies.report.places import show_paths

_EXAMPLES: Final = 5
_PATH_COLUMNS: Final = {"path_finding_count", "path_finding_categories"}
_RULES: Final = pa.schema(
    [
        pa.field("rule_id", pa.string()),
        pa.field("is_blocking", pa.bool_()),
        pa.field("reads_path", pa.bool_()),
        pa.field("categories", pa.list_(pa.string())),
    ]
)


def group_violations(
    decisions: pa.Table,
    dossier: pa.Table,
    *,
    facts: Mapping[Family, pa.Table],
    trees: pa.Table,
    policy: Policy,
) -> ViolationReport:
    """Count every occurrence once by outcome, and group the reasons against release.

    A finding is grouped by its fingerprint under each rule that is about its category; what a
    rule says without a finding to show is grouped by the effective license.

    Args:
        decisions: `DECISIONS` with their metadata.
        dossier: what they were made from; gives the repositories their names.
        facts: facts of the secrets, pii and confidential families, for previews and lines.
        trees: `TREE_FACTS`, for findings in paths.
        policy: the policy that decided.

    Raises:
        ValueError: a reason is unknown to the policy: the decisions are of another one.
    """
    metadata = decisions.schema.metadata or {}
    with open_database() as connection:
        connection.register("names", dossier.select(["repo_id", "repo_name"]))
        reasons = open_cases(connection, decisions, facts=facts, trees=trees, policy=policy)
        return ViolationReport(
            policy_name=policy.document.name,
            policy_digest=policy.digest,
            input_digest=metadata.get(b"input_digest", b"").decode(),
            repositories=_totals(connection),
            groups=read_groups(connection, reasons, trees),
            rules=tuple(_rule_text(reason) for reason in reasons.values()),
        )


def list_members(
    decisions: pa.Table,
    group: Group,
    *,
    facts: Mapping[Family, pa.Table],
    trees: pa.Table,
    policy: Policy,
) -> list[tuple[bytes, str]]:
    """Return (path, blob id) of every file of a group, by path; arguments as `group_violations`."""
    wanted = [group.repo_id, group.rule_id, group.kind, group.key, group.label]
    with open_database() as connection:
        open_cases(connection, decisions, facts=facts, trees=trees, policy=policy)
        return connection.execute(_MEMBERS_SQL, wanted).fetchall()


def open_cases(
    connection: duckdb.DuckDBPyConnection,
    decisions: pa.Table,
    *,
    facts: Mapping[Family, pa.Table],
    trees: pa.Table,
    policy: Policy,
) -> dict[str, Reason]:
    """Make the table ``cases`` and return the reasons that there may be.

    Arguments as `group_violations`; ``decisions`` becomes a table too.
    """
    connection.register("decisions", decisions)
    connection.register("trees", trees.select(["repo_id", "path", "path_findings"]))
    connection.register("findings", _findings(facts))
    reasons = _reasons(connection, policy)
    connection.register("rules", _rule_table(reasons, policy))
    connection.execute(_CASES_SQL)
    return reasons


def _findings(facts: Mapping[Family, pa.Table]) -> pa.Table:
    columns = ["blob_id", "suffix", "status", "findings"]
    none_found = facts_schema(Family.PII).empty_table()
    parts = [facts.get(family, none_found).select(columns) for family in FINDING_FAMILIES]
    return pa.concat_tables(parts)


def _reasons(connection: duckdb.DuckDBPyConnection, policy: Policy) -> dict[str, Reason]:
    """Return every reason that the policy or the engine may give, and those that were given."""
    seen = connection.execute(
        "SELECT DISTINCT unnest(reasons) AS name FROM decisions ORDER BY name"
    ).fetchall()
    names = [rule.id for rule in policy.rules] + sorted(ENGINE_REASONS)
    names += [name for (name,) in seen if name not in set(names)]
    return {name: describe_reason(name, policy) for name in names}


def _rule_table(reasons: Mapping[str, Reason], policy: Policy) -> pa.Table:
    rows = [
        {"rule_id": name, "is_blocking": reason.is_blocking, **_about(policy.find_rule(name))}
        for name, reason in reasons.items()
        if reason.effect != Effect.GRANT
    ]
    return pa.Table.from_pylist(rows, schema=_RULES)


def _about(rule: Rule | None) -> dict[str, object]:
    """Return what the findings of a rule are: categories of the text, or the path's findings."""
    if rule is None:
        return {"reads_path": False, "categories": []}
    return {
        "reads_path": not _PATH_COLUMNS.isdisjoint(rule.condition.columns),
        "categories": [category.value for category in rule.categories],
    }


def _rule_text(reason: Reason) -> RuleText:
    return RuleText(
        id=reason.id,
        title=reason.title,
        because=reason.because,
        remedy=reason.remedy,
        effect=reason.effect,
        lane=reason.lane,
    )


def _totals(connection: duckdb.DuckDBPyConnection) -> tuple[RepositoryTotals, ...]:
    rows = connection.execute(_TOTALS_SQL).fetchall()
    amounts: dict[tuple[str, str], dict[Outcome, Amount]] = {}
    for repo_id, name, outcome, files, size in rows:
        by_outcome = amounts.setdefault((repo_id, name), dict.fromkeys(OUTCOMES, NOTHING))
        by_outcome[Outcome(outcome)] = Amount(files=files, bytes=size)
    return tuple(
        RepositoryTotals(repo_id=repo_id, name=name, by_outcome=by_outcome)
        for (repo_id, name), by_outcome in amounts.items()
    )


def read_groups(
    connection: duckdb.DuckDBPyConnection, reasons: Mapping[str, Reason], trees: pa.Table
) -> tuple[Group, ...]:
    """Return the groups of the table ``cases``, with paths as they may be shown."""
    rows = connection.sql(GROUP_ROWS_SQL).to_arrow_table().to_pylist()
    places = [(row["repo_id"], place["path"]) for row in rows for place in row["examples"]]
    shown = dict(zip(places, show_paths(places, trees), strict=True))
    return tuple(_group(row, reasons[row["rule_id"]], shown) for row in rows)


def _group(
    row: Mapping[str, Any], reason: Reason, shown: Mapping[tuple[str, bytes], bytes]
) -> Group:
    return Group(
        repo_id=row["repo_id"],
        rule_id=reason.id,
        title=reason.title,
        because=reason.because,
        remedy=reason.remedy,
        effect=reason.effect,
        lane=reason.lane,
        kind=row["kind"],
        key=row["key"],
        label=row["label"],
        preview=row["preview"],
        cases=row["cases"],
        touched=Amount(files=row["files"], bytes=row["size"]),
        blocked=Amount(files=row["blocked_files"], bytes=row["blocked_size"]),
        examples=tuple(
            Location(path=shown[row["repo_id"], place["path"]], line=place["line"])
            for place in row["examples"]
        ),
    )


_TOTALS_SQL = """
    SELECT d.repo_id, coalesce(any_value(n.repo_name), ''), outcome, count(*),
        sum(size)::BIGINT
    FROM decisions d
    LEFT JOIN (SELECT repo_id, min(repo_name) AS repo_name FROM names GROUP BY repo_id) n
        ON (n.repo_id = d.repo_id)
    GROUP BY d.repo_id, outcome ORDER BY d.repo_id, outcome
"""
# One row per (file, rule, group): a file with ten equal hits is one file with ten cases.
_CASES_SQL = """
    CREATE TEMP TABLE cases AS
    WITH fired AS (
        SELECT f.*, r.is_blocking, r.reads_path, r.categories
        FROM (
            SELECT repo_id, path, blob_id, suffix, size, outcome, license_expression,
                license_type, license_source, unnest(reasons) AS rule_id
            FROM decisions WHERE outcome <> 'skipped'
        ) f JOIN rules r USING (rule_id)
    ), in_text AS (
        SELECT DISTINCT blob_id, suffix, f.fingerprint, f.category, f.preview, f.line, f.start
        FROM (
            SELECT blob_id, suffix, unnest(findings) AS f FROM findings
            WHERE status = 'completed'
        )
    ), in_path AS (
        SELECT repo_id, path, unnest(path_findings) AS f FROM trees
    ), found AS (
        SELECT f.repo_id, f.path, f.rule_id, 'finding' AS kind, t.fingerprint AS key,
            t.category AS label, t.preview, count(*) AS cases, min(t.line) AS line
        FROM fired f JOIN in_text t ON (f.blob_id = t.blob_id AND f.suffix = t.suffix)
        WHERE list_contains(f.categories, t.category) GROUP BY ALL
        UNION ALL
        SELECT f.repo_id, f.path, f.rule_id, 'path', p.f.fingerprint, p.f.category,
            p.f.preview, count(DISTINCT p.f.start), 0
        FROM fired f JOIN in_path p ON (f.repo_id = p.repo_id AND f.path = p.path)
        WHERE f.reads_path GROUP BY ALL
    )
    SELECT found.*, f.size, f.outcome, f.is_blocking
    FROM found JOIN fired f USING (repo_id, path, rule_id)
    UNION ALL
    SELECT f.repo_id, f.path, f.rule_id, 'license', coalesce(f.license_expression, ''),
        f.license_type || ', ' || f.license_source, '', 1, 0, f.size, f.outcome, f.is_blocking
    FROM fired f ANTI JOIN found USING (repo_id, path, rule_id)
"""
GROUP_ROWS_SQL = f"""
    SELECT repo_id, rule_id, kind, key, label, min(preview) AS preview,
        sum(cases)::BIGINT AS cases, count(*) AS files, sum(size)::BIGINT AS size,
        count(*) FILTER (is_blocking AND outcome <> 'releasable') AS blocked_files,
        coalesce(sum(size) FILTER (is_blocking AND outcome <> 'releasable'), 0)::BIGINT
            AS blocked_size,
        list({{'path': path, 'line': line}} ORDER BY path, line)[1:{_EXAMPLES}] AS examples
    FROM cases GROUP BY repo_id, rule_id, kind, key, label
    ORDER BY repo_id, blocked_files DESC, rule_id, kind, key, label
"""  # noqa: S608 - constants
"""One row per group of the table ``cases``, by repository and what it blocks."""
_MEMBERS_SQL = """
    SELECT DISTINCT c.path, d.blob_id FROM cases c JOIN decisions d USING (repo_id, path)
    WHERE c.repo_id = $1 AND c.rule_id = $2 AND c.kind = $3 AND c.key = $4 AND c.label = $5
    ORDER BY c.path
"""
