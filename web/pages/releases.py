"""Releases: the list, one with what it passed and who has it, its rows, the form to build one."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import InputError
from policies.access import Action, Subject, is_staff, may, tiers_seen_by
from policies.decision import Tier
from release.build.redactor import RedactionMode
from web.access import needs, shown_by_filter
from web.pages.caller import Caller, Calling
from web.pages.links import Links
from web.pages.templating import say
from web.routing import Router
from workers.building import start_build
from workers.reading.releases import FIELDS, ReleaseView, find_release, list_releases
from workers.reading.rows import FIELDS as ROW_FIELDS
from workers.reading.rows import list_rows
from workers.release_story import foresee_build, read_plot, tell_release

router = Router(include_in_schema=False)

STATES: Final = {
    "building": ("Being built", "info", "clock"),
    "published": ("Published", "good", "check"),
    "held": ("Held by the gate", "warn", "pause"),
    "failed": ("Failed", "bad", "cross"),
    "recalled": ("Recalled", "bad", "warn"),
}
"""State to (word, tone, icon)."""
OUT: Final = ("published", "recalled")
"""States of what went out: who only pulls is told of no other."""
GATE: Final = {
    "exit-scan": "All detectors looked at the finished files once more",
    "canaries": "Planted secrets and persons were stopped",
    "counts": "Every file that was seen is accounted for",
    "wipe-out": "No repository lost most of its rows unexplained",
    "pending-lanes": "No row waits for a reviewer",
    "consent": "Every repository consents to release",
    "unchanged": "The files are those that were checked",
}
"""Check of the gate to what it says."""
FATES: Final = (
    ("emitted", "In the release"),
    ("folded", "Copies of a row that is"),
    ("other_tier", "In the other tier"),
    ("held", "Wait for a review"),
    ("excluded", "Excluded"),
    ("skipped", "Not text"),
    ("withdrawn", "Withdrawn"),
)
REDACTIONS: Final = tuple(mode.value for mode in RedactionMode)


def release_of(release_id: str, caller: Calling) -> ReleaseView:
    """Return the release that a URL names."""
    return find_release(caller.context, release_id, only_out=not is_staff(caller.who))


Found = Annotated[ReleaseView, Depends(release_of)]


async def about(found: Found) -> Subject:
    """Return what a page of a release is about."""
    return Subject(tier=found.tier)


@router.get("/releases", dependencies=[needs(Action.RELEASE_READ, shown_by_filter)])
def releases(caller: Calling) -> HTMLResponse:
    """List releases of the tiers that may be seen, newest first."""
    seen = tiers_seen_by(caller.who)
    page = list_releases(
        caller.context, caller.query(FIELDS), tiers=seen, only_out=not is_staff(caller.who)
    )
    return caller.render(
        "releases.html",
        fragment="list",
        page=page,
        links=Links(caller.request),
        fields=FIELDS,
        seen=[tier.value for tier in Tier if tier in seen],
        states=STATES,
        told=STATES if is_staff(caller.who) else OUT,
    )


@router.get("/releases/new", dependencies=[needs(Action.RELEASE_BUILD)])
def new(caller: Calling) -> HTMLResponse:
    """Show the form to build a release, and what a build would find."""
    return _form(caller)


@router.post("/releases", dependencies=[needs(Action.RELEASE_BUILD)])
def build(
    caller: Calling,
    tier: Annotated[Tier, Form()],
    redaction: Annotated[RedactionMode, Form()] = RedactionMode.PLACEHOLDER,
    accept_loss: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    """Decide over the present corpus and build a release."""
    names = [name for name in (part.strip() for part in accept_loss.split(",")) if name]
    try:
        operation = start_build(
            caller.context, tier, actor=caller.name, redaction=redaction, accept_loss=names
        )
    except InputError as error:
        return _form(caller, status=422, error=error.message, accept_loss=accept_loss)
    answer = RedirectResponse(f"/operations/{operation}", 303)
    say(answer, f"A build of {tier.value} has begun.")
    return answer


@router.get("/releases/{release_id}", dependencies=[needs(Action.RELEASE_READ, about)])
def release(caller: Calling, found: Found) -> HTMLResponse:
    """Show a release."""
    sees_all = may(caller.who, Action.PULL_READ, Subject(owner="-"))
    story = tell_release(caller.context, found, consumer="" if sees_all else caller.name)
    return caller.render(
        "release.html", story=story, hub=caller.hub, states=STATES, gate=GATE, fates=FATES
    )


@router.get("/releases/{release_id}/rows", dependencies=[needs(Action.RELEASE_READ, about)])
def rows(caller: Calling, found: Found) -> HTMLResponse:
    """List the rows of a release by repository and path."""
    page = list_rows(caller.context, found.id, caller.query(ROW_FIELDS))
    links = Links(caller.request)
    return caller.render(
        "rows.html", fragment="list", page=page, links=links, fields=ROW_FIELDS, release=found
    )


@router.get("/releases/{release_id}/plots/{name}", dependencies=[needs(Action.RELEASE_READ, about)])
def plot(caller: Calling, found: Found, name: str) -> Response:
    """Return one plot of a release, as it was signed."""
    data = read_plot(caller.context, found, name)
    # Alone in a tab it may do nothing but be looked at.
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "private, no-cache"}
    return Response(data, media_type="image/svg+xml", headers=headers)


def _form(
    caller: Caller, *, status: int = 200, error: str = "", accept_loss: str = ""
) -> HTMLResponse:
    return caller.render(
        "release_new.html",
        status=status,
        outlook=foresee_build(caller.context),
        redactions=REDACTIONS,
        error=error,
        accept_loss=accept_loss,
    )
