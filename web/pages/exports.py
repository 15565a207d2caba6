"""Lists as files: exactly what the filters of their pages leave, as CSV or as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

from starlette.responses import StreamingResponse

from policies.access import Action
from web.access import needs, shown_by_filter
from web.pages.caller import Caller, Calling
from web.pages.releases import Found, about
from web.routing import Router
from workers import list_columns as lists
from workers.list_exports import ExportedList, ListFormat, export_list

router = Router(prefix="/exports", include_in_schema=False)

_CHUNK: Final = 64 * 1024


@router.get(
    "/findings.{form}",
    dependencies=[needs(Action.FINDING_READ, shown_by_filter, also=Action.EXPORT)],
)
def findings(caller: Calling, form: ListFormat) -> StreamingResponse:
    """Return findings."""
    return _file(caller, lists.FINDINGS, form)


@router.get(
    "/groups.{form}",
    dependencies=[needs(Action.FINDING_READ, shown_by_filter, also=Action.EXPORT)],
)
def groups(caller: Calling, form: ListFormat) -> StreamingResponse:
    """Return open groups."""
    return _file(caller, lists.GROUPS, form)


@router.get(
    "/repositories.{form}",
    dependencies=[needs(Action.REPOSITORY_READ, shown_by_filter, also=Action.EXPORT)],
)
def repositories(caller: Calling, form: ListFormat) -> StreamingResponse:
    """Return repositories."""
    return _file(caller, lists.REPOSITORIES, form)


@router.get(
    "/reviews.{form}",
    dependencies=[needs(Action.REVIEW_READ, shown_by_filter, also=Action.EXPORT)],
)
def reviews(caller: Calling, form: ListFormat) -> StreamingResponse:
    """Return reviews of any state."""
    return _file(caller, lists.REVIEWS, form)


@router.get("/waivers.{form}", dependencies=[needs(Action.REVIEW_READ, also=Action.EXPORT)])
def waivers(caller: Calling, form: ListFormat) -> StreamingResponse:
    """Return what is in force."""
    return _file(caller, lists.WAIVERS, form)


@router.get(
    "/releases.{form}",
    dependencies=[needs(Action.RELEASE_READ, shown_by_filter, also=Action.EXPORT)],
)
def releases(caller: Calling, form: ListFormat) -> StreamingResponse:
    """Return releases."""
    return _file(caller, lists.RELEASES, form)


@router.get(
    "/releases/{release_id}/rows.{form}",
    dependencies=[needs(Action.RELEASE_READ, about, also=Action.EXPORT)],
)
def rows(caller: Calling, found: Found, form: ListFormat) -> StreamingResponse:
    """Return the rows of a release, without their contents."""
    return _file(caller, lists.rows_of(found.id), form)


@router.get("/operations.{form}", dependencies=[needs(Action.OPERATION_READ, also=Action.EXPORT)])
def operations(caller: Calling, form: ListFormat) -> StreamingResponse:
    """Return operations."""
    return _file(caller, lists.OPERATIONS, form)


@router.get("/audit.{form}", dependencies=[needs(Action.AUDIT_READ, also=Action.EXPORT)])
def audit(caller: Calling, form: ListFormat) -> StreamingResponse:
    """Return the entries of the audit chain; that they were taken is an entry too."""
    return _file(caller, lists.AUDIT, form)


def _file(caller: Caller, wanted: ExportedList[Any], form: ListFormat) -> StreamingResponse:
    query = caller.query(wanted.fields)
    made = export_list(caller.context, wanted, query, form, actor=caller.name, sight=caller.sight)
    headers = {
        "Content-Disposition": f'attachment; filename="{wanted.noun}.{form.value}"',
        "Content-Length": str(made.bytes),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_chunks(made.file), headers=headers, media_type=form.media_type)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
