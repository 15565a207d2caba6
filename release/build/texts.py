"""From stored blobs to shipped texts: check, normalise, redact, look again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final

from ingest.domain.finding import MODEL_EVIDENCE, Category, Finding
from ingest.domain.text import NotText, normalise
from ingest.errors import MirrorCorrupt
from policies.placeholders import NamedPlaceholder, choose_placeholders
from release.build.inputs import PERSONAL
from release.build.plan import ReleasePlan, display_path
from release.build.redact import Redaction, RedactionSpan, is_placeholder
from release.build.redactor import Redactor, SyntaxBroken
from release.ports import BlobSource, ExitScanner

REDACTION_INCOMPLETE: Final = "REDACTION_INCOMPLETE"
KNOWN_VALUE: Final = "KNOWN_VALUE"
REDACTION_BREAKS_SYNTAX: Final = "REDACTION_BREAKS_SYNTAX"
NOT_TEXT: Final = "NOT_TEXT"
SPAN_OUTSIDE_TEXT: Final = "SPAN_OUTSIDE_TEXT"

_WORK_COLUMNS = [
    "repo_id",
    "raw_path",
    "path",
    "blob_id",
    "suffix",
    "redact_categories",
    "spans",
    "kept_identities",
    "eligibility_reasons",
]
_BATCH_ROWS = 2_000
_STRETCH_BYTES = 1 << 20
"""Texts that are looked through for known values as one."""
_SHA1_HEX_CHARS = 40

WorkRow = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedText:
    """One planned row's text, ready to be written, or the rule that holds it back."""

    index: int
    """Row of the plan."""
    data: bytes = b""
    redactions: tuple[dict[str, object], ...] = ()
    held_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """Decides which findings of a shipped text are leaks."""

    scanner: ExitScanner
    refused: frozenset[Category]
    """Categories that no text of the release may show."""
    accepted: frozenset[str] = frozenset()
    """`Finding.hmac` of values that people have cleared."""
    redactor: Redactor = field(default_factory=Redactor)
    """What takes values out before the text is looked at again."""
    placeholders: tuple[NamedPlaceholder, ...] = ()
    """What rules of the policy name themselves."""

    def leaks(
        self, text: bytes, suffix: str, *, also: frozenset[str] = frozenset()
    ) -> list[Finding]:
        """Return the findings that must not be shipped; `also` names further categories.

        A finding whose whole span is one of our placeholders is no leak. What only a language
        model takes for a name is none either: it was reviewed before, and is never redacted.
        """
        refused = self.refused | also
        return self._leaks_of(text, self.scanner.scan(text, suffix, refused), refused)

    def leaks_of_all(self, texts: Sequence[tuple[bytes, str]]) -> list[list[Finding]]:
        """Return what `leaks` returns of each (text, suffix), in their order."""
        found = self.scanner.scan_all(texts, self.refused)
        return [
            self._leaks_of(text, findings, self.refused)
            for (text, _), findings in zip(texts, found, strict=True)
        ]

    def _leaks_of(
        self, text: bytes, findings: Iterable[Finding], refused: frozenset[str]
    ) -> list[Finding]:
        own = frozenset(one.text for one in self.placeholders)
        return [
            finding
            for finding in findings
            if finding.category in refused
            and finding.evidence != MODEL_EVIDENCE
            and finding.hmac not in self.accepted
            and not is_placeholder(text[finding.start : finding.end], own)
        ]

    def redactor_of(self, row: WorkRow) -> Redactor:
        """Return the redactor with the placeholders of the rules that redact a row."""
        if not self.placeholders:
            return self.redactor
        chosen = choose_placeholders(self.placeholders, row["eligibility_reasons"])
        return replace(self.redactor, placeholders=chosen)

    def hold_known_values(self, texts: Sequence[bytes]) -> list[bool]:
        """Tell of each text whether it holds a secret that only another text gave away."""
        found = self.scanner.scan_known(texts)
        return [any(f.hmac not in self.accepted for f in findings) for findings in found]


def shipped_texts(
    plan: ReleasePlan, blobs: BlobSource, inspector: Inspector
) -> Iterator[ShippedText]:
    """Yield the text of every planned row, in plan order, reading each repository once.

    Raises:
        MirrorCorrupt: a blob is missing, out of order or does not hash to its id.
    """
    stretch: list[tuple[str, ShippedText]] = []
    size = 0
    for path, shipped in _shipped_with_paths(plan, blobs, inspector):
        stretch.append((path, shipped))
        size += len(shipped.data)
        if size >= _STRETCH_BYTES:
            yield from _swept(stretch, inspector)
            stretch, size = [], 0
    yield from _swept(stretch, inspector)


def _shipped_with_paths(
    plan: ReleasePlan, blobs: BlobSource, inspector: Inspector
) -> Iterator[tuple[str, ShippedText]]:
    for repo_id, group in groupby(_work_rows(plan), key=lambda pair: pair[1]["repo_id"]):
        pairs = list(group)
        read = blobs.read_blobs(repo_id, [row["blob_id"] for _, row in pairs])
        for (index, row), (blob_id, stored) in zip(pairs, read, strict=True):
            _check_blob(row["blob_id"], blob_id, stored)
            yield row["path"], _ship(index, row, stored, inspector)


def _swept(
    stretch: Sequence[tuple[str, ShippedText]], inspector: Inspector
) -> Iterator[ShippedText]:
    """Yield texts, held where they or their paths hold what another text gave away."""
    in_paths = inspector.hold_known_values([path.encode() for path, _ in stretch])
    in_texts = inspector.hold_known_values([shipped.data for _, shipped in stretch])
    for (_, shipped), *holds in zip(stretch, in_paths, in_texts, strict=True):
        if any(holds) and not shipped.held_by:
            yield ShippedText(index=shipped.index, held_by=KNOWN_VALUE)
        else:
            yield shipped


def _work_rows(plan: ReleasePlan) -> Iterator[tuple[int, WorkRow]]:
    start = 0
    for batch in plan.rows.select(_WORK_COLUMNS).to_batches(max_chunksize=_BATCH_ROWS):
        yield from enumerate(batch.to_pylist(), start)
        start += batch.num_rows


def _check_blob(asked: str, given: str, stored: bytes) -> None:
    algorithm = "sha1" if len(asked) == _SHA1_HEX_CHARS else "sha256"
    digest = hashlib.new(algorithm, b"blob %d\0" % len(stored), usedforsecurity=False)
    digest.update(stored)
    if not asked == given == digest.hexdigest():
        raise MirrorCorrupt(f"The blob {asked} does not hash to its id.")


def _ship(index: int, row: WorkRow, stored: bytes, inspector: Inspector) -> ShippedText:
    try:
        text, _ = normalise(stored)
    except NotText:
        return ShippedText(index=index, held_by=NOT_TEXT)
    spans = [
        RedactionSpan(start=s["start"], end=s["end"], category=Category(s["category"]))
        for s in row["spans"]
    ]
    try:
        data, redactions = inspector.redactor_of(row).redact_file(
            text,
            spans,
            row["suffix"],
            # a value that a notice keeps may stand there too, and only its finding knows where
            keep=PERSONAL if row["kept_identities"] else frozenset(),
        )
    except SyntaxBroken:
        return ShippedText(index=index, held_by=REDACTION_BREAKS_SYNTAX)
    except ValueError:
        return ShippedText(index=index, held_by=SPAN_OUTSIDE_TEXT)
    if _has_leak(data, row, inspector, is_redacted=bool(redactions)):
        return ShippedText(index=index, held_by=REDACTION_INCOMPLETE)
    return ShippedText(index=index, data=data, redactions=tuple(map(_as_row, redactions)))


def _as_row(redaction: Redaction) -> dict[str, object]:
    return {name: getattr(redaction, name) for name in Redaction.__slots__}


def _has_leak(data: bytes, row: WorkRow, inspector: Inspector, *, is_redacted: bool) -> bool:
    """Tell whether what was redacted still shows something; what was not is left to the exit."""
    also = frozenset(row["redact_categories"])
    path = row["path"]
    if path != display_path(row["raw_path"]) and inspector.leaks(path.encode(), "", also=also):
        return True
    if not is_redacted:
        return False
    kept = frozenset(row["kept_identities"])
    return any(f.hmac not in kept for f in inspector.leaks(data, row["suffix"], also=also))
