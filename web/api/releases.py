"""``/releases``: build, show, list the rows, verify."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import ReleaseRefused
from policies.access import Action, is_staff, tiers_seen_by
from policies.decision import Tier
from release.build.redactor import RedactionMode
from release.pull import verify_release
from release.pull.recalls import RECALLS_FOLDER
from web.access import needs, shown_by_filter
from web.api.asking import Asking, Begun, Listed, begun, filters
from web.api.once import OnceRoute, once
from web.api.subjects import FoundRelease, about_release
from web.routing import Router
from workers.building import start_build
from workers.reading.releases import FIELDS, ReleaseView, list_releases
from workers.reading.rows import FIELDS as ROW_FIELDS
from workers.reading.rows import RowView, list_rows

router = Router(prefix="/releases", tags=["releases"], route_class=OnceRoute)


class BuildWish(BaseModel):
    """What is built, and how."""

    model_config = ConfigDict(extra="forbid")

    tier: Tier
    redaction: RedactionMode = RedactionMode.PLACEHOLDER
    accept_loss: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=1000)] = []
    """Names or ids of repositories that may lose most of their rows."""


class Verification(BaseModel):
    """Whether a release is intact: signature, digests, rows, counts, and that it stands."""

    is_intact: bool
    cause: str
    """Why it is not."""


@router.get(
    "", dependencies=[needs(Action.RELEASE_READ, shown_by_filter)], openapi_extra=filters(FIELDS)
)
def list_all(ask: Asking) -> Listed[ReleaseView]:
    """List releases of the tiers that may be seen, newest first: consumers see those out."""
    query = ask.query(FIELDS)
    found = list_releases(
        ask.context, query, tiers=tiers_seen_by(ask.who), only_out=not is_staff(ask.who)
    )
    return ask.page(query, found)


@router.post("", status_code=202, dependencies=[needs(Action.RELEASE_BUILD), once])
def build(ask: Asking, wish: BuildWish, response: Response) -> Begun:
    """Decide over the present corpus and build one tier's release."""
    operation = start_build(
        ask.context,
        wish.tier,
        actor=ask.actor,
        redaction=wish.redaction,
        accept_loss=wish.accept_loss,
    )
    return begun(response, operation)


@router.get("/{release_id}", dependencies=[needs(Action.RELEASE_READ, about_release)])
def show(found: FoundRelease) -> ReleaseView:
    """Show a release."""
    return found


@router.get(
    "/{release_id}/rows",
    dependencies=[needs(Action.RELEASE_READ, about_release)],
    openapi_extra=filters(ROW_FIELDS),
)
def rows(ask: Asking, found: FoundRelease) -> Listed[RowView]:
    """List the rows of a published release by repository and path, without their contents."""
    query = ask.query(ROW_FIELDS)
    return ask.page(query, list_rows(ask.context, found.id, query))


@router.get("/{release_id}/verification", dependencies=[needs(Action.RELEASE_READ, about_release)])
def verification(ask: Asking, found: FoundRelease) -> Verification:
    """Check a published release against the installation's key and its recalls."""
    root = ask.context.settings.shards_dir(found.tier.value)
    try:
        verify_release(
            root / found.id, ask.context.keys.public, found.tier, recalls=root / RECALLS_FOLDER
        )
    except ReleaseRefused as error:
        return Verification(is_intact=False, cause=error.message)
    return Verification(is_intact=True, cause="")
