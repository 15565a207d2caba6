from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.feed import FEED_LIFETIME, Feed
from release.domain.manifest import ENVELOPE_FILE, Manifest
from release.domain.recall import Recall, RecallReason, Tombstone
from release.pull.recalls import read_tombstones
from release.recall import publish_recall, read_feed, recalls_folder
from release.signing import FEED_TYPE, PAYLOAD_TYPE, RECALL_TYPE, KeySigner, generate_keys, verify
from tests.strategies.recall import (
    A_DAY,
    LATER,
    REQUEST,
    feed,
    publish,
    recall_tools,
    standing,
)
from tests.strategies.release import build_corpus, mixed_corpus

OLD, NEW = "rel_" + "a" * 20, "rel_" + "b" * 20


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "shards"


def _stones(*numbers: int, release_id: str = OLD, replaced_by: str | None = NEW) -> list[Tombstone]:
    return [
        Tombstone(
            release_id=release_id,
            id=f"{n:064x}",
            reason=RecallReason.CONSENT_ENDED,
            request_id=REQUEST,
            effective_at=LATER,
            replaced_by=replaced_by,
            blob_id="c" * 40,
        )
        for n in numbers
    ]


def _files(root: Path) -> dict[str, bytes]:
    folder = root / "recalls"
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != ".lock"}


def test_a_recall_is_a_signed_file_and_a_table(root: Path) -> None:
    recall = publish(root, _stones(2, 1))
    assert set(_files(root)) == {f"{recall.recall_id}.dsse.json", f"{recall.recall_id}.parquet"}
    table = read_tombstones(root / "recalls", recall)
    assert table["id"].to_pylist() == [f"{n:064x}" for n in (1, 2)]
    assert recalls_folder(root / OLD) == root / "recalls"


def test_publishing_again_later_keeps_what_is_there(root: Path) -> None:
    recall = publish(root, _stones(1, 2))
    before = _files(root)
    tools = recall_tools(root.parent, LATER + A_DAY)
    again = publish_recall(root, _stones(2, 1, replaced_by=None), Tier.RELEASABLE, tools)
    assert again == recall
    assert _files(root) == before


@pytest.mark.parametrize("lost", ["dsse.json", "parquet"])
def test_a_process_that_ended_between_two_files_is_made_good(root: Path, lost: str) -> None:
    recall = publish(root, _stones(1))
    before = _files(root)
    (root / "recalls" / f"{recall.recall_id}.{lost}").unlink()
    (root / "recalls" / ".begun-7.feed.releasable.dsse.json").write_bytes(b"half")
    assert publish(root, _stones(1)) == recall
    assert _files(root) == before


def test_a_published_recall_that_was_changed_is_not_taken_for_ours(root: Path) -> None:
    recall = publish(root, _stones(1))
    table = root / "recalls" / f"{recall.recall_id}.parquet"
    table.write_bytes(table.read_bytes() + b"x")
    with pytest.raises(ReleaseRefused):
        publish(root, _stones(1))


def test_a_feed_lists_every_recall_of_its_tier_and_how_releases_stand(root: Path) -> None:
    assert read_feed(root, recall_tools(root.parent).public_key, Tier.RELEASABLE, now=LATER) is None
    recalls = [publish(root, _stones(n)) for n in (1, 2)]
    publish(root, _stones(3), Tier.INTERNAL_ONLY)
    made = feed(root, standing(**{OLD: NEW, NEW: ""}))
    assert {r.recall_id for r in made.recalls} == {r.recall_id for r in recalls}
    public = recall_tools(root.parent).public_key
    assert read_feed(root, public, Tier.RELEASABLE, now=LATER) == made
    with pytest.raises(ReleaseRefused, match="ended"):
        read_feed(root, public, Tier.RELEASABLE, now=LATER + FEED_LIFETIME)
    assert read_feed(root, public, Tier.INTERNAL_ONLY, now=LATER) is None


def test_a_feed_with_nothing_new_stays_and_is_renewed_in_time(root: Path) -> None:
    publish(root, _stones(1))
    releases = standing(**{OLD: NEW, NEW: ""})
    first = feed(root, releases)
    before = _files(root)
    assert feed(root, releases, LATER + A_DAY) == first
    assert _files(root) == before
    renewed = feed(root, releases, LATER + 20 * A_DAY)
    assert renewed.seq > first.seq
    ended = feed(root, releases, LATER + 90 * A_DAY)
    assert ended.seq > renewed.seq


def test_a_recall_that_is_gone_or_changed_stops_the_feed(root: Path) -> None:
    recall = publish(root, _stones(1))
    releases = standing(**{OLD: NEW, NEW: ""})
    feed(root, releases)
    before = _files(root)
    path = root / "recalls" / f"{recall.recall_id}.dsse.json"
    path.unlink()
    with pytest.raises(ReleaseRefused, match="missing or was changed"):
        feed(root, releases, LATER + A_DAY)
    path.write_bytes(json.dumps(json.loads(before[path.name]), indent=1).encode())
    with pytest.raises(ReleaseRefused, match="missing or was changed"):
        feed(root, releases, LATER + A_DAY)


def test_a_feed_that_another_key_signed_is_not_built_upon(root: Path, tmp_path: Path) -> None:
    tools = recall_tools(root.parent)
    made = feed(root, standing(**{OLD: ""}))
    generate_keys(tmp_path / "c", tmp_path / "d")
    forged = KeySigner(private=tmp_path / "c").sign(made.to_json(), FEED_TYPE)
    (root / "recalls" / "feed.releasable.dsse.json").write_bytes(forged)
    with pytest.raises(ReleaseRefused, match="trusted key"):
        read_feed(root, tools.public_key, Tier.RELEASABLE, now=LATER)
    with pytest.raises(ReleaseRefused, match="trusted key"):
        feed(root, standing(**{OLD: ""}), LATER + timedelta(days=20))


def test_no_kind_of_signed_document_passes_for_another(root: Path) -> None:
    built = build_corpus(mixed_corpus(), root)
    recall = publish(root, _stones(1))
    feed(root, standing(**{OLD: NEW, NEW: ""}))
    public = recall_tools(root.parent).public_key
    documents = {
        PAYLOAD_TYPE: (built.directory / ENVELOPE_FILE).read_bytes(),
        RECALL_TYPE: (root / "recalls" / f"{recall.recall_id}.dsse.json").read_bytes(),
        FEED_TYPE: (root / "recalls" / "feed.releasable.dsse.json").read_bytes(),
    }
    parsers = {
        PAYLOAD_TYPE: Manifest.from_json,
        RECALL_TYPE: Recall.from_json,
        FEED_TYPE: Feed.from_json,
    }
    for kind, envelope in documents.items():
        payload = verify(envelope, public, kind)
        for other in set(documents) - {kind}:
            with pytest.raises(ReleaseRefused, match="no "):
                verify(envelope, public, other)
            # Not even where somebody signed the payload under the wrong type.
            with pytest.raises(ReleaseRefused):
                parsers[other](payload)


_words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@given(path=_words, person=_words)
def test_nothing_a_person_wrote_gets_into_a_tombstone(path: str, person: str) -> None:
    for change in ({"request_id": f"wdr_{person}"}, {"blob_id": path}, {"id": path}):
        with pytest.raises(ValueError, match="tombstone"):
            Tombstone(
                **(  # type: ignore[arg-type]
                    {
                        "release_id": OLD,
                        "id": "0" * 64,
                        "reason": RecallReason.OTHER,
                        "request_id": REQUEST,
                        "effective_at": LATER,
                    }
                    | change
                )
            )


def test_a_recall_of_another_tier_never_stands_under_the_same_id(root: Path) -> None:
    publish(root, _stones(1))
    with pytest.raises(ReleaseRefused, match="Another recall"):
        publish(root, _stones(1), Tier.INTERNAL_ONLY)
