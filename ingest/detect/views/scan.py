"""One way for every family to scan a text and its views, and to merge what they show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from ingest.detect.detector import BlobDetector, findings_of
from ingest.detect.funnel import LineIndex
from ingest.detect.views.model import View, Views
from ingest.detect.views.opened import OpenedBlob
from ingest.domain.finding import Category, Finding
from ingest.domain.text import ScanText

PlainScan = Callable[[ScanText], Sequence[Finding]]
"""A family's findings in one text as it stands."""

SELF_EVIDENT: Final = frozenset(
    {
        Category.PROVIDER_TOKEN,
        Category.PRIVATE_KEY,
        Category.URI_CREDENTIAL,
        Category.EMAIL_ADDRESS,
        Category.IBAN_CODE,
        Category.CREDIT_CARD,
        Category.INTERNAL_HOST,
        Category.CODENAME,
        Category.CUSTOMER,
    }
)
"""Values that their own form betrays; believed even among bytes that read like no text."""
_NAMED: Final = frozenset({Category.PASSWORD, Category.GENERIC_SECRET})
"""Values that a name before them betrays: no name and sign stand by chance among such bytes."""
_CHANCE: Final = frozenset(("base64-entropy", "random-uuid"))
"""Rules that find such values without a name."""


def scan_views(
    text: ScanText, views: Views, scan: PlainScan, found: Sequence[Finding]
) -> list[Finding]:
    """Return the findings of a text and of its views, with spans of the text.

    `found` are those of the text itself. A value that several views show at the same place is
    reported once, from the shortest chain; from the text itself if it stands there.
    """
    return merge_views(text, views, found, map(scan, texts_of(text, views)))


def texts_of(text: ScanText, views: Views) -> Iterator[ScanText]:
    """Yield each view of a text as a text."""
    for view in views.views:
        suffix = text.suffix if view.suffix is None else view.suffix
        yield ScanText(blob_id=text.blob_id, suffix=suffix, data=view.data)


def merge_views(
    text: ScanText, views: Views, found: Sequence[Finding], shown: Iterable[Sequence[Finding]]
) -> list[Finding]:
    """Return what `scan_views` does; `shown` are the findings of each view, in their order."""
    if not views.views:
        return list(found)
    decoded: list[Finding] = []
    lines = LineIndex(text.data)
    for view, inner in zip(views.views, shown, strict=True):
        decoded += _outward(inner, view, lines, len(text.data))
    return merge_findings([*found, *decoded])


def scan_opened(
    detector: BlobDetector, opened: OpenedBlob, stored: bytes, text: ScanText
) -> list[Finding]:
    """Return what one detector finds in a stored file, with spans of its stored bytes.

    `text` names the blob; its data are those of `opened`. Lines are those of the text, in a binary
    those of its bytes.
    """
    found: list[Finding] = []
    if opened.is_text:
        for finding in findings_of(detector, text):
            start, end = opened.stored_span(finding.start, finding.end)
            found.append(replace(finding, start=start, end=end))
    lines = LineIndex(stored)
    for view in opened.views:
        inner = findings_of(detector, replace(text, suffix="", data=view.data))
        found += _outward(inner, view, lines, len(stored))
    return merge_findings(found)


def merge_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings sorted by span; of one rule, value and span the shortest chain stays.

    A value found in the text itself is not reported again from a view of the same place.
    """
    kept: dict[tuple[int, int, str, str], Finding] = {}
    plain: set[tuple[int, int, str]] = set()
    for finding in sorted(findings, key=lambda f: (len(f.views), f.views)):
        place = (finding.start, finding.end, finding.hmac)
        if not finding.views:
            plain.add(place)
        elif place in plain:
            continue
        kept.setdefault((finding.start, finding.end, finding.rule_id, finding.hmac), finding)
    return [kept[key] for key in sorted(kept)]


def _is_evident(finding: Finding) -> bool:
    """Say whether a value is believed among bytes that read like no text."""
    if finding.category in SELF_EVIDENT:
        return True
    return finding.category in _NAMED and finding.rule_id not in _CHANCE


def _outward(
    findings: Iterable[Finding], view: View, lines: LineIndex, size: int
) -> Iterable[Finding]:
    """Yield the findings of a view that tell something new, with their outer spans."""
    for finding in findings:
        if not view.is_plausible and not _is_evident(finding):
            continue
        if not view.adds(finding.start, finding.end):
            continue
        start, end = view.outer_span(finding.start, finding.end)
        if 0 <= start < end <= size:
            yield replace(
                finding,
                start=start,
                end=end,
                line=lines.line_of(start),
                views=(*view.chain, *finding.views),
            )
