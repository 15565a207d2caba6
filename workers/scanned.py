"""What detectors said of texts while this process had them scanned, for its exit scan.

Detectors are pure: of the same bytes under the same name hint the same rules say the same again.
What is kept comes from the scanning child itself, with the digest of the very bytes that its
detectors were shown; nothing of it was ever in the lake.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from ingest.detect.detector import BlobDetector
from ingest.domain.finding import Family, Finding, ScanStatus
from workers.scan_paths import finding_of

CAPACITY: Final = 100_000
"""Answers that are kept at most; each takes some 200 bytes."""
_FAMILIES: Final = frozenset((Family.SECRETS, Family.CONFIDENTIAL))
"""Families that the exit scan asks of bytes that did not change."""
_Key = tuple[str, bytes, str]
"""Ruleset digest, SHA-256 of a text, name hint."""


class ScannedTexts:
    """Findings by the bytes that were scanned, within bounds."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        """Keep at most so many answers."""
        self._capacity = capacity
        self._answers: dict[_Key, list[Finding]] = {}

    def keep(self, detector: BlobDetector, digests: Sequence[bytes], facts: pa.Table) -> None:
        """Keep what a detector said of texts with these SHA-256, row by row.

        Only a completed scan is an answer. When there is no more room all others go.
        """
        if detector.family not in _FAMILIES:
            return
        if len(self._answers) + len(digests) > self._capacity:
            self._answers.clear()
        columns = (facts[name].to_pylist() for name in ("suffix", "status", "findings"))
        for digest, suffix, status, found in zip(digests, *columns, strict=True):
            if status == ScanStatus.COMPLETED.value:
                key = detector.ruleset_digest, digest, suffix
                self._answers[key] = [finding_of(row) for row in found]

    def find(self, detector: BlobDetector, digest: bytes, suffix: str) -> list[Finding] | None:
        """Return what a detector with the same rules said of a text; None if it was not asked."""
        return self._answers.get((detector.ruleset_digest, digest, suffix))
