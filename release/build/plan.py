"""The plan of a release: which rows, with what to redact, and why everything else is not in it."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.finding import Category
from policies.decision import Tier
from policies.holders import is_organisation
from policies.placeholders import NamedPlaceholder, choose_placeholders
from release.build.inputs import ReleaseInputs
from release.build.queries import open_plan
from release.build.redact import RedactionSpan, merge_spans, redact
from release.domain.rows import EXCLUSIONS, INTERNAL_ROWS, Counts, Fate

FACTS_INCOMPLETE: Final = "FACTS_INCOMPLETE"
EXACT_DUPLICATE: Final = "EXACT_DUPLICATE"

_SPAN = pa.struct(
    [
        pa.field("start", pa.int64()),
        pa.field("end", pa.int64()),
        pa.field("category", pa.string()),
    ]
)
_FROM_ROWS: Final = [
    "id",
    "blob_id",
    "repo_name",
    "repo_id",
    "path",
    "extension",
    "revision_id",
    "branch_name",
    "committer_date",
    "snapshot_id",
    "src_encoding",
    "language",
    "language_source",
    "is_vendor",
    "is_generated",
    "is_minified",
    "is_test",
    "detected_licenses",
    "license_expression",
    "license_type",
    "license_evidence",
    "copyright_holders",
    "ownership",
    "eligibility_reasons",
    "waiver_ids",
    "secret_count",
    "pii_count",
    "exact_dup_count",
]
_WORK: Final = (
    pa.field("raw_path", pa.binary(), nullable=False),
    pa.field("suffix", pa.string(), nullable=False),
    pa.field("redact_categories", pa.list_(pa.field("element", pa.string())), nullable=False),
    pa.field("spans", pa.list_(pa.field("element", _SPAN)), nullable=False),
    pa.field("kept_identities", pa.list_(pa.field("element", pa.string())), nullable=False),
)
_IDENTITY: Final = ["n", "repo_id", "path", "blob_id", "commit_id", "is_scanned"]
_RENAMED: Final = {
    "raw_path": "path",
    "revision_id": "commit_id",
    "branch_name": "branch",
    "src_encoding": "encoding",
    "eligibility_reasons": "reasons",
}
"""Columns of the plan that are called otherwise where they come from."""
PLAN_ROWS: Final = pa.schema([*(INTERNAL_ROWS.field(name) for name in _FROM_ROWS), *_WORK])
"""One row per file to write, sorted by (repo_id, raw_path): the columns of a shard row that do not
depend on its text, and the work that is left.

- `spans`: bytes of the normalised text to redact, disjoint and sorted.
- `kept_identities`: `Finding.hmac` of what stays because it stands in a notice of others.
- `redact_categories`: what the redacted text must not show any more.
"""

_LICENSE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:-]*")
_OPERATORS = frozenset({"AND", "OR", "WITH", "and", "or", "with"})
_IDENTICAL = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan:
    """What will be written. `counts` speaks of the plan: a row may still be held when written."""

    tier: Tier
    policy_digest: str
    rows: pa.Table
    exclusions: pa.Table
    counts: Counts


@dataclass(slots=True)
class _Work:
    """What the findings of one candidate come to."""

    spans: list[RedactionSpan] = field(default_factory=list)
    path_spans: list[RedactionSpan] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    identity: list[str] = field(default_factory=list)
    """One line per redacted finding. It holds the keyed identity of the value, so that the
    digest over it, and the row id over that, confirm no guess of a redacted value."""
    path_identity: list[str] = field(default_factory=list)


_NOTHING: Final = _Work()


def plan_release(
    inputs: ReleaseInputs, tier: Tier, placeholders: Sequence[NamedPlaceholder] = ()
) -> ReleasePlan:
    """Return the plan of one tier; nothing of another tier reaches its rows.

    Exact duplicates (same blob, same redaction) are folded into the smallest (repo_id, path). A
    file whose redacting scans are not complete is held.

    Raises:
        ArtefactCorrupt: the inputs do not fit together.
    """
    rows = PLAN_ROWS.empty_table()
    dropped: list[dict[str, object]] = []
    with open_plan(inputs, tier) as database:
        not_chosen = database.list_not_chosen()
        # To plan the large queries alone costs more than all else that an empty tier needs.
        if not_chosen.num_rows < inputs.decisions.num_rows:
            candidates = database.list_candidates()
            works = _works(database.list_spans())
            kept, dropped = _fold(candidates.select(_IDENTITY).to_pylist(), works)
            rows = _plan_rows(candidates, kept, works, (tier, placeholders))
    exclusions = sort_exclusions([not_chosen.cast(EXCLUSIONS), _exclusion_table(dropped)])
    return ReleasePlan(
        tier=tier,
        policy_digest=inputs.policy_digest,
        rows=rows,
        exclusions=exclusions,
        counts=count_fates(exclusions, emitted=rows.num_rows, seen=inputs.decisions.num_rows),
    )


def count_fates(exclusions: pa.Table, *, emitted: int, seen: int) -> Counts:
    """Return the counts of a release.

    Raises:
        ValueError: the parts do not add up to what was seen.
    """
    pairs = exclusions["fate"].value_counts().to_pylist()
    by_fate = {pair["values"]: pair["counts"] for pair in pairs}
    parts = {fate.value: by_fate.get(fate.value, 0) for fate in Fate if fate is not Fate.EMITTED}
    return Counts(seen=seen, emitted=emitted, **parts)


def sort_exclusions(tables: Iterable[pa.Table]) -> pa.Table:
    """Return the exclusions of several stages as one table in the order of the schema."""
    joined = pa.concat_tables(tables).combine_chunks()
    order = pc.sort_indices(joined, [("repo_id", "ascending"), ("path", "ascending")])
    return joined.take(order)


def _works(spans: pa.Table) -> dict[int, _Work]:
    works: dict[int, _Work] = defaultdict(_Work)
    for row in spans.to_pylist():
        work = works[row["n"]]
        if row["is_kept"]:
            work.kept.append(row["hmac"])
            continue
        span = RedactionSpan(
            start=row["first"], end=row["last"], category=Category(row["category"])
        )
        line = f"{span.start}:{span.end}:{span.category}:{row['hmac']}"
        (work.path_spans if row["in_path"] else work.spans).append(span)
        (work.path_identity if row["in_path"] else work.identity).append(line)
    return dict(works)


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _fold(
    drafts: Sequence[dict[str, Any]], works: Mapping[int, _Work]
) -> tuple[list[dict[str, Any]], list[dict[str, object]]]:
    """Part candidates into rows and exclusions; drafts get `id` and `exact_dup_count`."""
    first: dict[tuple[str, str], dict[str, Any]] = {}
    dropped: list[dict[str, object]] = []
    for draft in drafts:
        if not draft["is_scanned"]:
            dropped.append(_exclusion(draft, Fate.HELD, "build", FACTS_INCOMPLETE))
            continue
        work = works.get(draft["n"], _NOTHING)
        content_digest = _digest(work.identity)
        original = first.setdefault((draft["blob_id"], content_digest), draft)
        if original is draft:
            draft["id"] = _row_id(draft, _digest([content_digest, *work.path_identity]))
            draft["exact_dup_count"] = 0
        else:
            original["exact_dup_count"] += 1
            folded = _exclusion(draft, Fate.FOLDED, "dedup", EXACT_DUPLICATE)
            dropped.append(folded | {"counterpart": original["id"], "score": _IDENTICAL})
    return list(first.values()), dropped


def _row_id(draft: Mapping[str, Any], redaction_digest: str) -> str:
    parts = (draft["repo_id"].encode(), draft["path"], draft["blob_id"].encode())
    return hashlib.sha256(b"\0".join((*parts, redaction_digest.encode()))).hexdigest()


def _exclusion(draft: Mapping[str, Any], fate: Fate, stage: str, rule: str) -> dict[str, object]:
    return {
        "repo_id": draft["repo_id"],
        "path": draft["path"],
        "fate": fate.value,
        "stage": stage,
        "rule": rule,
        "counterpart": None,
        "score": None,
    }


def _exclusion_table(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=EXCLUSIONS)


def _plan_rows(
    candidates: pa.Table,
    kept: Sequence[Mapping[str, Any]],
    works: Mapping[int, _Work],
    asked: tuple[Tier, Sequence[NamedPlaceholder]],
) -> pa.Table:
    """Return `PLAN_ROWS` of the kept candidates, which are numbered by their position."""
    tier, placeholders = asked
    found = candidates.take(pa.array([draft["n"] for draft in kept], pa.int64()))
    planned = [works.get(draft["n"], _NOTHING) for draft in kept]
    paths = [
        _shown_path(draft["path"], work.path_spans, (placeholders, reasons))
        for draft, work, reasons in zip(kept, planned, found["reasons"].to_pylist(), strict=True)
    ]
    evidence, licenses = _evidence(found, paths)
    holders = found["holders"].to_pylist()
    columns: dict[str, Iterable[object]] = {
        "id": [draft["id"] for draft in kept],
        "exact_dup_count": [draft["exact_dup_count"] for draft in kept],
        "path": paths,
        "extension": map(_extension, paths),
        "snapshot_id": [snapshot_id(d["repo_id"], d["commit_id"]) for d in kept],
        "detected_licenses": licenses,
        "copyright_holders": [_holders(names or [], tier) for names in holders],
        "spans": [_span_rows(work.spans) for work in planned],
        "kept_identities": [sorted(set(work.kept)) for work in planned],
    }
    arrays = {"license_evidence": evidence} | {
        name: pa.array(values, PLAN_ROWS.field(name).type) for name, values in columns.items()
    }
    return pa.Table.from_arrays(
        [
            arrays[f.name] if f.name in arrays else found[_RENAMED.get(f.name, f.name)].cast(f.type)
            for f in PLAN_ROWS
        ],
        schema=PLAN_ROWS,
    )


def _shown_path(
    path: bytes,
    spans: Sequence[RedactionSpan],
    rules: tuple[Sequence[NamedPlaceholder], Sequence[str]],
) -> str:
    return display_path(redact(path, spans, choose_placeholders(*rules))[0] if spans else path)


def _span_rows(spans: Sequence[RedactionSpan]) -> list[dict[str, object]]:
    merged = merge_spans(spans)
    return [{"start": s.start, "end": s.end, "category": s.category} for s in merged]


def display_path(path: bytes) -> str:
    r"""Return a path as text; bytes that are no UTF-8 as ``\xNN``."""
    return path.decode("utf-8", "backslashreplace")


@lru_cache(maxsize=4096)
def snapshot_id(repo_id: str, commit_id: str) -> str:
    """Return the opaque id of a snapshot; it does not show the commit."""
    return "snap_" + hashlib.sha256(f"{repo_id}\0{commit_id}".encode()).hexdigest()[:20]


def _extension(path: str) -> str:
    stem, dot, extension = path.rpartition("/")[2].rpartition(".")
    return extension.lower() if stem and dot else ""


def _evidence(found: pa.Table, paths: Sequence[str]) -> tuple[pa.Array, list[list[str]]]:
    """Return of each row its evidence and the licenses named there.

    What was found in the file comes first, then the license scope above it.
    """
    items = zip(*_fields_of_items(found["evidence"]), strict=True)
    scopes = zip(
        found["scope_license_expression"].to_pylist(),
        found["scope_evidence"].to_pylist(),
        strict=True,
    )
    counts = pc.fill_null(pc.list_value_length(found["evidence"]), 0).to_pylist()
    rows: list[tuple[object, ...]] = []
    ends, licenses = [0], []
    for path, count, (scope, where) in zip(paths, counts, scopes, strict=True):
        rows += [
            (kind, path, line, spdx, score) for kind, line, spdx, score in islice(items, count)
        ]
        if scope:
            rows.append(("repo", display_path(where or b""), 0, scope, 1.0))
        licenses.append(sorted({i for row in rows[ends[-1] :] for i in _license_ids(row[3])}))
        ends.append(len(rows))
    kind = PLAN_ROWS.field("license_evidence").type
    fields = [kind.value_type.field(i) for i in range(kind.value_type.num_fields)]
    columns = zip(*rows, strict=True) if rows else [()] * len(fields)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, fields, strict=True)]
    structs = pa.StructArray.from_arrays(arrays, fields=fields)
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), structs, type=kind), licenses


def _fields_of_items(lists: pa.ChunkedArray) -> list[list[Any]]:
    items = lists.combine_chunks().flatten()
    return [items.field(name).to_pylist() for name in ("kind", "line", "spdx", "score")]


@lru_cache(maxsize=4096)
def _license_ids(expression: str) -> frozenset[str]:
    return frozenset(_LICENSE_ID.findall(expression)) - _OPERATORS


def _holders(holders: Sequence[str], tier: Tier) -> list[str]:
    """Return the holders; in the releasable tier those that are plainly no natural person."""
    if tier is Tier.RELEASABLE:
        holders = [holder for holder in holders if is_organisation(holder)]
    return sorted(set(holders))
