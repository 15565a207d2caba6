"""Lines of a file around a finding, every value in them masked; and the one way to see a value.

A value is never kept: lines are read from the mirror again, and masked before they are cut out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import pyarrow as pa

from ingest.detect.detector import findings_of_all
from ingest.domain.text import NotText, ScanText, normalise
from ingest.errors import InputError, TerminalError
from ingest.mirror.reader import MirrorReader
from policies.columns import FINDING_FAMILIES
from policies.report.cases import Case
from store.catalog import AuditLog
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.corpus import known_of_company
from workers.known import Sweeper

AROUND: Final = 4
"""Lines shown before and after the finding."""
_MAX_LINES: Final = 40
_MAX_CHARS: Final = 400
"""Of one line; what stands behind is cut."""
_COMPLETED: Final = "completed"
_REST: Final = "****"


class UnmaskReason(StrEnum):
    """Why a value has to be seen; a closed list, as the audit chain keeps no free text."""

    FIND_OWNER = "find-owner"
    CHECK_ROTATION = "check-rotation"
    JUDGE_MATCH = "judge-match"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A scanned text of a repository."""

    repository_id: str
    blob_id: str
    suffix: str


def place_of(case: Case) -> Place:
    """Return where a case stands."""
    return Place(repository_id=case.repo_id, blob_id=case.blob_id, suffix=case.suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Part of a line."""

    text: str
    is_masked: bool = False
    """Stands for a value."""
    is_hit: bool = False
    """Stands for the value that was asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line."""

    number: int
    """1-based, as the file has it."""
    segments: Sequence[Segment]

    @property
    def is_hit(self) -> bool:
        """Tell whether what was asked about stands in it."""
        return any(segment.is_hit for segment in self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Some lines of a file."""

    lines: Sequence[Line]
    suffix: str
    refusal: str = ""
    """Why no line is shown, in words for a person; empty where lines are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    start: int
    end: int
    preview: str
    is_hit: bool


def read_snippet(context: Context, place: Place, *, line: int, fingerprint: str) -> Snippet:
    """Return the lines around one; none, and why, where it is not sure what has to be masked.

    Masked is what was found in the same bytes under any name, and every value that is known from
    elsewhere: what a rule sees in ``app.yaml`` it may not see in a copy called ``app.lock``.

    Args:
        context: of the installation.
        place: which text.
        line: 1-based line in the middle.
        fingerprint: of the finding that is asked about.
    """
    findings = _findings(context, place)
    if findings is None:
        return _refused(place, "not every detector has looked at this content to its end")
    try:
        text = _text(context, place)
    except (TerminalError, NotText):
        return _refused(place, "the mirror does not answer")
    spans = [
        _Span(
            start=f["start"],
            end=f["end"],
            preview=f["preview"],
            is_hit=f["fingerprint"] == fingerprint,
        )
        for f in findings
    ]
    spans += _swept(context, place, text)
    return Snippet(lines=_cut(_lines(text, _merged(spans)), line), suffix=place.suffix)


def _refused(place: Place, why: str) -> Snippet:
    return Snippet(lines=(), suffix=place.suffix, refusal=f"The lines cannot be shown now: {why}.")


def _swept(context: Context, place: Place, text: bytes) -> Iterator[_Span]:
    """Yield where values stand that were found to be secret in whatever content."""
    sweeper = Sweeper(known=known_of_company(context), key=context.keys.hmac)
    asked = ScanText(blob_id=place.blob_id, suffix=place.suffix, data=text)
    for found in findings_of_all(sweeper, [asked])[0]:
        yield _Span(start=found.start, end=found.end, preview=found.preview, is_hit=False)


def reveal(context: Context, place: Place, fingerprint: str, *, actor: str, reason: str) -> str:
    """Return a value as the file has it, after writing down who looks at it and why.

    Raises:
        InputError: there is no such reason, or the value is not there.
        MirrorCorrupt: the mirror cannot be read.
    """
    try:
        why = UnmaskReason(reason)
    except ValueError:
        raise InputError("Say why the value has to be seen.") from None
    found = [f for f in _findings(context, place) or () if f["fingerprint"] == fingerprint]
    if not found:
        raise InputError("There is no such finding in this file any more.")
    detail = {"blob": place.blob_id, "fingerprint": fingerprint, "reason": why.value}
    log = AuditLog(context.catalog, clock=utc_now)
    log.append(actor, "finding.unmask", place.repository_id, detail)
    seal_audit(context)
    value = _text(context, place)[found[0]["start"] : found[0]["end"]]
    return value.decode("utf-8", "replace")


def _text(context: Context, place: Place) -> bytes:
    with MirrorReader(context.settings.mirrors_dir) as reader:
        ((_, data),) = reader.read_blobs(place.repository_id, [place.blob_id])
    return normalise(data)[0]


def _findings(context: Context, place: Place) -> list[Mapping[str, Any]] | None:
    """Return all findings in a content under any name; None while a family has not completed."""
    found: list[Mapping[str, Any]] = []
    wanted = pa.array([place.blob_id], pa.string())
    for family in FINDING_FAMILIES:
        columns = ["blob_id", "suffix", "status", "findings"]
        digest = context.ruleset_digests[family]
        facts = context.lake.read_facts(family, digest, wanted, columns).to_pylist()
        is_complete = all(row["status"] == _COMPLETED for row in facts)
        if not is_complete or all(row["suffix"] != place.suffix for row in facts):
            return None
        found += (finding for row in facts for finding in row["findings"])
    return found


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Return spans that do not overlap, in order; the first of several names the preview."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        last = merged[-1] if merged else None
        if last is None or span.start >= last.end:
            merged.append(span)
            continue
        merged[-1] = _Span(
            start=last.start,
            end=max(last.end, span.end),
            preview=last.preview,
            is_hit=last.is_hit or span.is_hit,
        )
    return merged


def _lines(text: bytes, spans: Sequence[_Span]) -> Iterator[Line]:
    """Yield the lines with every span masked; a value of several lines keeps them."""
    number, segments = 1, list[Segment]()
    for piece in _pieces(text, spans):
        for index, part in enumerate(piece.text.split("\n")):
            if index:
                yield Line(number=number, segments=segments)
                number, segments = number + 1, []
            if part:
                shown = part if not piece.is_masked or not index else _REST
                segments.append(Segment(text=shown, is_masked=piece.is_masked, is_hit=piece.is_hit))
    yield Line(number=number, segments=segments)


def _pieces(text: bytes, spans: Sequence[_Span]) -> Iterator[Segment]:
    at = 0
    for span in spans:
        yield Segment(text=text[at : span.start].decode("utf-8", "replace"))
        breaks = text.count(b"\n", span.start, span.end)
        masked = span.preview + f"\n{_REST}" * breaks
        yield Segment(text=masked, is_masked=True, is_hit=span.is_hit)
        at = span.end
    yield Segment(text=text[at:].decode("utf-8", "replace"))


def _cut(lines: Iterable[Line], middle: int) -> list[Line]:
    first, last = middle - AROUND, middle + AROUND
    kept: list[Line] = []
    for line in lines:
        is_near = first <= line.number <= last
        if is_near or (line.number > last and line.is_hit and len(kept) < _MAX_LINES):
            kept.append(Line(number=line.number, segments=_shortened(line.segments)))
        if line.number > last and not line.is_hit:
            break
    # The end of a last line is no line of its own.
    return kept[:-1] if kept and not kept[-1].segments and kept[-1].number > middle else kept


def _shortened(segments: Iterable[Segment]) -> list[Segment]:
    room, kept = _MAX_CHARS, list[Segment]()
    for segment in segments:
        text = segment.text[:room]
        if text:
            kept.append(Segment(text=text, is_masked=segment.is_masked, is_hit=segment.is_hit))
        room -= len(text)
    return kept if room else [*kept, Segment(text=" …")]
