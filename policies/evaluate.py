"""Facts and a policy in, decisions out: one vectorised pass, then the copies.

The pass turns the rules that fired on a row into a bit mask. A corpus of millions of rows has
few distinct masks, so what a mask amounts to is worked out in plain Python (`policies.verdict`)
once per mask and joined back.

What people decided is part of the mask: which reviews bear on a row, and of which of the waived
rules it is known that they hold.

NULL is never an advantage: a restrictive condition that is NULL has fired, a grant that is NULL
has not, and a row of the precedence of licenses that is NULL leaves the license unknown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import duckdb
import pyarrow as pa

from ingest.errors import ArtefactCorrupt
from policies.apart import KINDS, Apart, Judged
from policies.columns import DOSSIER
from policies.copies import restrict_copies
from policies.database import open_database
from policies.decision import DECISIONS
from policies.masks import DERIVED, deciding_row_sql, license_expression_sql
from policies.model import COPY_WITHDRAWN, Policy
from policies.questions import SOURCE_PREFIX
from policies.review import NO_REVIEWS, Reviews

_JUDGED: Final = (
    *("repo_id", "commit_id", "path", "blob_id", "suffix", "size", "skip_reason", "ownership"),
    *("license_expression", "license_type", "license_source", "is_license_text"),
)
_VERDICTS: Final = pa.schema(
    [
        pa.field("verdict_id", pa.int64()),
        pa.field("verdict_outcome", pa.string()),
        pa.field("verdict_reasons", pa.list_(pa.string())),
        pa.field("verdict_lanes", pa.list_(pa.string())),
        pa.field("redact_internal", pa.list_(pa.string())),
        pa.field("redact_releasable", pa.list_(pa.string())),
        pa.field("verdict_waived", pa.list_(pa.string())),
        pa.field("verdict_waivers", pa.list_(pa.string())),
        pa.field("verdict_withdrawn", pa.bool_()),
    ]
)
_COMBINATIONS: Final = pa.schema([*_VERDICTS, *(pa.field(name, pa.string()) for name in DERIVED)])
_ROWS: Final = "judged_rows"


def digest_inputs(keys: Iterable[str]) -> str:
    """Return SHA-256 hex over the keys of the artefacts that a decision read, in any order."""
    return hashlib.sha256("\n".join(sorted(set(keys))).encode()).hexdigest()


def decide(
    dossier: pa.Table,
    policy: Policy,
    *,
    content: pa.Table,
    input_digest: str,
    reviews: Reviews = NO_REVIEWS,
) -> pa.Table:
    """Return `DECISIONS`: one row per row of the dossier, sorted by (repo_id, path).

    Args:
        dossier: see `policies.dossier.assemble_dossier`; the whole corpus, as copies are
            compared across repositories.
        policy: a checked policy.
        content: facts of the content family (`blob_id`, `minhash`, `bands` are read), for near
            copies. A blob without a row or without a signature is compared by id only.
        input_digest: identity of the artefacts, see `digest_inputs`; kept as metadata.
        reviews: those in force. False positives among them have left the facts before
            (`policies.review.clear_findings`); the others count here.

    Raises:
        ArtefactCorrupt: the dossier lacks columns or repeats a path, or a signature is malformed.
    """
    with open_database() as connection:
        judge_corpus(connection, dossier, policy, reviews)
        _refuse_repeated_paths(connection)
        restrict_copies(connection, content, policy, reviews)
        table = connection.sql(_DECISIONS_SQL).to_arrow_table()
    metadata = {"policy_digest": policy.digest, "input_digest": input_digest}
    return table.cast(DECISIONS).replace_schema_metadata(metadata)


def judge_rows(rows: Sequence[Mapping[str, object]], policy: Policy) -> list[tuple[str, list[str]]]:
    """Return (outcome, reasons) of each dossier row by itself, without comparing copies."""
    with open_database() as connection:
        judge_corpus(connection, _numbered(rows), policy)
        return connection.execute(
            "SELECT verdict_outcome, verdict_reasons FROM judged ORDER BY path"
        ).fetchall()


def deciding_rows(rows: Sequence[Mapping[str, object]], policy: Policy) -> list[str]:
    """Return the id of the row of the precedence that decides on each dossier row; empty: none."""
    with open_database() as connection:
        connection.register("dossier", _numbered(rows))
        found = connection.execute(f"{deciding_row_sql(policy)} ORDER BY path").fetchall()
    return [policy.licenses[index][0].id if index >= 0 else "" for _, index in found]


def _numbered(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    numbered = [{**row, "repo_id": "", "path": b"%09d" % n} for n, row in enumerate(rows)]
    return pa.Table.from_pylist(numbered, schema=DOSSIER)


def judge_corpus(
    connection: duckdb.DuckDBPyConnection,
    dossier: pa.Table,
    policy: Policy,
    reviews: Reviews = NO_REVIEWS,
) -> None:
    """Make the view ``judged``: every row with its verdict, before copies are compared.

    Raises:
        ArtefactCorrupt: the dossier lacks columns.
    """
    missing = [name for name in DOSSIER.names if name not in dossier.column_names]
    if missing:
        raise ArtefactCorrupt(f"The dossier lacks the columns {', '.join(missing)}.")
    connection.register("dossier", dossier.select(DOSSIER.names))
    judge_dossier(connection, policy, reviews, (_JUDGED, _VERDICTS.names))


def judge_dossier(
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
    reviews: Reviews,
    columns: tuple[Sequence[str], Sequence[str]],
) -> None:
    """Make the view ``judged`` from what stands under ``dossier``.

    It has some columns of the dossier (or `ownership`, or of the license), and some of the
    verdict; all of each verdict stands in ``combinations``, by `verdict_id`.
    """
    given, told = columns
    # The license expression is long, so it is taken from the row once its source is told.
    expressions = [f"{p}_license_expression" for p in SOURCE_PREFIX.values()]
    own = [name for name in given if name in DOSSIER.names]
    read = [*own, *(expressions if "license_expression" in given else [])]
    apart = Apart(connection, [policy], reviews, (_ROWS, read))
    (kinds,) = apart.judge()
    numbers = {judged: number for number, judged in enumerate(dict.fromkeys(kinds))}
    connection.register("combinations", _combinations(numbers))
    connection.register(
        "kind_verdicts",
        pa.table(
            {
                "number": pa.array(range(len(kinds)), pa.int64()),
                "verdict_id": pa.array([numbers[judged] for judged in kinds], pa.int64()),
            }
        ),
    )
    keys = apart.keys
    connection.execute(
        "CREATE TEMP TABLE kind_judged AS "  # noqa: S608 - names of ours
        f"SELECT {', '.join(f'k.{key}' for key in keys)}, c.* FROM {KINDS} k "
        f"JOIN kind_verdicts USING (number) JOIN combinations c USING (verdict_id)"
    )
    on = " AND ".join(f"m.{key} = c.{key}" for key in keys)
    # A view: the few verdicts are found again faster than millions of rows are written again.
    chosen = ", ".join([*(_given(name) for name in given), *(f"c.{name}" for name in told)])
    connection.execute(
        "CREATE TEMP VIEW judged AS "  # noqa: S608 - names of ours
        f"SELECT {chosen} FROM {_ROWS} m JOIN kind_judged c ON {on}"
    )


def _given(name: str) -> str:
    if name == "license_expression":
        return f"{license_expression_sql('m', 'c')} AS license_expression"
    return f"c.{name}" if name in DERIVED else f"m.{name}"


def _combinations(kinds: Iterable[Judged]) -> pa.Table:
    """Return each distinct verdict with what the license of its rows is."""
    rows = [
        {
            "verdict_id": number,
            "verdict_outcome": judged.verdict.outcome.value,
            "verdict_reasons": list(judged.verdict.reasons),
            "verdict_lanes": list(judged.verdict.pending_lanes),
            "redact_internal": list(judged.verdict.redact_internal),
            "redact_releasable": list(judged.verdict.redact_releasable),
            "verdict_waived": list(judged.verdict.waived_reasons),
            "verdict_waivers": list(judged.verdict.waiver_ids),
            "verdict_withdrawn": judged.verdict.is_withdrawn,
            **{name: getattr(judged, name) for name in DERIVED},
        }
        for number, judged in enumerate(kinds)
    ]
    return pa.Table.from_pylist(rows, schema=_COMBINATIONS)


def _refuse_repeated_paths(connection: duckdb.DuckDBPyConnection) -> None:
    repeated = connection.execute(
        "SELECT repo_id FROM judged GROUP BY repo_id, path HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if repeated:
        raise ArtefactCorrupt(f"Repository {repeated[0]} has a path twice in the dossier.")


# A releasable row has no lanes yet, and no reason of the engine: appending one is enough. Nobody
# clears a copy of what was withdrawn, so it waits for nobody.
_DECISIONS_SQL = f"""
    SELECT j.repo_id, j.commit_id, j.path, j.blob_id, j.suffix, j.size,
        CASE WHEN r.reason IS NULL THEN verdict_outcome ELSE 'internal-only' END AS outcome,
        CASE WHEN r.reason IS NULL THEN verdict_reasons
            ELSE list_sort(list_append(verdict_reasons, r.reason)) END AS reasons,
        CASE WHEN r.reason IS NULL THEN verdict_lanes WHEN r.reason = '{COPY_WITHDRAWN}' THEN []
            ELSE ['legal'] END AS pending_lanes,
        CASE WHEN verdict_outcome IN ('skipped', 'excluded') THEN []
            WHEN verdict_outcome = 'internal-only' OR r.reason IS NOT NULL THEN redact_internal
            ELSE redact_releasable END AS redact_categories,
        license_expression, license_type, license_source, ownership,
        r.counterpart_repo_id, r.counterpart_path, r.counterpart_score,
        CASE WHEN w.reasons IS NULL THEN verdict_waived
            ELSE list_sort(list_distinct(list_concat(verdict_waived, w.reasons)))
            END AS waived_reasons,
        CASE WHEN w.ids IS NULL THEN verdict_waivers
            ELSE list_sort(list_distinct(list_concat(verdict_waivers, w.ids))) END AS waiver_ids
    FROM judged j
    LEFT JOIN restrictions r ON (j.blob_id = r.blob_id AND j.verdict_outcome = 'releasable')
    LEFT JOIN lifted w ON (j.blob_id = w.blob_id AND j.verdict_outcome = 'releasable')
    ORDER BY j.repo_id, j.path
"""  # noqa: S608 - a constant
