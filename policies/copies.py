"""The strictest verdict on a content holds for its copies and near copies.

Exact copies share a blob id. Near copies share a MinHash band, which makes them candidates, and
agree in enough of the 128 MinHash values, which is checked. What a near copy restricts is itself
a restricted content for the next comparison, until nothing changes: so the result depends
neither on the order of rows nor on which pair is looked at first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.errors import ArtefactCorrupt
from policies.model import (
    COPY_RESTRICTED,
    COPY_WITHDRAWN,
    NEAR_COPY_RESTRICTED,
    NEAR_COPY_UNCHECKED,
    Policy,
)
from policies.review import NO_REVIEWS, Reviews
from policies.review.marks import clearing_ids

SIGNATURE_BYTES: Final = 512
"""A MinHash signature: 128 little-endian uint32."""
BUCKET_LIMIT: Final = 128
"""Restricted contents of one band bucket that a candidate is compared with.

A candidate in a larger bucket that equals none of those is held as not checked, never let pass.
"""
_PAIR_CHUNK: Final = 65_536

_RESTRICTIONS: Final = pa.schema(
    [
        pa.field("blob_id", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("counterpart_repo_id", pa.string()),
        pa.field("counterpart_path", pa.binary()),
        pa.field("counterpart_score", pa.float32()),
    ]
)

_WAIVERS: Final = pa.schema(
    [
        pa.field("blob_id", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("review", pa.string()),
    ]
)

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """Candidate pairs: an open content and a restricted one, by row of the signatures."""

    opened: _Ints
    restricted: _Ints
    scores: _Floats
    is_overfull: npt.NDArray[np.bool_]
    """Whether the open content stands in a bucket with more restricted contents than compared."""


def restrict_copies(
    connection: duckdb.DuckDBPyConnection,
    content: pa.Table,
    policy: Policy,
    reviews: Reviews = NO_REVIEWS,
) -> None:
    """Make ``restrictions``: at most one row per blob that loses release to a copy, and ``lifted``.

    Reads the table ``judged``. What is withdrawn restricts its copies whether or not it still
    stands anywhere, and no waiver frees an exact copy of it. Blobs of the policy's
    `public_content` neither restrict nor are restricted. What people waived for a content is in
    ``lifted`` (blob_id, reasons, ids) instead, and does not spread from there. Each reason is
    waived by itself: a content that is free of its exact copies may still be held as a near copy
    of something else.

    Raises:
        ArtefactCorrupt: a signature is not 512 bytes long.
    """
    public = pa.table({"blob_id": pa.array(policy.document.public_content, pa.string())})
    connection.register("public_content", public)
    connection.register("waivers", _waivers(policy, reviews))
    connection.register("withdrawn", reviews.withdrawn)
    signatures = _signatures(connection, content)
    connection.execute(_COMPARED_SQL)
    connection.execute(_TOUCHED_SQL if not len(signatures) else _ALL_TOUCHED_SQL)
    connection.execute(_CONTENTS_SQL)
    connection.execute(_EXACT_SQL, [COPY_RESTRICTED, COPY_WITHDRAWN])
    connection.execute(_LIFTABLE_SQL, [COPY_RESTRICTED])
    for statement in (_NODES_SQL, _BANDS_SQL, _PRUNE_SQL):
        connection.execute(statement)
    threshold = policy.document.near_copies.min_similarity
    connection.execute("CREATE TEMP TABLE frontier AS SELECT node FROM nodes WHERE is_restricted")
    while newly := _spread(connection, signatures, threshold):
        connection.register("newly", newly)
        connection.execute("INSERT INTO restrictions SELECT * FROM newly")
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE frontier AS "
            "SELECT node FROM nodes JOIN newly USING (blob_id)"
        )
        connection.unregister("newly")
    connection.execute(_LIFTED_SQL)


def _waivers(policy: Policy, reviews: Reviews) -> pa.Table:
    """Return (blob_id, reason, review) of the reasons of this module that people waived."""
    names = (COPY_RESTRICTED, NEAR_COPY_RESTRICTED, NEAR_COPY_UNCHECKED)
    bearing = reviews.judging(policy)
    rows = [
        {"blob_id": blob, "reason": name, "review": review}
        for name in names
        for blob, ids in clearing_ids(name, bearing).items()
        for review in ids
    ]
    return pa.Table.from_pylist(rows, schema=_WAIVERS)


# Contents that were withdrawn and are gone from the corpus stand among the others.
_COMPARED_SQL = """
    CREATE TEMP VIEW compared AS
    SELECT blob_id, repo_id, path, is_license_text, verdict_outcome = 'releasable' AS is_releasable,
        verdict_outcome IN ('internal-only', 'excluded') AS is_restricted,
        verdict_withdrawn AS is_withdrawn
    FROM judged WHERE skip_reason IS NULL
    UNION ALL
    SELECT blob_id, repo_id, path, is_license_text, false, true, true FROM withdrawn
"""
# Without near copies there is something to say of those contents alone of which one copy may be
# released and another may not: few. They are looked for by numbers; two contents of one number are
# told apart afterwards.
_TOUCHED_SQL = """
    CREATE TEMP VIEW touched AS
    SELECT * FROM compared WHERE hash(blob_id) IN (
        SELECT hash(blob_id) FROM compared WHERE is_releasable
            AND hash(blob_id) IN (SELECT hash(blob_id) FROM compared WHERE is_restricted)
    )
"""
_ALL_TOUCHED_SQL = "CREATE TEMP VIEW touched AS FROM compared"
# One row per content: restricted where any occurrence is, else releasable.
_CONTENTS_SQL = """
    CREATE TEMP TABLE contents AS
    SELECT blob_id, bool_or(is_restricted) AS is_restricted,
        bool_or(is_releasable) AS is_releasable, bool_or(is_withdrawn) AS is_withdrawn,
        bool_and(coalesce(is_license_text, false)) AS is_license_text
    FROM touched WHERE blob_id NOT IN (SELECT blob_id FROM public_content)
    GROUP BY blob_id
"""
# Only of what is shown: to carry the first place of every content costs more than all else.
_PLACES_SQL = """
    SELECT blob_id, min({'repo': repo_id, 'path': path}) AS first_at,
        min({'repo': repo_id, 'path': path})
            FILTER (is_restricted AND repo_id <> '') AS restricted_at
    FROM compared WHERE blob_id IN (SELECT blob_id FROM shown) GROUP BY blob_id
"""
_EXACT_SQL = f"""
    CREATE TEMP TABLE restrictions AS
    WITH shown AS (
        SELECT blob_id, is_withdrawn FROM contents WHERE is_restricted AND is_releasable
            AND (is_withdrawn OR blob_id NOT IN (SELECT blob_id FROM waivers WHERE reason = $1))
    ), places AS ({_PLACES_SQL})
    SELECT blob_id, CASE WHEN is_withdrawn THEN $2 ELSE $1 END::VARCHAR AS reason,
        restricted_at.repo AS counterpart_repo_id,
        restricted_at.path AS counterpart_path, 1.0::FLOAT AS counterpart_score
    FROM shown JOIN places USING (blob_id)
"""  # noqa: S608 - constants
_LIFTABLE_SQL = """
    CREATE TEMP TABLE liftable AS
    SELECT DISTINCT blob_id, $1::VARCHAR AS reason
    FROM contents WHERE is_restricted AND is_releasable AND NOT is_withdrawn
        AND blob_id IN (SELECT blob_id FROM waivers WHERE reason = $1)
"""
_LIFTED_SQL = """
    CREATE TEMP TABLE lifted AS
    SELECT blob_id, list_distinct(list(reason)) AS reasons, list_distinct(list(review)) AS ids
    FROM liftable JOIN waivers USING (blob_id, reason) GROUP BY blob_id
"""
# A content scanned under two suffixes has one signature; were it two, both are compared.
_NODES_SQL = """
    CREATE TEMP TABLE nodes AS
    SELECT s.node, s.blob_id, c.is_restricted, c.is_license_text, s.bands,
        c.is_releasable AND (NOT c.is_restricted OR s.blob_id IN (SELECT blob_id FROM liftable))
            AS is_open
    FROM (
        SELECT min(node) AS node, blob_id, any_value(bands) AS bands
        FROM signatures GROUP BY blob_id, hash(minhash)
    ) s JOIN contents c ON (c.blob_id = s.blob_id)
    WHERE c.is_restricted OR c.is_releasable
"""
_BANDS_SQL = """
    CREATE TEMP TABLE bands AS
    SELECT node, unnest(range(len(bands))) AS band, unnest(bands) AS value FROM nodes
"""
# Buckets that hold contents of one kind only can never make a pair.
_PRUNE_SQL = """
    CREATE TEMP TABLE buckets AS
    SELECT b.node, dense_rank() OVER (ORDER BY b.band, b.value) AS bucket
    FROM bands b SEMI JOIN (
        SELECT band, value FROM bands GROUP BY band, value HAVING count(*) > 1
    ) shared ON (b.band = shared.band AND b.value = shared.value)
"""
# Every text of one license is a near copy of every other, also of one with a clause added: each is
# judged by its own words. It is still held as a copy of anything else.
_CANDIDATES_SQL = f"""
    WITH blocked AS (
        SELECT b.bucket, n.node, n.blob_id, n.is_license_text,
            row_number() OVER (
                PARTITION BY b.bucket, n.is_license_text ORDER BY n.blob_id, n.node
            ) AS position,
            count(*) OVER (PARTITION BY b.bucket, n.is_license_text) AS members
        FROM frontier f JOIN nodes n ON (n.node = f.node) JOIN buckets b ON (b.node = n.node)
    ), open_nodes AS (
        SELECT n.node, n.blob_id, n.is_license_text, b.bucket
        FROM nodes n JOIN buckets b ON (b.node = n.node)
        WHERE n.is_open AND n.blob_id NOT IN (SELECT blob_id FROM restrictions)
    )
    SELECT o.node AS opened, r.node AS restricted, bool_or(r.members > {BUCKET_LIMIT}) AS overfull
    FROM open_nodes o JOIN blocked r ON (o.bucket = r.bucket)
    WHERE r.position <= {BUCKET_LIMIT} AND NOT (o.is_license_text AND r.is_license_text)
        AND o.blob_id <> r.blob_id
    GROUP BY o.node, r.node
"""  # noqa: S608 - constants


def _signatures(connection: duckdb.DuckDBPyConnection, content: pa.Table) -> npt.NDArray[np.uint32]:
    """Register ``signatures``, and return their matrix, one row per node."""
    usable = content.select(["blob_id", "minhash", "bands"]).drop_null()
    usable = usable.filter(pc.greater(pc.binary_length(usable["minhash"]), 0))
    lengths = pc.unique(pc.binary_length(usable["minhash"])).to_pylist()
    if lengths not in ([], [SIGNATURE_BYTES]):
        raise ArtefactCorrupt(f"A MinHash signature is not {SIGNATURE_BYTES} bytes long.")
    node = pa.array(np.arange(usable.num_rows, dtype=np.int64))
    connection.register("signatures", usable.append_column("node", node))
    packed = b"".join(
        chunk.buffers()[2][_start(chunk) : _start(chunk) + len(chunk) * SIGNATURE_BYTES]
        for chunk in usable["minhash"].chunks
        if len(chunk)
    )
    return np.frombuffer(packed, dtype="<u4").reshape(-1, SIGNATURE_BYTES // 4)


def _start(chunk: pa.Array) -> int:
    """Return where the values of a binary array begin in its data buffer."""
    offsets = np.frombuffer(chunk.buffers()[1], dtype=np.int32)
    return int(offsets[chunk.offset])


def _spread(
    connection: duckdb.DuckDBPyConnection, signatures: npt.NDArray[np.uint32], threshold: float
) -> pa.Table | None:
    """Return the contents that the frontier restricts, or nothing when it restricts no more."""
    found = connection.execute(_CANDIDATES_SQL).fetchnumpy()
    opened = np.asarray(found["opened"], dtype=np.int64)
    if not len(opened):
        return None
    restricted = np.asarray(found["restricted"], dtype=np.int64)
    pairs = _Pairs(
        opened=opened,
        restricted=restricted,
        scores=_agreement(signatures, opened, restricted),
        is_overfull=np.asarray(found["overfull"], dtype=np.bool_),
    )
    newly = _best_pairs(connection, pairs, threshold)
    return newly if newly.num_rows else None


def _agreement(signatures: npt.NDArray[np.uint32], left: _Ints, right: _Ints) -> _Floats:
    """Return the share of equal values of each pair: an estimate of Jaccard similarity."""
    scores = np.empty(len(left), dtype=np.float32)
    for start in range(0, len(left), _PAIR_CHUNK):
        part = slice(start, start + _PAIR_CHUNK)
        scores[part] = (signatures[left[part]] == signatures[right[part]]).mean(axis=1)
    return scores


def _best_pairs(connection: duckdb.DuckDBPyConnection, pairs: _Pairs, threshold: float) -> pa.Table:
    """Return one restriction per open content: its most similar restricted content.

    Of equally similar ones the first by (repo_id, path) is shown.
    """
    is_near = pairs.scores >= np.float32(threshold)
    chosen = is_near | pairs.is_overfull
    rows = {
        "opened": pairs.opened[chosen],
        "restricted": pairs.restricted[chosen],
        "score": pairs.scores[chosen],
        "is_near": is_near[chosen],
        "is_overfull": pairs.is_overfull[chosen],
    }
    connection.register("scored", pa.table(rows))
    names = [NEAR_COPY_RESTRICTED, NEAR_COPY_UNCHECKED]
    connection.execute(_LIFT_NEAR_SQL, names)
    query = connection.sql(_BEST_SQL, params=names)
    result = query.to_arrow_table().cast(_RESTRICTIONS)
    connection.unregister("scored")
    return result


# A content whose near copies are waived is still held where it was not compared with all of them.
_BEST_SQL = f"""
    WITH shown AS (
        SELECT DISTINCT blob_id FROM nodes WHERE node IN (SELECT restricted FROM scored)
    ), places AS ({_PLACES_SQL}), reasons AS (
        SELECT o.blob_id, s.restricted, s.score,
            CASE WHEN s.is_near AND near.blob_id IS NULL THEN $1
                WHEN s.is_overfull AND overfull.blob_id IS NULL THEN $2 END AS reason
        FROM scored s JOIN nodes o ON (o.node = s.opened)
        LEFT JOIN (SELECT DISTINCT blob_id FROM waivers WHERE reason = $1) near
            ON (near.blob_id = o.blob_id)
        LEFT JOIN (SELECT DISTINCT blob_id FROM waivers WHERE reason = $2) overfull
            ON (overfull.blob_id = o.blob_id)
    )
    SELECT s.blob_id, reason, coalesce(restricted_at, first_at).repo AS counterpart_repo_id,
        coalesce(restricted_at, first_at).path AS counterpart_path, score AS counterpart_score
    FROM reasons s JOIN nodes r ON (r.node = s.restricted) JOIN places p ON (p.blob_id = r.blob_id)
    WHERE reason IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY s.blob_id
        ORDER BY reason = $1 DESC, score DESC, counterpart_repo_id, counterpart_path
    ) = 1
"""  # noqa: S608 - constants
_LIFT_NEAR_SQL = """
    INSERT INTO liftable
    SELECT DISTINCT w.blob_id, w.reason FROM scored s JOIN nodes o ON (o.node = s.opened)
    JOIN waivers w ON (w.blob_id = o.blob_id)
    WHERE (w.reason = $1 AND s.is_near) OR (w.reason = $2 AND s.is_overfull)
"""
