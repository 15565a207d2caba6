"""A server to look at, and the browser to look with: without a window, talking to nobody else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Page

from tests.support.seeded import Person, settings_of
from tests.support.working import find_out, settle
from workers.context import Context
from workers.front_door import FrontDoor

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Return the path of the Chromium of this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server and its installation."""

    url: str
    context: Context

    def link(self, person: Person) -> str:
        """Return the URL by which a person logs in."""
        return (
            f"{self.url}/login/link/{FrontDoor(self.context).make_link(person.name, actor='root')}"
        )

    def settle(self) -> None:
        """Do what waits for workers."""
        settle(self.context)

    def find_out(self) -> None:
        """Run the errands that wait."""
        find_out(self.context)


@contextmanager
def serving(home: Path) -> Iterator[Served]:
    """Serve a seeded home in a process of its own for the length of a block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {
        "SHARDGATE_HOME": str(home),
        "SHARDGATE_WEB_PORT": str(port),
        "SHARDGATE_WEB_RATE": "10000",
        "SHARDGATE_BROKER_URL": "memory://",
        "SHARDGATE_ALLOW_LOCAL": "true",
    }
    log = home.parent / "web.log"
    with log.open("wb") as out:
        server = subprocess.Popen([sys.executable, "-m", "web"], env=env, stdout=out, stderr=out)
    context = Context(settings=settings_of(home))
    try:
        _wait(f"http://127.0.0.1:{port}", server, log)
        yield Served(url=f"http://127.0.0.1:{port}", context=context)
    finally:
        server.terminate()
        server.wait(20)
        context.catalog.close()


def log_in_by_link(page: Page, link: str) -> None:
    """Log in as a person does who was given a link."""
    page.goto(link)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert server.poll() is None, log.read_text()[-2000:]
        try:
            if httpx.get(f"{url}/livez", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
