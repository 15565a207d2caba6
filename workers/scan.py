"""Scan a folder or a repository's HEAD without registering it, by the code that the workers run.

Nothing is kept: facts live in a folder of one scan, and what comes out is a `ScanReport`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.detect.catalogue import build_detectors, ruleset_digests
from ingest.detect.detector import BlobDetector, DetectorConfig
from ingest.domain.finding import Family
from ingest.domain.text import NotText
from ingest.domain.tree import ScanUnit, SkipReason
from workers.collector import uncollected
from workers.rulepacks import rule_packs
from workers.sandbox import OpenBlobs, Progress, ScanLimits
from workers.scan_home import ScanHome
from workers.scan_paths import PathScan
from workers.scan_pool import Facts, PoolTask, scan_units
from workers.scan_source import ScanSource
from workers.scan_sweep import sweep_known
from workers.scan_undecoded import telling

if TYPE_CHECKING:
    from policies.model import Policy

SCAN_FAMILIES: Final = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL, Family.LICENSING)
"""What can be asked for; licensing brings content and provenance along."""
FINDING_FAMILIES: Final = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)
SEALED: Final = frozenset({SkipReason.BINARY.value, SkipReason.UNDECODABLE.value})
"""Reasons of files that are no text, and of which parts can be read all the same."""


@dataclass(kw_only=True)
class Scanner:
    """The detectors of one scan, loaded once, and what they are run with."""

    home: ScanHome
    families: tuple[Family, ...]
    """As asked for, a part of `SCAN_FAMILIES`."""
    jobs: int
    folder: Path
    """Private and empty."""
    progress: Progress

    @cached_property
    def detectors(self) -> list[BlobDetector]:
        """Detectors of the families asked for and of those that they need."""
        needed = (Family.CONTENT,) if Family.LICENSING in self.families else ()
        with uncollected():
            return load_side_by_side(self.config, (*needed, *self.families))

    @cached_property
    def config(self) -> DetectorConfig:
        """What detectors are built from, as in `workers.context`."""
        cache = self.home.cache_dir
        packs = rule_packs(cache) if Family.SECRETS in self.families else ()
        return DetectorConfig(
            key=self.home.key, company=self.home.company, cache_dir=cache, rule_packs=packs
        )

    @property
    def digests(self) -> dict[str, str]:
        """Ruleset digest of each family that runs."""
        digests = ruleset_digests(self.config)
        return {d.family.value: digests[d.family] for d in self.detectors}

    @property
    def versions(self) -> dict[str, str]:
        """Engine to version of everything that runs."""
        return {name: v for d in self.detectors for name, v in sorted(d.versions.items())}

    def scan(
        self,
        units: Sequence[ScanUnit],
        open_blobs: OpenBlobs,
        detectors: Sequence[BlobDetector] | None = None,
    ) -> Facts:
        """Return the facts of some units, by the detectors given or by all of the scan."""
        task = PoolTask(
            units=units,
            open_blobs=open_blobs,
            detectors=telling(self.detectors if detectors is None else detectors),
            limits=ScanLimits(seconds=self.home.settings.blob_deadline_seconds),
            folder=self.folder,
            jobs=self.jobs,
        )
        return scan_units(task, self.progress)


def load_side_by_side(config: DetectorConfig, families: Sequence[Family]) -> list[BlobDetector]:
    """Return loaded detectors: the secrets engine reads its rules while Python reads the rest."""
    if Family.SECRETS not in families or len(families) == 1:
        return build_detectors(config, families)
    # Its modules come first, so that two threads never import the same ones at once.
    import_module("ingest.detect.secrets.detector")
    others = [family for family in families if family is not Family.SECRETS]
    with ThreadPoolExecutor(max_workers=1) as thread:
        secrets = thread.submit(build_detectors, config, [Family.SECRETS])
        found = build_detectors(config, others)
        found += secrets.result()
    return sorted(found, key=lambda detector: list(families).index(detector.family))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedTree:
    """Everything that is known of a tree, before it is put into words."""

    snapshot: pa.Table
    facts: Facts
    paths: PathScan
    verdicts: pa.Table | None
    """License verdicts with provenance; None where licensing was not asked for."""
    policy: Policy | None


def scan_tree(scanner: Scanner, source: ScanSource) -> ScannedTree:
    """Scan every file of a source with every family asked for.

    Raises:
        ShardgateError: a mirror is damaged, or the policy cannot be read.
    """
    judges = Family.LICENSING in scanner.families
    snapshot = admit_empty(source.snapshot(), _speaks if judges else _is_silent)
    findings_of = [d for d in scanner.detectors if d.family in FINDING_FAMILIES]
    paths = PathScan.of(snapshot["path"].to_pylist(), [d.family for d in findings_of])
    units = [*paths.units, *units_of(snapshot)]
    facts = scanner.scan(units, with_texts(source.open_blobs, paths.texts))
    paths.take(facts)
    facts = {family: paths.without(table) for family, table in facts.items()}
    if Family.SECRETS in facts:
        texts = units_of(snapshot.filter(pc.is_null(snapshot["skip_reason"])))
        work = (scanner.scan, scanner.home.key)
        swept = sweep_known(facts[Family.SECRETS], texts, source.open_blobs, work)
        facts[Family.SECRETS] = swept
    facts = share(snapshot, facts)
    verdicts, policy = None, None
    if judges:
        from workers.scan_licensing import judge_licenses  # noqa: PLC0415 - brings the policy along

        verdicts, policy = judge_licenses(scanner.home, source, snapshot, facts)
    return ScannedTree(
        snapshot=snapshot, facts=facts, paths=paths, verdicts=verdicts, policy=policy
    )


def admit_empty(snapshot: pa.Table, speaks: Callable[[bytes], bool]) -> pa.Table:
    """Return a snapshot in which an empty file is a text that says nothing.

    A release has nothing to ship of it and skips it; here its place still has a verdict. Only an
    empty file that `speaks`, by its path, stays skipped: it looks as if it said something.
    """
    paths, reasons = snapshot["path"].to_pylist(), snapshot["skip_reason"].to_pylist()
    settled = [
        None if reason == SkipReason.EMPTY and not speaks(path) else reason
        for path, reason in zip(paths, reasons, strict=True)
    ]
    position = snapshot.schema.get_field_index("skip_reason")
    column = pa.array(settled, pa.string())
    return snapshot.set_column(position, "skip_reason", column).cast(snapshot.schema)


def _speaks(path: bytes) -> bool:
    """Tell whether a path is one that speaks of the license of others."""
    from ingest.detect.provenance import scopes  # noqa: PLC0415 - with licensing only

    is_side = path.endswith(scopes.SIDE_SUFFIX)
    return is_side or scopes.is_license_file(path) or scopes.is_manifest_name(path)


def _is_silent(path: bytes) -> bool:
    del path
    return False


def units_of(snapshot: pa.Table) -> list[ScanUnit]:
    """Return the units of what was read, each once, in the order of paths; binaries too."""
    sealed = pa.array(sorted(SEALED), pa.string())
    is_read = pc.or_(pc.is_null(snapshot["skip_reason"]), pc.is_in(snapshot["skip_reason"], sealed))
    text = snapshot.filter(is_read)
    columns = (text[name].to_pylist() for name in ("blob_id", "suffix", "size"))
    units = (
        ScanUnit(blob_id=blob_id, suffix=suffix, size=size)
        for blob_id, suffix, size in zip(*columns, strict=True)
    )
    return list(dict.fromkeys(units))


def share(snapshot: pa.Table, facts: Facts) -> Facts:
    """Give every name of a blob what was found under any, as the corpus does."""
    text = snapshot.filter(pc.is_null(snapshot["skip_reason"])).select(["blob_id", "suffix"])
    pairs = text.group_by(["blob_id", "suffix"]).aggregate([])
    if len(pc.unique(pairs["blob_id"])) == pairs.num_rows:
        return facts
    from workers.corpus import share_findings  # noqa: PLC0415 - brings the corpus along

    return {
        family: share_findings(table) if family in FINDING_FAMILIES else table
        for family, table in facts.items()
    }


def with_texts(open_blobs: OpenBlobs, texts: Mapping[str, bytes]) -> OpenBlobs:
    """Return a stream of blobs in which some ids stand for texts that are no blobs."""

    @contextmanager
    def opened(blob_ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes | NotText]]]:
        with open_blobs([blob_id for blob_id in blob_ids if blob_id not in texts]) as blobs:
            yield ((i, texts[i]) if i in texts else next(blobs) for i in blob_ids)

    return opened
