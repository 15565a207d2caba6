"""A real browser before a real server over a seeded home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support.browser import ARGUMENTS, Served, chromium, log_in_by_link, serving
from tests.support.seeded import Person, copied_home, shared_folder

# A busy machine answers late; what is wrong stays wrong for as long.
expect.set_options(timeout=60_000)
HOW = "no Chromium was found; the browser suite was skipped. Debian: apt-get install chromium"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody before a browser window of their own."""

    page: Page
    served: Served
    complaints: list[str] = field(default_factory=list)
    """What the browser said of scripts, policies and failed requests."""

    def open(self, path: str) -> Page:
        """Open a page and wait until it is read."""
        told = self.page.goto(self.served.url + path)
        assert told is None or told.ok, f"{path}: {told.status}"
        return self.page


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server, in a process of its own."""
    if chromium() is None:
        pytest.skip(HOW)
    home = tmp_path_factory.mktemp("browser") / "home"
    copied_home(shared_folder(tmp_path_factory), home)
    with serving(home) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    found = chromium()
    if found is None:
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(served: Served, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Log people in, each in a window of their own; nobody may be complained of at the end."""
    opened: list[tuple[BrowserContext, Visitor]] = []

    def log_in(person: Person, **options: object) -> Visitor:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        visitor = Visitor(page=context.new_page(), served=served)
        listen(visitor.page, visitor.complaints)
        log_in_by_link(visitor.page, served.link(person))
        opened.append((context, visitor))
        return visitor

    yield log_in
    for context, visitor in opened:
        context.close()
        assert visitor.complaints == []


def listen(page: Page, complaints: list[str]) -> None:
    """Note what a browser complains of: errors, refused scripts, reports of the policy."""
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on(
        "request",
        lambda r: complaints.append(f"report: {r.post_data}") if "/csp-reports" in r.url else None,
    )
    page.on("dialog", lambda dialog: dialog.accept())
