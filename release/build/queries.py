"""The joins of a plan, in DuckDB: decisions with the facts that their rows show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import BLOB_FAMILIES
from ingest.errors import ArtefactCorrupt
from policies.database import open_database
from policies.decision import Tier
from release.build.inputs import CONFIDENTIAL, PERSONAL, SECRETS, ReleaseInputs

# A releasable row with a pending lane would be a contradiction in the decisions: hold it.
_IS_CHOSEN = "outcome = $tier AND (outcome = 'internal-only' OR len(pending_lanes) = 0)"

_CHOSEN = f"""
CREATE TEMP TABLE chosen AS
SELECT row_number() OVER (ORDER BY repo_id, path) - 1 AS n, *
FROM decisions WHERE {_IS_CHOSEN}
"""  # noqa: S608 - both parts are constants of this module

_CANDIDATES = """
SELECT
    d.n, d.repo_id, d.path, d.commit_id, d.blob_id, d.suffix, d.size,
    d.license_expression, d.license_type, d.ownership, d.reasons, d.redact_categories,
    d.waiver_ids,
    r.name AS repo_name, s.branch, s.committer_date, s.encoding,
    coalesce(t.language, c.language) AS language,
    CASE WHEN t.language IS NULL THEN c.language_source ELSE t.language_source END
        AS language_source,
    t.is_vendor, t.is_test, c.is_minified,
    CASE WHEN t.is_generated IS NULL AND c.is_generated IS NULL THEN NULL
        ELSE coalesce(t.is_generated, false) OR coalesce(c.is_generated, false) END
        AS is_generated,
    l.evidence, l.holders, t.scope_license_expression, t.scope_evidence,
    coalesce(len(x.findings), 0) AS secret_count,
    coalesce(len(list_filter(p.findings, lambda f: f.evidence IS DISTINCT FROM 'ner')), 0)
        AS pii_count,
    s.repo_id IS NOT NULL AND r.repo_id IS NOT NULL AS is_known,
    (x.status IS NOT DISTINCT FROM 'completed' OR (
        $tier = 'internal-only' AND NOT list_has_any(d.redact_categories, $secrets)))
    AND (p.status IS NOT DISTINCT FROM 'completed' OR (
        $tier = 'internal-only' AND NOT list_has_any(d.redact_categories, $personal)))
    AND (f.status IS NOT DISTINCT FROM 'completed' OR (
        $tier = 'internal-only' AND NOT list_has_any(d.redact_categories, $confidential)))
    AND (t.path_findings IS NOT NULL OR (
        $tier = 'internal-only' AND len(d.redact_categories) = 0)) AS is_scanned
FROM chosen d
LEFT JOIN snapshots s ON s.repo_id = d.repo_id AND s.path = d.path
    AND s.commit_id = d.commit_id AND s.blob_id = d.blob_id
LEFT JOIN rights r ON r.repo_id = d.repo_id
LEFT JOIN trees t ON t.repo_id = d.repo_id AND t.path = d.path AND t.status = 'completed'
LEFT JOIN facts_content c ON c.blob_id = d.blob_id AND c.suffix = d.suffix
LEFT JOIN facts_licensing l ON l.blob_id = d.blob_id AND l.suffix = d.suffix
LEFT JOIN facts_secrets x ON x.blob_id = d.blob_id AND x.suffix = d.suffix
LEFT JOIN facts_pii p ON p.blob_id = d.blob_id AND p.suffix = d.suffix
LEFT JOIN facts_confidential f ON f.blob_id = d.blob_id AND f.suffix = d.suffix
ORDER BY d.n
"""

# Names and addresses in another's notice are the notice; its license wants it left as it is.
# What only a language model took for a name may raise a review, and rewrites nothing.
_SPANS = """
WITH found AS (
    SELECT d.n, false AS in_path, unnest(x.findings) AS f
    FROM chosen d JOIN facts_secrets x ON x.blob_id = d.blob_id AND x.suffix = d.suffix
    UNION ALL
    SELECT d.n, false, unnest(p.findings)
    FROM chosen d JOIN facts_pii p ON p.blob_id = d.blob_id AND p.suffix = d.suffix
    UNION ALL
    SELECT d.n, false, unnest(c.findings)
    FROM chosen d JOIN facts_confidential c ON c.blob_id = d.blob_id AND c.suffix = d.suffix
    UNION ALL
    SELECT d.n, true, unnest(t.path_findings)
    FROM chosen d JOIN trees t ON t.repo_id = d.repo_id AND t.path = d.path
        AND t.status = 'completed'
)
SELECT DISTINCT
    d.n, g.in_path, g.f."start" AS first, g.f."end" AS last, g.f.category, g.f.hmac,
    NOT g.in_path AND d.ownership = 'third_party'
        AND g.f.category IN ('PERSON', 'EMAIL_ADDRESS')
        AND len(list_filter(
            coalesce(l.notice_spans, []),
            lambda s: s."start" <= g.f."start" AND g.f."end" <= s."end")) > 0 AS is_kept
FROM found g
JOIN chosen d ON d.n = g.n
LEFT JOIN facts_licensing l ON l.blob_id = d.blob_id AND l.suffix = d.suffix
WHERE list_contains(d.redact_categories, g.f.category)
    AND coalesce(g.f.evidence, '') <> 'ner'
ORDER BY ALL
"""

_NOT_CHOSEN = f"""
SELECT
    repo_id, path,
    CASE WHEN outcome = 'skipped' THEN 'skipped'
        WHEN len(pending_lanes) > 0 THEN 'held'
        WHEN outcome = 'excluded' THEN 'excluded'
        ELSE 'other_tier' END AS fate,
    CASE outcome WHEN 'skipped' THEN 'snapshot' WHEN 'excluded' THEN 'decide'
        ELSE CASE WHEN len(pending_lanes) > 0 THEN 'decide' ELSE 'tier' END END AS stage,
    CASE WHEN len(reasons) = 0 THEN upper(replace(outcome, '-', '_'))
        ELSE array_to_string(reasons, ',') END AS rule,
    counterpart_repo_id || ':' ||
        coalesce(try(decode(counterpart_path)), counterpart_path::VARCHAR) AS counterpart,
    counterpart_score AS score
FROM decisions WHERE NOT ({_IS_CHOSEN})
ORDER BY repo_id, path
"""  # noqa: S608 - both parts are constants of this module


@contextmanager
def open_plan(inputs: ReleaseInputs, tier: Tier) -> Iterator[PlanDatabase]:
    """Open the inputs as tables, with the decisions of one tier chosen."""
    with open_database() as connection:
        connection.register("decisions", inputs.decisions)
        connection.register("snapshots", inputs.snapshots)
        connection.register("trees", inputs.trees)
        connection.register("rights", _named(inputs.rights, tier))
        for family in BLOB_FAMILIES:
            table = inputs.facts.get(family, facts_schema(family).empty_table())
            connection.register(f"facts_{family.value}", table)
        connection.execute(_CHOSEN, {"tier": tier.value})
        yield PlanDatabase(connection, tier)


class PlanDatabase:
    """The three questions that a plan asks of its inputs."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tier: Tier) -> None:
        """Take an open database; see `open_plan`."""
        self._connection = connection
        self._tier = tier

    def list_candidates(self) -> pa.Table:
        """Return the occurrences of the tier with their facts, numbered by (repo_id, path).

        Raises:
            ArtefactCorrupt: a decision has no snapshot or rights row, or facts are ambiguous.
        """
        categories = {"secrets": SECRETS, "personal": PERSONAL, "confidential": CONFIDENTIAL}
        parameters: dict[str, object] = {name: sorted(c) for name, c in categories.items()}
        table = self._ask(_CANDIDATES, parameters)
        (chosen,) = self._connection.execute("SELECT count(*) FROM chosen").fetchall()
        if table.num_rows != chosen[0]:
            raise ArtefactCorrupt("An occurrence has more than one row of facts, rights or tree.")
        if table.num_rows and not all(table["is_known"].to_pylist()):
            raise ArtefactCorrupt("A decision names an occurrence without snapshot or rights.")
        return table

    def list_spans(self) -> pa.Table:
        """Return what must be redacted, or is kept in a notice, by candidate number and place."""
        return self._connection.sql(_SPANS).to_arrow_table()

    def list_not_chosen(self) -> pa.Table:
        """Return every other occurrence as an exclusion."""
        return self._ask(_NOT_CHOSEN, {})

    def _ask(self, query: str, parameters: dict[str, object]) -> pa.Table:
        parameters = {"tier": self._tier.value, **parameters}
        return self._connection.sql(query, params=parameters).to_arrow_table()


def _named(rights: pa.Table, tier: Tier) -> pa.Table:
    """Return repository ids with the name that the tier shows."""
    names = rights["name"].to_pylist()
    if tier is Tier.RELEASABLE and "alias" in rights.column_names:
        aliases = rights["alias"].to_pylist()
        names = [alias or name for alias, name in zip(aliases, names, strict=True)]
    return pa.table({"repo_id": rights["repo_id"], "name": pa.array(names, pa.string())})
