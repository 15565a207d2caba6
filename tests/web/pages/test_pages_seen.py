"""What a registrant learns from pages about their own things: nothing of other people's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant

from policies.report.model import Group
from policies.review import ReviewKind, ReviewReason
from store.catalog import ReviewBook
from tests.support.seeded import BEN, HOSTILE, OWEN
from tests.web.pages.conftest import Reader, Site, words_of
from web.access import marked_routes
from web.pages import groups, reviews
from workers.review_requests import Request
from workers.reviewing import foresee
from workers.reviews import ReviewDesk

OWN = "harbor-billing"
OTHERS = ("harbor-gateway", "harbor-internal-tools", HOSTILE)


@pytest.fixture(scope="module")
def owen(site: Site) -> Reader:
    """Who may see what his team registered."""
    return site.reader(OWEN)


def own_id(site: Site) -> str:
    return site.repository(OWN).removeprefix("/repositories/")


def shared_groups(site: Site) -> list[Group]:
    """Return the groups of the own repository whose value stands in others too."""
    site.settle()
    found = ReviewDesk(site.context.anew(), or_last=True).groups
    elsewhere = {(g.key, g.label) for g in found if g.repo_id != own_id(site)}
    return [
        g
        for g in found
        if g.repo_id == own_id(site) and g.kind != "license" and (g.key, g.label) in elsewhere
    ]


def test_a_page_of_an_own_group_says_nothing_of_other_repositories(
    site: Site, ada: Reader, owen: Reader
) -> None:
    found = ReviewDesk(site.context.anew(), or_last=True).groups
    foreign = {g.id for g in found if g.repo_id != own_id(site)}
    for group in shared_groups(site)[:1]:
        page = owen.get(f"/groups/{group.id}")
        assert page.status_code == 200
        assert "The same value elsewhere" in ada.get(f"/groups/{group.id}").text
        assert "The same value elsewhere" not in page.text
        assert not [name for name in OTHERS if name in page.text]
        assert foreign.isdisjoint(re.findall(r"grp_[0-9a-f]+", page.text))


def test_what_a_decision_would_change_is_counted_where_it_may_be_seen(site: Site) -> None:
    site.settle()
    request = Request(
        kind=ReviewKind.EXCLUDE,
        by=OWEN.name,
        reason=ReviewReason.OTHER,
        comment="Looked at together.",
        repository=site.context.catalog.find_by_id(own_id(site)),
        pattern="**",
    )
    assert foresee(site.context.anew(), request).outlook.touched.files
    elsewhere = foresee(site.context.anew(), request, repositories=set()).outlook
    assert not elsewhere.touched.files


def test_what_others_have_is_answered_like_what_is_not_there(site: Site, owen: Reader) -> None:
    found = ReviewDesk(site.context.anew(), or_last=True).groups
    foreign = next(g.id for g in found if g.repo_id != own_id(site))
    book = ReviewBook(site.context.catalog, site.context.policy)
    asked = next(r.id for r in book.list_all() if r.requested_by == BEN.name)
    for there, gone in (
        (f"/groups/{foreign}", "/groups/grp_0"),
        (f"/reviews/{asked}", "/reviews/rvw_0"),
    ):
        seen, absent = owen.get(there), owen.get(gone)
        assert (seen.status_code, words_of(seen.text)) == (404, words_of(absent.text))


def test_what_a_page_is_about_is_found_without_its_story(site: Site) -> None:
    def calls(dependant: Dependant) -> Iterator[object]:
        yield dependant.call
        for part in dependant.dependencies:
            yield from calls(part)

    subjects = [r.mark.subject for r in marked_routes(site.app) if r.mark.subject is not None]
    assert {groups.about, reviews.about, reviews.deciding} <= set(subjects)
    for subject in subjects:
        found = set(calls(get_dependant(path="/", call=subject)))
        assert found.isdisjoint({groups.story_of, reviews.story_of})


def test_who_may_see_all_is_told_that_there_is_no_such_thing(ada: Reader) -> None:
    assert ada.get("/groups/grp_0").status_code == 404
    assert ada.get("/reviews/rvw_0").status_code == 404


def test_lists_show_a_registrant_their_own(owen: Reader) -> None:
    listed = owen.get("/repositories")
    assert listed.status_code == 200
    assert OWN in listed.text
    assert not [name for name in OTHERS if name in listed.text]
    reviews_of_owen = owen.get("/reviews")
    assert reviews_of_owen.status_code == 200
    assert not re.findall(r"/reviews/rvw_[0-9a-f]+", reviews_of_owen.text)


def test_a_registrant_registers_for_nobody_else(owen: Reader) -> None:
    form = owen.get("/repositories/new").text
    assert owen.post("/repositories", form, owner="platform-team").status_code in {403, 404}
    assert owen.post("/repositories", form, owner="payments-team").status_code == 422
