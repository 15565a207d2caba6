"""Register a repository: look at it first, then say why the company may use it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.domain.repository import RightsBasis
from ingest.errors import InputError
from policies.access import Action, Subject, may, owners_seen_by
from store.catalog.errands import Errand, ErrandKind, ErrandState
from web.access import needs, own
from web.pages.caller import Caller, Calling
from web.pages.errands import FoundErrand, about_errand, is_left_waiting
from web.pages.stated import FIELDS, read_statement
from web.pages.templating import say
from web.routing import Router
from workers.errands import ask_preview, find_errand, read_preview
from workers.preview.model import Preview
from workers.reading.page import NotFound
from workers.registering import register
from workers.running import start_run

router = Router(include_in_schema=False)

_Text = Annotated[str, Form(max_length=500)]


@router.get("/repositories/new", dependencies=[needs(Action.REPOSITORY_WRITE, own)])
def new(caller: Calling, step: str = "", url: str = "") -> HTMLResponse:
    """Ask where it is; with ``step=rights`` at once why the company may use it."""
    if step == "rights":
        return _form(caller, {"url": url[:500]})
    return _where(caller, url[:500])


@router.post("/repositories/previews", dependencies=[needs(Action.REPOSITORY_WRITE, own)])
def look(caller: Calling, url: _Text = "", credential: _Text = "") -> Response:
    """Have a repository looked at; nothing of it is kept."""
    try:
        errand = ask_preview(
            caller.context, url.strip(), actor=caller.name, credential=credential.strip()
        )
    except InputError as error:
        return _where(caller, url, credential, error=_told(error))
    return RedirectResponse(f"/repositories/previews/{errand}", 303)


@router.get(
    "/repositories/previews/{errand_id}",
    dependencies=[needs(Action.REPOSITORY_WRITE, about_errand)],
)
def seen(caller: Calling, found: FoundErrand) -> HTMLResponse:
    """Show what was seen, with the form to register it; or how far it is."""
    if found.kind is not ErrandKind.PREVIEW:
        raise NotFound(f"{found.id} is no preview.")
    filled = {"url": str(found.params["url"]), "credential": str(found.params["credential"])}
    return _form(caller, filled, errand=found)


def for_owner(owner: Annotated[str, Form()] = "") -> Subject:
    """Return what registering is about: whom the form names as the owner."""
    return Subject(owner=owner.strip())


@router.post("/repositories", dependencies=[needs(Action.REPOSITORY_WRITE, for_owner)])
def add(  # noqa: PLR0913, PLR0917 - a parameter a field of the form
    caller: Calling,
    url: _Text = "",
    owner: _Text = "",
    rights: _Text = "",
    license_: Annotated[str, Form(alias="license")] = "",
    evidence: _Text = "",
    consent: _Text = "",
    consent_until: _Text = "",
    credential: _Text = "",
    preview: _Text = "",
) -> Response:
    """Register a repository and begin its first visit."""
    values = (url, owner, rights, license_, evidence, consent, consent_until, credential)
    filled = dict(zip(FIELDS, (value.strip() for value in values), strict=True))
    try:
        found = register(
            caller.context,
            read_statement(filled),
            actor=caller.name,
            owners=owners_seen_by(caller.who),
        )
    except InputError as error:
        errand = _own_preview(caller, preview)
        return _form(caller, filled, status=422, error=_told(error), errand=errand)
    operation = start_run(caller.context, [found], by=caller.name)
    answer = RedirectResponse(f"/repositories/{found.id}", 303)
    say(answer, f"{found.name} is registered; its first visit has begun ({operation}).")
    return answer


def _told(error: InputError) -> str:
    return f"{error.message} {error.hint}".strip()


def _own_preview(caller: Caller, errand_id: str) -> Errand | None:
    """Return the preview that a form was filled in beside, if it is theirs to see."""
    if not errand_id:
        return None
    try:
        found = find_errand(caller.context, errand_id)
    except InputError:
        return None
    is_theirs = may(caller.who, Action.REPOSITORY_WRITE, Subject(owner=found.asked_by))
    return found if is_theirs and found.kind is ErrandKind.PREVIEW else None


def _where(caller: Caller, url: str, credential: str = "", *, error: str = "") -> HTMLResponse:
    return caller.render(
        "register_where.html",
        status=422 if error else 200,
        url=url,
        credential=credential,
        error=error,
    )


def _form(
    caller: Caller,
    filled: dict[str, str],
    *,
    status: int = 200,
    error: str = "",
    errand: Errand | None = None,
) -> HTMLResponse:
    preview: Preview | None = None
    if errand is not None and errand.state is ErrandState.DONE:
        preview = read_preview(errand.result)
    return caller.render(
        "register.html",
        fragment="preview",
        status=status,
        filled=dict.fromkeys(FIELDS, "") | filled,
        error=error,
        bases=RightsBasis,
        teams=sorted(caller.who.teams),
        errand=errand,
        is_left_waiting=errand is not None and is_left_waiting(errand),
        preview=preview,
        today=caller.today,
    )
