"""The application: one process's services behind routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from policies.access import Action
from store.catalog import TokenBook
from web.access import marked_routes, needs, public
from web.access.guard import Guard
from web.access.login import router as login
from web.access.reports import router as csp_reports
from web.api import router as api
from web.hub.pulling import router as hub_pulling
from web.hub.routes import router as hub
from web.pages import PAGES
from web.problems import add_problem_handlers
from web.services import Served, Services
from web.webhooks import router as webhooks
from workers.context import Context, utc_now
from workers.counter import Counter
from workers.exposure import check_exposure
from workers.front_door import FrontDoor
from workers.metrics import CONTENT_TYPE, exposition
from workers.objects import ObjectLinks
from workers.oidc import Issuer
from workers.published import PublishedReleases
from workers.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application over the home that the settings name.

    Raises:
        ConfigurationError: a secret is a default one, or other machines could come in unasked.
        MarkMissing: a route does not say who may use it.
    """
    context = Context(settings=settings or Settings())
    door = FrontDoor(context)
    check_exposure(context.settings, is_somebody_known=door.users.has_any())
    app = FastAPI(
        title="Shardgate",
        version=version("shardgate"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_few_threads,
        # Its own spans and logs hold paths, and what errors say; `Guard` makes ours.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.services = Services(
        context=context,
        tokens=TokenBook(context.catalog, clock=utc_now),
        releases=PublishedReleases(context),
        counter=Counter(context),
        door=door,
        issuer=Issuer(context.settings) if context.settings.oidc_issuer else None,
        objects=ObjectLinks(context),
    )
    add_problem_handlers(app)
    app.add_middleware(Guard, settings=context.settings)
    app.include_router(login)
    app.include_router(csp_reports)
    app.include_router(hub)
    app.include_router(webhooks)
    app.include_router(api)
    app.include_router(hub_pulling)
    for page in PAGES:
        app.include_router(page)
    _add_health(app)
    marked_routes(app)
    return app


@asynccontextmanager
async def _few_threads(app: FastAPI) -> AsyncIterator[None]:
    """Bound the threads in which requests are worked on.

    With forty, the default, the thread that takes requests in gets one turn in forty-one: what
    arrives waits before anybody has seen it, and nobody can refuse it.
    """
    services: Services = app.state.services
    limiter = to_thread.current_default_thread_limiter()
    limiter.total_tokens = services.context.settings.web_threads
    yield


def _add_health(app: FastAPI) -> None:
    @app.get("/openapi.json", include_in_schema=False, dependencies=[public()])
    def openapi() -> dict[str, Any]:
        """Describe the API: routes and types, and nothing that is kept."""
        return app.openapi()

    @app.get("/livez", dependencies=[public()])
    def livez() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "ok"}

    @app.get("/readyz", dependencies=[public()])
    def readyz(services: Served) -> JSONResponse:
        """Say whether the catalog answers."""
        services.context.catalog.count_repositories()
        return JSONResponse({"status": "ok"})

    @app.get("/metrics", include_in_schema=False, dependencies=[needs(Action.OPERATION_READ)])
    def metrics(services: Served) -> Response:
        """Tell what is counted, in Prometheus' text format."""
        return Response(exposition(services.context), media_type=CONTENT_TYPE)

    @app.get("/version", dependencies=[public()])
    def versions() -> dict[str, str]:
        """Say which version answers."""
        return {"shardgate": version("shardgate")}
