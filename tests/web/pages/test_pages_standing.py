"""What was withdrawn is listed and lifted by two people; recalls tell who knows of them."""

from __future__ import annotations

from store.catalog import RecallBook
from tests.support.taken_back import recall_of_its_own, withdraw_nothing
from tests.web.pages.conftest import Reader, Site, words_of
from workers.context import utc_now


def test_a_withdrawal_is_lifted_by_another_person_on_its_page(
    site: Site, ada: Reader, ben: Reader
) -> None:
    path = f"/withdrawals/{withdraw_nothing(site.context.anew())}"
    assert path in ada.get("/withdrawals", params={"state": "active"}).text
    page = ada.get(path).text
    assert "A claim came in." in words_of(page)
    asked = ada.post(f"{path}/lift", page, seen=1, comment="It was settled.")
    assert asked.headers["location"] == path
    page = ada.get(path).text
    assert "You asked for this, you cannot agree to it" in page
    own = ada.post(f"{path}/lift/approve", page, seen=2, comment="Settled.")
    assert own.status_code == 403
    page = ben.get(path).text
    late = ben.post(f"{path}/lift/approve", page, seen=1, comment="Settled.")
    assert late.status_code == 409
    assert "Nothing was written" in late.text
    done = ben.post(f"{path}/lift/approve", page, seen=2, comment="Saw the letter.")
    assert done.status_code == 303
    assert "Lifted" in words_of(ben.get(path).text)
    assert path not in ada.get("/withdrawals", params={"state": "active"}).text
    site.settle()


def test_a_recall_tells_what_it_takes_and_who_knows(site: Site, ada: Reader) -> None:
    book, taken = RecallBook(site.context.catalog, utc_now), recall_of_its_own(site.context)
    (recalled,) = taken.releases
    page = ada.get("/recalls", params={"tier": "internal-only"}).text
    assert f"{recalled.release_id} : all rows" in words_of(page)
    assert "/withdrawals/wdr_1" in page
    slip = ada.post(f"/recalls/{taken.id}/acknowledge", page, consumer="dora")
    assert "dora has pulled nothing" in words_of(slip.text)
    assert book.acknowledgements(taken.id) == []
    assert ada.post("/recalls/rcl_none/acknowledge", page, consumer="dora").status_code == 404
    begun = ada.post(f"/recalls/{taken.id}/lift", page)
    assert begun.headers["location"].startswith("/operations/errand_")


def test_withdrawing_from_a_release_carries_it_along(site: Site, ada: Reader) -> None:
    page = ada.get("/releases", params={"tier": "releasable", "state": "published"}).text
    release = page.split('href="/releases/rel_')[1].split('"')[0]
    form = ada.get(f"/releases/rel_{release}").text
    at = f"/withdrawals/new?release=rel_{release}"
    assert at in form
    form = ada.get(at).text
    assert f"From rel_{release}" in words_of(form)
    sent = {
        "selector": "path",
        "value": "no/such/*",
        "repository": site.context.catalog.list_repositories()[0].id,
        "scope": "all",
        "reason": "OTHER",
        "comment": "Somebody asked.",
        "release": f"rel_{release}",
    }
    begun = ada.post("/withdrawals/forecast", form, **sent).headers["location"]
    assert begun.endswith(f"?release=rel_{release}")
    assert "<b>x" not in ada.get("/withdrawals/new?release=<b>x").text
