"""Rows of a published release as pages and API show them: what is in it, without the contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policies.model import LicenseType
from store.asking import Query
from store.catalog import ReleaseBook, ReleaseState
from store.index_lists import IndexListing
from workers.context import Context, utc_now
from workers.reading.asking_indexes import page_of_index
from workers.reading.grammar import Field, Kind
from workers.reading.page import NotFound, Page, page_of
from workers.row_index import index_rows
from workers.unsettled import Unsettled

FIELDS: Final[Mapping[str, Field]] = {
    "repository": Field(does="Name of the repository, as it is shipped.", is_sortable=True),
    "repository_id": Field(does="Id of the repository."),
    "path": Field(does="Path pattern, over paths as they are shipped.", kind=Kind.PATH),
    "id": Field(does="Id of the row."),
    "language": Field(does="Its language."),
    "license": Field(does="SPDX expression of its license."),
    "license_type": Field(
        does="Type of its license.", kind=Kind.CHOICE, choices=tuple(t.value for t in LicenseType)
    ),
    "redacted": Field(
        does="Whether something of it was redacted.", kind=Kind.CHOICE, choices=("yes", "no")
    ),
    "shard": Field(does="Shard that it stands in."),
}
DEFAULT_SORT: Final = "repository"
_LISTING: Final = IndexListing(
    columns={name: name for name in FIELDS} | {"repository_id": "repo_id"},
    key="n",
    paths=frozenset({"path"}),
    text=("path", "repository", "language", "license"),
    is_numbered=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row of a release."""

    id: str
    repository_id: str
    repository: str
    """Its name, as it is shipped."""
    path: str
    """As it is shipped."""
    language: str
    """Empty: none was told."""
    license: str
    """SPDX expression; empty where there is none."""
    license_type: str
    bytes: int
    """Of the content as it is shipped."""
    lines: int
    redactions: int
    """Spans that were replaced."""
    copies: int
    """Files of the same content that it stands for."""
    shard: str


def list_rows(context: Context, release_id: str, query: Query) -> Page[RowView]:
    """Return a page of the rows of a published release, by repository and path.

    Raises:
        NotFound: there is no such release, or it is not out; or something of it was taken back,
            as a list would still name it.
        NotSettled: something may have to be taken back, see `workers.unsettled`.
        QueryRefused: the cursor belongs to another list.
        ArtefactCorrupt: the folder of the release is gone.
    """
    release = ReleaseBook(context.catalog, clock=utc_now).find_release(release_id)
    if release is None or release.state is not ReleaseState.PUBLISHED:
        raise NotFound(f"There are no rows of {release_id} to list.")
    Unsettled(context).check()
    index = index_rows(context, release)
    return page_of(
        query.sorted_by(DEFAULT_SORT),
        lambda query, after: page_of_index(context, index, _LISTING, (query, after)),
        _views,
    )


def _views(rows: Sequence[Mapping[str, Any]]) -> list[RowView]:
    return [
        RowView(
            id=row["id"],
            repository_id=row["repo_id"],
            repository=row["repository"],
            path=row["path"],
            language=row["language"],
            license=row["license"],
            license_type=row["license_type"],
            bytes=row["bytes"],
            lines=row["lines"],
            redactions=row["redactions"],
            copies=row["copies"],
            shard=row["shard"],
        )
        for row in rows
    ]
