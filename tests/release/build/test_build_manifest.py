from __future__ import annotations

from pathlib import Path

import pytest

from policies.decision import Tier
from release.build import inputs
from release.build.manifest import release_id_of, trace_lineage
from release.build.plan import plan_release
from tests.strategies.release import POLICY_DIGEST, build_corpus, commit_of, mixed_corpus, spec_of


def test_the_run_id_is_a_function_of_the_inputs_and_not_of_time_or_parent() -> None:
    plan = plan_release(mixed_corpus().inputs, Tier.RELEASABLE)
    first = trace_lineage(plan, spec_of(Tier.RELEASABLE), "parquet")
    child = spec_of(Tier.RELEASABLE, parent_release_id="rel_" + "0" * 20)
    assert trace_lineage(plan, child, "parquet") == first
    assert trace_lineage(plan, spec_of(Tier.RELEASABLE), "jsonl").run_id != first.run_id
    assert release_id_of(first) == "rel_" + first.run_id[:20]


def test_other_grammars_cut_otherwise_so_they_make_another_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = plan_release(mixed_corpus().inputs, Tier.RELEASABLE)
    first = trace_lineage(plan, spec_of(Tier.RELEASABLE), "parquet")
    monkeypatch.setattr(inputs, "GRAMMAR_VERSIONS", {"tree-sitter": "0.0"})
    assert trace_lineage(plan, spec_of(Tier.RELEASABLE), "parquet").run_id != first.run_id


def test_the_manifest_accounts_for_languages_licenses_and_policy(tmp_path: Path) -> None:
    manifest = build_corpus(mixed_corpus(), tmp_path / "shards").manifest
    assert {name: t["rows"] for name, t in manifest.languages.items()} == {
        "Python": 4,
        "unknown": 1,
    }
    assert {name: t["rows"] for name, t in manifest.licenses.items()} == {"MIT": 5}
    assert (manifest.policy_digest, manifest.policy_id) == (
        POLICY_DIGEST,
        f"policy_{POLICY_DIGEST[:12]}",
    )


def test_internal_manifests_name_commits(tmp_path: Path) -> None:
    manifest = build_corpus(mixed_corpus(), tmp_path / "shards", Tier.INTERNAL_ONLY).manifest
    assert list(manifest.snapshots.values()) == [commit_of("beta")]
