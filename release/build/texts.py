"""From stored blobs to shipped texts: check, normalise, redact, look again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, Final

from ingest.domain.finding import MODEL_EVIDENCE, Category, Finding
from ingest.domain.text import NotText, normalise
from ingest.errors import MirrorCorrupt
from release.build.inputs import PERSONAL
from release.build.plan import ReleasePlan, display_path
from release.build.redact import RedactionSpan, is_placeholder
from release.build.redactor import Redactor, SyntaxBroken
from release.ports import BlobSource, ExitScanner

REDACTION_INCOMPLETE: Final = "REDACTION_INCOMPLETE"
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
]
_BATCH_ROWS = 2_000
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

    def leaks(
        self, text: bytes, suffix: str, *, also: frozenset[str] = frozenset()
    ) -> list[Finding]:
        """Return the findings that must not be shipped; `also` names further categories.

        A finding whose whole span is one of our placeholders is no leak. What only a language
        model takes for a name is none either: it was reviewed before, and is never redacted.
        """
        refused = self.refused | also
        return [
            finding
            for finding in self.scanner.scan(text, suffix, refused)
            if finding.category in refused
            and finding.evidence != MODEL_EVIDENCE
            and finding.hmac not in self.accepted
            and not is_placeholder(text[finding.start : finding.end])
        ]


def shipped_texts(
    plan: ReleasePlan, blobs: BlobSource, inspector: Inspector
) -> Iterator[ShippedText]:
    """Yield the text of every planned row, in plan order, reading each repository once.

    Raises:
        MirrorCorrupt: a blob is missing, out of order or does not hash to its id.
    """
    for repo_id, group in groupby(_work_rows(plan), key=lambda pair: pair[1]["repo_id"]):
        pairs = list(group)
        read = blobs.read_blobs(repo_id, [row["blob_id"] for _, row in pairs])
        for (index, row), (blob_id, stored) in zip(pairs, read, strict=True):
            _check_blob(row["blob_id"], blob_id, stored)
            yield _ship(index, row, stored, inspector)


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
        data, redactions = inspector.redactor.redact_file(
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
    return ShippedText(index=index, data=data, redactions=tuple(asdict(r) for r in redactions))


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
