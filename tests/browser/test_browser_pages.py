"""Every page in a real browser: nothing that axe finds, in light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.browser.places import PAGES_SEEN, path_of
from tests.browser.states import STATES_SEEN
from tests.support.browser import Served
from tests.support.seeded import ADA

pytestmark = pytest.mark.integration

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


LIGHT, DARK = ("light", 1280), ("dark", 390)


def reader(visit: Callable[..., Visitor], scheme: str, width: int) -> Visitor:
    return visit(
        ADA,
        color_scheme=scheme,
        reduced_motion="reduce",
        bypass_csp=True,
        viewport={"width": width, "height": 800},
    )


def complaints_about(name: str, page: Page, width: int) -> Iterator[str]:
    """Yield what is wrong with what stands in a window."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"{name}: {wide} px wide"
    for violation in Axe().run(page, options=WCAG).response["violations"]:
        nodes = [node["html"][:120] for node in violation["nodes"][:3]]
        yield f"{name}: {violation['id']}: {violation['help']}: {nodes}"


@pytest.mark.parametrize(("scheme", "width"), [LIGHT, DARK])
def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_its_window(
    served: Served, visit: Callable[..., Visitor], scheme: str, width: int
) -> None:
    ada = reader(visit, scheme, width)
    # What other tests decided is being judged anew, and `/why` says no more than that meanwhile.
    served.settle()
    found: list[str] = []
    for name in PAGES_SEEN:
        ada.open(path_of(served.context, name))
        found += complaints_about(name, ada.page, width)
    assert found == []


@pytest.mark.parametrize(("scheme", "width"), [LIGHT, pytest.param(*DARK, marks=pytest.mark.soak)])
def test_axe_finds_nothing_on_what_people_see_once_they_have_done_something(
    served: Served, visit: Callable[..., Visitor], scheme: str, width: int
) -> None:
    ada = reader(visit, scheme, width)
    served.settle()
    found: list[str] = []
    for name, reach in STATES_SEEN.items():
        reach(ada.page, served)
        found += complaints_about(name, ada.page, width)
    # A browser notes the answer 422 of what is refused on purpose.
    ada.complaints[:] = [c for c in ada.complaints if "422" not in c]
    assert found == []
