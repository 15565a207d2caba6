"""What people see once they have done something on a page, by a name for its picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from playwright.sync_api import Page, expect

from store.catalog.errands import ErrandKind
from tests.browser.places import path_of
from tests.support.browser import Served
from tests.support.taken_back import recall_of_its_own, withdraw_nothing
from workers.discovery.model import DiscoveryPlan, Group, Kind, PlannedRepository, Standing
from workers.errands import errand_book
from workers.reading.page import as_json


def _open(page: Page, served: Served, path: str) -> None:
    page.goto(served.url + path)


def _policy(page: Page, served: Served, button: str, *, when: str = "", ending: str = "") -> None:
    """Press a button of the policy editor; `when` is another condition for code names."""
    _open(page, served, "/policies/edit")
    text = page.locator("#text")
    written = text.input_value().replace("name: default", "name: other", 1)
    if when:
        written = written.replace("when: codename_count > 0", f"when: {when}", 1)
    text.fill(written + ending)
    page.get_by_role("button", name=button, exact=True).click()


def _impact(page: Page, served: Served) -> None:
    _policy(page, served, "Impact", when="size > 300")
    page.wait_for_url("**/policies/impact/**")
    served.find_out()
    expect(page.get_by_role("heading", name="By repository")).to_be_visible()


def _proposal(page: Page, served: Served) -> None:
    _policy(page, served, "Ask for it")
    page.wait_for_url("**/policies/proposals/**")


def _error(page: Page, served: Served) -> None:
    _policy(page, served, "Test", ending="\nrules: [\n")
    expect(page.get_by_role("alert")).to_contain_text("line ")


def _preview(page: Page, served: Served) -> None:
    _open(page, served, "/repositories/new")
    known = served.context.catalog.list_repositories()
    page.locator("#url").fill(next(r.url for r in known if r.name == "harbor-billing"))
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/previews/**")
    served.find_out()
    expect(page.get_by_text("What reviewers would have to decide")).to_be_visible()


def _discovered(page: Page, served: Served) -> None:
    _open(page, served, "/repositories/discover")
    page.locator("input[value=gitea]").check()
    page.locator("#host").fill("git.example.com")
    page.locator("#group").fill("acme")
    page.locator("main form button.main").click()
    page.wait_for_url("**/discoveries/**")
    book = errand_book(served.context)
    taken = book.claim(timedelta(minutes=1), [ErrandKind.DISCOVER])
    assert taken is not None
    group = Group(kind=Kind.GITEA, host="git.example.com", name="acme")
    standings = (Standing.NEW, Standing.NEW, Standing.RENAMED, Standing.GONE)
    plan = DiscoveryPlan(group=group, items=list(map(_found, standings, "abcd")), requests=1)
    book.finish(taken.id, as_json(plan))
    expect(page.get_by_text("3 new or renamed")).to_be_visible()


def _found(standing: Standing, name: str) -> PlannedRepository:
    return PlannedRepository(
        standing=standing,
        full_name=f"acme/{name}",
        url=f"https://git.example.com/acme/{name}",
        repository_id="",
        remote_id=name,
        reason="",
    )


def _bundle(page: Page, served: Served) -> None:
    _open(page, served, "/inbox/security")
    for box in page.locator("input[name=group]").all()[:3]:
        box.check()
    page.get_by_role("button", name="Decide on the ticked").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 groups")


def _radius(page: Page, served: Served) -> None:
    _open(page, served, "/withdrawals/new")
    page.locator("input[value=path]").check()
    page.locator("#repository").fill("harbor-billing")
    page.locator("#value").fill("src/**")
    page.locator("#comment").fill("It was never ours to give away.")
    page.get_by_role("button", name="See what it takes back").click()
    page.wait_for_url("**/forecast/**")
    served.find_out()
    expect(page.get_by_text("What it would take back")).to_be_visible()


def _withdrawn(page: Page, served: Served) -> None:
    found = withdraw_nothing(served.context.anew())
    served.settle()
    _open(page, served, f"/withdrawals/{found}")
    expect(page.get_by_text("A claim came in.")).to_be_visible()


def _withdrawals(page: Page, served: Served) -> None:
    _open(page, served, "/withdrawals")
    expect(page.get_by_text("A claim came in.").first).to_be_visible()


def _recalls(page: Page, served: Served) -> None:
    taken = recall_of_its_own(served.context.anew())
    _open(page, served, "/recalls")
    expect(page.get_by_text(taken.releases[0].release_id).first).to_be_visible()


def _token(page: Page, served: Served) -> None:
    _open(page, served, "/tokens/new")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("pre.code").first).to_be_visible()


def _outlook(page: Page, served: Served) -> None:
    page.goto(served.url + path_of(served.context, "group"))
    page.locator("input[value=keep_internal]").check()
    expect(page.locator("#outlook")).to_contain_text("Would")


STATES_SEEN: Final[Mapping[str, Callable[[Page, Served], None]]] = {
    "outlook": _outlook,
    "bundle": _bundle,
    "preview": _preview,
    "discovered": _discovered,
    "policy-error": _error,
    "policy-impact": _impact,
    "policy-proposal": _proposal,
    "withdrawal-radius": _radius,
    "withdrawal-made": _withdrawn,
    "withdrawals": _withdrawals,
    "recalls": _recalls,
    "token-made": _token,
}
"""Name to what leads there."""
