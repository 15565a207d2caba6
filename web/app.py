"""The application: one process's services behind routes."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from starlette.responses import JSONResponse

from store.catalog import TokenBook
from web.hub.routes import router as hub
from web.problems import add_problem_handlers
from web.services import Served, Services
from workers.context import Context, utc_now
from workers.counter import Counter
from workers.published import PublishedReleases
from workers.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application over the home that the settings name."""
    context = Context(settings=settings or Settings())
    app = FastAPI(title="Shardgate", version=version("shardgate"), docs_url=None, redoc_url=None)
    app.state.services = Services(
        context=context,
        tokens=TokenBook(context.catalog, clock=utc_now),
        releases=PublishedReleases(context),
        counter=Counter(context),
    )
    add_problem_handlers(app)
    app.include_router(hub)
    _add_health(app)
    return app


def _add_health(app: FastAPI) -> None:
    @app.get("/livez")
    def livez() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz(services: Served) -> JSONResponse:
        """Say whether the catalog answers."""
        services.context.catalog.list_repositories()
        return JSONResponse({"status": "ok"})

    @app.get("/version")
    def versions() -> dict[str, str]:
        """Say which version answers."""
        return {"shardgate": version("shardgate")}
