"""What comes out of a real run: shards, counts, reports, explanations, pulls."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policies.decision import DECISIONS, Tier
from release.domain.rows import rows_schema
from tests.integration.conftest import Installation
from workers.corpus import corpus_keys, load_decisions

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


def rows(installation: Installation, tier: Tier) -> pa.Table:
    return pa.concat_tables([pq.read_table(p) for p in installation.shards(tier)])


@pytest.mark.parametrize("tier", list(Tier))
def test_both_tiers_have_rows_of_their_own_tier_only(installed: Installation, tier: Tier) -> None:
    table = rows(installed, tier)
    assert table.num_rows > 0
    assert set(table["tier"].to_pylist()) == {tier.value}
    assert table.schema.names == rows_schema(tier).names


def test_no_internal_id_or_content_hash_stands_in_any_releasable_file(
    installed: Installation,
) -> None:
    internal = rows(installed, Tier.INTERNAL_ONLY)
    tokens = {
        value.encode()
        for name in ("blob_id", "content_id", "id", "revision_id")
        for value in internal[name].to_pylist()
        if value
    }
    decisions = load_decisions(installed.context, corpus_keys(installed.context))
    assert decisions is not None
    tokens |= {
        row["blob_id"].encode()
        for row in decisions.to_pylist()
        if row["outcome"] != Tier.RELEASABLE.value
    }
    folder = installed.release(Tier.RELEASABLE)
    decoded = json.dumps(rows(installed, Tier.RELEASABLE).to_pylist(), default=str).encode()
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [t for t in tokens if t in data], path
    assert not [t for t in tokens if t in decoded]


def test_releasable_documents_name_only_what_releasable_rows_show(
    installed: Installation,
) -> None:
    internal, shown = rows(installed, Tier.INTERNAL_ONLY), rows(installed, Tier.RELEASABLE)
    hidden = {
        value
        for name in ("repo_name", "path", "repo_id")
        for value in set(internal[name].to_pylist()) - set(shown[name].to_pylist())
        if "/" in value or name != "path"
    }
    assert hidden
    folder = installed.release(Tier.RELEASABLE)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert len(manifest["documents"]) >= 8
    for document in manifest["documents"]:
        text = (folder / document["path"]).read_text("utf-8")
        assert not [value for value in hidden if value in text], document["path"]


def test_the_card_says_that_the_figures_are_of_the_rules_at_work(installed: Installation) -> None:
    card = (installed.release(Tier.RELEASABLE) / "README.md").read_text("utf-8")
    assert "measured with the rules of this release" in card
    assert "cannot be compared" not in card


@pytest.mark.parametrize("tier", list(Tier))
def test_shards_open_in_duckdb_and_in_datasets(
    installed: Installation, tier: Tier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    files = [str(p) for p in installed.shards(tier)]
    expected = rows(installed, tier).num_rows
    counted = duckdb.connect().execute("select count(*) from read_parquet(?)", [files]).fetchone()
    assert counted == (expected,)
    from datasets import load_dataset

    loaded = load_dataset("parquet", data_files=files, split="train", cache_dir=str(tmp_path))
    assert loaded.num_rows == expected
    assert set(loaded["tier"]) == {tier.value}


@pytest.mark.parametrize("tier", list(Tier))
def test_what_was_seen_is_what_came_out_plus_what_did_not(
    installed: Installation, tier: Tier
) -> None:
    manifest = json.loads((installed.release(tier) / "manifest.json").read_text())
    counts = manifest["counts"]
    seen = counts.pop("seen")
    assert sum(counts.values()) == seen
    decisions = load_decisions(installed.context, corpus_keys(installed.context))
    assert decisions is not None
    assert seen == decisions.num_rows
    assert decisions.schema.equals(DECISIONS)
    assert counts["emitted"] == rows(installed, tier).num_rows


@pytest.mark.parametrize("tier", list(Tier))
def test_a_release_verifies_offline_and_pulls(
    installed: Installation, tier: Tier, tmp_path: Path
) -> None:
    release = installed.release(tier)
    assert (
        "intact" in installed.run("release", "verify", release.name, f"--tier={tier.value}").stdout
    )
    installed.run(
        *("grant", "add", "trainers", f"--tier={tier.value}", "--purpose=evaluation", "--as=ada")
    )
    told = installed.run(
        *("pull", release.name, str(tmp_path / "pulled"), f"--tier={tier.value}"),
        "--consumer=trainers",
    )
    assert "for evaluation" in told.stdout
    assert len(list((tmp_path / "pulled").glob("*.receipt.dsse.json"))) == 1
    pulled = {p.name: p.read_bytes() for p in (tmp_path / "pulled").rglob("*.parquet")}
    assert pulled == {p.name: p.read_bytes() for p in installed.shards(tier)}


def test_a_pull_of_the_wrong_tier_or_of_tampered_bytes_is_refused(
    installed: Installation, tmp_path: Path
) -> None:
    internal = installed.release(Tier.INTERNAL_ONLY)
    wrong = installed.run("pull", str(internal), str(tmp_path / "a"), check=False)
    assert wrong.returncode == 1
    assert "internal-only" in wrong.stderr
    copy = tmp_path / internal.name
    shutil.copytree(internal, copy)
    shard = next(copy.rglob("*.parquet"))
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    into = ("pull", str(copy), str(tmp_path / "b"), "--tier=internal-only", "--consumer=testers")
    ungranted = installed.run(*into, check=False)
    assert ungranted.returncode == 2
    assert "shardgate grant add testers" in " ".join(ungranted.stderr.split())
    installed.run(
        *("grant", "add", "testers", "--tier=internal-only", "--purpose=evaluation", "--as=ada")
    )
    tampered = installed.run(*into, check=False)
    assert tampered.returncode == 1
    assert "digest" in tampered.stderr
    assert not list((tmp_path / "b").rglob("*.parquet"))


def test_why_tells_the_chain_from_commit_to_verdict(installed: Installation) -> None:
    told = installed.run("why", "harbor-billing", "README.md").stdout
    assert "commit" in told
    assert "rules that fired" in told
    missing = installed.run("why", "harbor-billing", "no/such/file", check=False)
    assert missing.returncode == 2


@pytest.mark.parametrize("form", ["html", "json", "jsonl", "csv", "sarif", "spdx"])
def test_every_format_of_the_report_can_be_written(installed: Installation, form: str) -> None:
    text = installed.run("report", "harbor-gateway", "--format", form, "--output", "-").stdout
    is_by_rule = form in {"csv", "jsonl", "sarif"}
    assert ("LICENSE_COPYLEFT" if is_by_rule else "harbor-gateway") in text
    if form in {"json", "sarif", "spdx"}:
        json.loads(text)
    assert "<img src=x" not in text or form != "html"


def test_a_second_run_changes_nothing(installed: Installation) -> None:
    def state() -> dict[str, bytes]:
        roots = (installed.settings.lake_dir, *(installed.settings.shards_dir(t) for t in Tier))
        return {str(p): p.read_bytes() for r in roots for p in r.rglob("*") if p.is_file()}

    before = state()
    installed.run("sync", "--build", "--history")
    assert state() == before


def test_bad_input_ends_with_exit_code_2_and_says_what_to_do(installed: Installation) -> None:
    for arguments in (
        (
            "repo",
            "add",
            "https://user:pw@git.example/x",
            "--owner=o",
            "--rights=contract",
            "--license=MIT",
            "--evidence=e",
        ),
        (
            "repo",
            "add",
            "ext::sh -c true",
            "--owner=o",
            "--rights=contract",
            "--license=MIT",
            "--evidence=e",
        ),
        (
            "repo",
            "add",
            "https://git.example/x",
            "--owner=o",
            "--rights=contract",
            "--license=No-Such",
            "--evidence=e",
        ),
        ("sync", "no-such-repository"),
        ("run", "--repo", "/no/such/folder"),
        ("why", "no-such-repository", "x"),
    ):
        done = installed.run(*arguments, check=False)
        assert done.returncode == 2, arguments
        assert "error: " in done.stderr
        assert "Traceback" not in done.stderr
        assert "pw" not in done.stdout + done.stderr
