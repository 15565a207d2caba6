"""Scan the paths of a tree where it can be killed: as texts among the blobs.

`ingest.detect.tree.scan_paths` says how paths become texts and findings become those of a path.
It is asked twice: with a detector that only listens, for the texts, and, when these were scanned
in a child, with one that says again what was found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from ingest.detect.detector import BlobDetector
from ingest.detect.tree import scan_paths
from ingest.domain.finding import Confidence, Family, Finding, ScanStatus
from ingest.domain.text import ScanText
from ingest.domain.tree import ScanUnit
from workers.scan_pool import Facts


@dataclass(slots=True)
class _Echo:
    """A detector that keeps the texts it is shown and gives the findings it was told."""

    family: Family
    ruleset_digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    found: dict[str, list[Finding]] = field(default_factory=dict)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        name = text_id(text.data)
        self.texts[name] = text.data
        return {"findings": self.found.get(name, [])}


@dataclass(slots=True)
class PathScan:
    """The paths of a tree, their texts, and in the end what was found in each."""

    paths: list[bytes]
    families: list[Family]
    texts: dict[str, bytes]
    found: dict[Family, list[list[Finding]]] = field(default_factory=dict)
    """Findings by family, one list a path."""
    failed: dict[Family, tuple[str, str]] = field(default_factory=dict)
    """Family to (status, reason), where a text of paths was not scanned."""

    @classmethod
    def of(cls, paths: list[bytes], families: Sequence[Family]) -> PathScan:
        """Make the texts; nothing is scanned yet."""
        listener = _Echo(family=Family.SECRETS)
        if families:
            scan_paths(paths, [cast("BlobDetector", listener)])
        return cls(paths=paths, families=list(families), texts=listener.texts)

    @property
    def units(self) -> list[ScanUnit]:
        """What is to be scanned."""
        return [ScanUnit(blob_id=i, suffix="", size=len(t)) for i, t in self.texts.items()]

    def take(self, facts: Facts) -> None:
        """Read what was found in the texts."""
        for family in self.families:
            rows = [r for r in self._rows(facts[family]) if r["blob_id"] in self.texts]
            echo = _Echo(family=family)
            for row in rows:
                echo.found[row["blob_id"]] = [finding_of(f) for f in row["findings"] or []]
                if row["status"] != ScanStatus.COMPLETED.value:
                    self.failed[family] = (row["status"], row["reason"])
            self.found[family] = scan_paths(self.paths, [cast("BlobDetector", echo)])

    def without(self, table: pa.Table) -> pa.Table:
        """Return facts without the rows of these texts."""
        return table.filter(pc.invert(self._is_mine(table)))

    def _rows(self, table: pa.Table) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", table.filter(self._is_mine(table)).to_pylist())

    def _is_mine(self, table: pa.Table) -> pa.ChunkedArray:
        return pc.is_in(table["blob_id"], pa.array(list(self.texts), pa.string()))


def finding_of(row: Mapping[str, Any]) -> Finding:
    """Return the finding that a struct of a facts table stands for."""
    values = dict(row)
    views = tuple(values.pop("views") or ())
    return Finding(**{**values, "confidence": Confidence(values["confidence"]), "views": views})


def text_id(data: bytes) -> str:
    """Return an id for a text that is no blob: never that of a blob of the same bytes."""
    return hashlib.sha1(b"paths\0" + data, usedforsecurity=False).hexdigest()
