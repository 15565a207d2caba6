from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.build import BuiltRelease
from release.domain.feed import FEED_LIFETIME
from release.pull import apply_recalls, open_rows, pull_release, verify_release
from release.pull.recalls import Reader
from release.recall import FeedRelease, ReleaseStanding
from tests.strategies.recall import (
    LATER,
    build_parent,
    copied,
    feed,
    publish,
    recall_corpus,
    row_ids,
    standing,
    take_back,
    tombstones_of,
    without,
)
from tests.strategies.release import build_corpus, commit_of


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> BuiltRelease:
    return build_parent(tmp_path_factory.mktemp("recalls"))


@pytest.fixture
def parent(pristine: BuiltRelease, tmp_path: Path) -> BuiltRelease:
    return copied(pristine, tmp_path)


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return tmp_path / "public.pem"


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "dest"


def _reader(public: Path) -> Reader:
    return Reader(public_key=public, tier=Tier.RELEASABLE, now=LATER)


def _loaded(copy: Path, public: Path) -> list[str]:
    rows = open_rows(copy, public, Tier.RELEASABLE, columns=["id"], now=LATER)
    return [row_id for batch in rows for row_id in batch.column("id").to_pylist()]


def _verify(folder: Path, public: Path, recalls: Path | None = None) -> object:
    return verify_release(folder, public, Tier.RELEASABLE, recalls=recalls, now=LATER)


def _pull(source: Path, dest: Path, public: Path, *, drop_recalled: bool = False) -> Path:
    pulled = pull_release(
        source, dest, public, Tier.RELEASABLE, drop_recalled=drop_recalled, now=LATER
    )
    return pulled.directory


def test_a_recalled_release_is_refused_and_its_replacement_is_named(
    parent: BuiltRelease, public: Path, dest: Path
) -> None:
    new, _ = take_back(parent, row_ids(parent.directory, parent)[:2])
    for act in (
        lambda: _verify(parent.directory, public),
        lambda: _pull(parent.directory, dest, public),
    ):
        with pytest.raises(ReleaseRefused, match=new.manifest.release_id) as refused:
            act()
        assert refused.value.code == "RECALLED"
    assert not dest.exists()
    assert _verify(new.directory, public) == new.manifest
    copy = _pull(new.directory, dest, public)
    assert _loaded(copy, public) == row_ids(new.directory, new)


def test_a_copy_is_refused_elsewhere_by_its_own_copy_of_the_recalls(
    parent: BuiltRelease, public: Path, dest: Path, tmp_path: Path
) -> None:
    take_back(parent, row_ids(parent.directory, parent)[:2])
    copy = _pull(parent.directory, dest, public, drop_recalled=True)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(dest, elsewhere)
    shutil.rmtree(parent.directory.parent)
    with pytest.raises(ReleaseRefused, match="recalled"):
        _verify(elsewhere / copy.name, public)
    with pytest.raises(ReleaseRefused, match="recalled"):
        _pull(elsewhere / copy.name, tmp_path / "third", public)


def test_a_recalled_release_is_copied_on_demand_and_the_loader_drops_the_rows(
    parent: BuiltRelease, public: Path, dest: Path
) -> None:
    every = row_ids(parent.directory, parent)
    gone = {every[0], every[7], every[-1]}
    take_back(parent, gone)
    copy = _pull(parent.directory, dest, public, drop_recalled=True)
    assert _loaded(copy, public) == [i for i in every if i not in gone]
    assert _pull(parent.directory, dest, public, drop_recalled=True) == copy


def test_a_copy_from_before_learns_of_the_recall_without_pulling_again(
    parent: BuiltRelease, public: Path, dest: Path
) -> None:
    every = row_ids(parent.directory, parent)
    copy = _pull(parent.directory, dest, public)
    assert _loaded(copy, public) == every
    new, _ = take_back(parent, every[3:5])
    recalls = parent.directory.parent / "recalls"
    with pytest.raises(ReleaseRefused, match="recalled"):
        _verify(copy, public, recalls)
    inodes = {p: p.stat().st_mtime_ns for p in copy.rglob("*")}
    manifest, known = apply_recalls(copy, recalls, _reader(public))
    assert manifest == parent.manifest
    assert known.is_recalled(copy.name)
    assert known.replacement(copy.name) == new.manifest.release_id
    assert known.dropped_ids(copy.name) == frozenset(every[3:5])
    assert _loaded(copy, public) == [i for i in every if i not in every[3:5]]
    assert {p: p.stat().st_mtime_ns for p in copy.rglob("*")} == inodes
    with pytest.raises(ReleaseRefused, match="recalled"):
        _verify(copy, public)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_was_taken_back_in_however_many_steps_is_never_loaded(
    pristine: BuiltRelease, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    chain = [copied(pristine, folder)]
    root, public = chain[0].directory.parent, folder / "public.pem"
    early = _pull(chain[0].directory, folder / "dest", public)
    every = row_ids(early, chain[0])
    gone: set[str] = set()
    for _ in range(data.draw(st.integers(1, 3))):
        left = [i for i in every if i not in gone]
        ids = data.draw(st.sets(st.sampled_from(left), min_size=1, max_size=6))
        gone |= ids
        new = without(chain[-1], ids)
        publish(root, tombstones_of(chain[-1], ids, new.manifest.release_id))
        chain.append(new)
        names = [built.manifest.release_id for built in chain]
        feed(root, standing(**dict(zip(names, [*names[1:], ""], strict=True))))
    apply_recalls(early, root / "recalls", _reader(public))
    assert _loaded(early, public) == [i for i in every if i not in gone]
    for built in chain[:-1]:
        copy = _pull(built.directory, folder / "dest", public, drop_recalled=True)
        assert _loaded(copy, public) == [i for i in every if i not in gone]
        with pytest.raises(ReleaseRefused, match=chain[-1].manifest.release_id):
            _verify(copy, public)


def _flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize(
    "change",
    [_flip, lambda data: data[:-1], lambda data: data + b"\n", lambda _: b"", None],
    ids=["flip", "truncate", "append", "empty", "remove"],
)
def test_a_change_of_any_file_of_the_recalls_is_refused(
    parent: BuiltRelease, public: Path, dest: Path, change: Callable[[bytes], bytes] | None
) -> None:
    new, _ = take_back(parent, row_ids(parent.directory, parent)[:2])
    copy = _pull(parent.directory, dest, public, drop_recalled=True)
    for folder in (dest, parent.directory.parent):
        files = sorted(p for p in (folder / "recalls").iterdir() if p.name != ".lock")
        assert len(files) == 3
        for path in files:
            before = path.read_bytes()
            if change is None and "feed" in path.name:
                # Without a feed nothing is known, as before the first recall.
                continue
            if change is not None and "feed" in path.name and change(before).strip() == before:
                continue
            path.unlink()
            if change is not None:
                path.write_bytes(change(before))
            with pytest.raises(ReleaseRefused):
                _loaded(folder / copy.name, public)
            with pytest.raises(ReleaseRefused):
                _pull(folder / copy.name, dest.with_name("other"), public, drop_recalled=True)
            with pytest.raises(ReleaseRefused):
                _verify(folder / copy.name, public)
            path.write_bytes(before)
    assert _verify(new.directory, public) == new.manifest


def test_every_byte_of_recall_feed_and_tombstones_counts(
    parent: BuiltRelease, public: Path
) -> None:
    _, recall = take_back(parent, row_ids(parent.directory, parent)[:2])
    folder = parent.directory.parent / "recalls"
    for path in sorted(p for p in folder.iterdir() if p.name != ".lock"):
        before = path.read_bytes()
        for position in range(0, len(before), 61):
            path.write_bytes(
                before[:position] + bytes([before[position] ^ 1]) + before[position + 1 :]
            )
            with pytest.raises(ReleaseRefused):
                _loaded(parent.directory, public)
        path.write_bytes(before)
    assert len(_loaded(parent.directory, public)) == parent.manifest.counts.emitted - recall.rows


def test_an_older_feed_is_refused_once_a_newer_one_was_seen(
    parent: BuiltRelease, public: Path, dest: Path, tmp_path: Path
) -> None:
    root, every = parent.directory.parent, row_ids(parent.directory, parent)
    feed(root, standing(**{parent.directory.name: ""}))
    copy = _pull(parent.directory, dest, public)
    shutil.copytree(root, tmp_path / "old")
    take_back(parent, every[:1])
    apply_recalls(copy, root / "recalls", _reader(public))
    old = tmp_path / "old"
    for act in (
        lambda: _verify(copy, public, old / "recalls"),
        lambda: _pull(old / copy.name, dest, public),
        lambda: apply_recalls(copy, old / "recalls", _reader(public)),
    ):
        with pytest.raises(ReleaseRefused, match="was seen before"):
            act()
    assert _loaded(copy, public) == every[1:]


def test_another_feed_of_the_same_number_is_refused(
    parent: BuiltRelease, public: Path, dest: Path, tmp_path: Path
) -> None:
    root, name = parent.directory.parent, parent.directory.name
    feed(root, standing(**{name: ""}))
    copy = _pull(parent.directory, dest, public)
    (root / "recalls" / "feed.releasable.dsse.json").unlink()
    feed(root, standing(**{name: "", "rel_" + "f" * 20: ""}))
    with pytest.raises(ReleaseRefused, match="was seen before"):
        _pull(parent.directory, dest, public)
    assert _loaded(copy, public) == row_ids(parent.directory, parent)


def test_a_feed_past_its_end_is_relied_on_by_nobody(
    parent: BuiltRelease, public: Path, dest: Path
) -> None:
    root, name = parent.directory.parent, parent.directory.name
    feed(root, standing(**{name: ""}))
    copy = _pull(parent.directory, dest, public)
    late = LATER + FEED_LIFETIME
    with pytest.raises(ReleaseRefused, match="ended"):
        open_rows(copy, public, Tier.RELEASABLE, now=late)
    with pytest.raises(ReleaseRefused, match="ended"):
        verify_release(copy, public, Tier.RELEASABLE, now=late)
    with pytest.raises(ReleaseRefused, match="ended"):
        pull_release(parent.directory, dest, public, Tier.RELEASABLE, now=late)
    feed(root, standing(**{name: ""}), late)
    reader = Reader(public_key=public, tier=Tier.RELEASABLE, now=late)
    _, known = apply_recalls(copy, root / "recalls", reader)
    assert not known.is_recalled(name)
    assert list(open_rows(copy, public, Tier.RELEASABLE, now=late))


def test_by_itself_a_reader_lives_in_the_present(
    parent: BuiltRelease, public: Path, dest: Path
) -> None:
    feed(parent.directory.parent, standing(**{parent.directory.name: ""}))
    with pytest.raises(ReleaseRefused, match="ended"):
        pull_release(parent.directory, dest, public, Tier.RELEASABLE)


def test_a_copy_is_pulled_under_the_recalls_that_are_named(
    parent: BuiltRelease, public: Path, dest: Path, tmp_path: Path
) -> None:
    copy = _pull(parent.directory, dest, public)
    take_back(parent, row_ids(parent.directory, parent)[:1])
    recalls, third = parent.directory.parent / "recalls", tmp_path / "third"
    with pytest.raises(ReleaseRefused, match="recalled"):
        pull_release(copy, third, public, Tier.RELEASABLE, recalls=recalls, now=LATER)
    assert not third.exists()


def test_a_release_that_is_recalled_as_a_whole_cannot_be_loaded_at_all(
    parent: BuiltRelease, public: Path, dest: Path
) -> None:
    name = parent.directory.name
    copy = _pull(parent.directory, dest, public)
    root = parent.directory.parent
    feed(root, {name: FeedRelease(state=ReleaseStanding.RECALLED)})
    with pytest.raises(ReleaseRefused, match="no replacement"):
        _verify(parent.directory, public)
    with pytest.raises(ReleaseRefused, match="as a whole"):
        _pull(parent.directory, dest, public, drop_recalled=True)
    _, known = apply_recalls(copy, root / "recalls", _reader(public))
    assert known.replacement(name) is None
    with pytest.raises(ReleaseRefused, match="as a whole"):
        _loaded(copy, public)


def test_what_is_taken_out_of_a_replacement_is_not_used_from_what_it_replaces(
    parent: BuiltRelease, public: Path
) -> None:
    every, name = row_ids(parent.directory, parent), parent.directory.name
    new = without(parent, every[:1])
    new_id = new.manifest.release_id
    root = parent.directory.parent
    replaced = FeedRelease(state=ReleaseStanding.RECALLED, replaced_by=new_id)
    publish(root, tombstones_of(parent, every[:1]))
    feed(root, {name: replaced, new_id: FeedRelease(state=ReleaseStanding.CURRENT)})
    assert _loaded(parent.directory, public) == every[1:]
    publish(root, tombstones_of(new, every[1:2]))
    feed(root, {name: replaced, new_id: FeedRelease(state=ReleaseStanding.RECALLED)})
    assert _loaded(parent.directory, public) == every[2:]
    with pytest.raises(ReleaseRefused, match="recalled"):
        _verify(new.directory, public)


def test_a_release_that_is_recalled_while_it_is_pulled_does_not_appear(
    parent: BuiltRelease, public: Path, dest: Path
) -> None:
    done = []

    def recall(copied_bytes: int, total: int) -> None:
        if copied_bytes == total and not done:
            done.append(take_back(parent, row_ids(parent.directory, parent)[:1]))

    with pytest.raises(ReleaseRefused, match="recalled"):
        pull_release(parent.directory, dest, public, Tier.RELEASABLE, progress=recall, now=LATER)
    assert done
    assert not (dest / parent.directory.name).exists()


def test_copies_of_both_tiers_in_one_folder_have_feeds_of_their_own(
    parent: BuiltRelease, public: Path, dest: Path, tmp_path: Path
) -> None:
    inner = build_corpus(recall_corpus(), tmp_path / "inner", Tier.INTERNAL_ONLY)
    feed(inner.directory.parent, standing(**{inner.directory.name: ""}), tier=Tier.INTERNAL_ONLY)
    take_back(parent, row_ids(parent.directory, parent)[:1])
    pull_release(inner.directory, dest, public, Tier.INTERNAL_ONLY, now=LATER)
    _pull(parent.directory, dest, public, drop_recalled=True)
    names = sorted(p.name for p in (dest / "recalls").glob("feed.*"))
    assert names == ["feed.internal-only.dsse.json", "feed.releasable.dsse.json"]
    copy = dest / inner.directory.name
    assert verify_release(copy, public, Tier.INTERNAL_ONLY, now=LATER) == inner.manifest
    for path in (dest / "recalls").glob("feed.internal*"):
        path.with_name("feed.releasable.dsse.json").write_bytes(path.read_bytes())
    with pytest.raises(ReleaseRefused, match="of the tier"):
        _loaded(dest / parent.directory.name, public)


def test_tombstones_are_carried_for_the_copies_that_are_there(
    parent: BuiltRelease, public: Path, dest: Path, tmp_path: Path
) -> None:
    new, recall = take_back(parent, row_ids(parent.directory, parent)[:2])
    _pull(new.directory, dest, public)
    names = {p.name for p in (dest / "recalls").iterdir()}
    assert f"{recall.recall_id}.dsse.json" in names
    assert f"{recall.recall_id}.parquet" not in names


def test_tombstones_that_contradict_the_signed_recall_are_refused(
    parent: BuiltRelease, public: Path
) -> None:
    first, second, *_ = row_ids(parent.directory, parent)
    _, recall = take_back(parent, [first])
    other = publish(parent.directory.parent, tombstones_of(parent, [second]))
    folder = parent.directory.parent / "recalls"
    stones = (folder / f"{other.recall_id}.parquet").read_bytes()
    (folder / f"{recall.recall_id}.parquet").write_bytes(stones)
    with pytest.raises(ReleaseRefused, match="signed"):
        _loaded(parent.directory, public)
    shutil.copy(folder / f"{other.recall_id}.dsse.json", folder / f"{recall.recall_id}.dsse.json")
    with pytest.raises(ReleaseRefused, match="another recall"):
        _loaded(parent.directory, public)


def test_a_folder_without_a_feed_has_nothing_to_apply(
    parent: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no feed"):
        apply_recalls(parent.directory, tmp_path / "nowhere", _reader(public))


def test_the_loader_shows_the_columns_asked_for_and_refuses_what_verify_refuses(
    parent: BuiltRelease, public: Path
) -> None:
    batches = list(open_rows(parent.directory, public, Tier.RELEASABLE, columns=["path"]))
    assert {tuple(batch.schema.names) for batch in batches} == {("path",)}
    whole = next(open_rows(parent.directory, public, Tier.RELEASABLE))
    assert isinstance(whole, pa.RecordBatch)
    assert {"id", "content"} <= set(whole.schema.names)
    with pytest.raises(ReleaseRefused, match="asked for"):
        open_rows(parent.directory, public, Tier.INTERNAL_ONLY)
    last = parent.directory / parent.manifest.shards[-1].path
    last.chmod(0o600)
    last.write_bytes(_flip(last.read_bytes()))
    rows = open_rows(parent.directory, public, Tier.RELEASABLE)
    with pytest.raises(ReleaseRefused, match="digest"):
        list(rows)
    (parent.directory / "manifest.dsse.json").unlink()
    with pytest.raises(ReleaseRefused):
        open_rows(parent.directory, public, Tier.RELEASABLE)


def _everything_in(folder: Path) -> Iterator[bytes]:
    import pyarrow.parquet as pq

    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        yield path.name.encode()
        yield path.read_bytes()
        if path.suffix == ".parquet":
            yield json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
        elif path.suffix == ".json":
            yield base64.b64decode(json.loads(path.read_bytes())["payload"])


def test_the_recalls_of_the_releasable_tier_cannot_be_asked_who_is_in_them(
    parent: BuiltRelease, public: Path
) -> None:
    every = row_ids(parent.directory, parent)
    new = without(parent, every)
    publish(
        parent.directory.parent,
        tombstones_of(parent, every, new.manifest.release_id, blob_id="d" * 40),
    )
    feed(
        parent.directory.parent,
        standing(**{parent.directory.name: new.directory.name, new.directory.name: ""}),
    )
    seen = b"\n".join(_everything_in(parent.directory.parent / "recalls"))
    assert all(row_id.encode() in seen for row_id in every)
    for file in recall_corpus().files:
        digest = hashlib.sha256(file.data).hexdigest()
        for text in (file.blob_id, file.repo_id, file.repo, commit_of(file.repo), digest):
            assert text.encode() not in seen
        assert file.path not in seen
        assert bytes.fromhex(file.blob_id) not in seen
    assert b"d" * 40 not in seen
