"""The lake: written once, whole or not at all, same bytes for the same table, damage is found."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.domain.artefacts import HISTORY, SNAPSHOT, facts_schema
from ingest.domain.finding import Family
from ingest.errors import ArtefactCorrupt, ResourceExhausted
from store.facts_index import FolderKeys, missing_rows, number_rows, pick_rows
from store.lake import Lake
from store.memory import MemoryLake

AnyLake = Lake | MemoryLake
PII = facts_schema(Family.PII)
UNIT = pa.schema([("blob_id", pa.string()), ("suffix", pa.string()), ("size", pa.int64())])
Key = tuple[str, str]


def a_table(values: list[int]) -> pa.Table:
    return pa.table({"a": pa.array(values, pa.int64())})


def history(count: int = 3) -> pa.Table:
    rows = [
        {
            "repo_id": "repo_1",
            "blob_id": f"{n:040x}",
            "size": n,
            "path": bytes([n % 256, 255]),
            "suffix": "py",
            "skip_reason": None if n % 2 else "binary",
        }
        for n in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=HISTORY)


def facts(rows: dict[Key, str], reason: str = "") -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "blob_id": blob_id,
                "suffix": suffix,
                "status": status,
                "reason": reason,
                "findings": [] if status == "completed" else None,
            }
            for (blob_id, suffix), status in rows.items()
        ],
        schema=PII,
    )


def units(*keys: Key) -> pa.Table:
    rows = [{"blob_id": blob_id, "suffix": suffix, "size": 1} for blob_id, suffix in keys]
    return pa.Table.from_pylist(rows, schema=UNIT)


def keys_of(table: pa.Table) -> list[Key]:
    return list(zip(table["blob_id"].to_pylist(), table["suffix"].to_pylist(), strict=True))


def test_what_is_written_is_read(any_lake: AnyLake) -> None:
    assert not any_lake.exists("history", "k1")
    assert any_lake.write("history", "k1", history())
    assert any_lake.exists("history", "k1")
    assert any_lake.read("history", "k1").equals(history())
    assert any_lake.read("history", "k1", columns=["path"]).equals(history().select(["path"]))
    assert any_lake.keys("history") == ["k1"]
    assert any_lake.keys("trees") == []


def test_an_artefact_is_never_written_again(any_lake: AnyLake) -> None:
    any_lake.write("batches", "k", a_table([1]))
    assert not any_lake.write("batches", "k", a_table([2]))
    assert any_lake.read("batches", "k")["a"].to_pylist() == [1]
    any_lake.discard("batches", "k")
    assert any_lake.write("batches", "k", a_table([2]))


def test_an_empty_table_is_an_artefact_too(any_lake: AnyLake) -> None:
    any_lake.write("snapshots", "k", SNAPSHOT.empty_table())
    assert any_lake.read("snapshots", "k").num_rows == 0


def test_a_table_must_have_the_schema_of_its_kind(any_lake: AnyLake) -> None:
    with pytest.raises(ArtefactCorrupt):
        any_lake.write("snapshots", "k", a_table([1]))
    with pytest.raises(ArtefactCorrupt, match="no type"):
        any_lake.write("batches", "k", pa.table({"a": pa.nulls(2)}))
    with pytest.raises(ArtefactCorrupt):
        any_lake.write_facts(Family.SECRETS, "d", "b", facts({("a", "py"): "completed"}))
    required = pa.schema([pa.field("a", pa.int64(), nullable=False)])
    with pytest.raises(ArtefactCorrupt, match="lacks values"):
        any_lake.write("batches", "k", pa.table([pa.array([None], pa.int64())], schema=required))
    assert not any_lake.exists("snapshots", "k")
    assert not any_lake.exists("batches", "k")


def test_a_reader_may_name_the_schema_it_needs(any_lake: AnyLake) -> None:
    any_lake.write("batches", "k", a_table([1]))
    assert any_lake.read("batches", "k", schema=a_table([]).schema).num_rows == 1
    with pytest.raises(ArtefactCorrupt):
        any_lake.read("batches", "k", schema=HISTORY)


def test_a_missing_artefact_is_an_error(any_lake: AnyLake) -> None:
    with pytest.raises(ArtefactCorrupt, match="missing"):
        any_lake.read("history", "k")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "A", "a.b", "a\n", "a" * 129, "é"])
def test_a_name_that_could_leave_the_folder_is_refused(any_lake: AnyLake, name: str) -> None:
    with pytest.raises(ValueError, match="a-z"):
        any_lake.write("batches", name, a_table([1]))
    with pytest.raises(ValueError, match="a-z"):
        any_lake.read(name, "k")
    with pytest.raises(ValueError, match="a-z"):
        any_lake.write_facts(Family.PII, name, "b", facts({}))


def test_facts_are_read_by_blob_and_sorted(any_lake: AnyLake) -> None:
    any_lake.write_facts(Family.PII, "d", "b1", facts({("c", "py"): "completed"}))
    any_lake.write_facts(
        Family.PII, "d", "b2", facts({("a", "py"): "failed", ("a", "md"): "completed"})
    )
    found = any_lake.read_facts(Family.PII, "d")
    assert found.schema.equals(PII)
    assert keys_of(found) == [("a", "md"), ("a", "py"), ("c", "py")]
    assert keys_of(any_lake.read_facts(Family.PII, "d", pa.array(["c", "z"]))) == [("c", "py")]
    some = any_lake.read_facts(Family.PII, "d", pa.array(["a"]), columns=["status"])
    assert some.to_pydict() == {"status": ["completed", "failed"]}


def test_no_facts_are_an_empty_table(any_lake: AnyLake) -> None:
    assert any_lake.read_facts(Family.PII, "d").equals(PII.empty_table())
    nothing = pa.array([], pa.string())
    any_lake.write_facts(Family.PII, "d", "b", facts({("a", ""): "completed"}))
    assert any_lake.read_facts(Family.PII, "d", nothing).num_rows == 0
    assert any_lake.read_facts(Family.PII, "other").num_rows == 0
    assert any_lake.read_facts(Family.SECRETS, "d").num_rows == 0


_STATUS = st.sampled_from(["completed", "timed_out", "failed"])
_BATCH = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "py"])), _STATUS)


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(_BATCH, max_size=4))
def test_the_worst_status_counts_whatever_the_order_of_the_batches(
    batches: list[dict[Key, str]],
) -> None:
    severity = ["completed", "timed_out", "failed"]
    worst: dict[Key, str] = {}
    for batch in batches:
        for key, status in batch.items():
            worst[key] = max(worst.get(key, status), status, key=severity.index)
    for order in (batches, batches[::-1]):
        lake = MemoryLake()
        for number, batch in enumerate(order):
            lake.write_facts(Family.PII, "d", f"b{number}", facts(batch))
        found = lake.read_facts(Family.PII, "d")
        assert dict(zip(keys_of(found), found["status"].to_pylist(), strict=True)) == worst
        assert keys_of(found) == sorted(worst)


def test_among_equal_rows_the_first_batch_counts(any_lake: AnyLake) -> None:
    for batch in ("b2", "b1"):
        any_lake.write_facts(Family.PII, "d", batch, facts({("a", "py"): "failed"}, reason=batch))
    assert any_lake.read_facts(Family.PII, "d")["reason"].to_pylist() == ["b1"]


def test_a_status_that_nobody_knows_is_worst_of_all(any_lake: AnyLake) -> None:
    for batch, status in (("b1", "completed"), ("b2", "strange")):
        any_lake.write_facts(Family.PII, "d", batch, facts({("a", "py"): status}))
    assert any_lake.read_facts(Family.PII, "d")["status"].to_pylist() == ["strange"]


def test_units_without_a_row_are_missing_in_their_own_order(any_lake: AnyLake) -> None:
    asked = units(("z", "py"), ("a", "py"), ("a", "md"), ("b", ""))
    assert any_lake.missing_units(asked, Family.PII, "d").equals(asked)
    any_lake.write_facts(
        Family.PII, "d", "b1", facts({("a", "py"): "failed", ("b", ""): "completed"})
    )
    missing = any_lake.missing_units(asked, Family.PII, "d")
    assert keys_of(missing) == [("z", "py"), ("a", "md")]
    assert missing.schema.equals(asked.schema)
    assert any_lake.missing_units(asked, Family.PII, "e").num_rows == 4
    assert any_lake.missing_units(asked.slice(0, 0), Family.PII, "d").num_rows == 0


def test_a_million_units_are_compared_in_seconds(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    count = 1_000_000
    ids = pa.array([f"{n:040x}" for n in range(count)])
    suffix = pa.array(["py"] * count)
    asked = pa.table([ids, suffix, pa.array([1] * count)], schema=UNIT)
    half = count // 2
    columns = [ids[:half], suffix[:half], pa.array(["completed"] * half), pa.array([""] * half)]
    findings = pa.nulls(half, PII.field("findings").type)
    lake.write_facts(Family.PII, "d", "b", pa.table([*columns, findings], schema=PII))
    started = time.process_time()
    assert lake.missing_units(asked, Family.PII, "d").num_rows == count - half
    assert time.process_time() - started < 3


def test_the_same_table_gives_the_same_bytes_however_it_is_cut(tmp_path: Path) -> None:
    whole = history(5000).replace_schema_metadata({"b": "2", "a": "1"})
    cut = pa.concat_tables([whole.slice(0, 7), whole.slice(7, 900), whole.slice(907)])
    other = cut.replace_schema_metadata({"a": "1", "b": "2"})
    lake = Lake(tmp_path)
    for key, table in (("one", whole), ("two", other)):
        lake.write("history", key, table)
    assert lake.path("history", "one").read_bytes() == lake.path("history", "two").read_bytes()
    assert lake.read("history", "one").schema.metadata == {b"a": b"1", b"b": b"2"}


def test_a_damaged_artefact_is_found_or_reads_as_before(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write("history", "k", history(40))
    path = lake.path("history", "k")
    good = path.read_bytes()
    found = 0
    for position in range(0, len(good), 3):
        damaged = bytearray(good)
        damaged[position] ^= 1 << (position % 8)
        path.write_bytes(damaged)
        try:
            assert lake.read("history", "k").equals(history(40))
        except ArtefactCorrupt:
            found += 1
    assert found > len(good) / 3 / 3
    for size in (0, 4, 8, len(good) // 2, len(good) - 1):
        path.write_bytes(good[:size])
        with pytest.raises(ArtefactCorrupt):
            lake.read("history", "k")


def test_a_damaged_batch_of_facts_is_found_by_every_question(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write_facts(Family.PII, "d", "b", facts({("a", "py"): "completed"}))
    path = tmp_path / "facts" / "pii" / "d" / "b.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ArtefactCorrupt):
        lake.read_facts(Family.PII, "d")
    with pytest.raises(ArtefactCorrupt):
        lake.missing_units(units(("a", "py")), Family.PII, "d")


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_a_writer_killed_before_the_rename_leaves_nothing_to_see(tmp_path: Path, step: str) -> None:
    argv = [sys.executable, "-m", "tests.support.lake_writer", str(tmp_path), step]
    assert subprocess.run(argv, check=False).returncode == -signal.SIGKILL
    lake = Lake(tmp_path)
    assert not lake.exists("batches", "key")
    assert lake.keys("batches") == []
    with pytest.raises(ArtefactCorrupt, match="missing"):
        lake.read("batches", "key")
    [left] = list((tmp_path / "batches").iterdir())
    assert lake.sweep(older_than=left.stat().st_mtime) == []
    assert lake.sweep(older_than=left.stat().st_mtime + 1) == [left]
    assert lake.write("batches", "key", a_table([1]))
    assert list((tmp_path / "batches").iterdir()) == [lake.path("batches", "key")]


def test_a_writer_killed_after_the_rename_has_written_all(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "tests.support.lake_writer", str(tmp_path), "open"]
    assert subprocess.run(argv, check=False).returncode == -signal.SIGKILL
    assert Lake(tmp_path).read("batches", "key").num_rows == 3


def test_the_first_of_two_writers_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Lake(tmp_path), Lake(tmp_path)
    link = os.link

    def overtaken(source: Path, target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        first.write("batches", "k", a_table([1]))
        link(source, target)

    monkeypatch.setattr(os, "link", overtaken)
    assert not second.write("batches", "k", a_table([2]))
    assert second.read("batches", "k")["a"].to_pylist() == [1]
    assert len(list((tmp_path / "batches").iterdir())) == 1


def test_a_full_disk_leaves_nothing_and_may_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    lake = Lake(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ResourceExhausted):
            lake.write("batches", "k", a_table([1]))
    assert list((tmp_path / "batches").iterdir()) == []
    assert lake.write("batches", "k", a_table([1]))


def test_a_batch_counts_at_once_whenever_the_folder_was_listed_last(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for number in range(6):
        lake.write_facts(
            Family.PII, "d", f"b{number}", facts({(f"{number:040x}", ""): "completed"})
        )
        assert lake.count_batches(Family.PII, "d") == number + 1
        (folder,) = tmp_path.glob("facts/*/d")
        if number % 2:
            # Long unchanged, so that the listing is remembered.
            os.utime(folder, (1_700_000_000 + number, 1_700_000_000 + number))
            assert lake.count_batches(Family.PII, "d") == number + 1
        assert lake.read_facts(Family.PII, "d").num_rows == number + 1
    assert Lake(tmp_path).count_batches(Family.PII, "d") == 6
    assert lake.count_batches(Family.SECRETS, "d") == 0


@given(st.sets(st.tuples(st.integers(0, 30), st.sampled_from(["", "py"])), max_size=6))
@settings(max_examples=40)
def test_few_units_are_looked_for_among_many_as_among_few(asked: set[tuple[int, str]]) -> None:
    known = [(n, suffix) for n in range(400) for suffix in ("", "py") if (n + len(suffix)) % 3]
    keys = [
        facts({(f"{n:040x}", suffix): "completed" for n, suffix in part})
        for part in (known[::2], known[1::2])
    ]
    rows = sorted(asked)
    units = pa.Table.from_pylist(
        [{"blob_id": f"{n:040x}", "suffix": s, "size": 1} for n, s in rows], schema=UNIT
    )
    missing = missing_rows(units, number_rows(keys)).to_pylist()
    assert missing == [at for at, one in enumerate(rows) if one not in set(known)]


@given(
    st.lists(st.sets(st.sampled_from("abcdefg")), max_size=6),
    st.dictionaries(
        st.sampled_from("abcdefg"),
        st.dictionaries(
            st.tuples(st.sampled_from(["x", "y"]), st.sampled_from(["", "py"])),
            st.sampled_from(["completed", "timed_out", "failed"]),
        ),
    ),
)
@settings(max_examples=60)
def test_keys_of_a_folder_that_grew_are_those_of_one_read_at_once(
    steps: list[set[str]], held: dict[str, dict[tuple[str, str], str]]
) -> None:
    tables = {name: facts(held.get(name, {})) for name in "abcdefg"}
    keys = FolderKeys.none()
    for step in steps:
        files = sorted(step)
        read: list[str] = []

        def reading(name: str, read: list[str] = read) -> pa.Table:
            read.append(name)
            return tables[name]

        known = set(keys.files)
        keys = keys.of(files, reading)
        assert set(read) == (step - known if step >= known else step)
        whole = number_rows([tables[name] for name in files])
        order = [("file", "ascending"), ("row", "ascending")]
        assert keys.rows.sort_by(order).to_pylist() == whole.to_pylist()
        found, at_once = pick_rows(keys.rows, None), pick_rows(whole, None)
        assert found.files.tolist() == at_once.files.tolist()
        assert found.rows.tolist() == at_once.rows.tolist()


def test_what_has_no_room_is_read_each_time_and_older_rules_give_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Lake(tmp_path)
    for family, digest in ((Family.PII, "old"), (Family.PII, "new"), (Family.CONFIDENTIAL, "new")):
        table = facts({(f"{n:040x}", "py"): "completed" for n in range(50)})
        writer.write_facts(family, digest, "b", table)
    lake = Lake(tmp_path)
    lake.missing_units(units(("a", "py")), Family.PII, "old")
    (one,) = (keys.rows.nbytes for keys in lake._keys.values())
    asked = [(Family.PII, "new"), (Family.CONFIDENTIAL, "new"), (Family.PII, "new")]
    for room, left in ((3 * one, 3), (2 * one, 2), (one, 1), (one - 1, 0)):
        monkeypatch.setattr("store.lake._KEYS_BYTES", room)
        lake = Lake(tmp_path)
        for family, digest in ((Family.PII, "old"), *asked):
            assert lake.read_facts(family, digest).num_rows == 50
            assert lake.missing_units(units(("a", "py")), family, digest).num_rows == 1
        assert len(lake._keys) == left
        assert all(folder.name == "new" for folder in lake._keys) or left == 3
