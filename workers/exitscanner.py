"""The exit scan's eyes: the detectors of this worker as one scanner."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from ingest.detect.detector import BlobDetector, findings_of_all
from ingest.detect.views import shelf
from ingest.domain.finding import Finding
from ingest.domain.text import ScanText
from release.build import REDACTING
from workers.sandbox import STRETCH_BYTES
from workers.scanned import ScannedTexts

_NO_BLOB = "0" * 40
_MAX_KNOWN = 100_000
"""Answers that are kept while a release is built; each takes some hundred bytes."""
_Key = tuple[bytes, str]
"""SHA-256 of a text, and its name hint."""


class DetectorScanner:
    """The exit scan's eyes: every detector that finds values, as one `ExitScanner`.

    A text that was redacted is scanned when it is written, and the file that holds it is scanned
    when it is finished. Bytes that are the same, by SHA-256 of what was read back from the file,
    are answered from the first scan: detectors are pure, and so is the sweep for known values,
    which does not ask for a name. The first scan may be that of this process's detect stage.
    """

    def __init__(
        self,
        detectors: Sequence[BlobDetector],
        sweeper: BlobDetector,
        scanned: ScannedTexts | None = None,
    ) -> None:
        self._detectors = detectors
        self._sweeper = sweeper
        self._scanned = scanned or ScannedTexts()
        self._known: dict[_Key, tuple[frozenset[str], list[Finding]]] = {}
        self._swept: dict[bytes, list[Finding]] = {}

    def scan(self, text: bytes, suffix: str, wanted: frozenset[str]) -> list[Finding]:
        """Return the findings of every detector that reports a wanted category."""
        return self.scan_all([(text, suffix)], wanted)[0]

    def scan_all(
        self, texts: Sequence[tuple[bytes, str]], wanted: frozenset[str]
    ) -> list[list[Finding]]:
        """Return the findings of each (text, suffix); each detector takes a stretch at once."""
        keys = [(hashlib.sha256(text).digest(), suffix) for text, suffix in texts]
        found: dict[_Key, list[Finding]] = {}
        fresh: dict[_Key, ScanText] = {}
        for key, (text, suffix) in zip(keys, texts, strict=True):
            answered, known = self._known.get(key, (frozenset(), []))
            if wanted <= answered:
                found[key] = known
            else:
                fresh[key] = ScanText(blob_id=_NO_BLOB, suffix=suffix, data=text)
        for stretch in _stretches(fresh):
            findings = self._look({key: fresh[key] for key in stretch}, wanted)
            found.update(zip(stretch, findings, strict=True))
            if len(self._known) < _MAX_KNOWN:
                self._known.update((key, (wanted, found[key])) for key in stretch)
        return [found[key] for key in keys]

    def scan_known(self, texts: Sequence[bytes]) -> list[list[Finding]]:
        """Return where each text holds a value that another text showed to be a secret."""
        digests = [hashlib.sha256(text).digest() for text in texts]
        fresh = {d: t for d, t in zip(digests, texts, strict=True) if d not in self._swept}
        asked = [ScanText(blob_id=_NO_BLOB, suffix="", data=text) for text in fresh.values()]
        found = dict(zip(fresh, findings_of_all(self._sweeper, asked), strict=True))
        answers = [found[d] if d in found else self._swept[d] for d in digests]
        if len(self._swept) < _MAX_KNOWN:
            self._swept |= found
        return answers

    def _look(self, texts: Mapping[_Key, ScanText], wanted: frozenset[str]) -> list[list[Finding]]:
        asked = [d for d in self._detectors if REDACTING[d.family] & wanted]
        with shelf.keep():
            answers = [self._answers(detector, texts) for detector in asked]
        if REDACTING[self._sweeper.family] & wanted:
            answers.append(self.scan_known([text.data for text in texts.values()]))
        return [[f for answer in answers for f in answer[n]] for n in range(len(texts))]

    def _answers(
        self, detector: BlobDetector, texts: Mapping[_Key, ScanText]
    ) -> list[list[Finding]]:
        """Return what a detector says of each text, and has said of some of them already."""
        said = {key: self._scanned.find(detector, *key) for key in texts}
        fresh = [key for key, found in said.items() if found is None]
        found = iter(findings_of_all(detector, [texts[key] for key in fresh]))
        return [next(found) if answer is None else answer for answer in said.values()]


def _stretches(texts: Mapping[_Key, ScanText]) -> Iterator[list[_Key]]:
    """Cut texts into stretches of about the size in which they were scanned at first."""
    stretch: list[_Key] = []
    size = 0
    for key, text in texts.items():
        stretch.append(key)
        size += len(text.data)
        if size >= STRETCH_BYTES:
            yield stretch
            stretch, size = [], 0
    if stretch:
        yield stretch
