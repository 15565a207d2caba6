"""Registering without a script: looked at first, then with its rights; a whole group at once."""

from __future__ import annotations

from datetime import timedelta

from store.catalog.errands import ErrandKind
from tests.support.seeded import DORA, OWEN
from tests.web.pages.conftest import Reader, Site, words_of
from workers.discovery.model import DiscoveryPlan, Group, Kind, PlannedRepository, Standing
from workers.errands import errand_book
from workers.reading.page import as_json

_MINUTE = timedelta(minutes=1)


def test_a_repository_is_looked_at_and_then_registered_with_its_rights(
    site: Site, ada: Reader
) -> None:
    form = ada.get("/repositories/new").text
    bad = ada.post("/repositories/previews", form, url="ext::sh")
    assert bad.status_code == 422
    assert "This cannot be looked at" in words_of(bad.text)
    known = site.context.catalog.list_repositories()
    source = next(r.url for r in known if "harbor" in r.name)
    path = ada.post("/repositories/previews", form, url=source).headers["location"]
    waits = ada.get(path).text
    assert "It waits for a worker" in words_of(waits)
    assert 'hx-trigger="every 1s"' in waits
    site.find_out(ErrandKind.PREVIEW)
    seen = ada.get(path).text
    assert "hx-trigger" not in seen
    for words in ("It is registered already", "What reviewers would have to decide", "branch"):
        assert words in words_of(seen)

    sent = {"url": source, "owner": "payments-team", "rights": "contract", "license": "MIT"}
    errand = path.rpartition("/")[2]
    again = ada.post("/repositories", form, **sent, evidence="C-1", consent="no", preview=errand)
    assert again.status_code == 422
    told = words_of(again.text)
    assert "Nothing was written" in told
    assert "What reviewers would have to decide" in told


def test_what_is_not_understood_says_what_to_write(ada: Reader) -> None:
    form = ada.get("/repositories/new?step=rights").text
    sent = {"url": "https://git.example.com/a/b", "owner": "x", "license": "MIT"}
    told = words_of(ada.post("/repositories", form, **sent).text)
    assert "choose one of the three" in told
    undated = ada.post("/repositories", form, **sent, rights="contract", consent="yes")
    assert "written as 2030-12-31" in words_of(undated.text)
    wrong = ada.post("/repositories", form, **(sent | {"license": "Nonsense!"}), rights="license")
    assert "Nothing was written" in words_of(wrong.text)


def test_a_preview_is_theirs_who_asked(site: Site, ada: Reader) -> None:
    form = ada.get("/repositories/new").text
    url = "https://git.example.com/team/secret"
    path = ada.post("/repositories/previews", form, url=url).headers["location"]
    for person in (OWEN, DORA):
        assert site.reader(person).get(path).status_code == 404
    assert site.reader(OWEN).get("/repositories/new").status_code == 200
    assert site.reader(OWEN).get("/repositories/discover").status_code == 404


def test_of_a_group_the_ticked_ones_are_registered(site: Site, ada: Reader) -> None:
    form = ada.get("/repositories/discover").text
    nowhere = ada.post("/repositories/discoveries", form, kind="gitea", group="acme")
    assert "Say which host" in words_of(nowhere.text)
    asked = {"kind": "gitea", "host": "git.example.com", "group": "acme", "include": "a* b*"}
    path = ada.post("/repositories/discoveries", form, **asked).headers["location"]
    errand = path.rpartition("/")[2]
    book = errand_book(site.context)
    taken = book.find(errand)
    assert taken is not None
    assert taken.params["filters"]["include"] == ["a*", "b*"]
    book.claim(_MINUTE, [ErrandKind.DISCOVER])
    plan = DiscoveryPlan(
        group=Group(kind=Kind.GITEA, host="git.example.com", name="acme"),
        items=[_found("1", Standing.NEW), _found("2", Standing.NEW), _found("3", Standing.GONE)],
        requests=1,
    )
    book.finish(errand, as_json(plan))
    page = ada.get(path).text
    assert "2 new or renamed" in words_of(page)
    assert page.count('name="repository"') == 2
    none = ada.post(f"{path}/registrations", page, owner="crew", rights="contract", license="MIT")
    assert "Tick at least one" in words_of(none.text)
    # What comes of it is told for each; here nothing, so that others count the same repositories.
    terms = {"owner": "crew", "rights": "contract", "license": "Nonsense!"}
    done = words_of(ada.post(f"{path}/registrations", page, **terms, repository="2").text)
    assert "0 repositories registered" in done
    assert "acme/2 Refused" in done
    assert "acme/1" not in done


def _found(number: str, standing: Standing) -> PlannedRepository:
    return PlannedRepository(
        standing=standing,
        full_name=f"acme/{number}",
        url=f"https://git.example.com/acme/{number}",
        repository_id="",
        remote_id=number,
        reason="",
    )
