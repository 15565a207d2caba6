"""What is ticked in the list of reviews is decided on in one go, each with its outcome."""

from __future__ import annotations

import re

from policies.review import ReviewKind, ReviewReason
from tests.web.pages.conftest import Reader, Site, words_of
from workers.review_requests import Request
from workers.reviewing import Step, Words, ask, move


def proposed(site: Site, by: str, number: int) -> str:
    """Ask for paths to stay internal; return the id of the proposal."""
    context = site.context.anew()
    request = Request(
        kind=ReviewKind.KEEP_INTERNAL,
        by=by,
        reason=ReviewReason.NOT_FOR_RELEASE,
        comment=f"Ticked later {number}.",
        repository=context.catalog.list_repositories()[0],
        pattern=f"no/such/place/{by}/{number}",
    )
    return ask(context, request).id


def boxes(page: str) -> dict[str, str]:
    """Review id to what its box sends."""
    found = re.findall(r'name="review" value="((rvw_[0-9a-f]+)\.\d+)"', page)
    return {name: value for value, name in found}


def test_what_is_ticked_is_approved_and_what_moved_meanwhile_is_not(
    site: Site, ada: Reader, ben: Reader
) -> None:
    first, second, own = (proposed(site, *who) for who in (("ben", 1), ("ben", 2), ("ada", 3)))
    page = ada.get("/reviews", params={"state": "proposed"}).text
    there = boxes(page)
    assert {first, second} <= there.keys()
    assert own not in there
    assert own in boxes(ben.get("/reviews", params={"state": "proposed"}).text)
    words = Words(actor="ben", comment="No longer wanted.")
    move(site.context.anew(), Step.WITHDRAW, second, words)
    sent = [there[first], there[second], f"{own}.1"]
    done = ada.post("/reviews/decide", page, review=sent, step="approve", comment="Looked at all.")
    told = words_of(done.text)
    assert "Approved 1 of 3 proposals" in told
    assert "Changed meanwhile" in told
    assert "You asked for it: another person decides on it." in told
    assert "Agreed to" in told or "In force" in told
    # Other tests of this home list what is in force.
    back = Words(actor="ada", comment="It was for a test.")
    move(site.context.anew(), Step.WITHDRAW, first, back)


def test_nothing_ticked_and_nothing_chosen_are_told(ada: Reader) -> None:
    page = ada.get("/reviews").text
    nothing = ada.post("/reviews/decide", page, step="approve", comment="x")
    assert "Nothing was ticked" in words_of(nothing.text)
    assert ada.post("/reviews/decide", page, comment="x").status_code == 422
    odd = ada.post("/reviews/decide", page, review="rvw_1", step="reject", comment="x")
    assert odd.status_code == 422
