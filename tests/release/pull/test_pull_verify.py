from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, canonical_json
from release.pull import verify_release
from release.signing import generate_keys, sign
from tests.strategies.release import build_corpus, large_corpus, mixed_corpus


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("verify")
    return build_corpus(large_corpus(40), root / "shards", target_bytes=2_000).directory


@pytest.fixture
def release(pristine: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "release"
    shutil.copytree(pristine, copy)
    for path in copy.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
    return copy


@pytest.fixture
def public(pristine: Path) -> Path:
    return pristine.parents[1] / "public.pem"


@pytest.mark.parametrize("tier", Tier)
def test_a_release_as_built_is_accepted(tmp_path: Path, tier: Tier) -> None:
    built = build_corpus(mixed_corpus(), tmp_path / "shards", tier)
    assert verify_release(built.directory, tmp_path / "public.pem", tier) == built.manifest


def test_a_release_of_the_other_tier_is_refused(release: Path, public: Path) -> None:
    with pytest.raises(ReleaseRefused, match="you asked for internal-only"):
        verify_release(release, public, Tier.INTERNAL_ONLY)


def test_another_key_does_not_vouch(release: Path, tmp_path: Path) -> None:
    generate_keys(tmp_path / "a", tmp_path / "b")
    with pytest.raises(ReleaseRefused, match="trusted key"):
        verify_release(release, tmp_path / "b", Tier.RELEASABLE)


def _flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize(
    "change",
    [_flip, lambda data: data[:-1], lambda data: data + b"\n", lambda _: b""],
    ids=["flip", "truncate", "append", "empty"],
)
def test_a_change_of_any_file_is_refused(
    release: Path, public: Path, change: Callable[[bytes], bytes]
) -> None:
    for path in sorted(p for p in release.rglob("*") if p.is_file()):
        before = path.read_bytes()
        if path.name == ENVELOPE_FILE and change(before).strip() == before:
            # White space around the envelope is outside of what is signed.
            continue
        path.write_bytes(change(before))
        with pytest.raises(ReleaseRefused):
            verify_release(release, public, Tier.RELEASABLE)
        path.write_bytes(before)
    verify_release(release, public, Tier.RELEASABLE)


def test_a_missing_file_is_refused_whichever_it_is(release: Path, public: Path) -> None:
    for path in sorted(p for p in release.rglob("*") if p.is_file()):
        path.rename(path.with_name("away"))
        with pytest.raises(ReleaseRefused):
            verify_release(release, public, Tier.RELEASABLE)
        path.with_name("away").rename(path)


def test_two_shards_that_changed_places_are_refused(release: Path, public: Path) -> None:
    first, second, *_ = sorted((release / "data").iterdir())
    first.rename(release / "third")
    second.rename(first)
    (release / "third").rename(second)
    with pytest.raises(ReleaseRefused):
        verify_release(release, public, Tier.RELEASABLE)


@pytest.mark.parametrize("name", ["data/extra.parquet", "README.txt", ".hidden"])
def test_a_file_that_is_not_listed_is_refused(release: Path, public: Path, name: str) -> None:
    (release / name).write_bytes(b"x")
    with pytest.raises(ReleaseRefused, match="1 not listed"):
        verify_release(release, public, Tier.RELEASABLE)


def test_a_link_is_refused_even_where_it_leads_to_the_right_bytes(
    release: Path, public: Path, tmp_path: Path
) -> None:
    shard = min((release / "data").iterdir())
    shard.rename(tmp_path / "elsewhere")
    shard.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReleaseRefused, match="link"):
        verify_release(release, public, Tier.RELEASABLE)


def _resign(release: Path, public: Path, **changes: object) -> None:
    """Change the manifest and sign it again, as only the builder could."""
    raw = json.loads((release / MANIFEST_FILE).read_bytes()) | changes
    payload = canonical_json(raw)
    (release / MANIFEST_FILE).write_bytes(payload)
    (release / ENVELOPE_FILE).write_bytes(sign(payload, public.with_name("private.pem")))


def test_a_signed_path_out_of_the_release_is_refused(release: Path, public: Path) -> None:
    shards = json.loads((release / MANIFEST_FILE).read_bytes())["shards"]
    shards[0]["path"] = "../outside.parquet"
    _resign(release, public, shards=shards)
    with pytest.raises(ReleaseRefused, match="malformed"):
        verify_release(release, public, Tier.RELEASABLE)


def _rewrite(release: Path, public: Path, column: str, value: str) -> None:
    """Put a value into one row and bring the signed manifest in line with the new bytes."""
    shards = json.loads((release / MANIFEST_FILE).read_bytes())["shards"]
    path = release / shards[0]["path"]
    table = pq.read_table(path)
    values = [value, *table[column].to_pylist()[1:]]
    field = table.schema.field(column)
    position = table.schema.get_field_index(column)
    changed = table.set_column(position, field, pa.array(values, field.type))
    path.unlink()
    pq.write_table(changed, path)
    data = path.read_bytes()
    ids = sorted(changed["id"].to_pylist())
    shards[0] |= {
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "min_id": ids[0],
        "max_id": ids[-1],
    }
    _resign(release, public, shards=shards)


@pytest.mark.parametrize(
    ("column", "value"),
    [("tier", "internal-only"), ("run_id", "0" * 64), ("repo_id", "repo_zz")],
)
def test_signed_rows_that_contradict_the_manifest_are_refused(
    release: Path, public: Path, column: str, value: str
) -> None:
    _rewrite(release, public, column, value)
    with pytest.raises(ReleaseRefused, match=column):
        verify_release(release, public, Tier.RELEASABLE)


def test_a_row_id_that_occurs_twice_is_refused(release: Path, public: Path) -> None:
    shards = json.loads((release / MANIFEST_FILE).read_bytes())["shards"]
    twin = pq.read_table(release / shards[1]["path"])["id"][0].as_py()
    _rewrite(release, public, "id", twin)
    with pytest.raises(ReleaseRefused, match="twice"):
        verify_release(release, public, Tier.RELEASABLE)


def test_a_signed_shard_that_is_no_parquet_is_refused(release: Path, public: Path) -> None:
    shards = json.loads((release / MANIFEST_FILE).read_bytes())["shards"]
    (release / shards[0]["path"]).write_bytes(b"no parquet")
    digest = hashlib.sha256(b"no parquet").hexdigest()
    shards[0] |= {"bytes": 10, "sha256": digest}
    _resign(release, public, shards=shards)
    with pytest.raises(ReleaseRefused, match="no readable Parquet"):
        verify_release(release, public, Tier.RELEASABLE)
