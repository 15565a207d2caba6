from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ingest.errors import ReleaseRefused
from release.domain import Manifest
from release.domain.manifest import canonical_json
from tests.strategies.release import build_corpus, mixed_corpus


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return build_corpus(mixed_corpus(), tmp_path_factory.mktemp("manifest") / "shards").manifest


def test_a_manifest_survives_the_way_through_json(manifest: Manifest) -> None:
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


@pytest.mark.parametrize(
    "path",
    [
        "../shard-00000.parquet",
        "data/../shard-00000.parquet",
        "/data/shard-00000.parquet",
        "data/shard-0.parquet",
        "data/shard-00000.parquet/x",
        "data/shard-00000.parquet\n",
        "data\\shard-00000.parquet",
    ],
)
def test_a_shard_path_that_could_lead_elsewhere_is_refused(manifest: Manifest, path: str) -> None:
    raw = json.loads(manifest.to_json())
    raw["shards"][0]["path"] = path
    with pytest.raises(ReleaseRefused):
        Manifest.from_json(canonical_json(raw))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tier", "public"),
        ("counts", {"seen": 1}),
        ("created_at", "yesterday"),
        ("release_id", "../rel"),
        ("policy_digest", "none"),
        ("manifest_version", 1),
        ("documents", [{"path": "../x.md"}]),
        ("gate", [1]),
        ("tombstone_digest", "0" * 64),
        ("shards", []),
        ("shards", None),
        ("languages", {}),
        ("unknown", 1),
    ],
)
def test_a_manifest_that_is_not_well_formed_is_refused(
    manifest: Manifest, name: str, value: Any
) -> None:
    raw = json.loads(manifest.to_json()) | {name: value}
    with pytest.raises(ReleaseRefused):
        Manifest.from_json(canonical_json(raw))


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{}", b"[" * 100_000, b"\xff"])
def test_what_is_no_manifest_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(ReleaseRefused):
        Manifest.from_json(data)


def test_a_shard_listed_twice_is_refused(manifest: Manifest) -> None:
    with pytest.raises(ValueError, match="add up"):
        replace(manifest, shards=manifest.shards * 2)


def test_a_releasable_manifest_shows_no_commit(manifest: Manifest) -> None:
    assert all(value.startswith("snap_") for value in manifest.snapshots.values())


def document(path: str = "NOTICE.txt") -> dict[str, Any]:
    return {"path": path, "media_type": "text/plain", "bytes": 3, "sha256": "0" * 64}


@pytest.mark.parametrize(
    "path", ["../x.md", "a/b.md", ".hidden", "", "manifest.json", "manifest.dsse.json", "x\n.md"]
)
def test_a_document_that_could_lead_elsewhere_is_refused(manifest: Manifest, path: str) -> None:
    raw = json.loads(manifest.to_json())
    accepted = Manifest.from_json(canonical_json(raw | {"documents": [document()]}))
    assert accepted.documents[0].path == "NOTICE.txt"
    with pytest.raises(ReleaseRefused):
        Manifest.from_json(canonical_json(raw | {"documents": [document(path)]}))


def test_only_a_release_that_takes_rows_back_may_hold_shards_of_another_run(
    manifest: Manifest,
) -> None:
    foreign = [replace(shard, run_id="0" * 64) for shard in manifest.shards]
    with pytest.raises(ValueError, match="another run"):
        replace(manifest, shards=tuple(foreign))
    parent = {"parent_release_id": f"rel_{'0' * 20}", "tombstone_digest": "0" * 64}
    assert replace(manifest, shards=tuple(foreign), **parent).shards == tuple(foreign)
    with pytest.raises(ValueError, match="names the parent"):
        replace(manifest, parent_release_id=None, tombstone_digest="0" * 64)


def test_a_policy_that_took_rows_out_is_named_where_some_were_and_else_no_member(
    manifest: Manifest,
) -> None:
    assert b"restricted_by" not in manifest.to_json()
    with pytest.raises(ValueError, match="leaves some out"):
        replace(manifest, restricted_by="0" * 64)
    parent = {"parent_release_id": f"rel_{'0' * 20}", "tombstone_digest": "0" * 64}
    restricted = replace(manifest, restricted_by="1" * 64, **parent)
    assert Manifest.from_json(restricted.to_json()) == restricted
    with pytest.raises(ValueError, match="leaves some out"):
        replace(restricted, restricted_by="none")
