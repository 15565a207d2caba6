"""``python -m web``: serve until told to stop."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces

from workers.settings import Settings


def main() -> None:
    """Serve at the address of the settings."""
    settings = Settings()
    Granian(
        "web.app:create_app",
        address=settings.web_host,
        port=settings.web_port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=settings.web_workers,
        log_access=False,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
