from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.domain.finding import Category
from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.build.exitscan import exit_scan
from release.build.inputs import CONFIDENTIAL, SECRETS
from release.build.texts import Inspector
from release.domain import Shard
from release.ports import ignore_progress
from tests.strategies.release import Corpus, File, MarkerScanner, build_corpus, marker, mixed_corpus


def _inspector() -> Inspector:
    return Inspector(scanner=MarkerScanner(), refused=SECRETS | CONFIDENTIAL)


def _released(tmp_path: Path) -> tuple[Path, tuple[Shard, ...]]:
    built = build_corpus(mixed_corpus(), tmp_path / "shards")
    return built.directory, built.manifest.shards


def _with_value(root: Path, shard: Shard, column: str, value: object) -> None:
    """Put a value into the first row of a shard, as a fault anywhere before would."""
    table = pq.read_table(root / shard.path)
    values = table[column].to_pylist()
    values[0] = value
    position = table.schema.get_field_index(column)
    changed = table.set_column(
        position, table.schema.field(column), pa.array(values, table.schema.field(column).type)
    )
    (root / shard.path).unlink()
    pq.write_table(changed, root / shard.path)


@pytest.mark.parametrize(
    ("column", "shape"),
    [
        ("content", "%s"),
        ("path", "a/%s"),
        ("repo_name", "%s"),
        ("id", "%s"),
        ("copyright_holders", ["x", "%s"]),
        ("license_evidence", [{"kind": "tag", "line": 1, "spdx": "%s", "score": 1.0}]),
        ("scanner_versions", [{"tool": "t", "version": "%s"}]),
        ("metadata", {"schema_version": "%s"}),
        ("eval_sets", ["%s"]),
    ],
)
def test_a_value_in_any_text_column_refuses_the_release(
    tmp_path: Path, column: str, shape: object
) -> None:
    root, (shard,) = _released(tmp_path)
    value = marker(Category.CODENAME, 5).decode()
    _with_value(root, shard, column, _filled(shape, value))
    with pytest.raises(ReleaseRefused) as refused:
        exit_scan(root, [shard], _inspector(), progress=ignore_progress)
    assert f"marker.codename in {shard.path}" in refused.value.message
    assert column in refused.value.message
    if column != "id":
        assert value not in str(refused.value)


def _filled(shape: object, value: str) -> object:
    if isinstance(shape, str):
        return shape.replace("%s", value)
    if isinstance(shape, dict):
        return {k: _filled(v, value) for k, v in shape.items()}
    return [_filled(v, value) for v in shape] if isinstance(shape, list) else shape


def test_categories_outside_the_refused_ones_pass(tmp_path: Path) -> None:
    root, (shard,) = _released(tmp_path)
    _with_value(root, shard, "content", marker(Category.PERSON).decode())
    exit_scan(root, [shard], _inspector(), progress=ignore_progress)


def test_digests_are_not_mistaken_for_keys_and_every_row_is_counted(tmp_path: Path) -> None:
    root, shards = _released(tmp_path)
    seen: list[tuple[int, int]] = []
    exit_scan(root, shards, _inspector(), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (shards[0].rows, shards[0].rows)


def test_a_value_that_the_deciding_detectors_missed_stops_the_build(tmp_path: Path) -> None:
    missed = File(repo="r", path=b"a.py", data=marker(Category.PROVIDER_TOKEN), hidden=True)
    with pytest.raises(ReleaseRefused) as refused:
        build_corpus(Corpus(files=(missed,)), tmp_path / "shards", Tier.RELEASABLE)
    assert refused.value.code == "EXIT_SCAN"
    assert not list((tmp_path / "shards").glob("rel_*"))
    assert not list((tmp_path / "shards").rglob("*.parquet"))
