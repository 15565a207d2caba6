"""Reviewing in a real browser: two people, keys alone, a collision, and code that must not run."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from policies.decision import Lane
from policies.review import Review, ReviewKind, ReviewReason
from store.asking import Filter, Query
from tests.browser.conftest import Visitor
from tests.support.browser import Served
from tests.support.seeded import ADA, BEN, HOSTILE
from workers.reading.groups import list_groups
from workers.review_requests import Request
from workers.reviewing import ask

Visit = Callable[..., Visitor]

pytestmark = pytest.mark.integration
SLOW = 30_000
"""Milliseconds; what would change is reckoned over the whole corpus."""


def test_one_person_asks_and_another_one_agrees(served: Served, visit: Visit) -> None:
    served.settle()
    ada, ben = visit(ADA), visit(BEN)
    page = ada.open("/inbox/security?q=sk_l")
    page.get_by_role("link", name="A credential by its form").click()
    page.locator("input[value=false_positive]").check()
    expect(page.locator("#outlook")).to_contain_text("Would free", timeout=SLOW)
    page.get_by_label("Reason").select_option("invented-data")
    page.get_by_label("Comment").fill("The documentation's own example.")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("status")).to_contain_text("another reviewer of security has to agree")

    page = ben.open("/inbox/security")
    row = page.get_by_role("row").filter(has_text="The documentation's own example.")
    row.get_by_role("link", name="Look and decide").click()
    page.get_by_label("Comment").first.fill("It is in the vendor's manual.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("You agreed.")
    expect(page.locator("header.page-head")).to_contain_text("In force")


def test_a_group_is_decided_on_by_keys_alone(served: Served, visit: Visit) -> None:
    served.settle()
    page = visit(ADA).open("/inbox/security")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tr[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/groups/**")
    page.keyboard.press("r")
    expect(page.locator("#outlook")).not_to_be_empty(timeout=SLOW)
    page.keyboard.press("b")
    page.keyboard.type("It is not for release")
    page.keyboard.press("Tab")
    page.keyboard.type("Kept inside, whoever asks.")
    button = page.get_by_role("button", name="Ask for it")
    for _ in range(8):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Asked for")
    page.keyboard.press("z")
    expect(page.get_by_role("status")).to_contain_text("Undone")


def test_two_reviewers_who_collide_see_what_happened(served: Served, visit: Visit) -> None:
    ada, ben = visit(ADA), visit(BEN)
    asking = ada.open("/inbox/security?q=xoxb")
    asking.get_by_role("link", name="A credential by its form").click()
    path = re.sub(r"^https?://[^/]+", "", asking.url)
    other = ben.open(path)
    for page, words in ((asking, "First to speak."), (other, "Second to speak.")):
        page.locator("input[value=keep_internal]").check()
        page.get_by_label("Reason").select_option("not-for-release")
        page.get_by_label("Comment").fill(words)
    asking.get_by_role("button", name="Ask for it").click()
    expect(asking.get_by_role("status")).to_contain_text("Asked for")
    with other.expect_response(re.compile(r"/groups/grp_[0-9a-f]+/reviews$")) as answered:
        other.get_by_role("button", name="Ask for it").click()
    assert answered.value.status == 409
    expect(other.get_by_text("ada acted on it after you opened it")).to_be_visible()
    expect(other.get_by_label("Comment")).to_have_value("Second to speak.")
    # The browser notes an answer of 409; nothing else may have gone wrong.
    assert [c for c in ben.complaints if "409" not in c] == []
    ben.complaints.clear()


def test_hostile_names_and_contents_are_text(served: Served, visit: Visit) -> None:
    ada = visit(ADA)
    (found,) = (r for r in served.context.catalog.list_repositories() if r.name == HOSTILE)
    for path in (f"/repositories/{found.id}", f"/inbox/security?repository={HOSTILE}", "/reviews"):
        page = ada.open(path)
        assert "owned" not in page.title()
        assert page.locator("img").count() == 0
    page = ada.open(f"/inbox/security?repository={HOSTILE}")
    page.get_by_role("link", name="A credential by its form").click()
    expect(page.locator("mark").first).to_have_text("ghp_****")
    expect(page.locator(".code").first).to_contain_text("<script>document.title='owned'</script>")
    assert "owned" not in page.title()


def test_an_approval_is_given_on_a_phone(served: Served, visit: Visit) -> None:
    served.settle()
    review = proposed(served)
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = visit(BEN, **phone).open(f"/inbox/{review.lane}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # The lane one is in stands in the navigation, and what can be done within the screen.
    expect(page.locator(".side nav [aria-current]")).to_be_in_viewport(ratio=1)
    row = page.get_by_role("row").filter(has_text=review.comment)
    link = row.get_by_role("link", name="Look and decide")
    box = link.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["height"] >= 44
    link.tap()
    page.get_by_label("Comment").first.fill("Seen on the way home.")
    page.get_by_role("button", name="Approve").tap()
    expect(page.get_by_role("status")).to_contain_text("You agreed.")
    expect(page.locator("header.page-head")).to_contain_text("In force")


def proposed(served: Served) -> Review:
    """Return a proposal of ada's that nobody else acts on."""
    context = served.context.anew()
    asked = Filter(field="lane", values=(Lane.PRIVACY.value,))
    group = list_groups(context, Query(filters=(asked,))).items[0]
    request = Request(
        kind=ReviewKind.KEEP_INTERNAL,
        by=ADA.name,
        reason=ReviewReason.NOT_FOR_RELEASE,
        comment="For the phone.",
        group_id=group.id,
        lane=Lane.PRIVACY,
    )
    return ask(context, request)


def test_what_would_change_is_told_without_a_script(served: Served, visit: Visit) -> None:
    page = visit(ADA, java_script_enabled=False).open("/inbox/legal")
    page.get_by_role("link", name="A code name is used").first.click()
    page.locator("input[value=exclude]").check()
    page.get_by_role("button", name="What would change?").click()
    expect(page.locator("#outlook")).not_to_be_empty(timeout=SLOW)
    assert served.url in page.url
