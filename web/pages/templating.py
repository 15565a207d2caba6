"""Templates: one strict environment, and what every page is given."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final
from urllib.parse import quote, unquote

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from policies.access import Action, Principal, Subject, may
from policies.decision import Lane
from web.pages import words
from web.pages.assets import asset_url
from web.pages.navigation import navigation_of
from web.pages.words_of_repositories import CONSENT_WORDS, RIGHTS_WORDS, SYNC_WORDS
from web.pages.words_of_reviews import ACTIONS, EFFECTS, KINDS, REASONS, UNMASK_WORDS
from workers.context import utc_now

THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "shardgate-theme"
FLASH_COOKIE: Final = "shardgate-said"
_REVIEW: Final = re.compile(r"rvw_[0-9a-z]{1,40}")


@cache
def environment() -> Environment:
    """Return the environment of all templates; names that are missing are errors."""
    env = Environment(
        loader=PackageLoader("web.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "shown": words.shown,
        "count": words.count,
        "size": words.size,
        "plural": words.plural,
        "day": words.day,
    }
    env.globals |= {
        "asset": asset_url,
        "Action": Action,
        "Lane": Lane,
        "TIER_WORDS": words.TIER_WORDS,
        "STATE_WORDS": words.STATE_WORDS,
        "KIND_WORDS": words.KIND_WORDS,
        "KINDS": KINDS,
        "REASONS": REASONS,
        "ACTIONS": ACTIONS,
        "UNMASK_WORDS": UNMASK_WORDS,
        "EFFECTS": EFFECTS,
        "SYNC_WORDS": SYNC_WORDS,
        "CONSENT_WORDS": CONSENT_WORDS,
        "RIGHTS_WORDS": RIGHTS_WORDS,
        "FAMILY_WORDS": words.FAMILY_WORDS,
        "THEMES": THEMES,
        "why_url": words.why_url,
    }
    env.globals["ui"] = env.get_template("parts.html").module
    return env


def render(
    request: Request,
    template: str,
    /,
    *,
    who: Principal | None = None,
    status: int = 200,
    fragment: str = "",
    **values: object,
) -> HTMLResponse:
    """Return a page.

    Args:
        request: what it answers; templates get it as ``request``.
        template: name below ``web/pages/templates``.
        who: who looks at it; without one there is no navigation.
        status: HTTP status.
        fragment: a block of the template that is sent alone when htmx asks for the element of
            this id.
        values: what the template names.
    """
    found = environment().get_template(template)
    context = found.new_context(_common(request, who) | values)
    wants = request.headers.get("HX-Target", "") if request.headers.get("HX-Request") else ""
    if fragment and wants == fragment:
        text = "".join(found.blocks[fragment](context))
    else:
        text = "".join(found.root_render_func(context))
    headers = {"Cache-Control": "no-store", "Vary": "HX-Request, HX-Target, Cookie"}
    response = HTMLResponse(text, status, headers=headers)
    if FLASH_COOKIE in request.cookies:
        response.delete_cookie(FLASH_COOKIE)
    return response


def say(response: Response, message: str, *, undo: str = "") -> None:
    """Let the next page show a message once; it holds no value that was found anywhere.

    `undo` is the id of a review that the message offers to take back.
    """
    said = quote(f"{undo}|{message}")
    response.set_cookie(FLASH_COOKIE, said, max_age=60, httponly=True, samesite="lax")


def _common(request: Request, who: Principal | None) -> dict[str, Any]:
    now = utc_now()
    theme = request.cookies.get(THEME_COOKIE, "")
    undo, _, said = unquote(request.cookies.get(FLASH_COOKIE, "")).partition("|")

    def allows(action: Action, **subject: Any) -> bool:  # noqa: ANN401 - as `Subject` takes them
        return who is not None and may(who, action, Subject(**subject))

    field = Markup('<input type="hidden" name="csrf_token" value="{}">')
    return {
        "request": request,
        "here": request.url.path,
        "full_url": str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        "who": who,
        "roles": _roles(who) if who else "",
        "allows": allows,
        "sections": navigation_of(who) if who else (),
        "theme": theme if theme in THEMES else "auto",
        "said": said[:300],
        "undo": undo if _REVIEW.fullmatch(undo) else "",
        "csrf_token": lambda: _csrf_token(request),
        "csrf_field": lambda: field.format(_csrf_token(request)),
        "now": now,
        "when": lambda moment: words.when(moment, now),
    }


def _roles(who: Principal) -> str:
    lanes = [f"{lane}" for lane in Lane if lane in who.lanes]
    others = sorted(role.value for role in who.roles if not role.startswith("reviewer"))
    return ", ".join([*others, *(["reviews " + ", ".join(lanes)] if lanes else [])])


def _csrf_token(request: Request) -> str:
    return str(getattr(request.state, "csrf_token", ""))
