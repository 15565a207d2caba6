"""What may stay of a release: its rows judged again, by all that holds today.

A release was decided by a dossier. Facts in it stay as they were; rights, policy, reviews and
withdrawals are those of today. Where the very same file is decided on today with other facts, and
all of them are known, these count too: a detector that sees more reaches what is out.
"""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

from policies.copies import restrict_copies
from policies.decision import Tier
from policies.dossier import RIGHTS
from policies.evaluate import judge_dossier
from policies.folds import folds, normal_category
from policies.model import COPY_REASONS, ENGINE_REASONS, Policy
from policies.review import Reviews

COUNTS: Final = ("secret_count", "pii_count", "confidential_count", "path_finding_count")
"""Facts of which more today than then means that a detector sees more."""

EMITTED: Final = pa.schema(
    [
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("path", pa.binary(), nullable=False),
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("redacted", pa.list_(pa.string()), nullable=False),
    ]
)
"""Rows of a release, by the file that each is of; `redacted`: categories that were taken out."""

PRESENT: Final = pa.schema(
    [
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("path", pa.binary(), nullable=False),
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
        pa.field("redact_categories", pa.list_(pa.string()), nullable=False),
        *(pa.field(name, pa.int32()) for name in COUNTS),
    ]
)
"""Decisions of today with what they were made from; only of files that were scanned in whole."""

DISALLOWED: Final = pa.schema(
    [
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("path", pa.binary(), nullable=False),
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
        pa.field("withdrawal_id", pa.string()),
        pa.field("counterpart_repo_id", pa.string()),
        pa.field("counterpart_path", pa.binary()),
        pa.field("counterpart_score", pa.float32()),
        pa.field("is_lost", pa.bool_(), nullable=False),
        pa.field("is_seen_anew", pa.bool_(), nullable=False),
        pa.field("is_without_consent", pa.bool_(), nullable=False),
    ]
)
"""Rows that may not be used any more, sorted by `row_id`.

- `reasons`: of the verdict of today, sorted.
- `withdrawal_id`: a withdrawal of the file, or of the content that it is a copy of.
- `counterpart_*`: the copy or near copy that restricts it.
- `is_lost`: the file may not be in the tier; else more is to be redacted in it than was.
- `is_seen_anew`: because more is found in it than when it was released.
- `is_without_consent`: its owner's consent held then and does not now.
"""

# By repository, so that it is worked out once for each and not once for each file.
_RIGHTS_SQL: Final = f"""
    CREATE TEMP TABLE standing_rights AS
    SELECT *, {normal_category("license_category", "license")} AS category FROM folded_rights
"""  # noqa: S608 - constants
_DOSSIER_SQL: Final = """
    CREATE TEMP VIEW dossier AS
    SELECT s.* REPLACE (
        r.repo_name AS repo_name, r.owner AS owner, r.rights_basis AS rights_basis,
        r.license AS repo_license_expression, coalesce(r.category, 'none') AS repo_license_category,
        r.consent_valid AS consent_valid)
    FROM stored s LEFT JOIN standing_rights r ON (r.repo_id = s.repo_id)
"""
_VERDICTS: Final = ("verdict_id", "verdict_outcome", "verdict_withdrawn")
_WITHDRAWN_AT_SQL: Final = """
    CREATE TEMP TABLE withdrawn_at AS
    SELECT blob_id, min(id) AS id FROM (
        SELECT j.blob_id, unnest(c.verdict_waivers) AS id
        FROM judged j JOIN combinations c ON (c.verdict_id = j.verdict_id)
        WHERE j.verdict_withdrawn
        UNION ALL
        SELECT blob_id, withdrawal_id FROM withdrawn
    ) WHERE starts_with(id, 'wdr_') GROUP BY blob_id
"""
_ALLOWED: Final = {
    Tier.RELEASABLE: "outcome = 'releasable'",
    Tier.INTERNAL_ONLY: "outcome IN ('internal-only', 'releasable')",
}
_REDACT: Final = {Tier.RELEASABLE: "redact_releasable", Tier.INTERNAL_ONLY: "redact_internal"}


def _more() -> str:
    """Return the condition that more is found today; what was not known then is more."""
    return " OR ".join(f"p.{name} > coalesce(s.{name}, -1)" for name in COUNTS)


def _suspects_sql(tier: Tier) -> str:
    """Return the statement that finds the rows of which more is to be told: nearly always few.

    All others stay: they stand where they stood, may be in the tier, show nothing that was not
    redacted, and no decision of today says more of them.
    """
    held = "j.blob_id IN (SELECT blob_id FROM restrictions)" if tier is Tier.RELEASABLE else "false"
    return f"""
    CREATE OR REPLACE TEMP TABLE suspects AS
    SELECT e.*, j.blob_id AS judged_id, j.verdict_id, j.verdict_outcome, j.verdict_withdrawn
    FROM emitted e
    LEFT JOIN judged j ON (j.repo_id = e.repo_id AND j.path = e.path)
    LEFT JOIN combinations c ON (c.verdict_id = j.verdict_id)
    WHERE j.verdict_id IS NULL
        OR NOT ({_ALLOWED[tier].replace("outcome", "j.verdict_outcome")})
        OR {held}
        OR (len(c.{_REDACT[tier]}) > 0 AND NOT list_has_all(e.redacted, c.{_REDACT[tier]}))
        OR (e.repo_id, e.path) IN (
            SELECT (repo_id, path) FROM present
            WHERE outcome <> 'releasable' OR len(redact_categories) > 0)
    """  # noqa: S608 - constants


_KNOWN_SQL: Final = f"""
    CREATE OR REPLACE TEMP TABLE known AS
    SELECT repo_id, path, consent_valid, {", ".join(COUNTS)}
    FROM stored SEMI JOIN suspects USING (repo_id, path)
"""  # noqa: S608 - constants
# What restricts a copy is a content of the release's own corpus, or one that was withdrawn.
_COPIED_SQL: Final = """
    CREATE OR REPLACE TEMP TABLE copied AS
    WITH held AS (
        SELECT * FROM restrictions WHERE blob_id IN (SELECT judged_id FROM suspects)
    ), here AS (
        SELECT repo_id, path, blob_id FROM judged
        WHERE (repo_id, path) IN (SELECT (counterpart_repo_id, counterpart_path) FROM held)
    ), gone AS (
        SELECT repo_id, path, min(blob_id) AS blob_id FROM withdrawn GROUP BY repo_id, path
    )
    SELECT r.*, coalesce(a.id, b.id) AS withdrawal_id
    FROM held r
    LEFT JOIN here j ON (j.repo_id = r.counterpart_repo_id AND j.path = r.counterpart_path)
    LEFT JOIN gone w
        ON (j.path IS NULL AND w.repo_id = r.counterpart_repo_id AND w.path = r.counterpart_path)
    LEFT JOIN withdrawn_at a ON (a.blob_id = coalesce(j.blob_id, w.blob_id))
    LEFT JOIN withdrawn_at b ON (b.blob_id = r.blob_id)
"""


def _disallowed_sql(tier: Tier) -> str:
    return f"""
    WITH rows AS (
        SELECT e.row_id, e.repo_id, e.path, e.blob_id, e.redacted,
            CASE WHEN r.reason IS NULL THEN coalesce(e.verdict_outcome, 'excluded')
                ELSE 'internal-only' END AS outcome,
            CASE WHEN r.reason IS NULL THEN coalesce(c.verdict_reasons, [])
                ELSE list_append(c.verdict_reasons, r.reason) END AS reasons,
            coalesce(r.withdrawal_id, a.id) AS withdrawal_id,
            r.counterpart_repo_id, r.counterpart_path, r.counterpart_score,
            coalesce(c.{_REDACT[tier]}, []) AS redact
        FROM suspects e
        LEFT JOIN combinations c ON (c.verdict_id = e.verdict_id)
        LEFT JOIN copied r ON (r.blob_id = e.judged_id AND e.verdict_outcome = 'releasable')
        LEFT JOIN withdrawn_at a ON (e.verdict_withdrawn AND a.blob_id = e.judged_id)
    ), changed AS (
        SELECT p.repo_id, p.path, p.reasons, p.redact_categories, {_more()} AS is_more,
            p.outcome AS outcome, NOT ({_ALLOWED[tier]}) AND len(
                list_filter(p.reasons, lambda x: list_contains($1::VARCHAR[], x))) > 0 AS is_lost
        FROM suspects e JOIN present p USING (repo_id, path, blob_id)
        JOIN known s ON (s.repo_id = p.repo_id AND s.path = p.path)
    ), told AS (
        SELECT r.*, NOT ({_ALLOWED[tier].replace("outcome", "r.outcome")}) AS is_lost_then,
            coalesce(n.is_lost, false) AS is_lost_now,
            NOT list_has_all(r.redacted, r.redact) AS is_bare_then,
            coalesce(NOT n.is_lost AND len(n.redact_categories) > 0
                AND (n.is_more OR NOT list_has_all(r.redacted, n.redact_categories)), false)
                AS is_bare_now,
            coalesce(n.is_more, false) AS is_more, coalesce(n.reasons, []) AS reasons_now
        FROM rows r LEFT JOIN changed n USING (repo_id, path)
    )
    SELECT t.row_id, t.repo_id, t.path, t.blob_id,
        list_sort(list_distinct(CASE WHEN is_lost_now OR is_bare_now
            THEN list_concat(t.reasons, reasons_now) ELSE t.reasons END)) AS reasons,
        t.withdrawal_id, t.counterpart_repo_id, t.counterpart_path, t.counterpart_score,
        is_lost_then OR is_lost_now AS is_lost,
        NOT is_lost_then AND NOT is_bare_then AND is_more AS is_seen_anew,
        coalesce(s.consent_valid, false) AND NOT coalesce(d.consent_valid, false)
            AS is_without_consent
    FROM told t
    LEFT JOIN known s ON (s.repo_id = t.repo_id AND s.path = t.path)
    LEFT JOIN folded_rights d ON (d.repo_id = t.repo_id)
    WHERE is_lost_then OR is_lost_now OR is_bare_then OR is_bare_now
    ORDER BY t.row_id, t.withdrawal_id
    """  # noqa: S608 - constants


class Standing:
    """The verdict of today on every row of a dossier that some releases were decided by."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        policy: Policy,
        *,
        content: pa.Table,
        reviews: Reviews,
        rights: pa.Table,
    ) -> None:
        """Evaluate; the connection's temporary tables are used and left behind.

        Args:
            connection: has a table or view ``stored`` with the columns of `DOSSIER`.
            policy: the one that is asked about.
            content: as in `policies.evaluate.decide`.
            reviews: reviews and withdrawals in force.
            rights: `RIGHTS` of today; a repository without a row has no rights at all.

        Raises:
            ArtefactCorrupt: a signature of `content` is malformed.
        """
        self._connection = connection
        # A copy that is new to the corpus restricts what is built from now on, and takes nothing
        # back that went out before it came.
        reasons = {rule.id for rule in policy.rules if policy.is_blocking(rule.id)}
        self._hard = sorted(reasons | set(ENGINE_REASONS) - COPY_REASONS)
        connection.register("rights", rights.select(RIGHTS.names))
        connection.execute(f"CREATE TEMP TABLE folded_rights AS {dict(folds())['folded_rights']}")
        connection.execute(_RIGHTS_SQL)
        connection.execute(_DOSSIER_SQL)
        columns = ("repo_id", "path", "blob_id", "skip_reason", "is_license_text")
        judge_dossier(connection, policy, reviews, (columns, _VERDICTS))
        restrict_copies(connection, content, policy, reviews)
        connection.execute(_WITHDRAWN_AT_SQL)

    def disallowed(self, emitted: pa.Table, tier: Tier, present: pa.Table) -> pa.Table:
        """Return the `DISALLOWED` rows of a release.

        Args:
            emitted: `EMITTED` rows of the release.
            tier: of the release.
            present: `PRESENT`; without rows only what was known then is judged.
        """
        self._connection.register("emitted", emitted)
        self._connection.register("present", present)
        for statement in (_suspects_sql(tier), _KNOWN_SQL, _COPIED_SQL):
            self._connection.execute(statement)
        query = self._connection.sql(_disallowed_sql(tier), params=[self._hard])
        return query.to_arrow_table().cast(DISALLOWED)
