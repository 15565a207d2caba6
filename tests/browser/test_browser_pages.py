"""Every page in a real browser: nothing that axe finds, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visitor
from tests.browser.places import PAGES_SEEN, path_of
from tests.support.browser import Served
from tests.support.seeded import ADA

pytestmark = pytest.mark.integration

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_its_window(
    served: Served, visit: Callable[..., Visitor], width: int
) -> None:
    ada = visit(ADA, viewport={"width": width, "height": 800})
    found: dict[str, int] = {}
    for name in PAGES_SEEN:
        page = ada.open(path_of(served.context, name))
        found[name] = page.evaluate("document.documentElement.scrollWidth")
    assert {name: wide for name, wide in found.items() if wide > width} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    served: Served, visit: Callable[..., Visitor], scheme: str
) -> None:
    ada = visit(ADA, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    found: list[str] = []
    for name in PAGES_SEEN:
        page = ada.open(path_of(served.context, name))
        for violation in Axe().run(page, options=WCAG).response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            found.append(f"{name}: {violation['id']}: {violation['help']}: {nodes}")
    assert found == []
