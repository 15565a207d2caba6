from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.clusters import CLUSTERS, near_clusters
from policies.evaluate import decide
from policies.review import Review, Reviews
from tests.policies.test_policies_copies import content, edited, signature
from tests.strategies.policies import Row, as_dossier, occurrence
from tests.strategies.reviews import BLOBS, POLICY, active, review_sets


def sharing(*bands: list[int]) -> pa.Table:
    """Facts of contents a, b, c… with some bands each."""
    rows = [{"blob_id": "abcdefgh"[n], "bands": given} for n, given in enumerate(bands)]
    schema = pa.schema([("blob_id", pa.string()), ("bands", pa.list_(pa.int64()))])
    return pa.Table.from_pylist(rows, schema=schema)


def clusters(table: pa.Table) -> set[str]:
    found: dict[int, str] = {}
    for row in near_clusters(table).to_pylist():
        found[row["cluster"]] = found.get(row["cluster"], "") + row["blob_id"]
    return set(found.values())


@pytest.mark.parametrize(
    ("bands", "found"),
    [
        ([], set()),
        ([[1, 2], [3, 4]], set()),
        ([[1, 2], [1, 4]], {"ab"}),
        ([[1, 2], [2, 1]], set()),
        ([[1, 2], [1, 3], [4, 3], [4, 5], [9, 9]], {"abcd"}),
        ([[1, 2], [8, 7], [1, 3], [8, 9]], {"ac", "bd"}),
        ([[], [1, 2], [], [1, 2]], {"bd"}),
    ],
    ids=["nothing", "apart", "a band", "another place", "a chain", "two clusters", "no signature"],
)
def test_contents_that_share_a_band_through_whatever_others_are_a_cluster(
    bands: list[list[int]], found: set[str]
) -> None:
    assert clusters(sharing(*bands)) == found


def test_a_chain_is_found_whatever_its_order() -> None:
    order = np.random.default_rng(0).permutation(200)
    table = sharing(*([0, 0] for _ in range(0)))
    rows = [{"blob_id": f"{n:03d}", "bands": [n // 2, (n + 1) // 2]} for n in order.tolist()]
    found = near_clusters(pa.Table.from_pylist(rows, schema=table.schema))
    assert found.schema == CLUSTERS
    assert (found.num_rows, len(pc.unique(found["cluster"]))) == (200, 1)


places = st.lists(
    st.tuples(st.sampled_from(["q", "r", "s"]), st.sampled_from(BLOBS + "456789"), st.booleans()),
    min_size=1,
    max_size=12,
)
signatures = st.dictionaries(
    st.sampled_from(BLOBS + "456789"), st.tuples(st.integers(0, 2), st.integers(0, 40)), max_size=8
)


@settings(max_examples=4)
@given(places, signatures, review_sets(), st.sampled_from(BLOBS))
def test_a_content_with_its_cluster_is_decided_as_among_all(
    places: list[tuple[str, str, bool]],
    signatures: dict[str, tuple[int, int]],
    given: list[Review],
    asked: str,
) -> None:
    rows: list[Row] = [
        occurrence(repo, b"%d" % n, blob, consent_valid=consent)
        for n, (repo, blob, consent) in enumerate(places)
    ]
    facts = content(**{f"b{blob}": edited(signature(s), n) for blob, (s, n) in signatures.items()})
    found = near_clusters(facts)
    mine = found.filter(pc.equal(found["blob_id"], asked * 40))["cluster"]
    mates = set(
        found.filter(pc.is_in(found["cluster"], mine.combine_chunks()))["blob_id"].to_pylist()
    )
    reached = pa.array(sorted(mates | {asked * 40}), pa.string())
    reviews = active(*given)
    whole = decided(rows, facts, reviews)
    part = [row for row in rows if row["blob_id"] in reached.to_pylist()]
    alone = decided(part, facts.filter(pc.is_in(facts["blob_id"], reached)), reviews)
    assert alone.equals(whole.filter(pc.is_in(whole["blob_id"], reached)))


def decided(rows: list[Row], facts: pa.Table, reviews: Reviews) -> pa.Table:
    return decide(as_dossier(rows), POLICY, content=facts, input_digest="i", reviews=reviews)
