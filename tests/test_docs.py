"""Documents that cannot rot: reference pages, stages and links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import PAGES
from workers.pipeline import PIPELINE, Stage

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_reference_page_says_what_the_code_says(page: str) -> None:
    assert (DOCS / page).read_text() == PAGES[page](), "run: make docs"


@pytest.mark.parametrize("stage", PIPELINE, ids=lambda s: str(s.name))
def test_every_stage_is_documented_in_its_own_words(stage: Stage) -> None:
    text = (DOCS / "architecture.md").read_text()
    assert f"**{stage.name}**" in text
    assert stage.does in text


def test_every_package_is_on_the_map() -> None:
    text = (DOCS / "architecture.md").read_text()
    for package in ("ingest", "policies", "release", "store", "workers", "cli", "shardgate_client"):
        assert f"`{package}/`" in text


def test_every_relative_link_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken
