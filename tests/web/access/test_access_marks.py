"""Marks: an application with a route that does not say who may use it does not start."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from policies.access import Action
from web.access import MarkMissing, marked_routes, needs, public, signed_in


def app_with(*dependencies: object) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    router = APIRouter(prefix="/things")
    router.add_api_route("/{id}", lambda: None, dependencies=list(dependencies))  # type: ignore[arg-type]
    app.include_router(router)
    return app


@pytest.mark.parametrize("mark", [needs(Action.AUDIT_READ), public(), signed_in()])
def test_one_mark_is_enough(mark: object) -> None:
    marked_routes(app_with(mark))


def test_no_mark_and_two_marks_keep_the_application_down() -> None:
    with pytest.raises(MarkMissing, match=r"/things/\{id\} has 0 marks"):
        marked_routes(app_with())
    with pytest.raises(MarkMissing, match="has 2 marks"):
        marked_routes(app_with(public(), needs(Action.AUDIT_READ)))


def test_what_cannot_be_marked_is_refused_but_folders_of_files(tmp_path: object) -> None:
    app = app_with(public())
    app.router.routes.append(Mount("/static", StaticFiles(directory=str(tmp_path))))
    marked_routes(app)
    app.router.routes.append(Mount("/other", Starlette()))
    with pytest.raises(MarkMissing):
        marked_routes(app)
    with pytest.raises(MarkMissing):
        marked_routes(FastAPI())
