"""What stayed shut is told however a detector takes its texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.detect.detector import BatchDetector
from ingest.domain.finding import Family
from ingest.domain.text import ScanText
from workers.scan_undecoded import telling


@dataclass
class OneByOne:
    """Finds nothing, and as many shut parts as a text says."""

    family: Family = Family.PII
    ruleset_digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        return {"findings": [], "undecoded": text.data.count(b"shut")}


@dataclass
class Many(OneByOne):
    """The same, many texts at once."""

    calls: int = 0

    def scan_all(self, texts: Sequence[ScanText]) -> Sequence[Mapping[str, object]]:
        self.calls += 1
        return [self.scan(text) for text in texts]


TEXTS = [ScanText(blob_id=d.decode(), suffix="", data=d) for d in (b"open", b"shut shut")]
ROWS = [{"findings": []}, {"findings": [], "reason": "2 encoded parts stayed shut"}]


def test_a_detector_of_one_text_stays_one_and_tells() -> None:
    (detector,) = telling([OneByOne()])
    assert not isinstance(detector, BatchDetector)
    assert [detector.scan(text) for text in TEXTS] == ROWS


def test_a_detector_of_many_texts_stays_one_and_tells() -> None:
    many = Many()
    (detector,) = telling([many])
    assert isinstance(detector, BatchDetector)
    assert list(detector.scan_all(TEXTS)) == ROWS
    assert many.calls == 1
    assert [detector.scan(text) for text in TEXTS] == ROWS


def test_a_family_whose_facts_have_a_column_is_left_as_it_is() -> None:
    secrets = Many(family=Family.SECRETS)
    assert telling([secrets]) == [secrets]
