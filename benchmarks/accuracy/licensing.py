"""Accuracy of the licensing family: texts, notices, tags, mutants, hard negatives, over-blocking.

Labels and texts are those of ScanCode's LicenseDB in the peers' environment; only the half of
them counts that was not looked at while rules were written (see `licensing_cases`).
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.accuracy.licensing_cases import (
    LICENSEDB,
    Case,
    algebra,
    five,
    rule_cases,
    text_cases,
)
from benchmarks.accuracy.licensing_mutants import (
    free_cases,
    harmless_cases,
    mention_cases,
    mutant_cases,
    tag_cases,
)
from benchmarks.accuracy.licensing_peers import classifier_verdicts, scancode_verdicts
from benchmarks.accuracy.scoring import Rate, Report
from ingest.detect.detector import DetectorConfig
from ingest.detect.licensing import build
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText

Verdict = tuple[frozenset[str], str]
"""License ids and category."""
Engine = Callable[[Sequence[Case]], list[Verdict]]
_PEER_SAMPLE: Final = 40
"""Cases of each set that the peers see; ScanCode takes up to half a second a file."""


def run(*, peers: bool) -> list[Report]:
    """Measure the family; without the peers' environment there are no texts to measure on."""
    if not LICENSEDB.is_dir():
        note = (
            "The peers' environment is not installed (`.venv-peers`): nothing to read cases from."
        )
        return [Report(title="Licensing", columns=("cases",), rows=(), note=note)]
    engines: dict[str, tuple[Engine, int | None]] = {"Shardgate": (_own(), None)}
    if peers:
        engines["licenseclassifier"] = (classifier_verdicts, _PEER_SAMPLE)
        engines["ScanCode 32.5"] = (scancode_verdicts, _PEER_SAMPLE)
    reports = []
    for title, bar, cases, show in _SETS:
        made = cases()
        rows = []
        for name, (engine, most) in engines.items():
            chosen = made if most is None else made[:: max(1, len(made) // most)]
            verdicts = engine(chosen)
            rows.append((name, *show(chosen, verdicts), _confusions(chosen, verdicts)))
        columns = ("engine", "right", "of it", "restricted taken for permissive", "wrong as")
        reports.append(Report(title=f"Licensing: {title}", columns=columns, rows=rows, note=bar))
    return reports


def _own() -> Engine:
    directory = tempfile.mkdtemp(prefix="shardgate-accuracy-")
    detector = build(
        DetectorConfig(
            key=HmacKey(key_id="accuracy", material=b"k" * 32),
            company=CompanyProfile(names=("Acme Rockets",)),
            cache_dir=Path(directory),
        )
    )

    def verdicts(cases: Sequence[Case]) -> list[Verdict]:
        found = []
        for case in cases:
            text = ScanText(blob_id="0" * 40, suffix=case.suffix, data=case.data)
            row = detector.scan(text)
            expression, category = row["license_expression"], str(row["license_category"])
            if category == "none" and _refers(row):
                # Nothing stands above a case, so what it leaves to others nobody knows.
                category = "unknown"
            ids = algebra().read(str(expression)).ids if expression else frozenset[str]()
            found.append((ids, five(category)))
        return found

    return verdicts


def _refers(row: Mapping[str, Any]) -> bool:
    """Tell whether a file leaves its license to what stands above it, as `policies` reads it."""
    return any(sign["kind"] == "reference" for sign in row["evidence"])


def _leaks(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> str:
    restricted = [v for c, v in zip(cases, verdicts, strict=True) if c.is_restricted]
    leaks = sum(category == "permissive" for _ids, category in restricted)
    return Rate(hits=leaks, total=len(restricted)).show()


def _exact(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> tuple[str, str, str]:
    pairs = list(zip(cases, verdicts, strict=True))
    exact = Rate(hits=sum(c.ids == ids for c, (ids, _g) in pairs), total=len(pairs))
    return (
        f"{exact.show()} exact",
        f"{_category(cases, verdicts)} category",
        _leaks(cases, verdicts),
    )


def _right(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> tuple[str, str, str]:
    return f"{_category(cases, verdicts)} category", str(len(cases)), _leaks(cases, verdicts)


def _stopped(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> tuple[str, str, str]:
    stopped = sum(category not in {"permissive", "none"} for _ids, category in verdicts)
    held = Rate(hits=stopped, total=len(cases))
    return f"{held.show()} held", str(len(cases)), _leaks(cases, verdicts)


def _category(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> str:
    pairs = zip(cases, verdicts, strict=True)
    return Rate(hits=sum(c.category == g for c, (_i, g) in pairs), total=len(cases)).show()


def _confusions(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> str:
    wrong = Counter(
        f"{case.category}→{category}"
        for case, (_ids, category) in zip(cases, verdicts, strict=True)
        if case.category != category
    )
    return ", ".join(f"{name} {count}" for name, count in wrong.most_common(5)) or "-"


_Show = Callable[[Sequence[Case], Sequence[Verdict]], tuple[str, str, str]]
_SETS: Final[tuple[tuple[str, str, Callable[[], list[Case]], _Show], ...]] = (
    (
        "common texts, 16 ways to keep them",
        "Bar: 95 % exact.",
        lambda: text_cases(held_out=True, common=True),
        _exact,
    ),
    (
        "all other SPDX texts",
        "No bar: hundreds of licenses of one package each.",
        lambda: text_cases(held_out=True, common=False)[::3],
        _exact,
    ),
    (
        "notices",
        "Bar: 88 % right category. LicenseDB's rules are the odd wordings that people met.",
        lambda: rule_cases("notice", held_out=True, count=1000),
        _right,
    ),
    ("SPDX tags", "Bar: 100 %.", tag_cases, _exact),
    (
        "permissive texts with one more clause",
        "Bar: at most 5 % taken for permissive.",
        mutant_cases,
        _stopped,
    ),
    (
        "permissive texts with a harmless remark",
        "Bar: at most 6 % held.",
        harmless_cases,
        _right,
    ),
    (
        "permissive texts of LicenseDB as published",
        "Over-blocking on everything that LicenseDB calls permissive, SPDX or not.",
        lambda: free_cases(held_out=True)[::2],
        _right,
    ),
    ("files that only mention licenses", "None of them is under a license.", mention_cases, _right),
)
