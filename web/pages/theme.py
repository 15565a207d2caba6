"""The choice between light and dark, kept in a cookie."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from starlette.responses import RedirectResponse

from web.access import local_path, public
from web.pages.templating import THEME_COOKIE, THEMES
from web.routing import Router

_YEAR = 365 * 86_400

router = Router(include_in_schema=False)


@router.post("/theme", dependencies=[public()])
def choose_theme(
    theme: Annotated[str, Form()], back: Annotated[str, Form(alias="next")] = "/"
) -> RedirectResponse:
    """Keep the choice and go back to where it was made."""
    response = RedirectResponse(local_path(back), 303)
    chosen = theme if theme in THEMES else "auto"
    response.set_cookie(THEME_COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="lax")
    return response
