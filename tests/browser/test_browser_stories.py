"""Two stories from login to result: who answers for a repository, and who trains on releases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from policies.decision import Tier
from release.domain.grant import Purpose, Wish
from store.catalog import GrantBook
from tests.browser.conftest import Visitor
from tests.browser.places import path_of
from tests.support.browser import Served
from tests.support.gitrepo import build_repository
from tests.support.seeded import DORA, OWEN
from workers.context import utc_now
from workers.decisions import decide_anew
from workers.runner import drain

Visit = Callable[..., Visitor]

pytestmark = pytest.mark.integration


def test_an_owner_registers_a_repository_sees_it_and_consents(
    served: Served, visit: Visit, tmp_path: Path
) -> None:
    source = tmp_path / "ledger.git"
    build_repository(source, [{b"ledger.py": b"def total(rows):\n    return sum(rows)\n"}])
    page = visit(OWEN).open("/repositories")
    page.get_by_role("link", name="Register a repository").first.click()
    page.get_by_label("Where it is").fill(str(source))
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/previews/**")
    served.find_out()
    expect(page.get_by_text("What it brings").first).to_be_visible()
    page.get_by_label("Evidence").fill("ATT-2031-4")
    page.get_by_role("button", name="Register and visit").click()
    expect(page.get_by_role("status")).to_contain_text("ledger is registered")

    served.settle()
    page.reload()
    expect(page.get_by_role("link", name="ledger.py")).to_be_visible()
    expect(page.get_by_text("None of 1 file may be released")).to_be_visible()
    page.get_by_role("link", name="Change rights and consent").click()
    page.get_by_label("Yes, until").check()
    until = served.context.today() + timedelta(days=365)
    page.get_by_label("Last day of the consent").fill(until.isoformat())
    page.get_by_label("Why it changes").select_option("consent-renewed")
    page.get_by_role("button", name="State it").click()
    expect(page.get_by_role("status")).to_contain_text("It is stated")
    expect(page.get_by_text("May be released").first).to_be_visible()
    served.settle()
    page.reload()
    expect(page.get_by_text("Every file may be released")).to_be_visible()


def test_an_engineer_makes_a_token_and_pulls_by_the_command_that_is_shown(
    served: Served, visit: Visit, tmp_path: Path
) -> None:
    context = served.context.anew()
    # What others have just said may still take rows back; nothing is handed out before.
    drain(context, decide_anew(context))
    book = GrantBook(served.context.catalog, utc_now)
    wish = Wish(consumer=DORA.name, tier=Tier.RELEASABLE, purpose=Purpose.PUBLIC_MODEL)
    book.add(book.draft(wish, utc_now() + timedelta(hours=1), by="ada"))
    page = visit(DORA).open("/tokens")
    page.get_by_role("link", name="Make a token").first.click()
    page.get_by_role("button", name="Make it").click()
    token = page.locator("#value").inner_text().strip()
    page.goto(served.url + path_of(served.context, "release"))
    page.get_by_text("hf", exact=True).click()
    shown = page.locator("#way-hf").inner_text()
    ran = subprocess.run(
        ["bash", "-ec", f"{shown.replace('sgt_…', token)} --local-dir pulled"],
        cwd=tmp_path,
        env=os.environ
        | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HF_HOME": str(tmp_path / "hf"),
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert list((tmp_path / "pulled").rglob("*.parquet"))
    page.reload()
    expect(page.get_by_role("cell", name=DORA.name)).to_be_visible()
