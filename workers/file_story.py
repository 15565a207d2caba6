"""One file from commit to shard: the chain of its verdict, what would release it, where it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from ingest.errors import ShardgateError
from policies.decision import Outcome, Tier
from policies.report.escape import display_path
from policies.why_not import WayOut
from store.catalog import ReleaseRecord
from workers.context import Context
from workers.released import published, released_rows
from workers.reports import FileStory, find_way_out, tell_file
from workers.running import find_repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A row that a published release holds for the file."""

    release: str
    tier: Tier
    shard: str
    row_id: str
    is_same: bool
    """The content is that of the newest snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Everything about one file of a repository's newest snapshot."""

    repository: str
    """Its name."""
    repository_id: str
    story: FileStory
    path: str
    """As it may be shown."""
    counterpart: str
    """Path of the copy that restricts it, as it may be shown; empty where there is none."""
    way: WayOut | None
    """None where the file is releasable."""
    branch: str
    shipped: Sequence[Shipped]
    """Of the newest published release of each tier."""


def tell_journey(context: Context, repository_id: str, path: bytes) -> Journey:
    """Return everything about one file.

    Raises:
        InputError: nothing was decided yet, or the newest snapshot has no such path.
    """
    repository = find_repository(context.catalog.list_repositories(), repository_id)
    story = tell_file(context, repository, path)
    is_out = story.explanation.outcome == Outcome.RELEASABLE
    visit = context.catalog.latest_snapshot(repository.id)
    blob = str(story.dossier["blob_id"])
    return Journey(
        repository=repository.name,
        repository_id=repository.id,
        story=story,
        path=display_path(story.path),
        counterpart=display_path(story.counterpart_path) if story.counterpart_path else "",
        way=None if is_out else find_way_out(context, repository, path)[1],
        branch=visit.visit.branch or "" if visit else "",
        shipped=list(_shipped(context, (repository.id, path, blob))),
    )


def _shipped(context: Context, file: tuple[str, bytes, str]) -> Iterator[Shipped]:
    for tier in Tier:
        out = published(context, tier)
        if out:
            yield from _rows_of(context, out[-1], file)


def _rows_of(
    context: Context, release: ReleaseRecord, file: tuple[str, bytes, str]
) -> Iterator[Shipped]:
    repository_id, path, blob = file
    try:
        rows = released_rows(context, release)
    except ShardgateError:
        # What a damaged release holds is not known; its own page says that it is damaged.
        return
    here = pc.and_(pc.equal(rows["repo_id"], repository_id), pc.equal(rows["path"], path))
    for row in rows.filter(here).to_pylist():
        yield Shipped(
            release=release.id,
            tier=release.tier,
            shard=str(row["shard"]),
            row_id=str(row["row_id"]),
            is_same=row["blob_id"] == blob,
        )
