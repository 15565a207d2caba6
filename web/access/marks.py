"""Marks of routes: which action each needs, which are public, and that none is unmarked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Depends, FastAPI, params
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from policies.access import Action, Answer, Subject, answer, may
from web.access.principal import Who
from web.access.subjects import nothing_in_particular

_MARK: Final = "access_mark"


class MarkMissing(Exception):
    """A route does not say, once, who may use it; a defect that keeps the application down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a route says of who may use it."""

    action: Action | None
    """What it needs; None: nothing but what `is_public` says."""
    is_public: bool = False
    """For everybody, without logging in."""
    subject: Callable[..., Subject | Awaitable[Subject]] | None = None
    """Dependency that says what a request is about; None: the check finds that out itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedRoute:
    """A route of the application and its mark."""

    path: str
    methods: tuple[str, ...]
    mark: Mark
    check: params.Depends
    """The dependency that carries the mark."""


def needs(
    action: Action,
    subject: Callable[..., Subject | Awaitable[Subject]] = nothing_in_particular,
    *,
    also: Action | None = None,
) -> params.Depends:
    """Return the dependency of a route that is for those who may do `action`, and `also` that.

    `subject` is a dependency too: it says what the request is about. Who may not do it to that
    gets 403, and who may not even know of it 404, like for what does not exist.
    """

    # FastAPI reads the default, which is made here; the annotation could not name `subject`.
    async def check(who: Who, about: Subject = Depends(subject)) -> None:  # noqa: B008 - see above
        told = answer(who, action, about)
        if told is Answer.HIDDEN:
            raise HTTPException(404, "There is nothing here.")
        if told is Answer.FORBIDDEN or (also is not None and not may(who, also, about)):
            raise HTTPException(403, "You may not do this.")

    return marked(check, Mark(action=action, subject=subject))


def public() -> params.Depends:
    """Return the dependency of a route that is for everybody."""

    async def nothing() -> None:
        """Check nothing."""

    return marked(nothing, Mark(action=None, is_public=True))


def signed_in() -> params.Depends:
    """Return the dependency of a route that is for whoever says who they are, whatever they may."""

    async def check(who: Who) -> None:
        """Check nothing more: `who` has been found."""

    return marked(check, Mark(action=None))


def marked(check: Callable[..., Any], mark: Mark) -> params.Depends:
    """Return a dependency that is a route's mark; for routes that answer in words of their own."""
    setattr(check, _MARK, mark)
    dependency: params.Depends = Depends(check)
    return dependency


def marked_routes(app: FastAPI) -> list[MarkedRoute]:
    """Return every route with its mark; folders of static files are public and not among them.

    Raises:
        MarkMissing: a route does not say, or says more than once, who may use it.
    """
    found = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            methods = tuple(sorted(route.methods or ()))
            check = _check_of(route.path or "", route.dependencies)
            mark = getattr(check.dependency, _MARK)
            found.append(
                MarkedRoute(path=route.path or "", methods=methods, mark=mark, check=check)
            )
        elif not _is_static(route.original_route):
            raise MarkMissing(f"{route.original_route!r} is no route that can be marked")
    return found


def _check_of(path: str, dependencies: Iterable[params.Depends]) -> params.Depends:
    checks = [d for d in dependencies if hasattr(d.dependency, _MARK)]
    if len(checks) != 1:
        raise MarkMissing(
            f"The route {path} has {len(checks)} marks of access: it needs exactly one needs(…),"
            " signed_in() or public() among its dependencies."
        )
    return checks[0]


def _is_static(route: BaseRoute) -> bool:
    return isinstance(route, Mount) and isinstance(route.app, StaticFiles)
