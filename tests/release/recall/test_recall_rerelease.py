from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.domain.finding import Category, Finding
from ingest.errors import ArtefactCorrupt, ReleaseRefused
from policies.decision import Tier
from release.build import BuiltRelease
from release.build.parquet import ParquetShardWriter, table_digest
from release.domain.manifest import GateCheck, Manifest
from release.domain.recall import ids_digest
from release.pull import verify_release
from release.recall import DROPPED, ReReleaseSpec, re_release, rerelease
from release.recall.kept import check_kept
from release.recall.rerelease import withdraw_rows
from tests.strategies.recall import (
    build_parent,
    copied,
    dropped_rows,
    row_ids,
    tools_of,
    without,
)
from tests.strategies.release import MOMENT, MarkerScanner, marker


@pytest.fixture(scope="module", params=list(Tier))
def parent(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> BuiltRelease:
    return build_parent(tmp_path_factory.mktemp("parent"), request.param)


@pytest.fixture
def own(parent: BuiltRelease, tmp_path: Path) -> BuiltRelease:
    """The parent in a root of its own, for tests that spoil it or count what is beside it."""
    return copied(parent, tmp_path)


def _rows(built: BuiltRelease) -> list[dict[str, object]]:
    tables = [pq.read_table(built.directory / s.path) for s in built.manifest.shards]
    return [row for table in tables for row in table.to_pylist()]


def _public(built: BuiltRelease) -> Path:
    return built.directory.parents[1] / "public.pem"


def _sums(rows: list[dict[str, object]], column: str, unnamed: str) -> dict[str, dict[str, int]]:
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        total = sums.setdefault(str(row[column] or unnamed), {"rows": 0, "bytes": 0})
        total["rows"] += 1
        total["bytes"] += len(str(row["content"]).encode())
    return sums


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_leaves_the_other_rows_stay_and_are_all_that_stays(
    parent: BuiltRelease, data: st.DataObject
) -> None:
    every = row_ids(parent.directory, parent)
    ids = data.draw(st.sets(st.sampled_from(every), min_size=1))
    new = without(parent, ids)
    manifest = new.manifest
    rows = _rows(new)
    assert rows == [row for row in _rows(parent) if row["id"] not in ids]
    before = {shard.path: shard for shard in parent.manifest.shards}
    for shard in manifest.shards:
        old = set(row_ids(parent.directory, _only(parent, shard.path)))
        assert (shard == before[shard.path]) == old.isdisjoint(ids)
    assert manifest.parent_release_id == parent.manifest.release_id
    assert manifest.tombstone_digest == ids_digest(ids)
    assert verify_release(new.directory, _public(parent), manifest.tier) == manifest
    folded = parent.exclusions.filter(
        pa.array([c in ids for c in parent.exclusions["counterpart"].to_pylist()])
    )
    counts, old_counts = manifest.counts, parent.manifest.counts
    assert counts.seen == old_counts.seen
    assert counts.emitted == old_counts.emitted - len(ids)
    assert counts.withdrawn == len(ids) + folded.num_rows
    assert counts.folded == old_counts.folded - folded.num_rows
    assert counts.seen == counts.emitted + new.exclusions.num_rows
    assert manifest.exclusions_digest == table_digest(new.exclusions)
    assert manifest.languages == _sums(rows, "language", "unknown")
    assert manifest.licenses == _sums(rows, "license_expression", "NOASSERTION")
    assert set(manifest.snapshots) == {row["repo_id"] for row in rows}
    assert set(manifest.snapshots.items()) <= set(parent.manifest.snapshots.items())


def _only(built: BuiltRelease, path: str) -> BuiltRelease:
    class Listed:
        shards = tuple(s for s in built.manifest.shards if s.path == path)

    return BuiltRelease(
        directory=built.directory,
        manifest=Listed,  # type: ignore[arg-type]
        exclusions=built.exclusions,
    )


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_two_steps_or_in_one_the_same_rows_and_files_stay(
    parent: BuiltRelease, data: st.DataObject
) -> None:
    every = row_ids(parent.directory, parent)
    first = data.draw(st.sets(st.sampled_from(every), min_size=1, max_size=len(every) - 1))
    second = data.draw(st.sets(st.sampled_from(sorted(set(every) - first)), min_size=1))
    stepwise = without(without(parent, first), second)
    at_once = without(parent, first | second)
    assert _rows(stepwise) == _rows(at_once)
    assert stepwise.manifest.shards == at_once.manifest.shards
    assert stepwise.manifest.counts == at_once.manifest.counts
    assert stepwise.exclusions.equals(at_once.exclusions)


def test_a_shard_without_such_a_row_is_the_same_file(own: BuiltRelease) -> None:
    shard = own.manifest.shards[0]
    new = without(own, row_ids(own.directory, _only(own, shard.path))[:1])
    inodes = {
        folder: {s.path: (folder / s.path).stat().st_ino for s in own.manifest.shards}
        for folder in (own.directory, new.directory)
    }
    shared = {
        path
        for path, inode in inodes[new.directory].items()
        if inode == inodes[own.directory][path]
    }
    assert shared == {s.path for s in own.manifest.shards} - {shard.path}


def test_where_a_second_name_cannot_be_given_the_file_is_copied(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"rows")
    target.write_bytes(b"")
    rerelease._take_over(source, target)
    assert target.read_bytes() == b"rows"
    assert source.stat().st_ino != target.stat().st_ino


def test_a_shard_left_empty_disappears_and_so_may_all_of_them(own: BuiltRelease) -> None:
    gone = own.manifest.shards[0]
    new = without(own, row_ids(own.directory, _only(own, gone.path)))
    assert [s.path for s in new.manifest.shards] == [s.path for s in own.manifest.shards[1:]]
    assert new.manifest.shards == own.manifest.shards[1:]
    nothing = without(own, row_ids(own.directory, own))
    assert nothing.manifest.shards == ()
    assert nothing.manifest.counts.emitted == 0
    assert verify_release(nothing.directory, _public(own), own.manifest.tier) == nothing.manifest


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_rows_give_the_same_release_anywhere_and_again(
    parent: BuiltRelease, tmp_path: Path
) -> None:
    ids = row_ids(parent.directory, parent)[1:4]
    here, there = (copied(parent, tmp_path / name) for name in ("here", "there"))
    first, other = without(here, ids), without(there, ids)
    assert first.directory.name == other.directory.name
    assert _files(first.directory) == _files(other.directory)
    before = first.directory.stat().st_ino
    again = without(here, ids)
    assert again.manifest == first.manifest
    assert again.directory.stat().st_ino == before
    assert sorted(p.name for p in here.directory.parent.glob("rel_*")) == sorted(
        {here.directory.name, first.directory.name}
    )


def test_the_same_rows_for_another_reason_are_another_release(own: BuiltRelease) -> None:
    rows = dropped_rows(own, row_ids(own.directory, own)[1:3])
    other = rows.set_column(3, DROPPED.field("rule"), pa.array(["CHANGED"] * 2, pa.string()))
    told: list[str] = []
    spec, tools = ReReleaseSpec(created_at=MOMENT), tools_of(own, begin=told.append)
    made = [re_release(own, dropped, spec, tools) for dropped in (rows, other)]
    assert [built.manifest.release_id for built in made] == told
    assert len(set(told)) == 2


def test_groups_of_rows_stay_the_groups_they_were(own: BuiltRelease) -> None:
    shard = own.manifest.shards[0]
    table = pq.read_table(own.directory / shard.path)
    many = pa.concat_tables(
        [table, *(pq.read_table(own.directory / s.path) for s in own.manifest.shards[1:])]
    )
    (own.directory / "groups").mkdir()
    writer = ParquetShardWriter().open(own.directory / "groups" / "in.parquet", table.schema)
    for start in range(0, many.num_rows, 3):
        writer.write(many.slice(start, 3))
    writer.close()
    ids = many["id"].to_pylist()
    leaving = frozenset([*ids[:3], ids[4]])
    root = own.directory / "groups"
    (root / "data").mkdir()
    with pq.ParquetFile(root / "in.parquet") as file:
        written = rerelease._rewrite(file, shard, leaving, (root, own.manifest.tier))
    out = pq.ParquetFile(root / written.path)
    sizes = [out.metadata.row_group(n).num_rows for n in range(out.num_row_groups)]
    assert sizes[0] == 2
    assert sizes[1:] == [3] * (len(sizes) - 2) + [sizes[-1]]
    assert out.read()["id"].to_pylist() == [i for i in ids if i not in leaving]
    out.close()


def test_no_row_or_a_row_of_another_release_is_refused(own: BuiltRelease) -> None:
    ids = row_ids(own.directory, own)
    rows = dropped_rows(own, ids[:1])
    with pytest.raises(ValueError, match="at least one row"):
        re_release(own, rows.slice(1), ReReleaseSpec(created_at=MOMENT), tools_of(own))
    with pytest.raises(ValueError, match="each named once"):
        re_release(
            own, pa.concat_tables([rows, rows]), ReReleaseSpec(created_at=MOMENT), tools_of(own)
        )
    stranger = rows.set_column(0, rows.schema.field(0), pa.array(["0" * 64]))
    with pytest.raises(ArtefactCorrupt, match="1 of 1 rows"):
        re_release(own, stranger, ReReleaseSpec(created_at=MOMENT), tools_of(own))
    assert [p.name for p in own.directory.parent.glob("rel_*")] == [own.directory.name]


def test_a_parent_that_is_not_what_was_signed_is_not_signed_again(own: BuiltRelease) -> None:
    ids = row_ids(own.directory, own)[:1]
    untouched = own.directory / own.manifest.shards[-1].path
    untouched.chmod(0o600)
    before = untouched.read_bytes()
    untouched.write_bytes(before[:-9] + bytes([before[-9] ^ 1]) + before[-8:])
    with pytest.raises(ReleaseRefused, match="digest"):
        without(own, ids)
    untouched.write_bytes(before)
    (own.directory / "extra").touch()
    with pytest.raises(ReleaseRefused, match="not listed"):
        without(own, ids)
    (own.directory / "extra").unlink()
    other = BuiltRelease(
        directory=own.directory, manifest=own.manifest, exclusions=own.exclusions.slice(1)
    )
    with pytest.raises(ArtefactCorrupt, match="exclusions"):
        without(other, ids)
    assert without(own, ids)


class Objects(MarkerScanner):
    """Finds a marker in any text that holds one of some words."""

    def __init__(self, *words: bytes) -> None:
        super().__init__()
        self._words = words
        self.seen: list[bytes] = []

    def scan(
        self, text: bytes, suffix: str, wanted: frozenset[str] = frozenset(Category)
    ) -> list[Finding]:
        self.seen.append(text)
        hit = any(word in text for word in self._words)
        return super().scan(marker(Category.PASSWORD) if hit else b"", suffix, wanted)


def test_what_is_written_again_is_scanned_again_before_it_is_published(own: BuiltRelease) -> None:
    first, *_, last = own.manifest.shards
    leaving, staying, *_ = row_ids(own.directory, _only(own, first.path))
    texts = {str(r["id"]): str(r["content"]).encode() for r in _rows(own)}
    with pytest.raises(ReleaseRefused) as refused:
        without(own, [leaving], scanner=Objects(texts[staying]))
    assert refused.value.code == "EXIT_SCAN"
    assert [p.name for p in own.directory.parent.glob("rel_*")] == [own.directory.name]
    elsewhere = Objects(texts[row_ids(own.directory, _only(own, last.path))[0]])
    new = without(own, [leaving], scanner=elsewhere)
    check, counts = new.manifest.gate
    assert (counts.name, counts.numbers["emitted"]) == ("counts", new.manifest.counts.emitted)
    assert (check.name, check.numbers["rows"]) == ("exit-scan", first.rows - 1)
    assert check.numbers["shards_taken_over"] == len(own.manifest.shards) - 1
    assert texts[leaving] not in elsewhere.seen
    thorough = ReReleaseSpec(created_at=MOMENT, is_all_scanned=True)
    with pytest.raises(ReleaseRefused, match="exit scan"):
        re_release(own, dropped_rows(own, [leaving]), thorough, tools_of(own, scanner=elsewhere))


def test_a_process_that_ends_before_publishing_leaves_nothing_and_may_come_back(
    own: BuiltRelease,
) -> None:
    ids = row_ids(own.directory, own)[:2]

    class EndedError(Exception):
        """The process ended."""

    def end() -> None:
        raise EndedError

    with pytest.raises(EndedError):
        without(own, ids, last_check=end)
    root = own.directory.parent
    assert [p.name for p in root.glob("rel_*")] == [own.directory.name]
    assert not list((root / ".staging").glob("build-*"))
    assert without(own, ids).manifest.parent_release_id == own.manifest.release_id


def test_documents_and_further_checks_are_made_anew(own: BuiltRelease) -> None:
    def gate(staging: Path, draft: Manifest) -> tuple[GateCheck, ...]:
        assert (staging / draft.shards[0].path).is_file()
        return (GateCheck(name="canaries", numbers={"planted": 3}),)

    new = without(own, row_ids(own.directory, own)[:1], gate=gate)
    before = {document.path for document in own.manifest.documents}
    assert {d.path for d in new.manifest.documents} == before | {"difference.json"}
    card = (new.directory / "README.md").read_text()
    assert new.manifest.release_id in card
    assert f"{new.manifest.counts.emitted:,}" in card
    assert [check.name for check in new.manifest.gate] == ["exit-scan", "canaries", "counts"]
    assert verify_release(new.directory, _public(own), own.manifest.tier) == new.manifest


def test_a_release_that_lost_or_kept_a_row_too_many_is_not_published(own: BuiltRelease) -> None:
    leaving, other, *_ = row_ids(own.directory, own)
    exclusions = withdraw_rows(own.exclusions, dropped_rows(own, [leaving]))
    for left in ([], [leaving, other]):
        new = without(own, left) if left else own
        manifest = replace(new.manifest, gate=())
        with pytest.raises(ReleaseRefused, match="check counts"):
            check_kept(own, [leaving], new.directory, (manifest, exclusions))


def test_the_time_of_a_release_is_utc() -> None:
    with pytest.raises(ValueError, match="UTC"):
        ReReleaseSpec(created_at=MOMENT.replace(tzinfo=None))
