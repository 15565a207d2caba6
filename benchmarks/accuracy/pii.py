"""Accuracy of the detector of personal data: planted values, real names, harmless look-alikes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.accuracy.pii_benign import benign_lines
from benchmarks.accuracy.pii_natural import natural
from benchmarks.accuracy.pii_planted import Case, planted
from benchmarks.accuracy.scoring import Rate, Report, Score
from ingest.detect import pii
from ingest.detect.detector import DetectorConfig, findings_of
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Category
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText

Found = list[tuple[str, int, int]]
"""Type, first byte, one past the last byte."""
Engine = Callable[[Sequence[Case]], list[Found]]
PER_TYPE = 300
NATURAL_FILES = 150


def own_engine() -> Engine:
    """Return our detector as users run it."""
    config = DetectorConfig(
        key=HmacKey(key_id="bench", material=b"b" * 32),
        company=CompanyProfile(),
        cache_dir=Path(mkdtemp()),
    )
    detector = pii.build(config)

    def scan(cases: Sequence[Case]) -> list[Found]:
        return [
            [
                (str(f.category), f.start, f.end)
                for f in findings_of(
                    detector, ScanText(blob_id="0" * 40, suffix=case.suffix, data=case.data)
                )
            ]
            for case in cases
        ]

    return scan


def score(cases: Sequence[Case], found: Sequence[Found]) -> dict[str, Score]:
    """Return counts by type; a value counts as found when a finding of its type covers half."""
    scores: dict[str, Score] = defaultdict(Score)
    for case, hits in zip(cases, found, strict=True):
        matched: set[int] = set()
        for label in case.labels:
            right = {
                number
                for number, (kind, start, end) in enumerate(hits)
                if kind == label.category
                and 2 * (min(end, label.end) - max(start, label.start)) >= label.end - label.start
            }
            matched |= right
            scores[label.category] += Score(
                true_positives=int(bool(right)), false_negatives=int(not right)
            )
        for number, (kind, start, end) in enumerate(hits):
            inside = any(start < label.end and label.start < end for label in case.labels)
            if number not in matched and not inside:
                scores[kind] += Score(false_positives=1)
    return dict(scores)


def score_report(title: str, rows: Iterable[tuple[str, dict[str, Score]]]) -> Report:
    """Return precision, recall and F1 of every engine by type."""
    lines = []
    for engine, scores in rows:
        for kind in sorted(scores):
            one = scores[kind]
            lines.append((engine, kind, one.precision.show(), one.recall.show(), f"{one.f1:.3f}"))
    return Report(title=title, columns=("engine", "type", "precision", "recall", "F1"), rows=lines)


def name_report(rows: Iterable[tuple[str, Sequence[Case], list[Found]]]) -> Report:
    """Return how many real names of authors are found, and how many names each MB of files."""
    lines = []
    for engine, cases, found in rows:
        size = sum(len(case.data) for case in cases) / 1e6
        people = sum(kind == Category.PERSON for hits in found for kind, _, _ in hits)
        recall = score(cases, found)[Category.PERSON].recall
        lines.append((engine, str(len(cases)), recall.show(), f"{people / size:.0f}"))
    return Report(
        title="Names of authors in installed packages",
        columns=("engine", "files", "recall", "PERSON findings per MB"),
        rows=lines,
        note="Metadata, license and author files: nearly all of them name people, trees do not.",
    )


def benign_report(rows: Iterable[tuple[str, Sequence[tuple[str, str]], list[Found]]]) -> Report:
    """Return the share of harmless lines that an engine reports anything in."""
    lines = []
    for engine, cases, found in rows:
        hit = Counter(kind for (kind, _), hits in zip(cases, found, strict=True) if hits)
        total = Counter(kind for kind, _ in cases)
        rate = Rate(hits=sum(hit.values()), total=len(cases))
        worst = ", ".join(f"{kind} {n}/{total[kind]}" for kind, n in hit.most_common(6))
        lines.append((engine, rate.show(), worst or "-"))
    return Report(
        title="Harmless lines hit", columns=("engine", "lines hit", "kinds hit"), rows=lines
    )


def run(*, peers: bool) -> list[Report]:
    """Return the tables."""
    engines: dict[str, Engine] = {"shardgate": own_engine()}
    if peers:
        from benchmarks.accuracy.pii_peers import peer_engines  # noqa: PLC0415 - optional

        engines |= peer_engines()
    cases = list(planted(PER_TYPE))
    real = list(natural())[:NATURAL_FILES]
    lines = benign_lines()
    benign = [Case(suffix="py", data=line.encode(), labels=()) for _, line in lines]
    return [
        score_report(
            "Planted", [(name, score(cases, scan(cases))) for name, scan in engines.items()]
        ),
        name_report([(name, real, scan(real)) for name, scan in engines.items()]),
        benign_report([(name, lines, scan(benign)) for name, scan in engines.items()]),
    ]
