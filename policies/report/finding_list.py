"""Every finding in every place where it stands, and every open group, as rows to be listed.

Both come as tables and a query over them, so that who keeps the rows decides how: ten million rows
go through DuckDB and never through Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.columns import FINDING_FAMILIES
from policies.database import open_database
from policies.decision import Outcome
from policies.model import Policy
from policies.report.escape import display_path
from policies.report.group import GROUP_ROWS_SQL, open_cases
from policies.report.places import show_paths
from policies.review import lane_of_category, lane_that_clears

Tables = Mapping[str, pa.Table]

_CATEGORIES: Final = pa.Table.from_pylist(
    [
        {"category": category.value, "family": family.value, "lane": lane_of_category(category)}
        for family, categories in FINDING_FAMILIES.items()
        for category in categories
    ]
)
_RULES: Final = pa.schema([(name, pa.string()) for name in ("rule_id", "title", "lane")])
_PLACES: Final = """
    SELECT d.repo_id, d.path,
        coalesce(t.path_findings, []) AS found,
        t.path_findings IS NOT NULL AS is_scanned
    FROM decisions d LEFT JOIN trees t USING (repo_id, path)
    WHERE d.outcome <> 'skipped'
"""
_ODD_SQL: Final = f"""
    SELECT DISTINCT repo_id, path FROM ({_PLACES})
    WHERE NOT is_scanned OR len(found) > 0
        OR NOT coalesce(regexp_full_match(try(decode(path)), '[ -\\[\\]-~]*'), false)
    ORDER BY repo_id, path
"""  # noqa: S608 - constants
FINDINGS_SQL: Final = """
    WITH files AS (
        SELECT d.repo_id, coalesce(n.name, d.repo_id) AS repository, d.path, d.blob_id, d.suffix,
            d.outcome, coalesce(s.shown, decode(d.path)) AS shown
        FROM decisions d
        LEFT JOIN names n USING (repo_id)
        LEFT JOIN shown s USING (repo_id, path)
        WHERE d.outcome <> 'skipped'
    ), texts AS (
        SELECT blob_id, suffix, unnest(findings) AS f FROM findings WHERE status = 'completed'
    ), found AS (
        SELECT f.*, t.f AS f, 'text' AS place
        FROM files f JOIN texts t USING (blob_id, suffix)
        UNION ALL
        SELECT f.*, unnest(t.path_findings) AS f, 'path' AS place
        FROM files f JOIN trees t USING (repo_id, path)
    )
    SELECT
        (row_number() OVER (
            ORDER BY repository, repo_id, path, place, f.start, f."end", f.rule_id, f.fingerprint
        ) - 1)::BIGINT AS n,
        repo_id, repository, shown AS path, blob_id, place,
        CASE place WHEN 'path' THEN 0 ELSE f.line END::INTEGER AS line,
        f.start::BIGINT AS start, f."end"::BIGINT AS "end",
        c.family, f.rule_id AS rule, f.category, c.lane, f.confidence, f.fingerprint, f.preview,
        outcome
    FROM found JOIN categories c ON (f.category = c.category)
    ORDER BY n
"""
"""One row per finding and place, numbered by repository and path from 0.

`line` is 0 and the span is empty of meaning where the finding is in the path itself; `path` is as
it may be shown; `outcome` is what was decided about the file.
"""
BY_FINGERPRINT_SQL: Final = """
    SELECT (row_number() OVER (ORDER BY fingerprint, n) - 1)::BIGINT AS m, *
    FROM rows ORDER BY m
"""
GROUPS_SQL: Final = """
    SELECT 'grp_' || substr(sha256(concat_ws(chr(0), g.repo_id, rule_id, kind, key, label)), 1, 16)
            AS id,
        g.repo_id, coalesce(n.name, g.repo_id) AS repository, rule_id AS rule, w.title, w.lane,
        kind, key, label, preview, cases, files::BIGINT AS files, size AS bytes,
        blocked_files::BIGINT AS blocked, blocked_size AS blocked_bytes,
        coalesce(s.shown, decode(g.examples[1].path)) AS path, g.examples[1].line::INTEGER AS line
    FROM groups g LEFT JOIN names n USING (repo_id) LEFT JOIN rules w USING (rule_id)
    LEFT JOIN shown s ON (s.repo_id = g.repo_id AND s.path = g.examples[1].path)
    WHERE blocked_files > 0
    ORDER BY blocked DESC, id
"""
"""One row per group that blocks files, with the first place of it.

`lane` is who can clear it, empty where nobody can; `path` is as it may be shown.
"""


def finding_tables(
    decisions: pa.Table, names: pa.Table, *, facts: Mapping[Family, pa.Table], trees: pa.Table
) -> Tables:
    """Return the tables that `FINDINGS_SQL` reads.

    Args:
        decisions: `DECISIONS`.
        names: ``repo_id``, ``name`` of the repositories.
        facts: facts of the secrets, pii and confidential families.
        trees: `TREE_FACTS`.
    """
    columns = ["blob_id", "suffix", "status", "findings"]
    none_found = facts_schema(Family.PII).empty_table()
    found = pa.concat_tables(
        [facts.get(family, none_found).select(columns) for family in FINDING_FAMILIES]
    )
    paths = trees.select(["repo_id", "path", "path_findings"])
    return {
        "decisions": decisions.select(["repo_id", "path", "blob_id", "suffix", "outcome"]),
        "names": names.select(["repo_id", "name"]),
        "findings": found,
        "trees": paths,
        "categories": _CATEGORIES,
        "shown": _shown(decisions, paths),
    }


def group_tables(
    decisions: pa.Table,
    names: pa.Table,
    *,
    facts: Mapping[Family, pa.Table],
    trees: pa.Table,
    policy: Policy,
) -> Tables:
    """Return the tables that `GROUPS_SQL` reads; arguments as `finding_tables`."""
    with open_database() as connection:
        reasons = open_cases(connection, decisions, facts=facts, trees=trees, policy=policy)
        groups = connection.sql(GROUP_ROWS_SQL).to_arrow_table()
    rules = [
        {"rule_id": name, "title": reason.title, "lane": _lane(policy, name)}
        for name, reason in reasons.items()
    ]
    return {
        "groups": groups,
        "names": names.select(["repo_id", "name"]),
        "rules": pa.Table.from_pylist(rules, schema=_RULES),
        "shown": _shown(decisions, trees.select(["repo_id", "path", "path_findings"])),
    }


def _lane(policy: Policy, name: str) -> str:
    lane = lane_that_clears(policy, name)
    return lane.value if lane is not None else ""


def _shown(decisions: pa.Table, trees: pa.Table) -> pa.Table:
    """Return the paths that are not shown as they are, with how they are."""
    relevant = decisions.filter(pc.not_equal(decisions["outcome"], Outcome.SKIPPED.value))
    with open_database() as connection:
        connection.register("decisions", relevant.select(["repo_id", "path", "outcome"]))
        connection.register("trees", trees)
        odd = connection.sql(_ODD_SQL).to_arrow_table()
    repos, paths = odd["repo_id"].to_pylist(), odd["path"].to_pylist()
    shown = show_paths(zip(repos, paths, strict=True), trees)
    texts = pa.array([display_path(path) for path in shown], pa.string())
    return odd.append_column("shown", texts)
