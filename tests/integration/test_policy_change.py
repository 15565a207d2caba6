"""A policy is tried out, put in force by its plan, and reaches workers and what is out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.decision import Tier
from policies.document import default_policy_text
from tests.integration.conftest import Installation
from workers.corpus import corpus_keys, load_decisions


@pytest.fixture(scope="module")
def copied(
    installed: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A copy of the finished installation that a test may change."""
    home = tmp_path_factory.mktemp("policy") / "state"
    kept = shutil.ignore_patterns("*.sock", "*.pid", "broker*", "run")
    shutil.copytree(installed.home, home, ignore=kept)
    installation = Installation(home=home)
    try:
        yield installation
    finally:
        installation.run("down")


def policy_file(folder: Path) -> Path:
    """Write a policy that holds every file with personal data, with examples to match."""
    text = default_policy_text().replace("when: pii_count > 50", "when: pii_count > 0")
    for example in (
        "      - {given: {pii_count: 2, person_count: 2}, outcome: releasable}\n",
        "      - {given: {pii_count: 50}, outcome: releasable, fires: false}\n",
        "      - {given: {pii_count: 1, person_count: 1}, outcome: releasable, fires: false}\n",
    ):
        assert example in text
        text = text.replace(example, "")
    path = folder / "stricter.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def outcomes(installation: Installation) -> dict[tuple[str, bytes], str]:
    context = installation.context
    decisions = load_decisions(context, corpus_keys(context))
    assert decisions is not None
    rows = decisions.to_pylist()
    return {(row["repo_id"], row["path"]): row["outcome"] for row in rows}


def test_a_policy_is_tried_out_and_put_in_force(copied: Installation, tmp_path: Path) -> None:
    stricter = str(policy_file(tmp_path))
    before, out = outcomes(copied), copied.release(Tier.RELEASABLE).name
    told = json.loads(copied.run("policy", "impact", stricter, "--json").stdout)
    assert outcomes(copied) == before

    refused = copied.run("policy", "apply", stricter, "--plan", "0" * 64, check=False)
    assert refused.returncode == 2
    assert "moved since that plan" in refused.stderr

    done = copied.run("policy", "apply", stricter, "--plan", told["plan"], "--as", "ada")
    assert "in force" in done.stdout
    after = outcomes(copied)
    moved = {key for key in before if before[key] != after[key]}
    assert moved
    assert {(before[key], after[key]) for key in moved} == {("releasable", "internal-only")}
    assert sum(move["volume"]["files"] for move in told["moves"]) == len(moved)

    (release,) = (r for r in told["releases"] if r["tier"] == Tier.RELEASABLE.value)
    assert release["release_id"] == out
    assert 0 < release["lost"] <= len(moved)
    assert release["release_id"] in done.stdout
    recalls = json.loads(copied.run("recall", "list", "--json").stdout)
    assert len(recalls) == 1, recalls
    (recall,) = recalls
    ((taken,), lost) = recall["releases"], release["lost"] + release["redact"]
    assert (taken["release"], taken["rows"]) == (out, lost)
    assert "ada" in copied.run("policy", "history").stdout
    assert all("tokens" in move["volume"] for move in told["moves"])
    verified = copied.run("audit", "verify").stdout
    assert ", 0 entries after the newest" in " ".join(verified.split())

    again = copied.run("policy", "apply", stricter, "--plan", told["plan"], check=False)
    assert again.returncode == 2


def test_ways_out_and_single_approvals_are_told(copied: Installation) -> None:
    way = copied.run("why-not", "harbor-internal-tools", "README.md").stdout
    assert "owner" in way
    assert "release consent" in way
    ranked = copied.run("unlock").stdout
    assert "security" in ranked
    way = json.loads(copied.run("why-not", "harbor-internal-tools", "README.md", "--json").stdout)
    assert way["ways"][0][0]["kind"] == "consent"
    found = json.loads(copied.run("unlock", "--most", "1", "--json").stdout)
    (first,) = found["items"]
    assert first["files"] > 0
    assert found["total"] > 1
