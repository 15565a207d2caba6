"""The wipe-out guard, over releases that were really built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.domain.finding import Category, Finding
from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.build import build_release
from release.build.gate import Draft, count_by_repository
from release.build.losses import LossGuard, Parent, check_losses, tally
from release.domain import EXCLUSIONS
from release.domain.manifest import GateCheck
from tests.strategies.release import (
    Corpus,
    File,
    MarkerScanner,
    build_corpus,
    marker,
    repo_id_of,
    spec_of,
    tools_for,
)

REPO = repo_id_of("r")


def files(count: int, outcome: str = "releasable", first: int = 0, **more: object) -> list[File]:
    return [
        File(repo="r", path=b"f%03d" % n, data=b"text %d" % n, outcome=outcome, **more)  # type: ignore[arg-type]
        for n in range(first, first + count)
    ]


def parent_of(folder: Path, corpus: Sequence[File], tier: Tier = Tier.RELEASABLE) -> Parent:
    built = build_corpus(Corpus(files=tuple(corpus)), folder / "shards", tier)
    counts = count_by_repository(built.directory, built.manifest.shards)
    return Parent(release_id=built.manifest.release_id, tallies=tally(counts, built.exclusions))


def checked(
    folder: Path,
    corpus: Sequence[File],
    parent: Parent | None,
    guard: LossGuard,
    tier: Tier = Tier.RELEASABLE,
    **changes: object,
) -> GateCheck:
    """Build with the guard in the gate and return its check."""
    found: list[GateCheck] = []

    def gate(draft: Draft) -> list[GateCheck]:
        found.append(check_losses(draft, parent, guard))
        return found

    whole = Corpus(files=tuple(corpus))
    tools = tools_for(whole, folder, gate=gate, **changes)
    build_release(whole.inputs, spec_of(tier), folder / "shards", tools)
    return found[0]


HELD = {"reasons": ("LIC_PERMISSIVE", "LICENSE_UNKNOWN"), "pending_lanes": ("legal",)}
GUARD = LossGuard(is_blocking=lambda rule: rule != "LIC_PERMISSIVE", names={REPO: "shop"})


def test_a_rule_that_suddenly_holds_most_of_a_repository_stops_the_build(tmp_path: Path) -> None:
    parent = parent_of(tmp_path, files(30))
    now = [*files(14), *files(16, "internal-only", 14, **HELD)]
    with pytest.raises(ReleaseRefused) as caught:
        checked(tmp_path, now, parent, GUARD)
    told = caught.value.message
    assert "shop loses 16 of 30 rows to the step decide (LICENSE_UNKNOWN 16)" in told
    assert parent.release_id in told
    assert "LIC_PERMISSIVE" not in told
    assert "--accept-loss shop" in caught.value.hint


def test_half_may_go_and_small_repositories_may_go_whole(tmp_path: Path) -> None:
    now = [*files(15), *files(15, "internal-only", 15, **HELD)]
    check = checked(tmp_path, now, parent_of(tmp_path, files(30)), GUARD)
    assert dict(check.numbers) == {"repositories": 1, "compared": 1, "meant": 0}
    small = files(19, "internal-only", 0, **HELD)
    assert checked(tmp_path, small, parent_of(tmp_path, files(19)), GUARD)


def test_a_tree_that_came_back_nearly_empty_stops_the_build(tmp_path: Path) -> None:
    parent = parent_of(tmp_path, files(30))
    with pytest.raises(ReleaseRefused, match="loses 27 of 30 rows to the step snapshot"):
        checked(tmp_path, files(3), parent, GUARD)


def test_a_repository_that_is_not_there_any_more_stops_the_build(tmp_path: Path) -> None:
    parent = parent_of(tmp_path, files(30))
    other = [File(repo="other", path=b"a", data=b"a")]
    with pytest.raises(ReleaseRefused, match="shop loses 30 of 30"):
        checked(tmp_path, other, parent, GUARD)


@pytest.mark.parametrize("name", ["accepted", "explained"])
def test_what_a_person_did_or_accepted_lets_it_through(tmp_path: Path, name: str) -> None:
    parent = parent_of(tmp_path, files(30))
    guard = LossGuard(**{name: frozenset({REPO})})  # type: ignore[arg-type]
    check = checked(tmp_path, files(30, "internal-only", 0, **HELD), parent, guard)
    assert check.numbers["meant"] == 1


def test_a_policy_explains_as_many_files_as_it_takes(tmp_path: Path) -> None:
    parent = parent_of(tmp_path, files(30))
    now = files(30, "internal-only", 0, **HELD)
    guard = replace(GUARD, by_people=lambda: {REPO: 15})
    assert checked(tmp_path, now, parent, guard).numbers["meant"] == 1
    with pytest.raises(ReleaseRefused, match="loses 30 of 30"):
        checked(tmp_path, now, parent, replace(GUARD, by_people=lambda: {REPO: 14}))


def test_a_policy_is_looked_at_only_where_something_is_lost(tmp_path: Path) -> None:
    def never() -> dict[str, int]:
        raise AssertionError

    assert checked(
        tmp_path, files(30), parent_of(tmp_path, files(30)), replace(GUARD, by_people=never)
    )


@pytest.mark.parametrize("rule", ["KEPT_BY_REVIEW", "EXCLUDED_BY_REVIEW", "WITHDRAWN"])
def test_rows_that_people_took_out_are_no_accident_and_do_not_hide_one(
    tmp_path: Path, rule: str
) -> None:
    parent = parent_of(tmp_path, files(40))
    meant = files(25, "internal-only", 0, reasons=(rule,))
    assert checked(tmp_path, [*meant, *files(15, first=25)], parent, GUARD)
    both = [*meant[:5], *files(25, "internal-only", 5, **HELD), *files(10, first=30)]
    with pytest.raises(ReleaseRefused, match="LICENSE_UNKNOWN 25"):
        checked(tmp_path, both, parent, GUARD)


def test_a_fold_that_takes_most_of_a_repository_stops_the_first_time_only(tmp_path: Path) -> None:
    whole = Corpus(
        files=tuple(
            File(repo=repo, path=b"f%03d" % n, data=b"text %d" % n)
            for repo in ("a", "b")
            for n in range(25)
        )
    ).files
    with pytest.raises(ReleaseRefused, match="25 of 25 rows to the step dedup"):
        checked(tmp_path, whole, None, GUARD)
    before = parent_of(tmp_path, whole)
    assert checked(tmp_path, [*whole, *files(1)], before, GUARD).numbers["compared"] == 2


def test_a_redaction_that_breaks_most_of_a_repository_stops_the_build(tmp_path: Path) -> None:
    class Suspicious(MarkerScanner):
        """Sees something left in whatever was redacted."""

        def scan(
            self, text: bytes, suffix: str, wanted: frozenset[str] = frozenset(Category)
        ) -> list[Finding]:
            return super().scan(text + marker(Category.PASSWORD), suffix, wanted)

    secret = [
        File(repo="r", path=b"s%03d" % n, data=b"%d " % n + marker(Category.PASSWORD, n))
        for n in range(30)
    ]
    with pytest.raises(ReleaseRefused, match=r"30 of 30 rows to the step build \(REDACTION"):
        checked(tmp_path, secret, None, GUARD, scanner=Suspicious())


def test_files_that_are_released_now_are_no_loss_of_the_internal_tier(tmp_path: Path) -> None:
    tier = Tier.INTERNAL_ONLY
    parent = parent_of(tmp_path, files(30, tier.value), tier)
    assert checked(tmp_path, files(30), parent, GUARD, tier).numbers["meant"] == 1
    gone = files(30, "excluded", 0, reasons=("NOT_SCANNED",))
    with pytest.raises(ReleaseRefused, match="NOT_SCANNED 30"):
        checked(tmp_path, gone, parent, GUARD, tier)


def test_a_release_without_exclusions_is_compared_by_its_rows() -> None:
    counts = tally({REPO: 7}, EXCLUSIONS.empty_table())
    assert (counts[REPO].emitted, counts[REPO].chosen, counts[REPO].seen) == (7, 7, 7)
