"""``python -m web``: serve until told to stop."""

from __future__ import annotations

import logging
import sys

from fastapi import FastAPI
from granian import Granian
from granian.constants import Interfaces, Loops

from ingest.errors import ConfigurationError
from web.app import create_app
from workers.collector import uncollected
from workers.context import Context
from workers.exposure import check_exposure
from workers.front_door import FrontDoor
from workers.logs import configure_logging
from workers.settings import Settings
from workers.tracing import configure_tracing


def serving() -> FastAPI:
    """Return the application of one process of the server, which writes logs."""
    configure_logging(logging.INFO)
    configure_tracing(Settings(), "web")
    # To look through all that is there now again and again took 7 % of the time.
    with uncollected():
        return create_app()


def main() -> None:
    """Serve at the address of the settings; exit 2 where they may not be served with."""
    settings = Settings()
    try:
        known = FrontDoor(Context(settings=settings)).users.has_any()
        check_exposure(settings, is_somebody_known=known)
    except ConfigurationError as error:
        # Told once, before there are processes that would each end with it.
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_code)
    Granian(
        "web.__main__:serving",
        address=settings.web_host,
        port=settings.web_port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        factory=True,
        workers=settings.web_workers,
        log_access=False,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
