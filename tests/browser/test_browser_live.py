"""Work that goes on is seen on its page as it is made, by the strict policy for scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from store.catalog import JobSpec
from tests.browser.conftest import Visitor
from tests.support.browser import Served
from tests.support.seeded import ADA

pytestmark = pytest.mark.integration


def test_an_operation_moves_while_its_page_is_open(
    served: Served, visit: Callable[..., Visitor]
) -> None:
    def only_job(run_id: str) -> list[JobSpec]:
        return [JobSpec.of(run_id=run_id, stage="mirror", scope="", subject="nobody")]

    jobs = served.context.jobs
    run_id = jobs.start_run("sync", {}, only_job)
    page = visit(ADA).open(f"/operations/{run_id}")
    expect(page.locator("#progress")).to_contain_text("Running")
    expect(page.get_by_text("Look again")).to_be_hidden()
    taken = jobs.claim(only_job(run_id)[0].id, "tester", 60)
    assert taken is not None
    jobs.complete(taken)
    jobs.finish_run(run_id)
    expect(page.locator("#progress")).to_contain_text("Done")


def test_what_renews_itself_waits_while_somebody_is_in_it(visit: Callable[..., Visitor]) -> None:
    page = visit(ADA).open("/operations?state=done")
    link = page.locator("#list table a").first
    link.focus()
    link.evaluate("link => link.dataset.old = 'yes'")
    # As its own timer does every five seconds.
    renew = "htmx.ajax('GET', location.href, {source: '#list', target: '#list'})"
    page.evaluate(renew)
    expect(link).to_be_focused()
    expect(link).to_have_attribute("data-old", "yes")
    link.blur()
    page.evaluate(renew)
    expect(link).not_to_have_attribute("data-old", "yes")
