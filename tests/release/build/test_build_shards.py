from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from policies.decision import Tier
from release.build import BuiltRelease
from release.build.inputs import GRAMMAR_VERSIONS
from release.build.shards import ROW_GROUP_BYTES
from release.domain import rows_schema
from tests.strategies.release import (
    MOMENT,
    Corpus,
    File,
    build_corpus,
    large_corpus,
    mixed_corpus,
)


def _rows(built: BuiltRelease) -> list[dict[str, Any]]:
    shards = built.manifest.shards
    return [row for s in shards for row in pq.read_table(built.directory / s.path).to_pylist()]


@pytest.mark.parametrize("tier", Tier)
def test_shards_have_the_schema_of_the_tier_and_say_the_tier_in_every_row(
    tmp_path: Path, tier: Tier
) -> None:
    built = build_corpus(mixed_corpus(), tmp_path / "shards", tier)
    for shard in built.manifest.shards:
        file = pq.ParquetFile(built.directory / shard.path)
        assert file.schema_arrow.equals(rows_schema(tier), check_metadata=False)
        assert file.schema_arrow.metadata[b"shardgate.tier"] == tier.encode()
    assert {row["tier"] for row in _rows(built)} == {tier.value}


def test_a_row_explains_itself(tmp_path: Path) -> None:
    rows = _rows(build_corpus(mixed_corpus(), tmp_path / "shards"))
    row = next(r for r in rows if r["path"] == "src/copy.py")
    assert row["exact_dup_count"] == 1
    assert row["eligibility_reasons"] == ["LIC_PERMISSIVE"]
    assert row["scanner_versions"] == [
        {"tool": "marker", "version": "1.0"},
        {"tool": "redaction", "version": "placeholder"},
        *({"tool": tool, "version": version} for tool, version in GRAMMAR_VERSIONS.items()),
    ]
    assert row["committer_date"] == MOMENT
    assert row["secret_count"] == 5
    assert row["visit_date"] is row["added"] is row["token_count"] is None
    assert row["decontam"] == row["eval_sets"] == row["quality_hits"] == []
    content = row["content"].encode()
    for redaction in row["redactions"]:
        shown = content[redaction["start"] : redaction["end"]].decode()
        assert shown == redaction["placeholder"]


def test_shards_close_at_the_target_and_together_hold_every_row(tmp_path: Path) -> None:
    built = build_corpus(large_corpus(300), tmp_path / "shards", target_bytes=5_000)
    shards = built.manifest.shards
    assert len(shards) > 5
    assert [s.path for s in shards] == [f"data/shard-{n:05d}.parquet" for n in range(len(shards))]
    rows = _rows(built)
    assert len({row["id"] for row in rows}) == 300
    assert [(r["repo_id"], r["path"]) for r in rows] == sorted(
        (r["repo_id"], r["path"]) for r in rows
    )
    for row, shard in zip(rows, [s for s in shards for _ in range(s.rows)], strict=True):
        assert row["shard_id"].endswith(shard.path[11:16])


def test_row_groups_stay_small_and_one_large_row_has_a_group_of_its_own(tmp_path: Path) -> None:
    line = b"0123456789abcdef" * 64
    big = line * (ROW_GROUP_BYTES // len(line)) + b"!"
    files = (
        File(repo="r", path=b"a", data=b"small"),
        File(repo="r", path=b"b", data=big),
        File(repo="r", path=b"c", data=b"small too"),
    )
    built = build_corpus(Corpus(files=files), tmp_path / "shards")
    metadata = pq.ParquetFile(built.directory / built.manifest.shards[0].path).metadata
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [1, 1, 1]


def test_duckdb_reads_the_shards(tmp_path: Path) -> None:
    built = build_corpus(mixed_corpus(), tmp_path / "shards")
    with duckdb.connect() as connection:
        query = "SELECT path, len(redactions) FROM read_parquet(?) ORDER BY repo_id, path"
        glob = str(built.directory / "data" / "*.parquet")
        found = connection.execute(query, [glob]).fetchall()
    assert found == [(r["path"], len(r["redactions"])) for r in _rows(built)]


def test_hugging_face_datasets_reads_the_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    for tier in Tier:
        built = build_corpus(mixed_corpus(), tmp_path / tier, tier)
        files = [str(built.directory / s.path) for s in built.manifest.shards]
        loaded = datasets.load_dataset(
            "parquet", data_files=files, split="train", cache_dir=str(tmp_path / "cache")
        )
        assert loaded.column_names == rows_schema(tier).names
        assert list(loaded["content"]) == [row["content"] for row in _rows(built)]
