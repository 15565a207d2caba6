from __future__ import annotations

from dataclasses import asdict

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from tests.strategies.ingest import findings
from workers.corpus import digest_of, share_findings

ROW = st.fixed_dictionaries(
    {
        "blob_id": st.sampled_from(["a", "b"]),
        "suffix": st.sampled_from(["txt", "yaml", "py"]),
        "status": st.sampled_from(["completed", "completed", "failed"]),
        "findings": st.lists(findings().map(asdict), max_size=3),
    }
)


def table(rows: list[dict[str, object]]) -> pa.Table:
    unique = {(r["blob_id"], r["suffix"]): r for r in rows}
    full = [
        {**r, "reason": "", "findings": r["findings"] if r["status"] == "completed" else None}
        for _, r in sorted(unique.items())
    ]
    return pa.Table.from_pylist(full, schema=facts_schema(Family.PII))


def spans(row: dict[str, object]) -> set[tuple[int, int, str]]:
    return {(f["start"], f["end"], f["rule_id"]) for f in row["findings"] or []}  # type: ignore[attr-defined]


@given(st.lists(ROW, max_size=6))
def test_the_same_bytes_have_the_same_findings_and_the_worst_status(
    rows: list[dict[str, object]],
) -> None:
    before = table(rows)
    after = share_findings(before)
    assert after.select(["blob_id", "suffix"]).equals(before.select(["blob_id", "suffix"]))
    for blob in ("a", "b"):
        old = [r for r in before.to_pylist() if r["blob_id"] == blob]
        new = [r for r in after.to_pylist() if r["blob_id"] == blob]
        union = set().union(*(spans(r) for r in old))
        assert all(spans(r) == union for r in new)
        assert len({r["status"] for r in new}) <= 1
        assert any(r["status"] == "failed" for r in old) == any(
            r["status"] == "failed" for r in new
        )
    assert share_findings(after).equals(after)


def test_a_key_depends_on_every_part_and_on_their_order() -> None:
    assert digest_of("a", "b") != digest_of("b", "a")
    assert digest_of("a", {"x": 1, "y": 2}) == digest_of("a", {"y": 2, "x": 1})
