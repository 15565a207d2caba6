"""What reviewers would have to decide: the rules of this installation over a sample of files."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.detect.provenance.scopes import is_license_file
from ingest.domain.finding import Family
from ingest.domain.private import private_folder
from policies.decision import Lane, Outcome
from policies.evaluate import decide
from policies.report import group_violations
from policies.report.model import Group
from policies.review.binding import lane_that_clears
from workers.context import Context
from workers.preview.content import SampledSource
from workers.preview.model import Forecast, FoundLicense, LaneLoad
from workers.scan import SCAN_FAMILIES, Scanner, admit_empty, share, units_of
from workers.scan_home import ScanHome
from workers.scan_licensing import put_together

_Z: Final = 1.2816
"""Of a normal distribution: four fifths lie within so many deviations of its middle."""
_NONE_SEEN: Final = 1.61
"""Of what was seen never: with four fifths of certainty there are fewer than this (-ln 0.2)."""
_CLUSTERS: Final = 2
_MAX_TITLES: Final = 3
_MAX_LICENSES: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rules say of a sample."""

    repository_license: str
    licenses: Sequence[FoundLicense]
    forecast: Forecast


def judge_sample(
    context: Context, source: SampledSource, share_seen: float, folder: Path
) -> Judged:
    """Scan a sample and say what would wait for whom.

    Args:
        context: of the installation, whose policy judges.
        source: the sample.
        share_seen: of all contents of the tree.
        folder: private and empty.

    Raises:
        ShardgateError: the mirror is damaged, or the policy cannot be read.
    """
    home = home_of(context)
    scanner = Scanner(
        home=home, families=SCAN_FAMILIES, jobs=1, folder=folder, progress=lambda *_: None
    )
    snapshot = admit_empty(source.snapshot(), lambda _: False)
    # those of the process: another preview, or a stage, may have loaded them
    detectors = context.detectors()
    facts = share(snapshot, scanner.scan(units_of(snapshot), source.open_blobs, detectors))
    tree = put_together(home, source, snapshot, facts)
    policy = context.policy
    decisions = decide(
        tree.dossier, policy, content=tree.facts[Family.CONTENT], input_digest="preview"
    )
    read = snapshot.filter(pc.is_null(snapshot["skip_reason"]))
    report = group_violations(
        decisions, tree.dossier, facts=tree.facts, trees=tree.trees, policy=policy
    )
    groups = [group for group in report.groups if group.blocked.files]
    lanes = [(lane, g) for g in groups if (lane := lane_that_clears(policy, g.rule_id))]
    is_free = pc.equal(decisions["outcome"], Outcome.RELEASABLE.value)
    free = int(pc.sum(is_free).as_py() or 0)
    return Judged(
        repository_license=tree.repository_license,
        licenses=_licenses(snapshot, tree.facts[Family.LICENSING]),
        forecast=Forecast(
            lanes=[load for lane in Lane if (load := _load(lane, lanes, share_seen)) is not None],
            sampled=read.num_rows,
            of=round(read.num_rows / share_seen),
            releasable_share=free / read.num_rows if read.num_rows else 0.0,
        ),
    )


def home_of(context: Context) -> ScanHome:
    """Return the installation as the surroundings of a scan."""
    settings = context.settings
    return ScanHome(
        settings=settings,
        key=context.keys.hmac,
        cache_dir=settings.cache_dir,
        work_dir=private_folder(settings.root / "scans"),
        company=context.company,
        is_installation=True,
    )


def _load(lane: Lane, found: Iterable[tuple[Lane, Group]], share_seen: float) -> LaneLoad | None:
    mine = [group for of, group in found if of is lane]
    guess = extrapolate(
        [Seen(files=group.touched.files, where=_first_path(group)) for group in mine], share_seen
    )
    if not guess.most:
        return None
    titles = Counter(group.title for group in mine).most_common(_MAX_TITLES)
    return LaneLoad(
        lane=lane.value,
        items=guess.items,
        least=guess.least,
        most=guess.most,
        titles=[title for title, _ in titles],
    )


def _first_path(group: Group) -> bytes:
    return group.examples[0].path if group.examples else b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A group that the sample showed."""

    files: int
    """Of the sample, in which it was."""
    where: bytes
    """The first of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """How many groups there are in all."""

    items: int
    least: int
    most: int


def extrapolate(seen: Sequence[Seen], share_seen: float) -> Guess:
    """Return how many groups a repository has of which a share of the files was seen.

    What was in one file only tells how much was missed, what was in several was hardly missed:
    the estimator of Chao and Lin for samples without replacement (Biometrics 68, 2012). Groups
    come in clusters, as a list of people is one file: the spread takes files to be independent,
    not groups, and is doubled for clusters that were missed. What was seen is there for certain.
    """
    if share_seen >= 1.0:
        return Guess(items=len(seen), least=len(seen), most=len(seen))
    missing = (1 - share_seen) / share_seen
    if not seen:
        return Guess(items=0, least=0, most=math.ceil(_CLUSTERS * _NONE_SEEN * missing))
    once = Counter(group.where for group in seen if group.files <= 1)
    single, twice = once.total(), sum(group.files == 2 for group in seen)  # noqa: PLR2004 - twice
    unseen = single**2 / (2 * twice + single / missing) if single else 0.0
    spread = _Z * math.sqrt((1 - share_seen) * sum(n * n for n in once.values()))
    relative = spread / single if single else 0.0
    return Guess(
        items=len(seen) + round(unseen),
        least=len(seen),
        most=len(seen) + math.ceil(_CLUSTERS * unseen * (1 + relative)),
    )


def _licenses(snapshot: pa.Table, licensing: pa.Table) -> list[FoundLicense]:
    """Return what each license file states, those at the root first."""
    stated = dict(
        zip(
            licensing["blob_id"].to_pylist(),
            licensing["license_expression"].to_pylist(),
            strict=True,
        )
    )
    rows = zip(snapshot["path"].to_pylist(), snapshot["blob_id"].to_pylist(), strict=True)
    found = [
        FoundLicense(path=path, expression=stated.get(blob_id) or "")
        for path, blob_id in rows
        if is_license_file(path) and blob_id in stated
    ]
    return sorted(found, key=lambda f: (f.path.count(b"/"), f.path))[:_MAX_LICENSES]
