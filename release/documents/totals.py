"""Totals of a release: what is in it, how much of it was redacted, and why the rest is not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from release.documents.classes import causes
from release.documents.draft import ReleaseDraft, unnested
from release.domain.rows import NO_LANGUAGE, NO_LICENSE

TOTALS_FILE: Final = "totals.json"
_SHOWN_PLACEHOLDERS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Rows under one name."""

    name: str
    rows: int
    bytes: int
    """Of shipped content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Files that are not in the release, under one reason."""

    reason: str
    files: int
    """A file with several reasons counts under each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """Values of one kind that were taken out."""

    kind: str
    count: int
    rows: int
    placeholders: tuple[str, ...]
    """What stands there most often; empty where that is invented anew for each value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the card, the plots and the next release's difference are made from.

    All sequences are sorted, the largest first.
    """

    languages: tuple[Total, ...]
    licenses: tuple[Total, ...]
    """By license expression."""
    license_types: tuple[Total, ...]
    repositories: tuple[Total, ...]
    """By the name that the rows show."""
    reasons: tuple[Total, ...]
    """By what the policy says of a row; one with several reasons counts under each."""
    left_out: tuple[Left, ...]
    """By reason: in the releasable tier by classes of reasons, else by the rules' own ids."""
    redactions: tuple[Redacted, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the release has no rows."""
        return not self.languages


def total_up(draft: ReleaseDraft, rows: pa.Table) -> Totals:
    """Return the totals of a release."""
    sizes = rows["length_bytes"]
    reasons = unnested(rows["eligibility_reasons"])
    is_invented = draft.manifest.tools.get("redaction") == "surrogate"
    return Totals(
        languages=_totals(pc.fill_null(rows["language"], NO_LANGUAGE), sizes),
        licenses=_totals(pc.fill_null(rows["license_expression"], NO_LICENSE), sizes),
        license_types=_totals(rows["license_type"], sizes),
        repositories=_totals(rows["repo_name"], sizes),
        reasons=_totals(reasons["item"], sizes.take(reasons["row"])),
        left_out=_left_out(draft),
        redactions=_redactions(unnested(rows["redactions"]), is_invented=is_invented),
    )


def _totals(names: pa.ChunkedArray, sizes: pa.ChunkedArray) -> tuple[Total, ...]:
    table = pa.table({"name": names, "size": sizes}).group_by("name")
    lines = table.aggregate([("size", "count"), ("size", "sum")]).to_pylist()
    totals = [Total(name=x["name"], rows=x["size_count"], bytes=x["size_sum"]) for x in lines]
    return tuple(sorted(totals, key=lambda t: (-t.bytes, -t.rows, t.name)))


def _redactions(spans: pa.Table, *, is_invented: bool) -> tuple[Redacted, ...]:
    """Return what was redacted, from one line per span."""
    kinds, placeholders = (pc.struct_field(spans["item"], name) for name in ("kind", "placeholder"))
    table = pa.table({"kind": kinds, "placeholder": placeholders, "row": spans["row"]})
    forms: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for line in table.group_by(["kind", "placeholder"]).aggregate([([], "count_all")]).to_pylist():
        forms[line["kind"]].append((-line["count_all"], line["placeholder"]))
    lines = table.group_by("kind").aggregate([("row", "count"), ("row", "count_distinct")])
    found = [
        Redacted(
            kind=line["kind"],
            count=line["row_count"],
            rows=line["row_count_distinct"],
            placeholders=()
            if is_invented
            else tuple(form for _, form in sorted(forms[line["kind"]])[:_SHOWN_PLACEHOLDERS]),
        )
        for line in lines.to_pylist()
    ]
    return tuple(sorted(found, key=lambda r: (-r.count, r.kind)))


def totals_document(
    draft: ReleaseDraft, totals: Totals, rules: Mapping[str, str]
) -> dict[str, object]:
    """Return `TOTALS_FILE` as a value; nothing of it depends on time or parent."""
    manifest = draft.manifest
    return {
        "version": 1,
        "release_id": manifest.release_id,
        "tier": manifest.tier.value,
        "rows": manifest.counts.emitted,
        "bytes": sum(total.bytes for total in totals.languages),
        "counts": asdict(manifest.counts),
        "rules": dict(sorted(rules.items())),
        **asdict(totals),
    }


def _left_out(draft: ReleaseDraft) -> tuple[Left, ...]:
    counts: Counter[str] = Counter()
    pairs = draft.exclusions.group_by(["fate", "rule"]).aggregate([([], "count_all")])
    for pair in pairs.to_pylist():
        names = causes(pair["rule"].split(","), pair["fate"], draft.manifest.tier)
        counts.update(dict.fromkeys(names, pair["count_all"]))
    return _ranked(counts.items())


def _ranked(counts: Iterable[tuple[str, int]]) -> tuple[Left, ...]:
    ranked = sorted(counts, key=lambda item: (-item[1], item[0]))
    return tuple(Left(reason=reason, files=files) for reason, files in ranked if files)
