"""The measured figures as data: what each release prints of the rules it was made with.

`python -m benchmarks.accuracy FAMILY --write` replaces the entry of a family.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.accuracy.scoring import Report
from ingest.detect.catalogue import neutral_digests
from ingest.detect.detector import DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey
from workers.rulepacks import rule_packs

FILE: Final = Path(__file__).parents[2] / "release" / "documents" / "detection_figures.json"
FAMILY_OF: Final = {
    "secrets": "secrets",
    "containers": "secrets",
    "pii": "pii",
    "confidential": "confidential",
    "licensing": "licensing",
}
"""Benchmarks that measure a ruleset, by name, and the family whose ruleset it is."""
_OWN: Final = "shardgate"
_MEASURES: Final = {"": "share", "place": "found"}
"""What a column means whose head says where, not what."""
_CELL: Final = r"\d+\.\d % \(\d+\.\d-\d+\.\d\)"
_NOTE: Final = re.compile(rf"(\w[\w ]*): ({_CELL})")
_RATE: Final = re.compile(r"(\d+\.\d) % \((\d+\.\d)-(\d+\.\d)\)(?: (\w+))?")


def write_figures(benchmark: str, reports: Sequence[Report]) -> None:
    """Put the figures of one benchmark into `FILE`, with the digest of the rules measured."""
    family = FAMILY_OF[benchmark]
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    known[benchmark] = {
        "family": family,
        "rules_digest": _digest_of(family),
        "command": f"python -m benchmarks.accuracy {benchmark}",
        "figures": [line for report in reports for line in figures_of(report)],
    }
    text = json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False)
    FILE.write_text(f"{text}\n", encoding="utf-8")


def figures_of(report: Report) -> Iterator[dict[str, object]]:
    """Yield our own rates of a table: those in our column, or in our rows, and in its note."""
    for measure, cell in _NOTE.findall(report.note):
        yield from _figure(report.title, measure.lower(), cell)
    names = [column.lower() for column in report.columns]
    for row in report.rows:
        if names[0] == "engine":
            first = 2 if "type" in names else 1
            what = f"{report.title}: {row[1]}" if first > 1 else report.title
            cells = zip(names[first:], row[first:], strict=True) if row[0].lower() == _OWN else ()
        elif _OWN in names:
            what = f"{report.title}: {row[0]}"
            cells = [(names[0], row[names.index(_OWN)])]
        else:
            what = f"{report.title}: {row[0]}"
            cells = zip(names[1:], row[1:], strict=True)
        for measure, cell in cells:
            yield from _figure(what, measure, cell)


def _figure(what: str, measure: str, cell: str) -> Iterator[dict[str, object]]:
    if found := _RATE.fullmatch(cell):
        percent, low, high = map(float, found.groups()[:3])
        kind = f"{found[4]} right" if found[4] else _MEASURES.get(measure, measure)
        yield {"what": what, "measure": kind, "percent": percent, "low": low, "high": high}


def _digest_of(family: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        config = DetectorConfig(
            key=HmacKey(key_id="figures", material=b"f" * 32),
            company=CompanyProfile(),
            cache_dir=Path(folder),
            rule_packs=rule_packs(Path(folder)),
        )
        return {f.value: digest for f, digest in neutral_digests(config).items()}[family]
