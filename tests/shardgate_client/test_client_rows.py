"""Every row once, at whatever place it is read, wherever the run was cut."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.domain.rows import rows_schema
from release.recall import FeedRelease, ReleaseStanding
from shardgate_client.rows import Choice, Rows
from tests.shardgate_client.conftest import Copy, copy_of
from tests.strategies.recall import feed

quick = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows_of(copy: Copy, **changes: Any) -> Rows:
    values: dict[str, Any] = {
        "columns": ("id",),
        "seed": None,
        "rank": 0,
        "world_size": 1,
        "is_strict": False,
    }
    return Rows(copy.folder, copy.reader, Choice(**(values | changes)))


def ids(rows: Any) -> list[str]:
    return [row["id"] for row in rows]


@quick
@given(places=st.integers(1, 40), seed=st.none() | st.integers(0, 9), epoch=st.integers(0, 3))
def test_all_places_together_read_each_row_once_but_those_taken_back(
    recalled: Copy, places: int, seed: int | None, epoch: int
) -> None:
    rows = rows_of(recalled, seed=seed)
    rows.set_epoch(epoch)
    read = [ids(rows.read_at(place, places)) for place in range(places)]
    found = [row_id for part in read for row_id in part]
    assert sorted(found) == sorted(set(recalled.ids) - recalled.dropped)
    assert found == ids(rows.read_at(0, 1))
    if seed is None:
        assert found == [i for i in recalled.ids if i not in recalled.dropped]


@quick
@given(
    cuts=st.lists(st.integers(0, 15), max_size=4),
    places=st.integers(1, 5),
    seed=st.none() | st.integers(0, 9),
    data=st.data(),
)
def test_a_run_that_is_cut_anywhere_loses_and_repeats_nothing(
    recalled: Copy, cuts: list[int], places: int, seed: int | None, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, places - 1))
    whole = rows_of(recalled, seed=seed)
    whole.set_epoch(2)
    expected, found = ids(whole.read_at(place, places)), []
    state = None
    for cut in [*cuts, None]:
        rows = rows_of(recalled, seed=seed)
        rows.set_epoch(2)
        if state is not None:
            rows.load_state_dict(state)
        found += ids(islice(rows.read_at(place, places), cut))
        state = pickle.loads(pickle.dumps(rows.state_dict()))
    assert found == expected


def test_an_epoch_after_one_that_was_resumed_is_whole(whole: Copy) -> None:
    rows = rows_of(whole)
    list(islice(rows, 3))
    again = rows_of(whole)
    again.load_state_dict(rows.state_dict())
    assert ids(again) == list(whole.ids[3:])
    assert ids(again) == list(whole.ids)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"release": "rel_" + "0" * 20}, "release"),
        ({"manifest": "0" * 64}, "manifest"),
        ({"seed": 5}, "seed"),
        ({"version": 2}, "version"),
    ],
)
def test_a_state_of_something_else_is_refused(
    whole: Copy, changes: dict[str, Any], words: str
) -> None:
    rows = rows_of(whole)
    with pytest.raises(InputError, match=words):
        rows.load_state_dict(rows.state_dict() | changes)


def test_a_state_goes_on_at_its_own_place_only(whole: Copy) -> None:
    rows = rows_of(whole)
    list(islice(rows.read_at(1, 3), 1))
    again = rows_of(whole)
    again.load_state_dict(rows.state_dict())
    with pytest.raises(InputError, match="place 1 of 3, this is 0 of 1"):
        iter(again)


def test_columns_come_as_they_were_asked_for(whole: Copy) -> None:
    (row, *_) = rows_of(whole, columns=("path", "content"))
    assert list(row) == ["path", "content"]
    names = rows_schema(Tier.RELEASABLE).names
    shard = whole.built.manifest.shards[0]
    (first, *_) = rows_of(whole, columns=tuple(names))
    assert first == pq.read_table(whole.folder / shard.path).slice(0, 1).to_pylist()[0]
    with pytest.raises(InputError, match="no column"):
        rows_of(whole, columns=("blob_id",))


def test_rows_travel_to_other_processes(recalled: Copy) -> None:
    rows = rows_of(recalled, seed=3)
    assert ids(pickle.loads(pickle.dumps(rows))) == ids(rows)


def test_who_is_strict_is_refused_a_release_with_recalled_rows(recalled: Copy) -> None:
    with pytest.raises(ReleaseRefused, match="recalled"):
        rows_of(recalled, is_strict=True)


def test_a_recall_that_arrives_between_epochs_counts_from_the_next(tmp_path: Path) -> None:
    copy = copy_of(tmp_path, dropped=0)
    rows = rows_of(copy)
    assert ids(rows) == list(copy.ids)
    feed(copy.folder.parent, {copy.folder.name: FeedRelease(state=ReleaseStanding.RECALLED)})
    with pytest.raises(ReleaseRefused, match="recalled as a whole"):
        ids(rows)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda copy: (copy.folder / "manifest.dsse.json").write_bytes(b"{}"), "envelope"),
        (lambda copy: (copy.folder / "extra").touch(), "not listed"),
        (lambda copy: (copy.folder / copy.built.manifest.shards[2].path).unlink(), "missing"),
    ],
)
def test_what_was_not_signed_is_not_read(
    whole: Copy, tmp_path: Path, harm: Any, words: str
) -> None:
    folder = tmp_path / whole.folder.name
    shutil.copytree(whole.folder, folder)
    for file in folder.rglob("*.json"):
        file.chmod(0o600)
    copy = Copy(
        built=type(whole.built)(
            directory=folder, manifest=whole.built.manifest, exclusions=whole.built.exclusions
        ),
        public=whole.public,
        ids=whole.ids,
        dropped=whole.dropped,
    )
    rows = rows_of(copy)
    shard = folder / copy.built.manifest.shards[1].path
    shard.chmod(0o600)
    data = bytearray(shard.read_bytes())
    data[40] ^= 1
    shard.write_bytes(bytes(data))
    first = copy.built.manifest.shards[0].rows
    read = iter(rows)
    assert ids(islice(read, first)) == list(whole.ids[:first])
    with pytest.raises(ReleaseRefused, match="digest"):
        next(read)
    harm(copy)
    with pytest.raises(ReleaseRefused, match=words):
        rows_of(copy)


def test_importing_it_brings_nothing_that_a_training_node_lacks() -> None:
    code = (
        "import sys, shardgate_client as c; c.load;"
        "print([m for m in sys.modules if m.startswith(('ingest.detect', 'release.build', 'store',"
        " 'workers', 'sqlalchemy', 'celery', 'fastapi', 'duckdb', 'torch', 'hyperscan'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
