from __future__ import annotations

from pathlib import Path

from benchmarks.accuracy.figures import FAMILY_OF, figures_of
from benchmarks.accuracy.scoring import Report
from ingest.detect.catalogue import neutral_digests
from ingest.detect.detector import DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey
from release.documents.figures import SameRules, load_figures


def test_the_kept_figures_are_shares_inside_their_intervals() -> None:
    measured = load_figures({})
    assert {m.benchmark: m.family for m in measured} == FAMILY_OF
    for entry in measured:
        assert entry.figures
        assert entry.same is SameRules.UNKNOWN
        for figure in entry.figures:
            assert 0 <= figure.low <= figure.percent <= figure.high <= 100


def test_our_own_rates_are_taken_from_columns_from_rows_and_from_the_note() -> None:
    rate, other = "97.5 % (95.1-98.9)", "1.0 % (0.0-2.0)"
    values = {"percent": 97.5, "low": 95.1, "high": 98.9}
    column = Report(title="A", columns=["place", "Shardgate", "Peer"], rows=[["x", rate, other]])
    assert list(figures_of(column)) == [{"what": "A: x", "measure": "found", **values}]
    engine = Report(
        title="B",
        columns=("engine", "type", "recall", "F1"),
        rows=[("shardgate", "MAIL", rate, "0.99"), ("peer", "MAIL", other, "0.1")],
    )
    assert list(figures_of(engine)) == [{"what": "B: MAIL", "measure": "recall", **values}]
    noted = Report(title="C", columns=("what", "n"), rows=[], note=f"Precision over all: {rate}.")
    assert list(figures_of(noted)) == [{"what": "C", "measure": "precision over all", **values}]
    worded = Report(title="D", columns=("engine", "right"), rows=[("Shardgate", f"{rate} exact")])
    assert list(figures_of(worded)) == [{"what": "D", "measure": "exact right", **values}]


def test_the_digest_of_rules_alone_is_the_same_for_every_company(tmp_path: Path) -> None:
    def digests(key: bytes, name: str) -> object:
        company = CompanyProfile(names=(name,))
        config = DetectorConfig(
            key=HmacKey(key_id=name, material=key * 32), company=company, cache_dir=tmp_path
        )
        return neutral_digests(config)

    assert digests(b"a", "Acme") == digests(b"b", "Umbra")
