"""Published releases by name: what may be read, and what no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.recall import FeedRelease, RecallTools, ReleaseStanding, update_feed
from release.signing import KeySigner
from tests.support.releases import folder_of, installation
from workers.context import Context, utc_now
from workers.published import LATEST, PublishedReleases


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = installation(tmp_path / "home")
    yield made
    made.catalog.close()


def announce(context: Context, age: timedelta) -> None:
    """Sign the feed of the releasable tier some time ago."""
    tools = RecallTools(
        signer=KeySigner(private=context.keys.private),
        public_key=context.keys.public,
        now=utc_now() - age,
    )
    name = folder_of(context, Tier.RELEASABLE).name
    current = {name: FeedRelease(state=ReleaseStanding.CURRENT)}
    update_feed(context.settings.shards_dir("releasable"), lambda: current, Tier.RELEASABLE, tools)


def test_a_release_is_found_by_id_by_commit_and_as_the_latest(context: Context) -> None:
    announce(context, timedelta())
    releases = PublishedReleases(context)
    found = releases.find(Tier.RELEASABLE, folder_of(context, Tier.RELEASABLE).name)
    assert found is not None
    assert releases.find(Tier.RELEASABLE, LATEST) == found
    assert releases.find(Tier.RELEASABLE, found.commit) == found
    for other in (found.commit[:39], f"{found.commit}0", "", "..", found.id[:-1]):
        assert releases.find(Tier.RELEASABLE, other) is None
    assert releases.find(Tier.INTERNAL_ONLY, found.id) is None
    assert found.folders == {"data"}


def test_nothing_is_found_while_nobody_looks_what_may_still_be_used(context: Context) -> None:
    announce(context, timedelta(days=31))
    with pytest.raises(ReleaseRefused):
        PublishedReleases(context).find(Tier.RELEASABLE, LATEST)


def test_a_link_in_a_release_keeps_all_of_it_from_being_read(context: Context) -> None:
    folder = folder_of(context, Tier.RELEASABLE)
    (folder / "data" / "extra.parquet").symlink_to(context.settings.root / "catalog.sqlite")
    releases = PublishedReleases(context)
    with pytest.raises(ReleaseRefused, match="link"):
        releases.find(Tier.RELEASABLE, folder.name)
    assert releases.list_all(Tier.RELEASABLE) == []
