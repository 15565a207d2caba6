"""Folders of releases and what the catalog knows of them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from policies.decision import Tier
from store.catalog import ReleaseBook
from tests.support.releases import folder_of, installation
from workers.context import utc_now
from workers.publishing import ORPHANS, SETTLED, beginning, set_orphans_aside


def test_a_folder_that_never_went_out_is_set_aside_once_nobody_can_be_at_it(
    tmp_path: Path,
) -> None:
    context = installation(tmp_path / "state")
    tier = Tier.RELEASABLE
    published = folder_of(context, tier)
    beginning(context, tier, {})("rel_begun")
    long_ago = (utc_now() - SETTLED - timedelta(seconds=1)).timestamp()
    for name in ("rel_begun", "rel_unknown", "rel_young"):
        (published.parent / name).mkdir()
    for folder in published.parent.glob("rel_*"):
        if folder.name != "rel_young":
            os.utime(folder, (long_ago, long_ago))
    assert set_orphans_aside(context, tier) == ["rel_begun", "rel_unknown"]
    assert {p.name for p in published.parent.glob("rel_*")} == {published.name, "rel_young"}
    aside = (published.parent / ORPHANS).iterdir()
    assert sorted(p.name.partition(".")[0] for p in aside) == ["rel_begun", "rel_unknown"]
    assert set_orphans_aside(context, tier) == []
    (known,) = [r for r in ReleaseBook(context.catalog, utc_now).list_releases(tier) if r.is_out]
    assert known.path == published.name
    context.catalog.close()
