"""Each check of the gate stops a release that has the defect it is there for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.errors import ReleaseRefused
from policies.decision import DECISIONS, Tier
from release.build import ReleaseInputs, build_release
from release.build.gate import (
    Arrival,
    CanaryResult,
    Check,
    check_canaries,
    check_consents,
    check_unchanged,
)
from release.build.parquet import ParquetShardWriter
from release.domain import Manifest
from release.ports import OpenShard
from tests.strategies.release import (
    Corpus,
    File,
    build_corpus,
    large_corpus,
    mixed_corpus,
    repo_id_of,
    spec_of,
    tools_for,
)

TODAY = date(2024, 5, 6)
GRANTS = frozenset({"LIC_PERMISSIVE"})
REPO = repo_id_of("one")


def refused_build(folder: Path, corpus: Corpus, **changes: object) -> ReleaseRefused:
    """Build and return the refusal; nothing may have been published."""
    spec = spec_of(Tier.RELEASABLE, grants=GRANTS)
    with pytest.raises(ReleaseRefused) as caught:
        build_release(corpus.inputs, spec, folder / "shards", tools_for(corpus, folder, **changes))
    assert not list((folder / "shards").glob("rel_*"))
    return caught.value


class Losing:
    """A writer of shards that loses the first row of each group, or writes it twice."""

    name = "parquet"

    def __init__(self, copies: int) -> None:
        self._copies = copies

    def open(self, path: Path, schema: pa.Schema) -> OpenShard:
        outer, inner = self, ParquetShardWriter().open(path, schema)

        class File:
            def write(self, rows: pa.Table) -> None:
                inner.write(pa.concat_tables([rows.slice(0, 1)] * outer._copies + [rows.slice(1)]))

            def close(self) -> None:
                inner.close()

        return File()


@pytest.mark.parametrize("tier", Tier)
def test_a_release_lists_the_checks_that_it_passed_in_their_order(
    tmp_path: Path, tier: Tier
) -> None:
    built = build_corpus(mixed_corpus(), tmp_path / "shards", tier)
    assert [check.name for check in built.manifest.gate] == ["exit-scan", "counts", "pending-lanes"]
    numbers = {check.name: dict(check.numbers) for check in built.manifest.gate}
    emitted = built.manifest.counts.emitted
    assert numbers["exit-scan"]["rows"] == numbers["pending-lanes"]["rows"] == emitted
    assert numbers["counts"]["seen"] == built.manifest.counts.seen
    read = Manifest.from_json((built.directory / "manifest.json").read_bytes())
    assert read.gate == built.manifest.gate


@pytest.mark.parametrize(("copies", "fault"), [(0, "no file"), (2, "twice")])
def test_a_writer_that_loses_or_doubles_rows_is_stopped(
    tmp_path: Path, copies: int, fault: str
) -> None:
    error = refused_build(tmp_path, large_corpus(8), writer=Losing(copies))
    assert error.code == "COUNTS"
    assert fault in error.message


def test_a_snapshot_that_was_not_wholly_decided_on_is_stopped(tmp_path: Path) -> None:
    class Short(Corpus):
        @property
        def inputs(self) -> ReleaseInputs:
            whole = super().inputs
            return replace(whole, decisions=whole.decisions.slice(1))

    error = refused_build(tmp_path, Short(files=large_corpus(5).files))
    assert "not decided on" in error.message


def test_a_row_without_a_grant_is_stopped(tmp_path: Path) -> None:
    files = (*large_corpus(3).files, File(repo="r", path=b"x", data=b"x", reasons=("REDACT",)))
    error = refused_build(tmp_path, Corpus(files=files))
    assert error.code == "PENDING_LANES"
    assert "1 rows" in error.message
    assert "no grant" in error.message


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("pending_lanes", ["legal"], "waits for a lane"),
        ("outcome", "internal-only", "another tier"),
        ("path", b"elsewhere", "no decision"),
    ],
)
def test_a_row_that_was_planned_against_its_decision_is_stopped(
    tmp_path: Path, name: str, value: object, why: str
) -> None:
    """The plan never lets such a row through; here the decision is another one afterwards."""
    from release.build.gate import Draft, check_lanes

    corpus = large_corpus(3)
    drafts: list[Draft] = []

    def keep(draft: Draft) -> tuple[()]:
        rows = draft.inputs.decisions.to_pylist()
        rows[0][name] = value
        decisions = pa.Table.from_pylist(rows, schema=DECISIONS).replace_schema_metadata(
            draft.inputs.decisions.schema.metadata
        )
        drafts.append(replace(draft, inputs=replace(draft.inputs, decisions=decisions)))
        with pytest.raises(ReleaseRefused, match=why):
            check_lanes(drafts[0], GRANTS)
        return ()

    build_release(
        corpus.inputs,
        spec_of(Tier.RELEASABLE, grants=GRANTS),
        tmp_path / "shards",
        tools_for(corpus, tmp_path, gate=keep),
    )
    assert drafts


def test_a_gate_that_refuses_and_a_last_look_that_refuses_leave_nothing_published(
    tmp_path: Path,
) -> None:
    def refuse(*_: object) -> tuple[()]:
        raise ReleaseRefused("no")

    assert refused_build(tmp_path, mixed_corpus(), gate=refuse).message == "no"
    assert refused_build(tmp_path, mixed_corpus(), last_check=refuse).message == "no"


def test_files_are_on_disk_before_the_last_look(tmp_path: Path) -> None:
    """What takes long comes before it: between the last look and the end lies a rename."""
    corpus, modes = large_corpus(3), []

    def look() -> None:
        files = list((tmp_path / "shards").rglob("*.parquet"))
        modes.extend(path.stat().st_mode & 0o777 for path in files)
        assert all(pq.ParquetFile(path).metadata.num_rows for path in files)

    tools = tools_for(corpus, tmp_path, last_check=look)
    build_release(corpus.inputs, spec_of(Tier.RELEASABLE), tmp_path / "shards", tools)
    assert modes == [0o444]


@pytest.mark.parametrize(("until", "margin"), [(TODAY, 0), (date(2024, 5, 7), 1)])
def test_a_consent_holds_on_its_last_day(until: date, margin: int) -> None:
    check = check_consents({REPO: 3}, {REPO: until}, TODAY, margin)
    assert dict(check.numbers) == {"repositories": 1, "margin_days": margin}


@pytest.mark.parametrize(
    ("until", "margin"), [(date(2024, 5, 5), 0), (None, 0), (TODAY, 1), (date(2024, 5, 7), 2)]
)
def test_a_consent_that_ended_or_ends_within_the_margin_stops(
    until: date | None, margin: int
) -> None:
    with pytest.raises(ReleaseRefused, match=f"{REPO}, 3 rows") as caught:
        check_consents({REPO: 3}, {REPO: until}, TODAY, margin)
    assert caught.value.code == "CONSENT"


def test_a_repository_nobody_knows_has_no_consent_and_one_without_rows_needs_none() -> None:
    with pytest.raises(ReleaseRefused, match="consent"):
        check_consents({"repo": 1}, {}, TODAY, 0)
    assert check_consents({"repo": 0}, {}, TODAY, 0).numbers["repositories"] == 0


def test_what_changed_is_named() -> None:
    before = {"the policy": "1", "what people decided": "2"}
    assert check_unchanged(before, dict(before)).numbers == {"digests": 2}
    for now in ({**before, "the policy": "9"}, {"what people decided": "2"}):
        with pytest.raises(ReleaseRefused, match="after the decision: the policy"):
            check_unchanged(before, now)


def test_an_arrived_canary_and_a_missing_control_stop_and_a_late_one_is_counted() -> None:
    arrival = Arrival(name="GitHub token", kind="secret", layer="detector of secrets")
    fine = CanaryResult(planted=9, controls=2, late=(arrival,))
    assert check_canaries(fine).numbers["stopped_by_exit_scan"] == 1
    with pytest.raises(ReleaseRefused, match=r"GitHub token \(secret\), past the detector"):
        check_canaries(replace(fine, arrived=(arrival,)))
    with pytest.raises(ReleaseRefused, match="control did not arrive: own program"):
        check_canaries(replace(fine, missing=("own program",)))
    with pytest.raises(ReleaseRefused, match="control did not arrive"):
        check_canaries(replace(fine, controls=0))


def test_every_refusal_tells_the_check_and_what_to_do() -> None:
    from release.build.gate import refusal

    for check in Check:
        error = refusal(check, "it happened.", "Do this.")
        assert check.value in error.message
        assert error.hint
        assert error.code == check.name
