from __future__ import annotations

from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import ArtefactCorrupt
from policies import copies
from policies.document import default_policy_text, load_default_policy, load_policy
from policies.evaluate import decide
from policies.model import Policy
from tests.strategies.policies import Row, as_dossier, occurrence

POLICY = load_default_policy()


def content(**signatures: np.ndarray) -> pa.Table:
    """Facts by blob digit (``b1`` is the blob of ones); bands as 16 sums of 8 values."""
    rows = [
        {
            "blob_id": name[1] * 40 if len(name) == 2 else name[1:],
            "minhash": values.astype("<u4").tobytes(),
            "bands": [int(part.astype(np.int64).sum()) for part in np.split(values, 16)],
        }
        for name, values in signatures.items()
    ]
    schema = pa.schema(
        [("blob_id", pa.string()), ("minhash", pa.binary()), ("bands", pa.list_(pa.int64()))]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def signature(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**32, 128, dtype=np.uint32)


def edited(values: np.ndarray, changed: int) -> np.ndarray:
    """Change the last values; 128 - changed stay equal."""
    result = values.copy()
    result[128 - changed :] ^= 0x5A5A5A5A
    return result


def run(rows: list[Row], table: pa.Table | None = None, policy: Policy = POLICY) -> dict[str, Row]:
    table = content() if table is None else table
    decided = decide(as_dossier(rows), policy, content=table, input_digest="i")
    return {f"{r['repo_id']}/{r['path'].decode()}": r for r in decided.to_pylist()}


def test_an_exact_copy_of_a_restricted_file_is_held_for_legal_and_names_the_first_copy() -> None:
    rows = [
        occurrence("r1", b"mine", "1"),
        occurrence("r3", b"a", "1", consent_valid=False),
        occurrence("r2", b"z", "1", path_finding_count=1),
    ]
    row = run(rows)["r1/mine"]
    assert (row["outcome"], row["pending_lanes"]) == ("internal-only", ["legal"])
    assert row["reasons"] == ["COPY_RESTRICTED", "OWN_ATTESTED"]
    assert (row["counterpart_repo_id"], row["counterpart_path"]) == ("r2", b"z")
    assert row["counterpart_score"] == 1.0


def test_a_held_copy_redacts_as_its_new_tier_does() -> None:
    rows = [
        occurrence("r1", b"a", "1", confidential_count=1),
        occurrence("r2", b"a", "1", confidential_count=1, consent_valid=False),
    ]
    assert run(rows)["r1/a"]["redact_categories"] == []


def test_a_skipped_copy_restricts_nothing() -> None:
    rows = [occurrence("r1", b"a", "1"), occurrence("r2", b"a", "1", skip_reason="symlink")]
    assert run(rows)["r1/a"]["outcome"] == "releasable"


def test_public_content_leaves_the_rule() -> None:
    text = default_policy_text().replace("public_content: []", f'public_content: ["{"1" * 40}"]')
    rows = [
        occurrence("r1", b"a", "1"),
        occurrence("r2", b"a", "1", consent_valid=False),
        occurrence("r3", b"near", "2"),
    ]
    base = signature(1)
    table = content(b1=base, b2=edited(base, 5))
    decided = run(rows, table, load_policy(text))
    assert decided["r1/a"]["outcome"] == decided["r3/near"]["outcome"] == "releasable"


@pytest.mark.parametrize(("changed", "outcome"), [(25, "internal-only"), (26, "releasable")])
def test_near_copies_are_held_from_the_threshold_on(changed: int, outcome: str) -> None:
    base = signature(1)
    rows = [occurrence("r1", b"a", "1"), occurrence("r2", b"b", "2", consent_valid=False)]
    row = run(rows, content(b1=edited(base, changed), b2=base))["r1/a"]
    assert row["outcome"] == outcome
    if outcome == "internal-only":
        assert row["reasons"] == ["NEAR_COPY_RESTRICTED", "OWN_ATTESTED"]
        assert row["counterpart_score"] == pytest.approx(103 / 128)
        assert (row["counterpart_repo_id"], row["counterpart_path"]) == ("r2", b"b")


def test_a_similarity_of_exactly_the_threshold_is_near() -> None:
    text = default_policy_text().replace("min_similarity: 0.8", f"min_similarity: {103 / 128}")
    base = signature(1)
    rows = [occurrence("r1", b"a", "1"), occurrence("r2", b"b", "2", consent_valid=False)]
    decided = run(rows, content(b1=edited(base, 25), b2=base), load_policy(text))
    assert decided["r1/a"]["outcome"] == "internal-only"


def test_the_most_similar_restricted_file_is_shown() -> None:
    base = signature(1)
    rows = [
        occurrence("r1", b"a", "1"),
        occurrence("r2", b"b", "2", consent_valid=False),
        occurrence("r3", b"c", "3", consent_valid=False),
    ]
    table = content(b1=base, b2=edited(base, 20), b3=edited(base, 4))
    assert run(rows, table)["r1/a"]["counterpart_repo_id"] == "r3"


def test_a_near_copy_of_a_held_near_copy_is_held_too() -> None:
    base = signature(1)
    rows = [
        occurrence("r1", b"a", "1"),
        occurrence("r2", b"b", "2"),
        occurrence("r3", b"c", "3", consent_valid=False),
    ]
    far = base.copy()
    far[:20] ^= 0x3C3C3C3C
    table = content(b1=far, b2=base, b3=edited(base, 20))
    decided = run(rows, table)
    assert decided["r1/a"]["reasons"] == ["NEAR_COPY_RESTRICTED", "OWN_ATTESTED"]
    assert decided["r1/a"]["counterpart_repo_id"] == "r2"


def test_a_candidate_beyond_the_bucket_limit_is_held_as_not_checked() -> None:
    shared = signature(0)[:8]
    count = copies.BUCKET_LIMIT + 1
    digits = [f"{i:040x}" for i in range(count + 1)]
    signatures = {}
    for i, blob in enumerate(digits):
        values = signature(i + 1)
        values[:8] = shared
        signatures["b" + blob] = values
    rows = [
        {**occurrence("r", f"{i}".encode(), "0", consent_valid=i == 0), "blob_id": blob}
        for i, blob in enumerate(digits)
    ]
    assert run(rows, content(**signatures))["r/0"]["reasons"] == [
        "NEAR_COPY_UNCHECKED",
        "OWN_ATTESTED",
    ]
    fewer = run(rows[:-1], content(**signatures))
    assert fewer["r/0"]["outcome"] == "releasable"


def test_adding_a_restricted_copy_never_loosens() -> None:
    base = signature(1)
    table = content(b1=base, b2=edited(base, 10))
    rows = [occurrence("r1", b"a", "1"), occurrence("r2", b"b", "2", is_generated=True)]
    before = run(rows, table)
    after = run([*rows, occurrence("r3", b"c", "1", training_restricted=True)], table)
    assert before["r1/a"]["outcome"] == after["r1/a"]["outcome"] == "internal-only"
    assert after["r1/a"]["reasons"] == ["COPY_RESTRICTED", "OWN_ATTESTED"]


RANK = {"releasable": 0, "internal-only": 1, "excluded": 2}
BLOBS = "123456"
CLUSTERS = content(
    **{f"b{blob}": edited(signature(int(blob) % 2), 12 * (int(blob) // 2)) for blob in BLOBS}
)


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.sampled_from(BLOBS), st.booleans()), min_size=1, max_size=6),
    st.sampled_from(BLOBS),
)
def test_one_more_restricted_file_never_loosens_any_other(
    files: list[tuple[str, bool]], added: str
) -> None:
    rows = [
        occurrence("r", b"%d" % i, blob, consent_valid=consent)
        for i, (blob, consent) in enumerate(files)
    ]
    before = run(rows, CLUSTERS)
    after = run([*rows, occurrence("r", b"new", added, consent_valid=False)], CLUSTERS)
    for place, row in before.items():
        assert RANK[str(after[place]["outcome"])] >= RANK[str(row["outcome"])]


def test_order_slices_and_repeats_of_signatures_are_irrelevant() -> None:
    base = signature(1)
    table = content(b9=signature(9), b1=base, b2=edited(base, 10), b3=signature(3))
    rows = [occurrence("r1", b"a", "1"), occurrence("r2", b"b", "2", is_generated=True)]
    expected = run(rows, table)
    doubled = pa.concat_tables([table.slice(2), table.slice(1), table.slice(0, 2)])
    assert run(rows[::-1], doubled) == expected


def test_a_malformed_signature_is_refused() -> None:
    table = content(b1=signature(1))
    short = table.set_column(1, "minhash", pa.array([b"short"], pa.binary()))
    with pytest.raises(ArtefactCorrupt, match="512"):
        run([occurrence("r", b"a", "1")], short)


@pytest.mark.parametrize(
    ("opened", "restricted", "outcome"),
    [
        (True, True, "releasable"),
        (True, False, "internal-only"),
        (False, True, "internal-only"),
        (True, None, "internal-only"),
    ],
)
def test_texts_of_licenses_are_no_near_copies_of_one_another(
    *, opened: bool, restricted: bool | None, outcome: str
) -> None:
    values = signature(1)
    table = content(b1=values, b2=edited(values, 4))
    rows = [
        occurrence("r1", b"LICENSE", "1", is_license_text=opened),
        occurrence("r2", b"COPYING", "2", is_license_text=restricted, consent_valid=False),
    ]
    assert run(rows, table)["r1/LICENSE"]["outcome"] == outcome


ALONE: dict[str, Row] = {
    "releasable": {},
    "internal-only": {"consent_valid": False},
    "excluded": {"training_restricted": True},
    "skipped": {"skip_reason": "binary"},
}


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(st.sampled_from("123"), st.sampled_from(sorted(ALONE))), min_size=1, max_size=7
    ),
    st.randoms(use_true_random=False),
)
def test_exact_copies_are_held_as_a_plain_comparison_holds_them(
    files: list[tuple[str, str]], order: Random
) -> None:
    places = [(f"r{i % 2}", b"%d" % i) for i in range(len(files))]
    expected = {}
    for place, (blob, outcome) in zip(places, files, strict=True):
        barring = sorted(
            other
            for other, (content_of, what) in zip(places, files, strict=True)
            if content_of == blob and what in ("internal-only", "excluded")
        )
        is_held = outcome == "releasable" and barring
        expected[place] = ("internal-only", *barring[0]) if is_held else (outcome, None, None)
    rows = [
        {**occurrence(*place, blob), **ALONE[outcome]}
        for place, (blob, outcome) in zip(places, files, strict=True)
    ]
    order.shuffle(rows)
    told = ("outcome", "counterpart_repo_id", "counterpart_path")
    found = {(r["repo_id"], r["path"]): tuple(r[n] for n in told) for r in run(rows).values()}
    assert found == expected
