"""Discover the repositories of an organisation or group, and register the ticked ones.

For who may register anything: a plan names what others have registered.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.domain.repository import RightsBasis
from ingest.errors import InputError
from ingest.register.registry import Action as Registered
from policies.access import Action
from store.catalog.errands import Errand, ErrandKind, ErrandState
from web.access import needs
from web.pages.caller import Caller, Calling
from web.pages.errands import FoundErrand, is_left_waiting
from web.routing import Router
from workers.discovery.model import DiscoveryPlan, Filters, Group, Kind, Standing
from workers.discovery.plan import Applied, Terms, default_host
from workers.errands import apply_found, ask_discovery, read_plan
from workers.reading.page import NotFound
from workers.running import start_run

router = Router(include_in_schema=False)

KINDS: Final = {
    Kind.GITHUB: ("GitHub", "An organisation or a user."),
    Kind.GITLAB: ("GitLab", "A group with its subgroups, such as acme/platform."),
    Kind.GITEA: ("Gitea or Forgejo", "An organisation; the host has to be named."),
}
"""Kind of a host to (name, what its groups are)."""
STANDINGS: Final = {
    Standing.NEW: ("New", "info", "circle"),
    Standing.RENAMED: ("Renamed", "warn", "sync"),
    Standing.KNOWN: ("Registered", "good", "check"),
    Standing.GONE: ("Gone from the host", "warn", "warn"),
    Standing.LEFT_OUT: ("Left out", "mute", "dash"),
    Standing.REFUSED: ("Refused", "bad", "cross"),
}
"""Standing to (word, tone, icon), in the order of the page."""
OUTCOMES: Final = {
    Registered.ADD: ("Registered", "good", "check"),
    Registered.UPDATE: ("Changed", "good", "check"),
    Registered.UNCHANGED: ("Was registered so", "mute", "dash"),
    Registered.REFUSED: ("Refused", "bad", "cross"),
}
_Text = Annotated[str, Form(max_length=2000)]


@router.get("/repositories/discover", dependencies=[needs(Action.REPOSITORY_WRITE)])
def new(caller: Calling) -> HTMLResponse:
    """Ask whose repositories are meant."""
    return _ask(caller, {})


@router.post("/repositories/discoveries", dependencies=[needs(Action.REPOSITORY_WRITE)])
def discover(  # noqa: PLR0913, PLR0917 - a parameter a field of the form
    caller: Calling,
    kind: Annotated[Kind, Form()],
    group: _Text = "",
    host: _Text = "",
    credential: _Text = "",
    include: _Text = "",
    exclude: _Text = "",
    also: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Ask the host, in the background."""
    more = set(also or ())
    filled = {
        "kind": kind.value,
        "group": group.strip(),
        "host": host.strip(),
        "credential": credential.strip(),
        "include": include,
        "exclude": exclude,
        "also": " ".join(sorted(more)),
    }
    wanted = Filters(
        include=_parts(include),
        exclude=_parts(exclude),
        archived="archived" in more,
        forks="forks" in more,
        empty="empty" in more,
    )
    try:
        of = Group(
            kind=kind,
            host=filled["host"] or default_host(kind),
            name=filled["group"],
            credential=filled["credential"],
        )
        errand = ask_discovery(caller.context, of, wanted, actor=caller.name, ssh="ssh" in more)
    except InputError as error:
        return _ask(caller, filled, error=f"{error.message} {error.hint}".strip())
    return RedirectResponse(f"/repositories/discoveries/{errand}", 303)


@router.get("/repositories/discoveries/{errand_id}", dependencies=[needs(Action.REPOSITORY_WRITE)])
def found_at(caller: Calling, found: FoundErrand) -> HTMLResponse:
    """Show what the host lists, with the form to register it; or how far it is."""
    return _plan(caller, found, {})


@router.post(
    "/repositories/discoveries/{errand_id}/registrations",
    dependencies=[needs(Action.REPOSITORY_WRITE)],
)
def register(  # noqa: PLR0913, PLR0917 - a parameter a field of the form
    caller: Calling,
    found: FoundErrand,
    owner: _Text = "",
    rights: _Text = "",
    license_: Annotated[str, Form(alias="license")] = "",
    evidence: _Text = "",
    credential: _Text = "",
    repository: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Register the ticked ones and begin their first visits; each has its outcome."""
    filled = {
        "owner": owner.strip(),
        "rights": rights,
        "license": license_.strip(),
        "evidence": evidence.strip(),
        "credential": credential.strip(),
    }
    ticked = set(repository or ())
    if not ticked or rights not in set(RightsBasis):
        missing = "Tick at least one repository." if not ticked else "Say why they may be used."
        return _plan(caller, found, filled, error=missing)
    terms = Terms(**(filled | {"rights": RightsBasis(rights)}))  # type: ignore[arg-type]
    try:
        applied = apply_found(caller.context, found.id, terms, actor=caller.name, only=ticked)
    except InputError as error:
        return _plan(caller, found, filled, error=error.message)
    return _done(caller, found, applied)


def _done(caller: Caller, found: Errand, applied: list[Applied]) -> HTMLResponse:
    new = {a.outcome.repository_id for a in applied if a.outcome.action is Registered.ADD}
    known = [r for r in caller.context.catalog.list_repositories() if r.id in new]
    operation = start_run(caller.context, known, by=caller.name) if known else ""
    return caller.render(
        "discovered_done.html",
        errand=found,
        applied=applied,
        outcomes=OUTCOMES,
        operation=operation,
        count=len(known),
    )


def _parts(text: str) -> list[str]:
    return [part for part in text.replace(",", " ").split() if part]


def _ask(caller: Caller, filled: dict[str, str], *, error: str = "") -> HTMLResponse:
    names = ("group", "host", "credential", "include", "exclude", "also")
    return caller.render(
        "discover.html",
        status=422 if error else 200,
        filled=dict.fromkeys(names, "") | {"kind": Kind.GITHUB.value} | filled,
        kinds=KINDS,
        error=error,
    )


def _plan(
    caller: Caller, errand: Errand, filled: dict[str, str], *, error: str = ""
) -> HTMLResponse:
    if errand.kind is not ErrandKind.DISCOVER:
        raise NotFound(f"{errand.id} is no discovery.")
    plan: DiscoveryPlan | None = None
    if errand.state is ErrandState.DONE:
        plan = read_plan(errand.result)
    names = ("owner", "rights", "license", "evidence", "credential")
    group = errand.params["group"]
    return caller.render(
        "discovered.html",
        fragment="plan",
        status=422 if error else 200,
        errand=errand,
        plan=plan,
        is_left_waiting=is_left_waiting(errand),
        source=f"{group['host']}/{group['name']}",
        filled=dict.fromkeys(names, "") | {"credential": group["credential"]} | filled,
        bases=RightsBasis,
        standings=STANDINGS,
        error=error,
    )
