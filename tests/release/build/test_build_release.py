from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.domain.finding import Category, Finding
from ingest.domain.text import normalise
from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.build import BuiltRelease, Tools, build_release
from release.build.parquet import table_digest
from release.build.redactor import RedactionMode
from release.signing import KeySigner
from tests.strategies.release import (
    MOMENT,
    Corpus,
    File,
    MarkerScanner,
    build_corpus,
    keys_in,
    large_corpus,
    marker,
    mixed_corpus,
    spec_of,
)

_REPOSITORY = Path(__file__).parents[3]


def _every_byte(built: BuiltRelease) -> bytes:
    """Return all that a reader of the release could see: raw bytes and decoded columns."""
    files = sorted(p for p in built.directory.rglob("*") if p.is_file())
    raw = [p.read_bytes() for p in files]
    decoded = [
        json.dumps(pq.read_table(built.directory / s.path).to_pylist(), default=str).encode()
        for s in built.manifest.shards
    ]
    plain = [
        "\n".join(pq.read_table(built.directory / s.path)["content"].to_pylist()).encode()
        for s in built.manifest.shards
    ]
    names = [str(p.relative_to(built.directory)).encode() for p in files]
    return b"\n".join([*raw, *decoded, *plain, *names])


def _files(built: BuiltRelease) -> dict[str, bytes]:
    return {
        str(p.relative_to(built.directory)): p.read_bytes()
        for p in built.directory.rglob("*")
        if p.is_file()
    }


@pytest.mark.parametrize("tier", Tier)
def test_counts_add_up_to_every_occurrence(tmp_path: Path, tier: Tier) -> None:
    built = build_corpus(mixed_corpus(), tmp_path / "shards", tier)
    counts = built.manifest.counts
    assert counts.seen == len(mixed_corpus().files)
    assert counts.emitted == sum(shard.rows for shard in built.manifest.shards)
    assert counts.seen == counts.emitted + built.exclusions.num_rows
    assert built.manifest.exclusions_digest == table_digest(built.exclusions)


def test_a_releasable_release_knows_nothing_of_internal_files(tmp_path: Path) -> None:
    built = build_corpus(mixed_corpus(), tmp_path / "shards")
    seen = _every_byte(built)
    releasable = {f.blob_id for f in mixed_corpus().files if f.outcome == "releasable"}
    internal = [f for f in mixed_corpus().files if f.outcome != "releasable"]
    assert internal
    for file in internal:
        for data in (file.data, file.path):
            assert data not in seen
        for digest in (
            file.blob_id,
            hashlib.sha256(file.data).hexdigest(),
            hashlib.sha1(file.data, usedforsecurity=False).hexdigest(),
        ):
            assert digest.encode() not in seen
            assert bytes.fromhex(digest) not in seen
    assert not [b for b in releasable if b.encode() in seen]


def test_no_redacted_value_is_in_any_byte_of_a_release(tmp_path: Path) -> None:
    values = [marker(c, n) for n, c in enumerate(Category)]
    values += [marker(Category.CODENAME, 3), marker(Category.PASSWORD, 9)]
    for tier in Tier:
        seen = _every_byte(build_corpus(mixed_corpus(), tmp_path / tier, tier))
        for value in values:
            assert value not in seen
            assert hashlib.sha256(value).hexdigest().encode() not in seen


def test_every_unredacted_text_is_shipped_as_it_was(tmp_path: Path) -> None:
    built = build_corpus(large_corpus(50), tmp_path / "shards")
    shipped = {
        text
        for s in built.manifest.shards
        for text in pq.read_table(built.directory / s.path)["content"].to_pylist()
    }
    assert shipped == {normalise(f.data)[0].decode() for f in large_corpus(50).files}


@pytest.mark.parametrize("tier", Tier)
def test_two_builds_are_byte_identical(tmp_path: Path, tier: Tier) -> None:
    first, second = (build_corpus(mixed_corpus(), tmp_path / n, tier) for n in ("one", "two"))
    assert first.directory != second.directory
    assert _files(first) == _files(second)


def test_another_process_with_other_hash_seed_and_time_zone_builds_the_same_bytes(
    tmp_path: Path,
) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from tests.strategies.release import build_corpus, mixed_corpus;"
        "build_corpus(mixed_corpus(), Path(sys.argv[1]))"
    )
    keys_in(tmp_path)
    for number, zone in enumerate(("UTC", "Asia/Kathmandu")):
        environment = os.environ | {"PYTHONHASHSEED": str(number + 1), "TZ": zone, "LANG": "C"}
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / f"shards-{number}")],
            check=True,
            env=environment,
            cwd=_REPOSITORY,
        )
    releases = [sorted((tmp_path / f"shards-{n}").glob("rel_*")) for n in range(2)]
    digests = [
        {p.relative_to(r): p.read_bytes() for p in r.rglob("*") if p.is_file()} for (r,) in releases
    ]
    assert digests[0] == digests[1]


def test_building_again_later_keeps_the_published_release(tmp_path: Path) -> None:
    first = build_corpus(mixed_corpus(), tmp_path / "shards")
    later = build_corpus(
        mixed_corpus(),
        tmp_path / "shards",
        created_at=MOMENT + timedelta(days=1),
        parent_release_id=first.manifest.release_id,
    )
    assert (later.directory, later.manifest) == (first.directory, first.manifest)


def test_whatever_changes_the_rows_changes_the_release_id(tmp_path: Path) -> None:
    base = mixed_corpus()
    more = Corpus(files=(*base.files, File(repo="new", path=b"a", data=b"a")), aliases=base.aliases)
    builds = [
        build_corpus(base, tmp_path / "shards"),
        build_corpus(more, tmp_path / "shards"),
        build_corpus(base, tmp_path / "shards", Tier.INTERNAL_ONLY),
        build_corpus(base, tmp_path / "shards", target_bytes=99),
        build_corpus(base, tmp_path / "shards", tools={"marker": "1.1"}),
        build_corpus(base, tmp_path / "shards", rulesets={"secrets": "1" * 64}),
    ]
    assert len({built.manifest.release_id for built in builds}) == len(builds)


def test_copies_of_a_row_that_writing_holds_back_are_held_with_it(tmp_path: Path) -> None:
    class SeesLeftovers(MarkerScanner):
        """Objects to any text that was redacted."""

        def scan(
            self, text: bytes, suffix: str, wanted: frozenset[str] = frozenset(Category)
        ) -> list[Finding]:
            return super().scan(text.replace(b"left over", marker(Category.PASSWORD)), suffix)

    data = marker(Category.PASSWORD, 1) + b" left over"
    files = (File(repo="r", path=p, data=data) for p in (b"a", b"b", b"c"))
    corpus = Corpus(files=(*files, File(repo="r", path=b"d", data=b"fine")))
    private, _ = keys_in(tmp_path)
    tools = Tools(blobs=corpus.blobs, scanner=SeesLeftovers(), signer=KeySigner(private=private))
    built = build_release(corpus.inputs, spec_of(Tier.RELEASABLE), tmp_path / "shards", tools)
    assert (built.manifest.counts.emitted, built.manifest.counts.held) == (1, 3)
    assert built.manifest.counts.folded == 0
    assert "REDACTION_INCOMPLETE" in built.exclusions["rule"].to_pylist()


def test_a_release_without_rows_is_still_a_signed_account(tmp_path: Path) -> None:
    nothing = Corpus(files=(File(repo="r", path=b"a", data=b"a", outcome="excluded"),))
    built = build_corpus(nothing, tmp_path / "shards")
    assert built.manifest.shards == ()
    assert built.manifest.counts.excluded == 1


def test_a_published_release_that_was_tampered_with_is_not_taken_for_the_same(
    tmp_path: Path,
) -> None:
    built = build_corpus(mixed_corpus(), tmp_path / "shards")
    path = built.directory / "manifest.json"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"emitted":5', b'"emitted":6'))
    with pytest.raises(ReleaseRefused, match="already published"):
        build_corpus(mixed_corpus(), tmp_path / "shards")


def test_progress_reaches_its_total(tmp_path: Path) -> None:
    corpus, seen = mixed_corpus(), []
    private, _ = keys_in(tmp_path)
    tools = Tools(
        blobs=corpus.blobs,
        scanner=MarkerScanner(),
        signer=KeySigner(private=private),
        progress=lambda done, total: seen.append((done, total)),
    )
    build_release(corpus.inputs, spec_of(Tier.RELEASABLE), tmp_path / "shards", tools)
    assert seen == sorted(seen)
    assert seen[-1] == (10, 10)


def test_surrogates_are_the_same_for_the_same_inputs_and_key_and_the_manifest_says_so(
    tmp_path: Path,
) -> None:
    corpus = mixed_corpus()
    private, _ = keys_in(tmp_path)
    spec = spec_of(Tier.RELEASABLE, redaction=RedactionMode.SURROGATE)

    def build(name: str, material: bytes) -> BuiltRelease:
        tools = Tools(
            blobs=corpus.blobs,
            scanner=MarkerScanner(),
            signer=KeySigner(private=private),
            surrogate_material=material,
        )
        return build_release(corpus.inputs, spec, tmp_path / name, tools)

    first, second = build("a", b"m" * 32), build("b", b"m" * 32)
    other = build("c", b"n" * 32)
    assert first.manifest == second.manifest
    assert first.manifest.tools["redaction"] == "surrogate"
    assert first.manifest.release_id != other.manifest.release_id
    rows = [
        row
        for shard in first.manifest.shards
        for row in pq.read_table(first.directory / shard.path).to_pylist()
    ]
    shown = {r["placeholder"] for row in rows for r in row["redactions"]}
    assert any(text.endswith("@example.com") for text in shown)
    assert "<PASSWORD>" in shown
    with pytest.raises(ValueError, match="at least"):
        build("d", b"")
