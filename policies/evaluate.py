"""Facts and a policy in, decisions out: one vectorised pass, then the copies.

The pass turns the rules that fired on a row into a bit mask. A corpus of millions of rows has
few distinct masks, so what a mask amounts to is worked out in plain Python (`policies.verdict`)
once per mask and joined back.

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
from policies.model import Condition, Effect, LicenseRow, LicenseSource, Policy, Rule
from policies.verdict import Verdict, judge_mask, judge_skipped

_WORD_BITS: Final = 60
"""Rules per mask column; a BIGINT holds 63 bits and a sign."""

_OWNERSHIP = """CASE
    WHEN is_vendor OR provenance = 'third_party' THEN 'third_party'
    WHEN provenance = 'mixed' OR (provenance = 'first_party' AND has_foreign_holder) THEN 'mixed'
    WHEN provenance = 'first_party' AND NOT is_vendor AND NOT has_foreign_holder THEN 'own'
    ELSE 'unknown' END"""
_SOURCE_PREFIX: Final = {
    LicenseSource.OWN: "own",
    LicenseSource.ANNOTATION: "annotation",
    LicenseSource.SCOPE: "scope",
    LicenseSource.REGISTRATION: "repo",
}
_TYPE_OF_CATEGORY = """CASE {column}
    WHEN 'permissive' THEN 'permissive' WHEN 'weak_copyleft' THEN 'weak_copyleft'
    WHEN 'copyleft' THEN 'copyleft' WHEN 'proprietary' THEN 'third_party' ELSE 'unknown' END"""

_VERDICTS: Final = pa.schema(
    [
        pa.field("verdict_id", pa.int64()),
        pa.field("verdict_outcome", pa.string()),
        pa.field("verdict_reasons", pa.list_(pa.string())),
        pa.field("verdict_lanes", pa.list_(pa.string())),
        pa.field("redact_internal", pa.list_(pa.string())),
        pa.field("redact_releasable", pa.list_(pa.string())),
    ]
)


def digest_inputs(keys: Iterable[str]) -> str:
    """Return SHA-256 hex over the keys of the artefacts that a decision read, in any order."""
    return hashlib.sha256("\n".join(sorted(set(keys))).encode()).hexdigest()


def decide(dossier: pa.Table, policy: Policy, *, content: pa.Table, input_digest: str) -> pa.Table:
    """Return `DECISIONS`: one row per row of the dossier, sorted by (repo_id, path).

    Args:
        dossier: see `policies.dossier.assemble_dossier`; the whole corpus, as copies are
            compared across repositories.
        policy: a checked policy.
        content: facts of the content family (`blob_id`, `minhash`, `bands` are read), for near
            copies. A blob without a row or without a signature is compared by id only.
        input_digest: identity of the artefacts, see `digest_inputs`; kept as metadata.

    Raises:
        ArtefactCorrupt: the dossier lacks columns or repeats a path, or a signature is malformed.
    """
    with open_database() as connection:
        _judge(connection, dossier, policy)
        _refuse_repeated_paths(connection)
        restrict_copies(connection, content, policy)
        table = connection.sql(_DECISIONS_SQL).to_arrow_table()
    metadata = {"policy_digest": policy.digest, "input_digest": input_digest}
    return table.cast(DECISIONS).replace_schema_metadata(metadata)


def judge_rows(rows: Sequence[Mapping[str, object]], policy: Policy) -> list[tuple[str, list[str]]]:
    """Return (outcome, reasons) of each dossier row by itself, without comparing copies."""
    numbered = [{**row, "repo_id": "", "path": b"%09d" % n} for n, row in enumerate(rows)]
    with open_database() as connection:
        _judge(connection, pa.Table.from_pylist(numbered, schema=DOSSIER), policy)
        return connection.execute(
            "SELECT verdict_outcome, verdict_reasons FROM judged ORDER BY path"
        ).fetchall()


def _judge(connection: duckdb.DuckDBPyConnection, dossier: pa.Table, policy: Policy) -> None:
    """Make the table ``judged``: every row with its verdict, before copies are compared."""
    missing = [name for name in DOSSIER.names if name not in dossier.column_names]
    if missing:
        raise ArtefactCorrupt(f"The dossier lacks the columns {', '.join(missing)}.")
    connection.register("dossier", dossier.select(DOSSIER.names))
    masks = [f"mask_{i}" for i in range(-(-len(policy.rules) // _WORD_BITS))]
    connection.execute(f"CREATE TEMP TABLE masked AS {_masked(policy)}")
    distinct = ", ".join(["coalesce(skip_reason, '') AS skip", *masks])
    combinations = connection.execute(
        f"SELECT DISTINCT {distinct} FROM masked ORDER BY ALL"  # noqa: S608 - constants
    ).fetchall()
    connection.register("combinations", _combinations(policy, combinations, masks))
    on = " AND ".join(f"m.{mask} = c.{mask}" for mask in masks)
    connection.execute(
        "CREATE TEMP TABLE judged AS "  # noqa: S608 - names of masks
        f"SELECT m.* EXCLUDE ({', '.join(masks)}), c.* EXCLUDE (skip, {', '.join(masks)}) "
        f"FROM masked m JOIN combinations c ON coalesce(m.skip_reason, '') = c.skip AND {on}"
    )


def _masked(policy: Policy) -> str:
    """Return the query of the pass: license, ownership and the mask of fired rules."""
    rules = list(policy.rules)
    words = [rules[i : i + _WORD_BITS] for i in range(0, len(rules), _WORD_BITS)]
    masks = ", ".join(
        " + ".join(f"{_fired(rule)}::BIGINT * {1 << bit}" for bit, rule in enumerate(word))
        + f" AS mask_{index}"
        for index, word in enumerate(words)
    )
    return f"""
        WITH owned AS (SELECT *, {_OWNERSHIP} AS ownership FROM dossier),
        ranked AS (SELECT *, {_precedence(policy)} AS license_row FROM owned),
        licensed AS (SELECT *, {_license_columns(policy)} FROM ranked)
        SELECT repo_id, commit_id, path, blob_id, suffix, size, skip_reason, ownership,
            license_expression, license_type, license_source, is_license_text, {masks}
        FROM licensed
    """  # noqa: S608 - conditions are generated from checked trees


def _fired(rule: Rule) -> str:
    unknown = "false" if rule.effect is Effect.GRANT else "true"
    return f"coalesce(({rule.condition.sql}), {unknown})"


def _precedence(policy: Policy) -> str:
    """Return the position of the first row that holds; -1 for none, or for one that is NULL."""
    branches = " ".join(
        f"WHEN ({condition.sql}) IS NULL THEN -1 WHEN ({condition.sql}) THEN {index}"
        for index, (_, condition) in enumerate(policy.licenses)
    )
    return f"CASE {branches} ELSE -1 END"


def _license_columns(policy: Policy) -> str:
    rows: Sequence[tuple[LicenseRow, Condition]] = policy.licenses
    expressions, types, sources = [], [], []
    for index, (row, _) in enumerate(rows):
        prefix = _SOURCE_PREFIX.get(row.source)
        expression = f"{prefix}_license_expression" if prefix else "NULL"
        derived = _TYPE_OF_CATEGORY.format(column=f"{prefix}_license_category")
        kind = f"'{row.type}'" if row.type else derived
        expressions.append(f"WHEN {index} THEN {expression}")
        types.append(f"WHEN {index} THEN {kind}")
        sources.append(f"WHEN {index} THEN '{row.source}'")
    return (
        f"CASE license_row {' '.join(expressions)} END::VARCHAR AS license_expression, "
        f"CASE license_row {' '.join(types)} ELSE 'unknown' END AS license_type, "
        f"CASE license_row {' '.join(sources)} ELSE 'none' END AS license_source"
    )


def _combinations(
    policy: Policy, combinations: Sequence[tuple[object, ...]], masks: Sequence[str]
) -> pa.Table:
    """Return each distinct (skip reason, masks) with the verdict that it amounts to."""
    columns: dict[str, pa.Array] = {
        "skip": pa.array([str(row[0]) for row in combinations], pa.string())
    }
    for position, mask in enumerate(masks, start=1):
        columns[mask] = pa.array([row[position] for row in combinations], pa.int64())
    verdicts = [_verdict(policy, row) for row in combinations]
    rows = [
        {
            "verdict_id": number,
            "verdict_outcome": verdict.outcome.value,
            "verdict_reasons": list(verdict.reasons),
            "verdict_lanes": list(verdict.pending_lanes),
            "redact_internal": list(verdict.redact_internal),
            "redact_releasable": list(verdict.redact_releasable),
        }
        for number, verdict in enumerate(verdicts)
    ]
    table = pa.Table.from_pylist(rows, schema=_VERDICTS)
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


def _verdict(policy: Policy, combination: tuple[object, ...]) -> Verdict:
    skip, *words = combination
    if skip:
        return judge_skipped(str(skip))
    return judge_mask(policy, [int(str(word)) for word in words], _WORD_BITS)


def _refuse_repeated_paths(connection: duckdb.DuckDBPyConnection) -> None:
    repeated = connection.execute(
        "SELECT repo_id FROM judged GROUP BY repo_id, path HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if repeated:
        raise ArtefactCorrupt(f"Repository {repeated[0]} has a path twice in the dossier.")


# A releasable row has no lanes yet, and no reason of the engine: appending one is enough.
_DECISIONS_SQL = """
    SELECT j.repo_id, j.commit_id, j.path, j.blob_id, j.suffix, j.size,
        CASE WHEN r.reason IS NULL THEN verdict_outcome ELSE 'internal-only' END AS outcome,
        CASE WHEN r.reason IS NULL THEN verdict_reasons
            ELSE list_sort(list_append(verdict_reasons, r.reason)) END AS reasons,
        CASE WHEN r.reason IS NULL THEN verdict_lanes ELSE ['legal'] END AS pending_lanes,
        CASE WHEN verdict_outcome IN ('skipped', 'excluded') THEN []
            WHEN verdict_outcome = 'internal-only' OR r.reason IS NOT NULL THEN redact_internal
            ELSE redact_releasable END AS redact_categories,
        license_expression, license_type, license_source, ownership,
        r.counterpart_repo_id, r.counterpart_path, r.counterpart_score
    FROM judged j
    LEFT JOIN restrictions r ON (j.blob_id = r.blob_id AND j.verdict_outcome = 'releasable')
    ORDER BY j.repo_id, j.path
"""
