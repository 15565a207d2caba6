"""Carry from the scanning child what a family could not decode where its facts have no column.

The facts of the secrets family count undecoded parts, and the policy asks them. Those of the other
families need not, but a scan owes a line for each family that did not see everything: so the
count travels in the reason of a scan that was completed, which is empty otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ingest.detect.detector import BatchDetector, BlobDetector, is_batched
from ingest.domain.finding import Family, ScanStatus
from ingest.domain.text import ScanText

UNDECODED: Final = "undecoded"
"""Reason of a text that was scanned, but for parts of it that are encoded in ways we cannot read.
"""
_WITHOUT_COLUMN: Final = (Family.PII, Family.CONFIDENTIAL)


def told_of(shut: int) -> str:
    """Return what is said of some parts that stayed shut."""
    return f"{shut} encoded parts stayed shut"


def telling(detectors: Sequence[BlobDetector]) -> list[BlobDetector]:
    """Return detectors whose completed scans say what stayed shut."""
    return [_telling(d) if d.family in _WITHOUT_COLUMN else d for d in detectors]


def undecoded_of(facts: Mapping[str, Any]) -> str:
    """Return what one family's facts of a text say of undecoded parts; empty for none."""
    if shut := facts.get(UNDECODED):
        return told_of(shut)
    is_completed = facts.get("status") == ScanStatus.COMPLETED.value
    return str(facts.get("reason") or "") if is_completed else ""


@dataclass(frozen=True, slots=True)
class _Telling:
    """A detector of a family whose facts have no column for it."""

    detector: BlobDetector

    @property
    def family(self) -> Family:
        return self.detector.family

    @property
    def ruleset_digest(self) -> str:
        return self.detector.ruleset_digest

    @property
    def versions(self) -> Mapping[str, str]:
        return self.detector.versions

    def scan(self, text: ScanText) -> Mapping[str, object]:
        return _told(self.detector.scan(text))


@dataclass(frozen=True, slots=True)
class _TellingOfMany(_Telling):
    """One that takes many texts at once, and is to go on doing so."""

    detector: BatchDetector

    def scan_all(self, texts: Sequence[ScanText]) -> Sequence[Mapping[str, object]]:
        return [_told(columns) for columns in self.detector.scan_all(texts)]


def _telling(detector: BlobDetector) -> BlobDetector:
    if is_batched(detector):
        return _TellingOfMany(detector)
    return _Telling(detector)


def _told(columns: Mapping[str, object]) -> Mapping[str, object]:
    told = dict(columns)
    shut = told.pop(UNDECODED, 0)
    if isinstance(shut, int) and shut:
        told["reason"] = told_of(shut)
    return told
