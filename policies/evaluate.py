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
from policies.columns import DOSSIER
from policies.copies import restrict_copies
from policies.database import open_database
from policies.decision import DECISIONS
from policies.masks import mask_names, masked_query
from policies.model import COPY_WITHDRAWN, Policy
from policies.review import NO_REVIEWS, Bearing, Reviews
from policies.review.marks import mark_rows, read_mark
from policies.verdict import Verdict, judge_masks

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
    numbered = [{**row, "repo_id": "", "path": b"%09d" % n} for n, row in enumerate(rows)]
    with open_database() as connection:
        judge_corpus(connection, pa.Table.from_pylist(numbered, schema=DOSSIER), policy)
        return connection.execute(
            "SELECT verdict_outcome, verdict_reasons FROM judged ORDER BY path"
        ).fetchall()


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
    bearing = reviews.judging(policy)
    keys = mask_names(policy)
    words = len(keys)
    if bearing:
        # Without reviews nothing more is told apart, and nothing more is joined.
        mark_rows(connection, bearing, reviews.withdrawn)
        keys += [*mask_names(policy, "known"), "applied"]
    query = masked_query(policy, given, bearing)
    connection.execute(f"CREATE TEMP TABLE masked AS {query}")
    distinct = ", ".join(["coalesce(skip_reason, '') AS skip", *keys])
    combinations = connection.execute(
        f"SELECT DISTINCT {distinct} FROM masked ORDER BY ALL"  # noqa: S608 - constants
    ).fetchall()
    verdicts = [_verdict(policy, row, words, bearing) for row in combinations]
    connection.register("combinations", _combinations(combinations, verdicts, keys))
    on = " AND ".join(f"m.{key} = c.{key}" for key in keys)
    # A view: the few verdicts are found again faster than millions of rows are written again.
    connection.execute(
        "CREATE TEMP VIEW judged AS "  # noqa: S608 - names of masks
        f"SELECT {', '.join([*(f'm.{n}' for n in given), *(f'c.{n}' for n in told)])} "
        f"FROM masked m JOIN combinations c ON coalesce(m.skip_reason, '') = c.skip AND {on}"
    )


def _combinations(
    combinations: Sequence[tuple[object, ...]], verdicts: Sequence[Verdict], keys: Sequence[str]
) -> pa.Table:
    """Return each distinct (skip reason, keys) with the verdict that it amounts to."""
    rows = [
        {
            "verdict_id": number,
            "verdict_outcome": verdict.outcome.value,
            "verdict_reasons": list(verdict.reasons),
            "verdict_lanes": list(verdict.pending_lanes),
            "redact_internal": list(verdict.redact_internal),
            "redact_releasable": list(verdict.redact_releasable),
            "verdict_waived": list(verdict.waived_reasons),
            "verdict_waivers": list(verdict.waiver_ids),
            "verdict_withdrawn": verdict.is_withdrawn,
        }
        for number, verdict in enumerate(verdicts)
    ]
    table = pa.Table.from_pylist(rows, schema=_VERDICTS)
    for position, name in enumerate(["skip", *keys]):
        kind = pa.string() if name in ("skip", "applied") else pa.int64()
        table = table.append_column(name, pa.array([row[position] for row in combinations], kind))
    return table


def _verdict(
    policy: Policy, combination: tuple[object, ...], words: int, bearing: Sequence[Bearing]
) -> Verdict:
    skip, *keys = combination
    if not bearing:
        return judge_masks(policy, skip, keys)
    said = read_mark(str(keys[-1]), bearing)
    return judge_masks(policy, skip, keys[:words], keys[words:-1], said)


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
