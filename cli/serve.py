"""``shardgate serve``: the web server in the foreground."""

from __future__ import annotations

import os
import sys

from cli.console import out
from workers.settings import Settings


def serve() -> None:
    """Serve releases to training jobs over HTTP, until Ctrl-C."""
    settings = Settings()
    base = f"http://{settings.web_host}:{settings.web_port}"
    out.print(f"serving {base}; training jobs pull with HF_ENDPOINT={base}/hub")
    sys.stdout.flush()
    # Commands know nothing of the web package, so its program takes this process's place.
    os.execv(sys.executable, [sys.executable, "-m", "web"])  # noqa: S606 - our own program
