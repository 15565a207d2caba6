"""Repositories without a script: the list, files by tier, registering; and where people begin."""

from __future__ import annotations

import pytest

from tests.support.seeded import ADA, DORA, HOSTILE, IMAGE, SCRIPT
from tests.web.pages.conftest import Reader, Site, words_of


def test_the_list_tells_how_files_stand_and_what_they_wait_for(ada: Reader) -> None:
    page = ada.get("/repositories").text
    text = words_of(page)
    assert "4 repositories" in text
    assert "0 of 13 files releasable" in text
    assert "No consent" in text
    assert "Security 2 waiting" in text
    assert SCRIPT not in page


def test_a_repository_shows_its_files_by_tier_and_what_is_new(site: Site, ada: Reader) -> None:
    page = ada.get(site.repository(HOSTILE)).text
    text = words_of(page)
    assert "6 of 8 files may be released" in text
    assert "1 added, 1 changed, 0 removed" in text
    assert "0 new, 0 gone, 1 carried over" in text
    assert "right\\u{202e}yp.tra" in text
    assert SCRIPT not in page
    assert IMAGE not in page


def test_a_folder_is_opened_by_its_url(site: Site, ada: Reader) -> None:
    path = site.repository("harbor-billing")
    text = words_of(ada.get(f"{path}?folder=src/harbor_billing").text)
    assert "settings.py" in text
    assert "pyproject.toml" not in text
    part = ada.client.get(f"{path}?folder=src", headers={"HX-Request": "true", "HX-Target": "tree"})
    assert "<html" not in part.text


def test_a_repository_is_taken_out_of_the_corpus_and_back(site: Site, ada: Reader) -> None:
    path = site.repository("harbor-gateway")
    page = ada.get(path).text
    ada.post(f"{path}/retire", page, comment="It is being split.")
    out = words_of(ada.get(path).text)
    assert "retired: It is being split." in out
    ada.post(f"{path}/restore", page)
    assert "retired" not in words_of(ada.get(path).text)


def test_people_begin_with_the_first_steps_and_then_with_what_is_theirs(site: Site) -> None:
    reader = site.reader(ADA)
    assert reader.get("/").headers["location"] == "/start"
    page = reader.get("/start").text
    assert "Pull it" in words_of(page)
    reader.post("/start/dismiss", page)
    assert reader.get("/").headers["location"] == "/inbox/legal"
    assert site.reader(DORA).get("/").headers["location"] == "/releases"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("rel_5", "/releases/rel_5"),
        ("grp_0", "/groups/grp_0"),
        ("run_7", "/operations/run_7"),
    ],
)
def test_an_id_leads_to_its_page(ada: Reader, asked: str, led: str) -> None:
    assert ada.get(f"/find?q={asked}").headers["location"] == led


def test_a_name_leads_to_its_repository_and_other_words_to_a_list(site: Site, ada: Reader) -> None:
    found = ada.get("/find?q=harbor-billing")
    assert found.headers["location"] == site.repository("harbor-billing")
    assert "harbor-gateway" in words_of(ada.get("/find?q=harbor").text)
    assert "Nothing fits" in words_of(ada.get("/find?q=nothing+like+it").text)


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(ada: Reader) -> None:
    page = ada.get("/repositories/repo_none")
    assert page.status_code == 404
    assert "<h1>" in page.text
    other = ada.client.get("/repositories/repo_none", headers={"Accept": "application/json"})
    assert other.headers["content-type"] == "application/problem+json"
