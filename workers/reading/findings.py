"""Findings as pages and API show them: every place where one stands, ten million and more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ingest.domain.finding import Category, Confidence, Family
from policies.columns import FINDING_FAMILIES
from policies.decision import Lane, Outcome
from store.asking import Op, Query
from store.index_lists import IndexListing
from workers.context import Context
from workers.indexing import BY_FINGERPRINT, FINDINGS, indexed_decisions
from workers.reading.asking_indexes import page_of_index
from workers.reading.grammar import Field, Kind
from workers.reading.page import Page, page_of, within
from workers.reading.present import present_decisions

FIELDS: Final[Mapping[str, Field]] = {
    "repository": Field(does="Name of the repository.", is_sortable=True),
    "repository_id": Field(does="Id of the repository."),
    "path": Field(does="Path pattern, over paths as they are shown.", kind=Kind.PATH),
    "rule": Field(does="Rule of the detector."),
    "family": Field(
        does="Detector family.",
        kind=Kind.CHOICE,
        choices=tuple(family.value for family in FINDING_FAMILIES),
    ),
    "category": Field(
        does="What the value is.", kind=Kind.CHOICE, choices=tuple(c.value for c in Category)
    ),
    "lane": Field(
        does="Who may declare it false.",
        kind=Kind.CHOICE,
        choices=tuple(lane.value for lane in Lane),
    ),
    "confidence": Field(
        does="How sure the detector is.",
        kind=Kind.CHOICE,
        choices=tuple(c.value for c in Confidence),
    ),
    "place": Field(
        does="In the text of a file, or in its path.", kind=Kind.CHOICE, choices=("text", "path")
    ),
    "outcome": Field(
        does="What was decided about the file.",
        kind=Kind.CHOICE,
        choices=tuple(outcome.value for outcome in Outcome),
    ),
    "fingerprint": Field(does="The same value under the same rule, wherever it stands."),
    "blob": Field(does="Content, by its git object id."),
}
DEFAULT_SORT: Final = "repository"
_COLUMNS: Final = {name: name for name in FIELDS} | {
    "repository_id": "repo_id",
    "blob": "blob_id",
}
_TEXT: Final = ("rule", "category", "preview", "repository")
_LISTING: Final = IndexListing(
    columns=_COLUMNS, key="n", paths=frozenset({"path"}), text=_TEXT, is_numbered=True
)
_OF_FINGERPRINT: Final = IndexListing(
    columns=_COLUMNS, key="m", paths=frozenset({"path"}), text=_TEXT, is_numbered=False
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding in one place, masked."""

    repository_id: str
    repository: str
    path: str
    """As it may be shown."""
    line: int
    """1-based; 0 where the finding is in the path itself."""
    blob: str
    start: int
    """First byte in the normalised text (or the path)."""
    end: int
    place: str
    """text | path."""
    family: Family
    rule: str
    category: Category
    lane: Lane
    """Who may declare it false."""
    confidence: Confidence
    fingerprint: str
    preview: str
    """Masked value."""
    outcome: Outcome
    """What was decided about the file."""


def list_findings(
    context: Context, query: Query, *, repositories: Collection[str] | None = None
) -> Page[FindingView]:
    """Return a page of findings, by repository and path.

    What people declared false is not among them. Repositories are ids of those that may be seen;
    None: all.

    Raises:
        InputError: nothing was decided yet.
        QueryRefused: the cursor belongs to another list.
    """
    present = indexed_decisions(context)
    asked = within(query, "repository_id", repositories).sorted_by(DEFAULT_SORT)
    is_of_one = bool(asked.values("fingerprint")) and not asked.values("fingerprint", Op.NONE)
    kind, listing = (BY_FINGERPRINT, _OF_FINGERPRINT) if is_of_one else (FINDINGS, _LISTING)
    index = (kind, present.key)
    return page_of(
        asked, lambda query, after: page_of_index(context, index, listing, (query, after)), _views
    )


def list_shown(
    context: Context, query: Query, *, repositories: Collection[str] | None = None
) -> Page[FindingView] | None:
    """Return a page as `list_findings`; None where nothing was decided yet.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    if present_decisions(context) is None:
        return None
    return list_findings(context, query, repositories=repositories)


def _views(rows: Sequence[Mapping[str, Any]]) -> list[FindingView]:
    return [
        FindingView(
            repository_id=row["repo_id"],
            repository=row["repository"],
            path=row["path"],
            line=row["line"],
            blob=row["blob_id"],
            start=row["start"],
            end=row["end"],
            place=row["place"],
            family=Family(row["family"]),
            rule=row["rule"],
            category=Category(row["category"]),
            lane=Lane(row["lane"]),
            confidence=Confidence(row["confidence"]),
            fingerprint=row["fingerprint"],
            preview=row["preview"],
            outcome=Outcome(row["outcome"]),
        )
        for row in rows
    ]
