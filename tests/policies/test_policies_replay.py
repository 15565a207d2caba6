"""A replay says of every row what deciding by each policy says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.database import open_database, open_dossier
from policies.decision import Outcome
from policies.document import default_policy_text, load_default_policy, load_policy
from policies.evaluate import decide
from policies.impact import BYTES_PER_TOKEN, Volume, weigh
from policies.model import Policy
from policies.replay import Judged, Replay
from tests.strategies.policies import Row, as_dossier, dossier_rows, occurrence

TEXT = default_policy_text()
POLICY = load_default_policy()
STRICTER = load_policy(TEXT.replace("when: pii_count > 50", "when: pii_count > 0"))
OTHER = load_policy(
    TEXT.replace("when: is_generated\n", "when: is_generated AND is_vendor\n")
    .replace("  - id: OWN_COMPANY_NOTICE\n", "  - id: OWN_NOTICE_OF_COMPANY\n")
    .replace("source: none\n    type: third_party", "source: none\n    type: unknown")
)
NO_CONTENT = facts_schema(Family.CONTENT).empty_table()


@contextmanager
def replaying(rows: list[Row], after: Policy, content: pa.Table = NO_CONTENT) -> Iterator[Replay]:
    with open_database() as connection:
        connection.register("dossier", as_dossier(rows))
        yield Replay(connection, (POLICY, after), content=content, paths=True)


def decided(rows: list[Row], policy: Policy, content: pa.Table = NO_CONTENT) -> list[Row]:
    return list(decide(as_dossier(rows), policy, content=content, input_digest="").to_pylist())


def placed(rows: list[Row]) -> list[Row]:
    """Give rows places of their own, and some the same content."""
    return [
        {**row, "repo_id": f"r{n % 2}", "path": b"f%d" % n, "blob_id": f"{n % 3:x}" * 40}
        for n, row in enumerate(rows)
    ]


def told(row: Judged) -> tuple[str, list[str], list[str], list[str]]:
    return row.outcome.value, sorted(row.reasons), sorted(row.lanes), sorted(row.redactions)


def said(row: Row) -> tuple[object, ...]:
    return row["outcome"], row["reasons"], row["pending_lanes"], row["redact_categories"]


@pytest.mark.parametrize("after", [STRICTER, OTHER])
@settings(max_examples=8)
@given(rows=st.lists(dossier_rows(), min_size=1, max_size=6))
def test_a_replay_tells_what_deciding_twice_tells(after: Policy, rows: list[Row]) -> None:
    rows = placed(rows)
    first, second = decided(rows, POLICY), decided(rows, after)
    pairs = zip(first, second, strict=True)
    expected = {
        (a["repo_id"], a["path"]): (said(a), said(b)) for a, b in pairs if said(a) != said(b)
    }
    with replaying(rows, after) as replay:
        found = {(r, path): (told(a), told(b)) for r, path, a, b in replay.rows()}
        totals = list(replay.cells())
        drifts = list(replay.drifts())
    assert found == expected
    moved = Counter(repo for (repo, _), (a, b) in expected.items() if a[0] != b[0])
    by_repository = [drift for drift in drifts if drift.repo_id is not None]
    assert sum(drift.files for drift in by_repository) == moved.total()
    assert {drift.repo_id for drift in by_repository} == set(moved)
    by_language = [drift for drift in drifts if drift.repo_id is None]
    assert sum(drift.files for drift in by_language) == moved.total()
    for side, table in (("before", first), ("after", second)):
        counted: Counter[str] = Counter()
        for cell in totals:
            counted[getattr(cell, side).outcome.value] += cell.files
        assert counted == Counter(str(row["outcome"]) for row in table)


def test_near_copies_are_compared_under_both_policies() -> None:
    signature = b"\1\0\0\0" * 128
    content = pa.Table.from_pylist(
        [{"blob_id": n * 40, "minhash": signature, "bands": [7]} for n in "12"],
        schema=pa.schema([NO_CONTENT.schema.field(n) for n in ("blob_id", "minhash", "bands")]),
    )
    rows = [occurrence("r", b"a", "1", pii_count=1), occurrence("r", b"b", "2")]
    with replaying(rows, STRICTER, content) as replay:
        found = {path: after for _, path, _, after in replay.rows()}
    assert found[b"b"].outcome is Outcome.INTERNAL_ONLY
    assert "NEAR_COPY_RESTRICTED" in found[b"b"].reasons
    assert decided(rows, STRICTER, content)[1]["reasons"] == sorted(found[b"b"].reasons)


def test_the_impact_adds_up_by_repository_language_rule_and_lane() -> None:
    rows = [
        occurrence("r1", b"a.py", "1", pii_count=1, size=310),
        occurrence("r1", b"b.py", "2", size=500),
        occurrence("r2", b"c.go", "3", pii_count=3, size=31, language="Go"),
    ]
    with replaying(rows, STRICTER) as replay:
        impact = weigh(
            replay.cells(),
            replay.drifts(),
            (POLICY.digest, STRICTER.digest),
            name_of={"r1": "one", "r2": "two"}.__getitem__,
        )
    moved = Volume(files=2, bytes=341)
    (move,) = impact.moves
    assert (move.before, move.after, move.volume) == ("releasable", "internal-only", moved)
    assert not move.is_looser
    assert moved.tokens == round(341 / BYTES_PER_TOKEN)
    assert impact.totals[Outcome.RELEASABLE] == (
        Volume(files=3, bytes=841),
        Volume(files=1, bytes=500),
    )
    assert [(line.name, line.stricter.files) for line in impact.repositories] == [
        ("one", 1),
        ("two", 1),
    ]
    assert [(line.name, line.stricter.bytes) for line in impact.languages] == [
        ("Python", 310),
        ("Go", 31),
    ]
    assert {line.rule_id: line.added for line in impact.rules} == {"PERSONAL_DATA_BULK": moved}
    assert {line.lane: line.added for line in impact.lanes} == {"privacy": moved}


def test_the_same_policy_changes_nothing() -> None:
    with replaying([occurrence("r", b"a", "1", secret_count=1)], POLICY) as replay:
        impact = weigh(replay.cells(), replay.drifts(), (POLICY.digest, POLICY.digest))
    assert impact.is_empty


def test_a_dossier_is_read_from_its_file_and_from_no_other(tmp_path: Path) -> None:
    for name in ("o'ne", "two"):
        pq.write_table(as_dossier([occurrence("r", b"a", "1")]), tmp_path / f"{name}.parquet")
    with open_dossier(tmp_path / "o'ne.parquet") as connection:
        assert connection.execute("SELECT count(*) FROM dossier").fetchall() == [(1,)]
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"FROM read_parquet('{tmp_path / 'two.parquet'}')")
        with pytest.raises(duckdb.Error):
            connection.execute(f"SET allowed_paths = ['{tmp_path / 'two.parquet'}']")
