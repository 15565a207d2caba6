"""``make screenshots``: a picture of every page over the seeded home, into ``docs/screenshots``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.browser.places import PAGES_SEEN, path_of
from tests.browser.states import STATES_SEEN
from tests.support.browser import ARGUMENTS, Served, chromium, log_in_by_link, serving
from tests.support.rules import use_shared_rules
from tests.support.seeded import ADA, copied_home

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
_DARK: Final = ("group", "repository", "release", "operations")
_PHONE: Final = ("review", "inbox")
_WIDE, _NARROW = 1280, 390
_TALLEST: Final = 1800
_LOADED: Final = """() => Promise.all([...document.images].map((image) => {
    image.loading = "eager";
    return image.decode().catch(() => null);
}))"""
"""Waits for pictures that are loaded when somebody scrolls to them."""


def main() -> int:
    """Take every picture; those of pages that are gone are removed."""
    found = chromium()
    if found is None:
        sys.stderr.write("no Chromium was found. Debian: apt-get install chromium\n")
        return 1
    use_shared_rules()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        home = copied_home(Path(folder) / "seeded", Path(folder) / "home")
        with serving(home) as served, sync_playwright() as playwright:
            served.settle()
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
            _take(browser, served, "light", [*PAGES_SEEN, *STATES_SEEN], _WIDE, "")
            _take(browser, served, "dark", _DARK, _WIDE, "-dark")
            _take(browser, served, "light", _PHONE, _NARROW, "-phone")
            browser.close()
    return 0


def _take(  # noqa: PLR0917 - one picture's options
    browser: Browser,
    served: Served,
    scheme: str,
    names: list[str] | tuple[str, ...],
    width: int,
    ending: str,
) -> None:
    size = {"width": width, "height": 800}
    context = browser.new_context(color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    if "login" in names:
        page.goto(served.url + "/login")
        page.screenshot(path=FOLDER / f"login{ending}.png")
    log_in_by_link(page, served.link(ADA))
    for name in names:
        if name == "login":
            continue
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if name in STATES_SEEN:
            STATES_SEEN[name](page, served)
        else:
            page.goto(served.url + path_of(served.context, name))
        # As tall as the page is: what stays in view while one scrolls is then in its place.
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(tall, _TALLEST)})
        page.evaluate(_LOADED)
        page.screenshot(path=FOLDER / f"{name}{ending}.png")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
