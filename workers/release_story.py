"""What a page tells of one release: what it passed, what is in it, what changed, who has it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.errors import ArtefactCorrupt, ReleaseRefused
from policies.decision import Outcome, Tier
from release.documents.difference import DIFFERENCE_FILE
from release.documents.plots import PLOT_FILES
from release.domain.manifest import Manifest
from release.files import read_document
from store.asking import Filter, Query
from store.catalog import RecallBook, ReleaseBook, ReleaseRecord, ReleaseState
from workers.context import Context, utc_now
from workers.exports import read_published
from workers.reading.handing import PullView, RecallView, find_recall, list_pulls
from workers.reading.page import NotFound
from workers.reading.releases import ReleaseView
from workers.reading.standing import read_standings
from workers.unsettled import NotSettled, Unsettled

_MOST: Final = 12
"""Lines of a group of changes; the document has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Rows of one name that came, went and changed."""

    name: str
    """Empty: all rows."""
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed against the release before."""

    parent: str
    whole: Change
    groups: Sequence[tuple[str, Sequence[Change]]]
    """Name of the group to its largest changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStory:
    """One release as a page tells it."""

    release: ReleaseView
    manifest: Manifest | None
    """As it was signed; None where it is not out, or does not hold."""
    fault: str
    """Why the manifest does not hold."""
    waits: str
    """Why its pictures, changes and rows are not shown for now: nobody looked yet whether something
    of it has to be taken back."""
    changes: Changes | None
    plots: Sequence[str]
    """File names; none once something was taken back, as a plot could still name it."""
    pulls: Sequence[PullView]
    """The newest; `pulled` says how many there are."""
    pulled: int | None
    """None: more than are counted."""
    recalls: Sequence[RecallView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Files that a build of each tier would find now."""

    files: dict[Tier, int]
    is_decided: bool


def tell_release(context: Context, release: ReleaseView, *, consumer: str = "") -> ReleaseStory:
    """Return what there is to tell of a release; pulls of one consumer, or of all."""
    record = ReleaseBook(context.catalog, clock=utc_now).find_release(release.id)
    manifest, fault = _manifest(context, record)
    is_usable = manifest is not None and release.state is ReleaseState.PUBLISHED
    waits = _why_it_waits(context) if is_usable else ""
    is_shown = is_usable and not waits
    listed = {d.path for d in manifest.documents} if manifest is not None and is_shown else set()
    asked = Query(filters=(Filter(field="release", values=(release.id,)),))
    pulls = list_pulls(context, asked, consumer=consumer)
    return ReleaseStory(
        release=release,
        manifest=manifest,
        fault=fault,
        waits=waits,
        changes=_changes(context, release) if DIFFERENCE_FILE in listed else None,
        plots=[name for name in PLOT_FILES if name in listed],
        pulls=pulls.items,
        pulled=pulls.total,
        recalls=_recalls(context, release.id),
    )


def read_plot(context: Context, release: ReleaseView, name: str) -> bytes:
    """Return a plot of a release, as it was signed.

    Raises:
        NotFound: there is no such plot, or something of the release was taken back.
        NotSettled: something may have to be taken back, see `workers.unsettled`.
        ReleaseRefused: it is not the one that was signed.
    """
    if name not in PLOT_FILES or release.state is not ReleaseState.PUBLISHED:
        raise NotFound(f"There is no plot {name} of {release.id}.")
    Unsettled(context).check()
    return _document(context, release, name)


def foresee_build(context: Context) -> Outlook:
    """Return how many files a build of each tier would find, as they stand decided."""
    standings = read_standings(context)
    totals = dict.fromkeys(Outcome, 0)
    for standing in standings.by_repository.values():
        for outcome, amount in standing.outcomes.items():
            totals[outcome] += amount.files
    files = {tier: totals[Outcome(tier.value)] for tier in Tier}
    return Outlook(files=files, is_decided=standings.present is not None)


def _why_it_waits(context: Context) -> str:
    try:
        Unsettled(context).check()
    except NotSettled as error:
        return error.message
    return ""


def _manifest(context: Context, record: ReleaseRecord | None) -> tuple[Manifest | None, str]:
    if record is None or not record.is_out:
        return None, ""
    try:
        return read_published(context, record), ""
    except (ReleaseRefused, ArtefactCorrupt) as error:
        return None, error.message
    except OSError:
        return None, "Its folder is gone."


def _changes(context: Context, release: ReleaseView) -> Changes | None:
    try:
        told: dict[str, Any] = json.loads(_document(context, release, DIFFERENCE_FILE))
    except (ReleaseRefused, NotFound):
        return None
    groups = [(name, [_change(c) for c in found[:_MOST]]) for name, found in told["groups"].items()]
    return Changes(
        parent=told["parent_release_id"],
        whole=_change(told["whole"]),
        groups=[(name, found) for name, found in groups if found and name != "repositories"],
    )


def _change(told: dict[str, Any]) -> Change:
    return Change(**{name: told[name] for name in Change.__slots__})


def _document(context: Context, release: ReleaseView, name: str) -> bytes:
    record = ReleaseBook(context.catalog, clock=utc_now).find_release(release.id)
    manifest, fault = _manifest(context, record)
    if record is None or manifest is None:
        raise NotFound(fault or f"{release.id} is not out.")
    listed = next((d for d in manifest.documents if d.path == name), None)
    if listed is None:
        raise NotFound(f"{release.id} has no {name}.")
    folder: Path = context.settings.shards_dir(record.tier.value) / record.path
    data = read_document(folder / name)
    if hashlib.sha256(data).hexdigest() != listed.sha256:
        raise ReleaseRefused(f"{name} of {release.id} is not the one that was signed.")
    return data


def _recalls(context: Context, release_id: str) -> list[RecallView]:
    found = context.keep("recalls", RecallBook(context.catalog, utc_now).list_all)
    named = [r.id for r in found if any(part.release_id == release_id for part in r.releases)]
    return [find_recall(context, recall_id) for recall_id in named]
