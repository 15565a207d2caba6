"""The same rows in every format, read by the formats' own libraries where we have them."""

from __future__ import annotations

import gc
import hashlib
import io
import itertools
import json
import struct
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import webdataset

from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.build import BuiltRelease
from release.exports import EXPORT_FILE, ExportFormat, export_release, mds
from release.exports.writing import to_json
from release.pull.recalls import Reader
from tests.strategies.recall import LATER, build_parent, copied, row_ids, take_back


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> BuiltRelease:
    return build_parent(tmp_path_factory.mktemp("exports"))


@pytest.fixture(scope="module")
def reader(pristine: BuiltRelease) -> Reader:
    public = pristine.directory.parents[1] / "public.pem"
    return Reader(public_key=public, tier=Tier.RELEASABLE, now=LATER)


@pytest.fixture(scope="module")
def rows(pristine: BuiltRelease) -> list[dict[str, Any]]:
    """The rows of the release as JSON says them."""
    shards = pristine.manifest.shards
    found = [row for s in shards for row in pq.read_table(pristine.directory / s.path).to_pylist()]
    return [json.loads(to_json(row)) for row in found]


def exported(built: BuiltRelease, dest: Path, reader: Reader, form: str, **more: Any) -> Path:
    return export_release(built.directory, dest, reader, ExportFormat(form), **more).directory


def read_mds(folder: Path) -> Iterator[dict[str, Any]]:
    """Read shards as the format's documentation tells it, with nothing of the writer."""
    fixed = {"int": "<q", "int32": "<i", "float32": "<f"}
    for shard in json.loads((folder / "index.json").read_text())["shards"]:
        data = (folder / shard["raw_data"]["basename"]).read_bytes()
        assert len(data) == shard["raw_data"]["bytes"]
        assert hashlib.sha256(data).hexdigest() == shard["raw_data"]["hashes"]["sha256"]
        (count,) = struct.unpack_from("<I", data)
        assert count == shard["samples"]
        offsets = struct.unpack_from(f"<{count + 1}I", data, 4)
        assert offsets[-1] == len(data)
        config = json.loads(data[4 * (count + 2) : offsets[0]])
        assert {name: shard[name] for name in config} == config
        names, encodings = shard["column_names"], shard["column_encodings"]
        for begin, end in itertools.pairwise(offsets):
            sample, place = data[begin:end], 0
            sizes = list(shard["column_sizes"])
            for number, size in enumerate(sizes):
                if size is None:
                    (sizes[number],) = struct.unpack_from("<I", sample, place)
                    place += 4
            row = {}
            for name, encoding, size in zip(names, encodings, sizes, strict=True):
                value = sample[place : place + size]
                place += size
                if encoding in fixed:
                    (row[name],) = struct.unpack(fixed[encoding], value)
                else:
                    row[name] = value.decode() if encoding == "str" else json.loads(value)
            assert place == len(sample)
            yield row


def test_mds_holds_the_rows(
    pristine: BuiltRelease, reader: Reader, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    assert list(read_mds(exported(pristine, tmp_path, reader, "mds"))) == rows


def test_mds_begins_a_shard_before_one_is_too_large(
    pristine: BuiltRelease,
    reader: Reader,
    rows: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mds, "SIZE_LIMIT", 8_000)
    folder = exported(pristine, tmp_path, reader, "mds")
    sizes = [path.stat().st_size for path in folder.glob("*.mds")]
    assert len(sizes) > 2
    assert max(sizes) <= 8_000
    assert list(read_mds(folder)) == rows


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_webdataset_opens_its_shards(
    pristine: BuiltRelease, reader: Reader, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    folder = exported(pristine, tmp_path, reader, "webdataset")
    urls = sorted(str(path) for path in folder.glob("*.tar"))
    opened = webdataset.WebDataset(urls, shardshuffle=False).decode()
    found = [sample["json"] | {"content": sample["txt"]} for sample in opened]
    assert found == rows
    # The library leaves its files to the collector, which is to complain here and nowhere else.
    del opened
    gc.collect()
    with tarfile.open(urls[0]) as tar:
        assert {(m.mtime, m.uid, m.uname, m.mode) for m in tar} == {(0, 0, "", 0o644)}


def test_duckdb_and_pyarrow_read_the_json_lines(
    pristine: BuiltRelease, reader: Reader, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    folder = exported(pristine, tmp_path, reader, "jsonl")
    found = duckdb.sql(f"select id, content, path from read_json('{folder}/*.jsonl.zst')")
    assert found.fetchall() == [(r["id"], r["content"], r["path"]) for r in rows]
    with pa.CompressedInputStream(str(min(folder.glob("*.zst"))), "zstd") as file:
        lines = io.BytesIO(file.read()).readlines()
    assert [json.loads(line) for line in lines] == rows[: len(lines)]
    assert list(rows[0]) == list(json.loads(lines[0]))


@pytest.mark.parametrize("form", list(ExportFormat))
def test_an_export_is_the_same_bytes_each_time_and_changes_no_release(
    pristine: BuiltRelease, reader: Reader, tmp_path: Path, form: str
) -> None:
    before = {p: p.stat().st_mtime_ns for p in pristine.directory.rglob("*")}
    one, two = (exported(pristine, tmp_path / n, reader, form) for n in "ab")
    files = [{p.name: p.read_bytes() for p in folder.iterdir()} for folder in (one, two)]
    assert files[0] == files[1]
    assert {p: p.stat().st_mtime_ns for p in pristine.directory.rglob("*")} == before
    told = json.loads(files[0][EXPORT_FILE])
    listed = {file["path"]: (file["bytes"], file["sha256"]) for file in told["files"]}
    present = files[0].keys() - {EXPORT_FILE, "manifest.json", "manifest.dsse.json"}
    assert listed == {
        name: (len(files[0][name]), hashlib.sha256(files[0][name]).hexdigest()) for name in present
    }
    assert sum(file["rows"] for file in told["files"]) == pristine.manifest.counts.emitted
    manifest = (pristine.directory / "manifest.json").read_bytes()
    assert files[0]["manifest.json"] == manifest
    assert told["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()


def test_recalled_rows_stay_out_and_the_recall_is_named(
    pristine: BuiltRelease, reader: Reader, tmp_path: Path
) -> None:
    parent = copied(pristine, tmp_path)
    every = row_ids(parent.directory, parent)
    before = exported(parent, tmp_path / "old", reader, "mds")
    # Of a shard of which every row is gone nothing is left, not even an empty file.
    gone = every[: parent.manifest.shards[0].rows + 1]
    _, recall = take_back(parent, gone)
    with pytest.raises(ReleaseRefused, match="recalled"):
        exported(parent, tmp_path / "new", reader, "mds")
    for form in ExportFormat:
        folder = exported(parent, tmp_path / "new", reader, form, drop_recalled=True)
        told = json.loads((folder / EXPORT_FILE).read_bytes())
        assert told["recalls"] == [recall.recall_id]
        assert sum(file["rows"] for file in told["files"]) == len(every) - len(gone)
    ids = [row["id"] for row in read_mds(tmp_path / "new" / before.name)]
    assert ids == every[len(gone) :]
    assert (tmp_path / "new" / "recalls" / f"{recall.recall_id}.parquet").is_file()
    with pytest.raises(InputError, match="not this export"):
        exported(parent, tmp_path / "old", reader, "mds", drop_recalled=True)


def test_an_export_that_is_there_is_checked(
    pristine: BuiltRelease, reader: Reader, tmp_path: Path
) -> None:
    folder = exported(pristine, tmp_path, reader, "jsonl")
    marks = {path: path.stat().st_ino for path in folder.iterdir()}
    assert exported(pristine, tmp_path, reader, "jsonl") == folder
    assert {path: path.stat().st_ino for path in folder.iterdir()} == marks
    min(folder.glob("*.zst")).write_bytes(b"x")
    with pytest.raises(InputError, match="not this export"):
        exported(pristine, tmp_path, reader, "jsonl")


class CutError(Exception):
    """Somebody ended it."""


@pytest.mark.parametrize("form", list(ExportFormat))
def test_an_export_that_was_cut_has_no_place_and_is_made_anew(
    pristine: BuiltRelease, reader: Reader, tmp_path: Path, form: str
) -> None:
    def cut(done: int, total: int) -> None:
        if done > total // 2:
            raise CutError

    with pytest.raises(CutError):
        exported(pristine, tmp_path, reader, form, progress=cut)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("rel_")] == []
    assert exported(pristine, tmp_path, reader, form).is_dir()


def test_a_damaged_release_is_not_exported(
    pristine: BuiltRelease, reader: Reader, tmp_path: Path
) -> None:
    broken = copied(pristine, tmp_path)
    shard = broken.directory / broken.manifest.shards[-1].path
    shard.chmod(0o600)
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    with pytest.raises(ReleaseRefused, match="digest"):
        exported(broken, tmp_path / "dest", reader, "jsonl")
    assert not (tmp_path / "dest").exists()


def test_json_knows_moments_and_refuses_what_it_does_not_know() -> None:
    moment = datetime.fromisoformat("2024-05-06T07:08:09+00:00")
    assert (
        to_json({"a": moment, "b": "\u00e9"})
        == '{"a":"2024-05-06T07:08:09Z","b":"\u00e9"}'.encode()
    )
    with pytest.raises(TypeError, match="bytes"):
        to_json({"a": b"x"})
