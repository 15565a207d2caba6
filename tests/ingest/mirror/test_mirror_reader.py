from __future__ import annotations

import hashlib
import zlib
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import MirrorCorrupt, Quarantined
from ingest.mirror.head import parse_commit, read_head
from ingest.mirror.reader import MirrorReader
from ingest.mirror.recent import RecentBlobs
from tests.support.gitrepo import SYMLINK, Commit, build_repository, git

FILES = {b"%03d.txt" % n: b"file %d\n" % n * (n % 7 * 500) for n in range(300)} | {
    b"sub/weird\n\xff": b"odd",
    b"link": (SYMLINK, b"/etc/passwd"),
}


def blob_id(data: bytes, algorithm: str = "sha1") -> str:
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()


@pytest.fixture(params=["sha1", "sha256"])
def algorithm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def contents() -> list[bytes]:
    return [c[1] if isinstance(c, tuple) else c for c in FILES.values()]


def test_blobs_come_in_the_order_asked(mirrors: Any, source: Path, algorithm: str) -> None:
    build_repository(source, [FILES], object_format=algorithm)
    mirrors.sync()
    wanted = [blob_id(data, algorithm) for data in reversed(contents())] * 2
    with MirrorReader(mirrors.path) as reader:
        got = list(reader.read_blobs(mirrors.repository.id, wanted))
        again = list(reader.read_blobs(mirrors.repository.id, iter(wanted[:1])))
    assert [i for i, _ in got] == wanted
    assert [data for _, data in got] == list(reversed(contents())) * 2
    assert again == got[:1]


def test_nothing_asked_gives_nothing(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    with MirrorReader(mirrors.path) as reader:
        assert list(reader.read_blobs(mirrors.repository.id, [])) == []
        assert list(reader.read_sizes(mirrors.repository.id, [])) == []


def test_two_streams_of_one_repository_do_not_mix(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    wanted = [blob_id(data) for data in contents()]
    with MirrorReader(mirrors.path) as reader:
        one = reader.read_blobs(mirrors.repository.id, wanted)
        other = reader.read_blobs(mirrors.repository.id, wanted)
        assert [a == b for a, b in zip(one, other, strict=True)] == [True] * len(wanted)


def test_a_stream_that_is_dropped_does_not_spoil_the_next(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    wanted = [blob_id(data) for data in contents()]
    with MirrorReader(mirrors.path) as reader:
        stream = reader.read_blobs(mirrors.repository.id, wanted)
        next(stream)
        stream.close()
        assert [i for i, _ in reader.read_blobs(mirrors.repository.id, wanted)] == wanted


def test_a_missing_blob_is_corruption(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    absent = "0123456789" * 4
    with MirrorReader(mirrors.path) as reader:
        with pytest.raises(MirrorCorrupt, match=absent):
            list(reader.read_blobs(mirrors.repository.id, [absent]))
        with pytest.raises(MirrorCorrupt, match=absent):
            list(reader.read_sizes(mirrors.repository.id, [absent]))


def test_an_object_of_another_kind_is_no_blob(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [FILES])
    mirrors.sync()
    with MirrorReader(mirrors.path) as reader, pytest.raises(MirrorCorrupt, match=built.head):
        list(reader.read_blobs(mirrors.repository.id, [built.head]))


@pytest.mark.parametrize("bad", ["HEAD", "--help", "abc\nHEAD", "A" * 40])
def test_only_full_ids_are_asked_for(mirrors: Any, source: Path, bad: str) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    with MirrorReader(mirrors.path) as reader, pytest.raises(ValueError, match="object id"):
        list(reader.read_blobs(mirrors.repository.id, [bad]))


def test_a_blob_that_does_not_hash_to_its_id_is_corruption(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    name = blob_id(b"what it should be")
    loose = mirrors.current / "objects" / name[:2] / name[2:]
    loose.parent.mkdir()
    loose.write_bytes(zlib.compress(b"blob 4\0evil"))
    with MirrorReader(mirrors.path) as reader, pytest.raises(MirrorCorrupt, match="hash"):
        list(reader.read_blobs(mirrors.repository.id, [name]))
    with MirrorReader(mirrors.path, is_verified=False) as reader:
        assert list(reader.read_blobs(mirrors.repository.id, [name])) == [(name, b"evil")]


def test_a_truncated_object_is_corruption(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    name = blob_id(b"x" * 100_000)
    loose = mirrors.current / "objects" / name[:2] / name[2:]
    loose.parent.mkdir()
    loose.write_bytes(zlib.compress(b"blob 100000\0" + b"x" * 100_000)[:40])
    with MirrorReader(mirrors.path) as reader, pytest.raises(MirrorCorrupt):
        list(reader.read_blobs(mirrors.repository.id, [name]))


def test_an_object_over_the_bound_is_quarantined_unread(mirrors: Any, source: Path) -> None:
    big = b"x" * 50_000
    build_repository(source, [{b"big": big}])
    mirrors.sync()
    with (
        MirrorReader(mirrors.path, max_object_bytes=49_999) as reader,
        pytest.raises(Quarantined, match="50000 bytes"),
    ):
        list(reader.read_blobs(mirrors.repository.id, [blob_id(big)]))


def test_a_reader_follows_a_mirror_that_is_replaced(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    first = blob_id(contents()[1])
    with MirrorReader(mirrors.path) as reader:
        assert list(reader.read_blobs(mirrors.repository.id, [first]))
        for text in (b"second\n", b"third\n"):
            build_repository(source, [{b"new": text}])
            mirrors.sync()
        both = [blob_id(b"third\n"), first]
        assert [i for i, _ in reader.read_blobs(mirrors.repository.id, both)] == both


def test_a_stream_goes_on_when_the_mirror_is_replaced_under_it(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    wanted = [blob_id(data) for data in contents()] + [blob_id(b"second\n")]

    def ids() -> Any:
        yield from wanted[:-1]
        build_repository(source, [{b"new": b"second\n"}])
        mirrors.sync()
        yield wanted[-1]

    with MirrorReader(mirrors.path) as reader:
        assert [i for i, _ in reader.read_blobs(mirrors.repository.id, ids())] == wanted


def test_a_repository_without_mirror_is_named_so(mirrors: Any) -> None:
    with MirrorReader(mirrors.path) as reader, pytest.raises(MirrorCorrupt, match="no mirror"):
        list(reader.read_blobs(mirrors.repository.id, ["0" * 40]))
    with pytest.raises(MirrorCorrupt, match="no mirror"):
        read_head(mirrors.path, mirrors.repository.id)


@pytest.mark.parametrize("bad", ["../x", "", "/etc", "A", "x/y"])
def test_a_repository_id_cannot_leave_the_folder(mirrors: Any, bad: str) -> None:
    with MirrorReader(mirrors.path) as reader, pytest.raises(ValueError, match="repository id"):
        list(reader.read_blobs(bad, ["0" * 40]))


def test_history_has_every_blob_of_every_ref_once(mirrors: Any, source: Path) -> None:
    commits = [{b"a": b"1"}, {b"a": b"2"}, Commit(files={b"b": b"3"}, branch="dev", parent=0)]
    build_repository(source, commits, tags={"v1": 0})
    mirrors.sync()
    with MirrorReader(mirrors.path) as reader:
        found = dict(reader.list_reachable_blobs(mirrors.repository.id))
        sizes = dict(reader.read_sizes(mirrors.repository.id, sorted(found)))
    assert found == {blob_id(b"1"): b"a", blob_id(b"2"): b"a", blob_id(b"3"): b"b"}
    assert set(sizes.values()) == {1}


def test_history_over_a_hole_is_corruption(mirrors: Any, source: Path) -> None:
    build_repository(source, [{b"d/a": b"1"}])
    mirrors.sync()
    for pack in (mirrors.current / "objects" / "pack").iterdir():
        pack.unlink()
    with MirrorReader(mirrors.path) as reader, pytest.raises(MirrorCorrupt):
        list(reader.list_reachable_blobs(mirrors.repository.id))


def test_the_head_has_its_commit_tree_branch_and_date(
    mirrors: Any, source: Path, algorithm: str
) -> None:
    commit = Commit(files={b"a": b"1"}, branch="release/1", when=86_400)
    built = build_repository(source, [commit], head="release/1", object_format=algorithm)
    mirrors.sync()
    head = read_head(mirrors.path, mirrors.repository.id)
    assert head is not None
    tree = git(source, "rev-parse", f"{built.head}^{{tree}}").decode().strip()
    assert (head.commit_id, head.tree_id, head.branch) == (built.head, tree, "release/1")
    assert head.committer_date.isoformat() == "1970-01-02T00:00:00+00:00"


def test_a_commit_without_committer_is_corruption() -> None:
    with pytest.raises(MirrorCorrupt):
        parse_commit(b"tree " + b"0" * 40 + b"\n\ncommitter a <b> 1 +0000\n")


def test_a_date_out_of_range_is_clamped(mirrors: Any, source: Path) -> None:
    build_repository(source, [Commit(files={b"a": b"1"}, when=2**40)])
    mirrors.sync()
    head = read_head(mirrors.path, mirrors.repository.id)
    assert head is not None
    assert head.committer_date.year == 9999


def test_blobs_at_hand_are_not_read_again_and_keep_their_place(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    wanted = [blob_id(data) for data in contents()]
    recent = RecentBlobs()
    with MirrorReader(mirrors.path) as reader:
        expected = list(reader.read_blobs(mirrors.repository.id, wanted))
    with MirrorReader(mirrors.path, recent=recent) as reader:
        list(reader.read_blobs(mirrors.repository.id, wanted[5:9]))
        assert recent.of(mirrors.repository.id) == dict(expected[5:9])
        assert list(reader.read_blobs(mirrors.repository.id, wanted)) == expected
        assert list(reader.read_blobs(mirrors.repository.id, wanted)) == expected


def test_pack_order_names_every_object(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    mirrors.sync()
    with MirrorReader(mirrors.path) as reader:
        order = list(reader.pack_order(mirrors.repository.id))
    assert {blob_id(data) for data in contents()} <= set(order)
    assert len(set(order)) == len(order)
