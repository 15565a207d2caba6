"""What a detector is, and how one blob is scanned by several."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeGuard, runtime_checkable

from ingest.domain.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.domain.company import CompanyProfile
    from ingest.domain.finding import Family
    from ingest.domain.secret import HmacKey
    from ingest.domain.text import ScanText

VIEWS_VERSION: Final = "2"
"""Raise when `ingest.detect.views` decodes otherwise than before: a part of the ruleset digest of
each family that scans views, and readable without loading an engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorConfig:
    """What detectors are built from; the same values give the same ruleset digests."""

    key: HmacKey
    company: CompanyProfile
    cache_dir: Path
    """Private directory for compiled rules; safe to delete."""
    rule_packs: tuple[Path, ...] = ()
    """Further rule files of the secrets engine, named ``<source>@<version><suffix>``."""
    ner: bool = False
    """Ask a language model for a second opinion on names (see `ingest.detect.pii.ner`)."""


class BlobDetector(Protocol):
    """One family's detector of single blobs.

    A detector is pure: the same text gives the same columns, whatever was scanned before. It may
    be slow or crash; the caller runs it where it can be killed. Construction loads and compiles
    everything; `scan` does no I/O.
    """

    @property
    def family(self) -> Family:
        """Family whose facts table the rows belong to."""
        ...

    @property
    def ruleset_digest(self) -> str:
        """SHA-256 hex over everything that can change a fact: rules, versions, terms."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """Engine name to version, as `scanner_versions` of a shard row shows it."""
        ...

    def scan(self, text: ScanText) -> Mapping[str, object]:
        """Return the family's columns for one blob (see `ingest.domain.artefacts`).

        Lists of `Finding` stay such lists; nothing in the result holds a matched value.
        """
        ...


@runtime_checkable
class BatchDetector(BlobDetector, Protocol):
    """A detector that is faster on many small texts at once."""

    def scan_all(self, texts: Sequence[ScanText]) -> Sequence[Mapping[str, object]]:
        """Return what `scan` returns of each text, in their order."""
        ...


def is_batched(detector: BlobDetector) -> TypeGuard[BatchDetector]:
    """Tell whether a detector takes many texts at once.

    `isinstance` reads every property of a detector to tell, versions on the disk among them.
    """
    return hasattr(detector, "scan_all")


def findings_of(detector: BlobDetector, text: ScanText) -> list[Finding]:
    """Return only the findings of a scan.

    Raises:
        TypeError: the detector's family has no findings.
    """
    return _findings_in(detector, detector.scan(text))


def findings_of_all(detector: BlobDetector, texts: Sequence[ScanText]) -> list[list[Finding]]:
    """Return what `findings_of` returns of each text, in one call where the detector can.

    Raises:
        TypeError: the detector's family has no findings.
    """
    if is_batched(detector):
        return [_findings_in(detector, row) for row in detector.scan_all(texts)]
    return [findings_of(detector, text) for text in texts]


def _findings_in(detector: BlobDetector, columns: Mapping[str, object]) -> list[Finding]:
    found = columns.get("findings")
    if not isinstance(found, list):
        msg = f"the {detector.family} family reports no findings"
        raise TypeError(msg)
    return found


def plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Return findings and tuples as dictionaries and lists, ready for Arrow or JSON."""
    if isinstance(value, Finding):
        return {name: plain(getattr(value, name)) for name in Finding.__slots__}
    if isinstance(value, (list, tuple)):
        # Long lists of numbers are signatures; one of them tells what the others are.
        return list(value) if value and type(value[0]) is int else [plain(v) for v in value]
    return value


def fold_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings sorted by span, each (rule, span) once."""
    unique = {(f.start, f.end, f.rule_id): f for f in findings}
    return [unique[key] for key in sorted(unique)]
