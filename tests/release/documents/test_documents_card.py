from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from policies.decision import Tier
from release.documents.card import write_card
from release.documents.draft import read_rows
from release.documents.figures import SameRules, load_figures
from release.documents.totals import total_up
from tests.release.documents.conftest import HOSTILE, Pair


def _front(card: str) -> dict[str, object]:
    values = yaml.safe_load(card.split("---\n")[1])
    assert isinstance(values, dict)
    return values


def test_the_front_matter_is_what_the_hub_reads(pair: Pair) -> None:
    front = _front(pair.read("README.md"))
    assert front["configs"] == [
        {
            "config_name": "default",
            "default": True,
            "data_files": [{"split": "train", "path": "data/*.parquet"}],
        }
    ]
    assert (front["license"], front["license_link"]) == ("other", "NOTICE.txt")
    assert front["size_categories"] == ["n<1K"]
    assert pair.second.manifest.tier.value in front["tags"]  # type: ignore[operator]


def test_hugging_face_loads_the_folder_of_a_release(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    loaded = datasets.load_dataset(
        os.fspath(pair.second.directory), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert loaded.num_rows == pair.second.manifest.counts.emitted


def test_the_card_says_what_the_tier_may_be_used_for(pair: Pair) -> None:
    card = pair.read("README.md")
    is_releasable = pair.second.manifest.tier is Tier.RELEASABLE
    assert ("`public-model`" in card) == is_releasable
    assert ("must not leave the company" in card) == (not is_releasable)


def test_every_picture_and_file_of_the_card_is_there(pair: Pair) -> None:
    card = pair.read("README.md")
    named = re.findall(r"!\[[^]]*\]\(([^)]+)\)", card)
    named += re.findall(r"^- `([^`/]+\.[a-z.]+)`:", card, re.MULTILINE)
    assert len(named) >= 9
    for name in named:
        assert (pair.second.directory / name).is_file()


def test_a_hostile_name_is_a_code_span_in_one_cell(pair: Pair) -> None:
    lines = [line for line in pair.read("README.md").splitlines() if "alert" in line]
    assert lines
    for line in lines:
        assert line.startswith("| ``x")
        # Pipes that divide cells are those without a backslash, as many as in the head.
        assert len(re.findall(r"(?<!\\)\|", line)) in {4, 8}
    assert "\u202e" not in pair.read("README.md")
    assert HOSTILE not in pair.read("README.md")


@pytest.mark.parametrize("same", list(SameRules))
def test_figures_are_printed_with_the_rules_they_belong_to(pair: Pair, same: SameRules) -> None:
    measured = load_figures({})
    digests = {
        SameRules.YES: {m.family: m.rules_digest for m in measured},
        SameRules.NO: {m.family: "f" * 64 for m in measured},
        SameRules.UNKNOWN: {},
    }[same]
    draft = pair.draft
    totals = total_up(draft, read_rows(pair.second.directory, draft.manifest))
    card = write_card(draft, totals, None, load_figures(digests)).decode()
    assert card.count(f"measured with {same.value}") == len(measured)
    for entry in measured:
        assert f"`{entry.rules_digest[:16]}`" in card
    assert ("figures are those of other rules" in card) == (same is SameRules.NO)


def test_invented_values_are_not_listed(pair: Pair) -> None:
    draft = pair.draft
    tools = {**draft.manifest.tools, "redaction": "surrogate"}
    draft = replace(draft, manifest=replace(draft.manifest, tools=tools))
    totals = total_up(draft, read_rows(pair.second.directory, draft.manifest))
    card = write_card(draft, totals, None, ()).decode()
    assert "<EMAIL>" not in card
    assert "Invented values" in card
